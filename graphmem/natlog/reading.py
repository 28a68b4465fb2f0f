"""Which passage to read next, and when to stop: by what of the question is still open, not by likeness to it.

A passage can account for an open part of a question. First come those that speak of a name of the question of which none
read so far has spoken, or are about the last name that the proof has bound; then those about a name that a passage read
mentions, which say a word of the question that none has said. Where there is none, the chain itself tells how far to
read: from the name of the question to the answer it goes through one thing more than it has steps, so as many passages
may be needed, each sharing a name with one before it. Reading ends when the proof is settled, when what it has bound is
covered (:mod:`graphmem.natlog.coverage`), or when nothing that is left could account for an open part. A part that is
unproven thus sends the next step to exactly that part, and a proof of sufficiency ends retrieval, as in AdMIRaL (Aly and
Vlachos 2022).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from graphmem.folding import fold
from graphmem.model import Claim, Evidence, Proof
from graphmem.natlog.coverage import are_akin, bare, coverage, names_asked, names_of, speaks_of
from graphmem.natlog.reference import is_about, owners
from graphmem.natlog.words import content_stems

__all__ = ["next_to_read"]

Passage = Sequence[Evidence]
"""The sentences of a passage."""


def next_to_read(claim: Claim, proof: Proof, read: Sequence[Passage], unread: Sequence[Passage]) -> int | None:
    """The place in ``unread`` of the passage that can best account for an open part of the claim, ``None`` where reading
    ends. ``proof`` is the one by what has been ``read``; nothing read yet makes the first passage the next."""
    if proof.verdict != "insufficient" or not unread:
        return None
    if not read:
        return 0
    if proof.bindings and coverage(claim, proof, tuple(chain.from_iterable(read))) == 1:
        return None
    names = names_asked(claim)
    unsaid = content_stems(claim.question).difference(
        *(content_stems(name) for name in names), *(_says(passage) for passage in read)
    )
    untold = [name for name in names if not any(speaks_of(passage, name) for passage in read)]
    bound = [name for name in _last_bound(claim, proof) if not any(is_about(passage[0], name) for passage in read)]
    texts = [_text(passage) for passage in read]
    known = set().union(*(names_of(passage) for passage in read)) - names

    def tells_of_a_name(passage: Passage) -> bool:
        return any(speaks_of(passage, name) for name in untold) or any(is_about(passage[0], name) for name in bound)

    def says_more_of_one(passage: Passage) -> bool:
        led_to = any(f" {name} " in text for name in owners(passage[0]) if name not in names for text in texts)
        return led_to and not unsaid.isdisjoint(_says(passage))

    def shares_a_name(passage: Passage) -> bool:
        return any(are_akin(one, two) for one in names_of(passage) - names for two in known)

    reasons = [tells_of_a_name, says_more_of_one]
    if len(read) <= max((len(branch) for branch in claim.branches), default=0):
        reasons.append(shares_a_name)
    for reason in reasons:
        for place, passage in enumerate(unread):
            if reason(passage):
                return place
    return None


def _last_bound(claim: Claim, proof: Proof) -> list[str]:
    """The deepest name that the proof has bound in each branch that is still open."""
    deepest = []
    for number, branch in enumerate(claim.branches):
        bound = {b.step: b.value for b in proof.bindings if b.branch == number}
        place = next((step for step in range(len(branch)) if step not in bound), 0)
        if place and bare(bound[place - 1]):
            deepest.append(bare(bound[place - 1]))
    return deepest


def _says(passage: Passage) -> frozenset[str]:
    said = (content_stems(text) for text in chain((item.text for item in passage), passage[0].about))
    return frozenset().union(*said)


def _text(passage: Passage) -> str:
    return f" {fold(' '.join(item.text for item in passage))} "
