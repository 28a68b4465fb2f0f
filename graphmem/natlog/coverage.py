"""How much of what a question needs the evidence speaks of, where no proof settles it.

A claim is a row of steps from a name. What the evidence has bound leads to the deepest name known so far; the evidence
covers the claim when it speaks of every name of the question, and of the deepest name of each branch in a passage of its
own, or in one that says what is asked of it. The rule was chosen on chains of gold passages with and without their last
one (``benchmarks/stopping.py``), as the sufficiency that AdMIRaL (Aly and Vlachos 2022) asks of a proof.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from graphmem.folding import fold
from graphmem.model import Claim, Evidence, Proof, Step
from graphmem.natlog.bind import says
from graphmem.natlog.claim import names_in
from graphmem.natlog.words import same_name

__all__ = ["coverage"]

_OWNERS = 4
"""Names of a passage that it is taken to be about."""
_ENOUGH = 0.67
"""The share of a relation's words that a passage must say of a name that it only mentions."""

Passages = Mapping[str, Sequence[Evidence]]


def coverage(claim: Claim, proof: Proof, evidence: Sequence[Evidence]) -> float:
    """The share of the question's names that the evidence speaks of, times the share of its branches whose deepest name
    it speaks of enough; in [0, 1]. 1 means that nothing is known to be missing, not that the claim is proved."""
    passages: dict[str, list[Evidence]] = defaultdict(list)
    for item in evidence:
        passages[item.passage_id].append(item)
    anchors = [branch[0].anchor for branch in claim.branches if branch]
    names = {_bare(str(name)) for name in (*names_in(claim.question), *anchors)} - {""}
    told = [any(_about(items, name) or _says_name(items, name) for items in passages.values()) for name in names]
    branches = [branch for branch in claim.branches if branch]
    deep = [_is_covered(number, branch, proof, passages) for number, branch in enumerate(branches)]
    if not branches or not passages:
        return 0.0
    return round((sum(told) / len(told) if told else 1.0) * sum(deep) / len(deep), 4)


def _is_covered(number: int, branch: Sequence[Step], proof: Proof, passages: Passages) -> bool:
    bound = {b.step: b for b in proof.bindings if b.branch == number}
    place = next((step for step in range(len(branch)) if step not in bound), len(branch))
    if place == len(branch):
        return True
    deepest = _bare(bound[place - 1].value if place else str(branch[0].anchor))
    if not deepest:
        return False
    relation = " ".join(step.relation for step in branch[place:])
    bound_by = {b.passage_id for b in bound.values()}
    for passage_id, items in passages.items():
        if _about(items, deepest):
            return True
        text = " ".join(item.text for item in items)
        if passage_id not in bound_by and _says_name(items, deepest) and says(relation, text) >= _ENOUGH:
            return True
    return False


def _bare(name: str) -> str:
    return fold(name.partition(" (")[0]).removeprefix("the ")


def _about(items: Sequence[Evidence], name: str) -> bool:
    return any(same_name(_bare(owner), name) for owner in items[0].about[:_OWNERS])


def _says_name(items: Sequence[Evidence], name: str) -> bool:
    return any(f" {name} " in f" {fold(item.text)} " for item in items)
