"""The proof of a claim: every step bound by evidence, or the part named that is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import regex

from graphmem.folding import fold
from graphmem.model import Binding, Claim, Evidence, Proof, ProofStep, Step, Verdict
from graphmem.natlog.asked import has_measure
from graphmem.natlog.bind import CLAUSE, Value, values_of
from graphmem.natlog.claim import parse_statement
from graphmem.natlog.compare import agrees, compared, is_functional
from graphmem.natlog.entail import entail_evidence
from graphmem.natlog.fill import Filled, only_answer
from graphmem.natlog.lexicon import part_relation
from graphmem.natlog.licence import licensed
from graphmem.natlog.peoples import shared_countries
from graphmem.natlog.relations import Relation
from graphmem.natlog.statement import WITHIN, halves
from graphmem.natlog.words import content_stems

__all__ = ["open_parts", "prove"]

SURE = 0.5
"""A claim is settled when the least sure of its bindings is at least this sure."""
_BEAM = 3
_JOINED = regex.compile(r" (?:and|&) \p{Lu}[\p{L}\p{M}'’\-]*(?: \p{Lu}[\p{L}\p{M}'’\-]*)*")


def prove(claim: Claim, evidence: Sequence[Evidence]) -> Proof:
    """Try to settle a claim by the evidence: "supported" when every step is bound (or the statement entailed),
    "refuted" when it is contradicted, else "insufficient" with the open part in ``summary``.

    Two values that exclude each other for one step leave it open only where neither is surer.
    """
    # What one sentence says in the question's own words is surer than what its parts are bound to.
    found = None if claim.comparison else only_answer(claim.question, evidence)
    if found is not None:
        return _answered(claim, found)
    both = halves(claim.hypothesis) if claim.expected == "yes-no" and not claim.comparison else None
    if both is not None:
        return _prove_halves(claim, both, evidence)
    if claim.claimed:
        return _prove_statement(claim, evidence)
    return _prove_chains(claim, evidence) if any(claim.branches) else entail_evidence(claim.hypothesis, evidence)


def _answered(claim: Claim, found: Filled) -> Proof:
    """The proof by one sentence that says all that is asked."""
    item = found.evidence
    verdict: Verdict = "refuted" if found.denied else "supported"
    answer = found.text or ("no" if found.denied else "yes")
    relation = "^" if found.denied else "⊑"
    step = ProofStep(
        item.text, relation, f"{claim.question} – {answer}", "up", verdict, "clause", item.passage_id, item.span
    )
    last = max(len(claim.branches[0]) - 1, 0)
    bindings = (
        (Binding(0, last, found.text, item.passage_id, found.span, item.span, item.text, CLAUSE),) if found.text else ()
    )
    summary = (
        f"a sentence says it: {answer}" if found.text else f"a sentence says {'the opposite' if found.denied else 'it'}"
    )
    return Proof(verdict, relation, (step,), summary, CLAUSE, bindings, answer)


def _prove_chains(claim: Claim, evidence: Sequence[Evidence]) -> Proof:
    chains = [_best_chain(branch, evidence) for branch in claim.branches]
    bindings = tuple(
        _binding(number, place, value) for number, chain in enumerate(chains) for place, value in enumerate(chain)
    )
    steps = tuple(_step(claim.branches[b.branch][b.step], b, _subject(claim, bindings, b)) for b in bindings)
    for branch, chain in zip(claim.branches, chains, strict=True):
        if len(chain) < len(branch):
            anchor = chain[-1].text if chain else str(branch[0].anchor)
            missing = _unsaid(branch[len(chain)].relation, anchor)
            return Proof("insufficient", "#", steps, missing, 0.0, bindings)
    score = min(value.confidence for chain in chains for value in chain)
    if score < SURE:
        weakest = min((value for chain in chains for value in chain), key=lambda value: value.confidence)
        return Proof("insufficient", "#", steps, f"'{weakest.text}' is not sure enough", score, bindings)
    if claim.comparison:
        sides = [str(branch[0].anchor) for branch in claim.branches]
        relation = claim.branches[0][-1].relation
        answer = compared(claim.comparison, relation, sides, [chain[-1].text for chain in chains])
        if not answer:
            summary = f"'{chains[0][-1].text}' and '{chains[1][-1].text}' cannot be compared"
            return Proof("insufficient", "#", steps, summary, 0.0, bindings)
        if claim.expected == "yes-no" and answer == "no":
            return Proof("refuted", "|", steps, _told(claim, bindings), score, bindings, "no")
        return Proof("supported", "≡", steps, _told(claim, bindings), score, bindings, answer)
    answer = chains[0][-1].text
    if not has_measure(claim.question, answer):
        return Proof("insufficient", "#", steps, f"'{answer}' is not measured as the question asks", 0.0, bindings)
    return Proof("supported", "≡", steps, _told(claim, bindings), score, bindings, answer)


def _prove_halves(claim: Claim, both: tuple[str, str], evidence: Sequence[Evidence]) -> Proof:
    """A statement that says two things of one event, or what something is and where: refuted with either of them, supported
    with both of what happens once or stays."""
    one, other = (prove(parse_statement(half), evidence) for half in both)
    refuted = next((proof for proof in (one, other) if proof.verdict == "refuted"), None)
    whole = refuted or entail_evidence(claim.hypothesis, evidence)
    if whole.verdict != "insufficient":
        return whole
    left = next((proof for proof in (one, other) if proof.verdict == "insufficient"), None)
    if left is not None:
        return left
    if any(claim.branches) and not is_functional(claim.branches[0][-1].relation):
        # It may have happened in both ways at different times.
        return Proof("insufficient", "#", (*one.steps, *other.steps), "no one sentence says both", 0.0)
    return replace(
        one,
        steps=(*one.steps, *other.steps),
        summary=f"{one.summary}; {other.summary}",
        score=min(one.score, other.score),
        bindings=(*one.bindings, *other.bindings),
    )


def _prove_statement(claim: Claim, evidence: Sequence[Evidence]) -> Proof:
    """Bind the steps of a statement, and hold what is found for the last against what is claimed."""
    (branch,) = claim.branches
    chain = _best_chain(branch[:-1], evidence)
    missing = ""
    bound = len(chain) == len(branch) - 1 and all(value.confidence >= SURE for value in chain)
    if bound and claim.comparison == "says":
        return _said_of(claim, chain, evidence)
    if bound:
        last = branch[-1]
        anchor = chain[-1].text if chain else str(last.anchor)
        found = [value for value in values_of(last, anchor, evidence) if value.confidence >= SURE]
        if last.expected == "date":
            # What is dated twice is dated as the surer one says.
            found = [value for value in found if agrees("", value.text, found[0].text)]
        is_place = last.expected == "place"
        placed = {value: part_relation(fold(value.text), fold(claim.claimed)) for value in found if is_place}
        for value in found:
            if _is_claimed(claim, value) or placed.get(value) is Relation.FORWARD:
                return _settled(claim, [*chain, value], "supported")
        for value in found if not claim.comparison else ():
            fact = licensed(value.text, claim.claimed, is_place=is_place, evidence=evidence)
            if fact is not None:
                settled = _settled(claim, [*chain, value], "supported")
                return replace(settled, relation="⊑", steps=(*settled.steps, fact.step(fact.relation, settled.verdict)))
        # Who was born in Latvia may have been born in Riga.
        open_ = Relation.REVERSE in placed.values()
        abroad = [
            value
            for value in found
            if last.relation == WITHIN and shared_countries(value.text, claim.claimed) == "none"
        ]
        if found and not open_ and (claim.comparison or is_functional(last.relation)):
            return _settled(claim, [*chain, found[0]], "refuted")
        if abroad and not open_:
            return _settled(claim, [*chain, abroad[-1]], "refuted")
        missing = _unsaid(last.relation, anchor)
    else:
        missing = _unsaid(branch[len(chain)].relation, chain[-1].text if chain else str(branch[0].anchor))
    whole = entail_evidence(claim.hypothesis, evidence)
    if whole.verdict != "insufficient":
        return whole
    bindings = tuple(_binding(0, place, value) for place, value in enumerate(chain))
    return Proof("insufficient", "#", (), missing, 0.0, bindings)


def _is_claimed(claim: Claim, value: Value) -> bool:
    """Whether a value is the one claimed; "Marrow" of "Marrow and Sons" is not "Ada Marrow"."""
    if claim.branches[0][-1].relation == WITHIN:
        # The Norhaven Museum is no Norhaven.
        return fold(value.text).removeprefix("the ") == fold(claim.claimed).removeprefix("the ")
    item, (_, end) = value.evidence, value.span
    joined = _JOINED.match(item.text, max(end - item.span[0], 0))
    if joined is None:
        return agrees(claim.comparison, value.text, claim.claimed)
    shared = set(fold(value.text).split()) & set(fold(claim.claimed).split())
    return bool(shared) and agrees(claim.comparison, f"{value.text}{joined.group()}", claim.claimed)


def _said_of(claim: Claim, chain: Sequence[Value], evidence: Sequence[Evidence]) -> Proof:
    """Whether the evidence says the claimed predicate of whom the chain has led to."""
    whole = entail_evidence(f"{chain[-1].text} {claim.claimed}", evidence)
    bindings = tuple(_binding(0, place, value) for place, value in enumerate(chain))
    steps = tuple(_step(claim.branches[0][b.step], b, _subject(claim, bindings, b)) for b in bindings)
    score = min(whole.score, *(value.confidence for value in chain)) if whole.verdict != "insufficient" else 0.0
    return replace(whole, steps=(*steps, *whole.steps), bindings=bindings, score=score)


def _settled(claim: Claim, chain: Sequence[Value], verdict: Verdict) -> Proof:
    bindings = tuple(_binding(0, place, value) for place, value in enumerate(chain))
    steps = tuple(_step(claim.branches[0][b.step], b, _subject(claim, bindings, b)) for b in bindings)
    told = _told(claim, bindings)
    summary = told if verdict == "supported" else f"{told}, and not {claim.claimed}"
    score = min(value.confidence for value in chain)
    relation, answer = ("≡", "yes") if verdict == "supported" else ("|", "no")
    return Proof(verdict, relation, steps, summary, score, bindings, answer)


def open_parts(claim: Claim, proof: Proof) -> tuple[tuple[str, str], ...]:
    """What a proof still lacks, as (name, relation): where the next hop has to look."""
    found: list[tuple[str, str]] = []
    for number, branch in enumerate(claim.branches):
        bound = {b.step: b.value for b in proof.bindings if b.branch == number and b.confidence >= SURE}
        for place, step in enumerate(branch):
            if place in bound:
                continue
            anchor = step.anchor if isinstance(step.anchor, str) else bound.get(step.anchor, "")
            if anchor:
                found.append((anchor, step.relation))
            break
    return tuple(found)


def _unsaid(relation: str, name: str) -> str:
    said = f"'{relation}'" if content_stems(relation) else "what is asked"
    return f"no sentence found says {said} of {name}" if name else f"no sentence found says {said}"


def _best_chain(branch: Sequence[Step], evidence: Sequence[Evidence]) -> list[Value]:
    """The longest and then surest way along a branch, by beam search over the values of each step."""
    beam: list[list[Value]] = [[]]
    best: list[Value] = []
    for step in branch:
        grown: list[list[Value]] = []
        for chain in beam:
            anchor = chain[-1].text if isinstance(step.anchor, int) and chain else str(step.anchor)
            seen = {fold(value.text) for value in chain}
            options = [value for value in values_of(step, anchor, evidence) if fold(value.text) not in seen]
            grown += [[*chain, value] for value in options[:_BEAM]]
        if not grown:
            return best
        grown.sort(key=lambda chain: -min(value.confidence for value in chain))
        beam = grown[:_BEAM]
        best = beam[0]
    return best


def _binding(branch: int, step: int, value: Value) -> Binding:
    item = value.evidence
    return Binding(
        branch, step, value.text, item.passage_id, value.span, item.span, item.text, round(value.confidence, 4)
    )


def _subject(claim: Claim, bindings: Sequence[Binding], binding: Binding) -> str:
    anchor = claim.branches[binding.branch][binding.step].anchor
    if isinstance(anchor, str):
        return anchor
    return next(b.value for b in bindings if b.branch == binding.branch and b.step == anchor)


def _step(step: Step, binding: Binding, subject: str) -> ProofStep:
    return ProofStep(
        premise=binding.quote,
        relation="≡",
        hypothesis=f"{subject} – {step.relation}: {binding.value}",
        polarity="up",
        state="supported" if binding.confidence >= SURE else "insufficient",
        source="graph" if binding.confidence > 0.65 else "words",
        passage_id=binding.passage_id,
        span=binding.sentence,
    )


def _told(claim: Claim, bindings: Sequence[Binding]) -> str:
    parts = [
        f"{_subject(claim, bindings, b)} – {claim.branches[b.branch][b.step].relation}: {b.value}" for b in bindings
    ]
    return "; ".join(parts)
