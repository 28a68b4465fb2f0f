"""The figures of ``eval``, on values worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graphmem import DatasetError
from graphmem.evaluate import Evaluation, Outcome, Question, evaluate, exact_match, read_questions, token_f1


@pytest.mark.parametrize(
    ("answer", "gold", "em", "f1"),
    [
        ("The Grey Gull.", ["grey gull"], 1.0, 1.0),
        ("Ulf Stone of Harl", ["Ulf Stone"], 0.0, 2 / 3),
        ("1204", ["in 1204", "1204"], 1.0, 1.0),
        ("", ["x"], 0.0, 0.0),
        ("东京", ["东京"], 1.0, 1.0),
    ],
)
def test_answers(answer: str, gold: list[str], em: float, f1: float) -> None:
    assert exact_match(answer, gold) == em
    assert token_f1(answer, gold) == pytest.approx(f1)


def outcome(found: tuple[int, ...], short: str, confident: bool, gold: int = 2) -> Outcome:
    names = frozenset(f"g{n}" for n in range(gold))
    return Outcome(
        Question("q", "?", names, False, ("Ulf",) if gold else (), "k"), found, short, confident, "proved", 5.0
    )


def test_metrics() -> None:
    outcomes = (outcome((1, 7), "Ulf", True), outcome((0, 3), "Ada", True), outcome((), "Ada", True, gold=0))
    told = Evaluation("d", "t", 9, outcomes, 1.0, 2.0).as_dict()
    metrics = told["metrics"]
    assert isinstance(metrics, dict)
    assert metrics["recall@5"] == 0.5
    assert metrics["recall@8"] == 0.75
    assert metrics["all_gold@5"] == 0.0
    assert metrics["all_gold@8"] == 0.5
    assert metrics["mrr"] == pytest.approx((1 + 1 / 3) / 2, abs=1e-4)
    assert metrics["em"] == 0.5
    stop = {"proved": 3, "confident_right": 1, "confident_wrong": 1, "confident_unanswerable": 1}
    assert metrics["stop"] == stop


@pytest.mark.parametrize("line", ["{", '{"id": 1}', '{"id": 1, "question": "x"}', "[]", '"x"'])
def test_a_line_of_another_form_is_named(tmp_path: Path, line: str) -> None:
    (tmp_path / "questions.jsonl").write_text(f"\n{line}\n", encoding="utf-8")
    with pytest.raises(DatasetError, match="line 2 of"):
        read_questions(tmp_path)


def test_folders_of_another_form(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match=r"questions\.jsonl"):
        evaluate(tmp_path)
    row = {"id": 1, "question": "x", "gold_ids": []}
    (tmp_path / "questions.jsonl").write_text(json.dumps(row), encoding="utf-8")
    with pytest.raises(DatasetError, match=r"corpus\.jsonl"):
        evaluate(tmp_path)
    (tmp_path / "corpus.jsonl").write_text("", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"triples\.jsonl"):
        evaluate(tmp_path, triples=True)
