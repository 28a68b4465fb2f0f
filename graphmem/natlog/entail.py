"""Whether sentences entail a statement: by derivation, and for evidence that words it otherwise, part by part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import regex

from graphmem.model import Evidence, Proof, ProofStep, Verdict
from graphmem.natlog.derive import VERDICTS, best_of, by_peoples, derive, is_open
from graphmem.natlog.factuality import NEGATIONS, PAST, is_over
from graphmem.natlog.lexicon import is_verb_form
from graphmem.natlog.licence import rewritings
from graphmem.natlog.nearness import Nearness
from graphmem.natlog.peoples import as_peoples
from graphmem.natlog.relations import Relation, join
from graphmem.natlog.said import said, subject_of, told_of
from graphmem.natlog.tokens import without_asides, words_of

__all__ = ["LABELS", "entail", "entail_evidence"]

LABELS: Mapping[Verdict, str] = {"supported": "entailment", "refuted": "contradiction", "insufficient": "neutral"}

_QUANTITIES = frozenset("every all few most fewer less more least only exactly".split())
_PRONOUN = regex.compile(r"^(?:He|She|It|They)\b")
_PRESENT = frozenset("is are am has have does do".split())
_SURE = 0.8
_OPEN = Proof("insufficient", "#", (), "no sentence says all of it")


def entail(premises: Sequence[str], hypothesis: str, nearness: Nearness | None = None) -> Proof:
    """Whether one of the premises proves the hypothesis ("supported") or contradicts it ("refuted"), and how.

    What is open then may be supported by words that are near each other, where ``nearness`` is given.
    """
    if not premises:
        return Proof("insufficient", "#", (), "there is no premise")
    proofs = [derive(premise, hypothesis) for premise in premises]
    best = best_of(proofs)
    if best.verdict != "insufficient" or nearness is None:
        return best
    near = (
        derive(premise, hypothesis, nearness)
        for premise, proof in zip(premises, proofs, strict=True)
        if any(is_open(step) and nearness.may_join(step.premise, step.hypothesis) for step in proof.steps)
    )
    return next((proof for proof in near if proof.verdict == "supported"), best)


def entail_evidence(hypothesis: str, evidence: Sequence[Evidence]) -> Proof:
    """The same with sentences of documents, where "she" is whom the passage is about.

    A sentence that says every part of the statement, of the same subject and in the same roles, supports it; one that says
    the same with an amount or a date that excludes the one claimed refutes it.
    """
    best = _best_of_all(hypothesis, evidence)
    if best.verdict == "insufficient":
        best = best_of([*_by_facts(hypothesis, evidence), _OPEN])
    if best.verdict == "insufficient":
        return _OPEN
    return replace(best, score=_SURE, answer="yes" if best.verdict == "supported" else "no")


def _best_of_all(hypothesis: str, evidence: Sequence[Evidence]) -> Proof:
    return best_of([*(_by_one(hypothesis, item) for item in evidence), _OPEN])


def _by_facts(hypothesis: str, evidence: Sequence[Evidence]) -> Iterator[Proof]:
    """Proofs of the statement with one of its names changed, joined with the step back that a fact licenses."""
    for rewritten, fact, changed in rewritings(hypothesis, evidence):
        proof = _best_of_all(rewritten, evidence)
        relation = join(Relation(proof.relation), changed)
        if proof.verdict != "insufficient" and VERDICTS[relation] == proof.verdict:
            summary = f"{proof.summary}; '{fact.given}' for '{fact.claimed}' by a stated fact"
            yield replace(
                proof, relation=str(relation), steps=(*proof.steps, fact.step(changed, proof.verdict)), summary=summary
            )


def _by_one(hypothesis: str, item: Evidence) -> Proof:
    """What one sentence says, its brackets read with it or left out."""
    plain = " ".join(without_asides(item.text).split())
    texts = [item.text] if plain == item.text else [item.text, plain]
    return best_of([_reworded(hypothesis, item, text) for text in texts])


def _reworded(hypothesis: str, item: Evidence, text: str) -> Proof:
    """What a sentence says with its places named by their peoples where the statement does so, and the other way round."""
    claimed, told = as_peoples(hypothesis, text), as_peoples(text, hypothesis)
    proof = _as_told(claimed, item, told)
    steps = tuple(
        replace(step, passage_id=item.passage_id, span=item.span)
        for step in by_peoples((text, hypothesis), (told, claimed))
    )
    return replace(proof, steps=(*steps, *proof.steps)) if proof.verdict != "insufficient" else proof


def _as_told(hypothesis: str, given: Evidence, text: str) -> Proof:
    item = replace(given, text=text)
    is_named = bool(subject_of(hypothesis))
    told = told_of(hypothesis, item) if is_named else item.text
    if told is None or _is_no_more(hypothesis, text):
        return _OPEN
    sentence = _PRONOUN.sub(lambda match: _whom(item, match.group()), told) if item.about else told
    derived = derive(sentence, hypothesis)
    # A derivation says much of two wordings of one thing; of two that deny different things it says nothing sure.
    plain = is_named or not _begins_otherwise(derived)
    if derived.verdict == "supported" and plain and _denials(sentence) == _denials(hypothesis):
        steps = tuple(replace(step, passage_id=item.passage_id, span=item.span) for step in derived.steps)
        whole = ProofStep(
            given.text, derived.relation, hypothesis, "up", "supported", "derivation", item.passage_id, item.span
        )
        return replace(derived, steps=(*steps, whole))
    if not is_named:
        return _OPEN
    verdict, relation, summary = said(hypothesis, item, told)
    step = ProofStep(given.text, str(relation), hypothesis, "up", verdict, "words", item.passage_id, item.span)
    return Proof(verdict, str(relation), (step,), summary)


def _is_no_more(hypothesis: str, text: str) -> bool:
    """Whether a sentence tells of former times what a statement says of now."""
    claimed, words = words_of(hypothesis), words_of(text)
    past = any(word.endswith("ed") or word in PAST or (word not in _PRESENT and is_verb_form(word)) for word in claimed)
    verb = next((at for at, word in enumerate(words) if word.endswith("ed") or word in PAST), 0)
    if past:
        return False
    dated = "when" in words and "when" not in claimed and not PAST.isdisjoint(words[words.index("when") :])
    return dated or is_over([word for word in words[:verb] if word not in claimed])


def _whom(item: Evidence, pronoun: str) -> str:
    return item.refers if item.refers and pronoun in ("He", "She") else item.about[0].partition(" (")[0]


def _denials(text: str) -> list[str]:
    return sorted(word for word in words_of(text) if word in NEGATIONS | _QUANTITIES)


def _begins_otherwise(proof: Proof) -> bool:
    """Whether the derivation left out the words that the sentence begins with: its subject, most likely."""
    return bool(proof.steps) and proof.steps[0].source == "deletion" and proof.steps[0].relation != "≡"
