"""How much of what a question needs the evidence speaks of, where no proof settles it.

A claim is a row of steps from a name. What the evidence has bound leads to the deepest name known so far; the evidence
covers the claim when it speaks of every name of the question, and of the deepest name of each branch in a passage of its
own, or in one that says what is asked of it. Where nothing is bound, the name in between is not known: then two passages
at least have to be linked, the one speaking of a name of the question, the other sharing a name with it that the question
has not. Of two things that are compared, one for which nothing is found that is found for the other is not covered: the
same is asked of both. The rule was chosen on chains of gold passages with and without their last one
(``benchmarks/stopping.py``), as the sufficiency that AdMIRaL (Aly and Vlachos 2022) asks of a proof.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from functools import lru_cache
from itertools import combinations

from graphmem.folding import fold
from graphmem.model import Claim, Evidence, Proof, Step
from graphmem.natlog.bind import says
from graphmem.natlog.claim import names_in
from graphmem.natlog.reference import is_about
from graphmem.natlog.words import bare_name, same_name

__all__ = ["are_akin", "bare", "coverage", "names_asked", "names_of", "speaks_of"]

_ENOUGH = 0.67
"""The share of a relation's words that a passage must say of a name that it only mentions."""
_STEM, _ENDING = 4, 3
"""Letters that two forms of a name have in common at least, and in which they differ at most ("Italy", "Italian")."""

Passages = Mapping[str, Sequence[Evidence]]


def coverage(claim: Claim, proof: Proof, evidence: Sequence[Evidence]) -> float:
    """The share of the question's names that the evidence speaks of, times the share of its branches whose deepest name
    it speaks of enough; in [0, 1]. 1 means that nothing is known to be missing, not that the claim is proved."""
    passages: dict[str, list[Evidence]] = defaultdict(list)
    for item in evidence:
        passages[item.passage_id].append(item)
    branches = [branch for branch in claim.branches if branch]
    if not branches or not passages:
        return 0.0
    names = names_asked(claim)
    told = [{name for name in names if speaks_of(items, name)} for items in passages.values()]
    if len(branches) > 1 or proof.bindings:
        bound = {b.branch for b in proof.bindings if b.step == len(branches[b.branch]) - 1}
        deep = [
            _is_covered(number, branch, proof, passages) and not _is_silent(number, branch, bound)
            for number, branch in enumerate(branches)
        ]
    else:
        deep = [_are_linked(names, told, list(passages.values()))]
    spoken_of = len(set().union(*told)) / len(names) if names else 1.0
    return round(spoken_of * sum(deep) / len(deep), 4)


def _is_covered(number: int, branch: Sequence[Step], proof: Proof, passages: Passages) -> bool:
    bound = {b.step: b for b in proof.bindings if b.branch == number}
    place = next((step for step in range(len(branch)) if step not in bound), len(branch))
    if place == len(branch):
        return True
    deepest = bare(bound[place - 1].value if place else str(branch[0].anchor))
    if not deepest:
        return False
    relation = " ".join(step.relation for step in branch[place:])
    bound_by = {b.passage_id for b in bound.values()}
    for passage_id, items in passages.items():
        if is_about(items[0], deepest):
            return True
        text = " ".join(item.text for item in items)
        if passage_id not in bound_by and _says_name(items, deepest) and says(relation, text) >= _ENOUGH:
            return True
    return False


def _is_silent(number: int, branch: Sequence[Step], bound: Set[int]) -> bool:
    """Whether what is asked of a name at once is found for what it is compared with, and not for itself."""
    return len(branch) == 1 and bool(bound) and number not in bound


def _are_linked(names: set[str], told: Sequence[set[str]], passages: Sequence[Sequence[Evidence]]) -> bool:
    """Whether a passage that speaks of a name of the question shares another name with a second passage, or two speak of
    names of the question that the other does not; ``told`` are those that each speaks of."""
    if any(not one <= other and not other <= one for one, other in combinations(told, 2)):
        return True
    shared = [names_of(items) - names for items in passages]
    marks = [_marks(some) for some in shared]
    starts = [at for at, some in enumerate(told) if some or not names]
    return any(
        other != start
        and not marks[start].isdisjoint(marks[other])
        and any(are_akin(one, two) for one in shared[start] for two in shared[other])
        for start in starts
        for other in range(len(passages))
    )


def names_asked(claim: Claim) -> set[str]:
    """The bare names of a question: those that it writes, and those that its branches begin with."""
    anchors = (branch[0].anchor for branch in claim.branches if branch)
    return {bare(str(name)) for name in (*names_in(claim.question), *anchors)} - {""}


@lru_cache(maxsize=16384)
def bare(name: str) -> str:
    """A name as names are compared: folded, without its bracket and its article."""
    return bare_name(name).removeprefix("the ")


def names_of(items: Sequence[Evidence]) -> set[str]:
    """The names that sentences of a passage mention, and those that it is about."""
    said = (mention.text.removesuffix("'s") for item in items for mention in item.mentions if mention.kind == "name")
    return {bare(name) for name in (*said, *items[0].about)} - {""}


def _marks(names: set[str]) -> set[str]:
    """The last words and first letters of names: of two that are akin one or the other is the same."""
    return {mark for name in names for mark in (name.rpartition(" ")[2], name[:_STEM])}


def are_akin(one: str, other: str) -> bool:
    """Whether two bare names are one, or forms of one."""
    shorter = min(len(one), len(other))
    stem = max(_STEM, shorter - _ENDING)
    return same_name(one, other) or (shorter >= _STEM and one[:stem] == other[:stem])


def speaks_of(items: Sequence[Evidence], name: str) -> bool:
    """Whether sentences of a passage say a bare name, or it is about it."""
    return is_about(items[0], name) or _says_name(items, name)


def _says_name(items: Sequence[Evidence], name: str) -> bool:
    return any(f" {name} " in f" {fold(item.text)} " for item in items)
