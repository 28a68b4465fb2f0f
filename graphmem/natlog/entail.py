"""Whether sentences entail a statement: by derivation, and for evidence that words it otherwise, part by part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import regex

from graphmem.folding import fold, tokenize
from graphmem.model import Evidence, Proof, ProofStep, Verdict
from graphmem.natlog.bind import speaks_of
from graphmem.natlog.derive import best_of, derive
from graphmem.natlog.words import FUNCTION_WORDS, family

__all__ = ["LABELS", "entail", "entail_evidence"]

LABELS: Mapping[Verdict, str] = {"supported": "entailment", "refuted": "contradiction", "insufficient": "neutral"}

_NEGATIONS = frozenset("no not never nobody nothing none neither nor without cannot".split())
_QUANTITIES = frozenset("every all few most fewer less more least only exactly".split())
_NUMBER = regex.compile(r"\d[\d.,]*")
_PRONOUN = regex.compile(r"^(?:He|She|It|They)\b")
_SURE = 0.8


def entail(premises: Sequence[str], hypothesis: str) -> Proof:
    """Whether one of the premises proves the hypothesis ("supported") or contradicts it ("refuted"), and how."""
    if not premises:
        return Proof("insufficient", "#", (), "there is no premise")
    return best_of([derive(premise, hypothesis) for premise in premises])


def entail_evidence(hypothesis: str, evidence: Sequence[Evidence]) -> Proof:
    """The same with sentences of documents, where "she" is whom the passage is about.

    A sentence that says every part of the statement, in whatever order, supports it; one that says all but one number,
    and another number in its place, refutes it.
    """
    open_ = Proof("insufficient", "#", (), "no sentence says all of it")
    proofs = [_by_one(hypothesis, item) for item in evidence]
    best = best_of([*proofs, open_])
    if best.verdict == "insufficient":
        return open_
    return replace(best, score=_SURE, answer="yes" if best.verdict == "supported" else "no")


def _by_one(hypothesis: str, item: Evidence) -> Proof:
    sentence = _PRONOUN.sub(item.about[0].partition(" (")[0], item.text) if item.about else item.text
    derived = derive(sentence, hypothesis)
    # A derivation says much of two wordings of one thing; of two that deny different things it says nothing sure.
    if derived.verdict == "supported" and _denials(sentence) == _denials(hypothesis):
        steps = tuple(replace(step, passage_id=item.passage_id, span=item.span) for step in derived.steps)
        whole = ProofStep(
            item.text, derived.relation, hypothesis, "up", "supported", "derivation", item.passage_id, item.span
        )
        return replace(derived, steps=(*steps, whole))
    verdict, relation, summary = _judged(hypothesis, item)
    step = ProofStep(item.text, relation, hypothesis, "up", verdict, "words", item.passage_id, item.span)
    return Proof(verdict, relation, (step,), summary)


def _parts(text: str) -> set[str]:
    return {family(word) for word, _, _ in tokenize(text) if word not in FUNCTION_WORDS and word not in _NEGATIONS}


def _negated(text: str) -> bool:
    return sum(word in _NEGATIONS for word, _, _ in tokenize(text.replace("n't", " not"))) % 2 == 1


def _denials(text: str) -> list[str]:
    return sorted(word for word, _, _ in tokenize(text.replace("n't", " not")) if word in _NEGATIONS | _QUANTITIES)


def _judged(hypothesis: str, item: Evidence) -> tuple[Verdict, str, str]:
    wanted, said = _parts(hypothesis), _parts(item.text)
    missing = wanted - said - {family(word) for name in item.about for word in fold(name).split()}
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
