"""The sample documents and their questions fit together."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "data"
ARTICLES = sorted((DATA / "articles").glob("*.md"))


def lines(name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def text_of(gold: object) -> str:
    assert isinstance(gold, list)
    return "\n".join((DATA / id_).read_text(encoding="utf-8") for id_ in gold)


@pytest.mark.parametrize("path", [*sorted(DATA.glob("*.*")), *ARTICLES], ids=lambda path: path.name)
def test_files_are_plain_utf8(path: Path) -> None:
    data = path.read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in data
    assert data.decode("utf-8").endswith("\n")


def test_questions_have_their_kinds() -> None:
    kinds = Counter(question["kind"] for question in lines("questions.jsonl"))
    assert kinds == {"single-hop": 8, "two-hop": 10, "three-hop": 6, "comparison": 6, "unanswerable": 10}


@pytest.mark.parametrize("name", ["questions.jsonl", "claims.jsonl"])
def test_ids_are_unique_and_gold_documents_exist(name: str) -> None:
    rows = lines(name)
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        assert text_of(row["gold_ids"]) or row["kind"] == "unanswerable"


def test_answers_stand_in_their_documents() -> None:
    for question in lines("questions.jsonl"):
        if question["answer"] in ("", "yes", "no"):
            continue
        aliases = question["answer_aliases"]
        assert isinstance(aliases, list)
        text = text_of(question["gold_ids"])
        assert any(str(answer) in text for answer in (question["answer"], *aliases)), question["question"]


def test_only_unanswerable_questions_have_no_answer() -> None:
    for question in lines("questions.jsonl"):
        assert (question["kind"] == "unanswerable") == (not question["answer"]) == (not question["gold_ids"])


def test_claims_have_their_labels() -> None:
    rows = lines("claims.jsonl")
    assert Counter(row["label"] for row in rows) == {"supported": 20, "refuted": 20, "not enough": 20}
    assert all(row["hops"] in (1, 2, 3, 4) for row in rows)


def test_articles_have_a_title_and_sections() -> None:
    assert len(ARTICLES) >= 60
    for path in ARTICLES:
        headings = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
        assert [line for line in headings if line.startswith("# ")] == headings[:1], path
        assert len(headings) >= 3, path


def test_articles_refer_to_each_other() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in ARTICLES}
    alone = []
    for path, text in texts.items():
        title = text.splitlines()[0].removeprefix("# ").partition(" (")[0]
        if not any(title in other for place, other in texts.items() if place != path):
            alone.append(title)
    assert len(alone) <= len(ARTICLES) // 10, alone
