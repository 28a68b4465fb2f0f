"""A proof that a language model writes is checked, and never believed against the calculus."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from graphmem.llm import GgufLLM
from graphmem.model import Completion
from graphmem.natlog import entail, written_proof

PREMISE = "Elena Vane designed the schooner Grey Gull."


class Writes:
    """An engine of the user's own that writes what it was told to."""

    id = "writes-1"
    context = 4096

    def __init__(self, text: str) -> None:
        self._text = text
        self.schema: Mapping[str, object] | None = None

    def complete(self, system: str, user: str, *, schema: Mapping[str, object] | None, max_tokens: int) -> Completion:
        self.schema = schema
        return Completion(self._text, True)

    def stream(self, system: str, user: str, *, schema: Mapping[str, object] | None, max_tokens: int) -> Iterator[str]:
        yield self._text

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text) for text in texts]


def steps(*rows: tuple[str, str]) -> str:
    return json.dumps({str(n): {"evidence": e, "relation": r} for n, (e, r) in enumerate(rows, start=1)})


def test_every_part_of_the_claim_is_accounted_for() -> None:
    proof = written_proof(
        Writes(steps(("Elena Vane", "equivalence"), ("designed", "forward"), ("the schooner", "forward"))),
        [PREMISE],
        "Elena Vane made boats.",
    )
    assert [(step.premise, step.relation, step.hypothesis) for step in proof.steps] == [
        ("Elena Vane", "≡", "Elena Vane"),
        ("designed", "⊑", "made"),
        ("the schooner", "⊑", "boats"),
    ]
    assert (proof.verdict, {step.source for step in proof.steps}) == ("supported", {"llm"})


def test_what_no_evidence_speaks_of_is_not_proved_by_saying_so() -> None:
    written = steps(("Elena Vane", "equivalence"), ("", "equivalence"), ("", "equivalence"))
    assert written_proof(Writes(written), [PREMISE], "Elena Vane sank boats.").verdict == "insufficient"


@pytest.mark.parametrize(
    "written",
    [
        "nothing",
        "{}",
        "[1]",
        steps(("Elena Vane", "equivalence")),
        steps(("a part that is not there", "equivalence"), ("designed", "forward"), ("the schooner", "forward")),
        steps(("Elena Vane", "sameness"), ("designed", "forward"), ("the schooner", "forward")),
        steps(("Elena Vane", "alternation"), ("designed", "forward"), ("the schooner", "forward")),
    ],
)
def test_a_malformed_proof_gives_way_to_the_one_without_a_model(written: str) -> None:
    hypothesis = "Elena Vane made boats."
    assert written_proof(Writes(written), [PREMISE], hypothesis) == entail([PREMISE], hypothesis)


def test_the_calculus_is_believed_where_both_are_sure() -> None:
    premise, hypothesis = "Elena Vane did not leave.", "Elena Vane left."
    written = steps(("Elena Vane", "equivalence"), ("did not leave", "forward"))
    assert written_proof(Writes(written), [premise], hypothesis).verdict == "refuted"


def test_a_real_model_with_random_weights_stays_within_the_spans(tiny_gguf: Path) -> None:
    llm = GgufLLM(tiny_gguf)
    for hypothesis in ("Elena Vane made boats.", "Nobody designed the Grey Gull.", "The Grey Gull sank in 1899."):
        proof = written_proof(llm, [PREMISE, "It sank in 1899."], hypothesis)
        told = f"{PREMISE} It sank in 1899."
        assert all(step.premise in told for step in proof.steps if step.source == "llm")
        assert " ".join(step.hypothesis for step in proof.steps if step.source == "llm") in (hypothesis[:-1], "")
