"""Whether sentences entail a statement: every part of it accounted for, or contradicted by one that excludes it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import regex

from graphmem.folding import fold, tokenize
from graphmem.model import Evidence, Proof, ProofStep, Verdict
from graphmem.natlog.bind import speaks_of
from graphmem.natlog.words import FUNCTION_WORDS, family

__all__ = ["LABELS", "entail", "entail_evidence"]

LABELS: Mapping[Verdict, str] = {"supported": "entailment", "refuted": "contradiction", "insufficient": "neutral"}

_NEGATIONS = frozenset("no not never nobody nothing none neither nor without n't cannot".split())
_NUMBER = regex.compile(r"\d[\d.,]*")


def entail(premises: Sequence[str], hypothesis: str) -> Proof:
    """Whether the premises prove the hypothesis ("supported"), contradict it ("refuted"), or neither."""
    return entail_evidence(hypothesis, [Evidence(f"premise-{i}", (0, len(p)), p, 1.0) for i, p in enumerate(premises)])


def entail_evidence(hypothesis: str, evidence: Sequence[Evidence]) -> Proof:
    """The same with sentences of documents, which may say "she" where their passage says of whom."""
    wanted = _parts(hypothesis)
    best = Proof("insufficient", "#", (), "no sentence says all of it")
    for item in evidence:
        verdict, relation, summary = _judged(wanted, hypothesis, item)
        if verdict == "insufficient":
            continue
        step = ProofStep(item.text, relation, hypothesis, "up", verdict, "words", item.passage_id, item.span)
        proof = Proof(verdict, relation, (step,), summary, 0.8, (), "yes" if verdict == "supported" else "no")
        if verdict == "supported":
            return proof
        best = proof if best.verdict == "insufficient" else best
    return best


def _parts(text: str) -> set[str]:
    return {family(word) for word, _, _ in tokenize(text) if word not in FUNCTION_WORDS and word not in _NEGATIONS}


def _negated(text: str) -> bool:
    return sum(word in _NEGATIONS for word, _, _ in tokenize(text.replace("n't", " not"))) % 2 == 1


def _judged(wanted: set[str], hypothesis: str, item: Evidence) -> tuple[Verdict, str, str]:
    said = _parts(item.text)
    known = said | {family(word) for name in item.about for word in fold(name).split()} if item.about else said
    missing = wanted - known
    opposed = _negated(hypothesis) != _negated(item.text)
    if not missing:
        if opposed:
            return "refuted", "^", "the evidence says the opposite"
        return "supported", "⊑", "the evidence says all of it"
    numbers = {part for part in missing if _NUMBER.fullmatch(part)}
    others = {part for part in said - wanted if _NUMBER.fullmatch(part)}
    differ = missing == numbers and len(numbers) == 1 and len(others) == 1 and not opposed and len(wanted) > 2
    if differ and all(speaks_of(item, name) for name in _leading_name(hypothesis)):
        return "refuted", "|", f"the evidence says {others.pop()}, not {numbers.pop()}"
    return "insufficient", "#", ""


def _leading_name(text: str) -> list[str]:
    match = regex.match(r"(?:The\s+)?((?:\p{Lu}[\w\-]*\s*)+)", text)
    return [match.group(1).strip()] if match is not None else []
