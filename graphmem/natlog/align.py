"""From a premise to a hypothesis by the least edits, each with the relation that it makes.

Words that differ are paired by dynamic programming (as in edit distance): to pair two is cheap where the lexicon knows
how they are related, to leave one out costs one. What is left out of the premise is a deletion, what the hypothesis adds
an insertion.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graphmem.natlog.lexicon import lexical_relation
from graphmem.natlog.numbers import number_relation
from graphmem.natlog.relations import Relation

__all__ = ["Edit", "edits"]

_NEGATIONS = frozenset("not no never nobody nothing none neither nowhere without hardly scarcely rarely seldom".split())
_LIGHT = frozenset(
    "the a an this that these those ever any anybody anyone anything at all be is are was were am been do does did to , ; : "
    "some his her its their my your our of has have had will would".split()
)
"""Words that come and go without changing what is said."""
_QUANTITY = ("no", "few", "some", "a", "many", "most", "all")
_SAME = {"each": "all", "every": "all", "an": "a", "several": "some", "any": "some", "everybody": "everyone"}
_INTENSIFIERS = frozenset("very really quite so".split())
_NEVER = 3.0
_ODD = 1.8
"""The cost of pairing two words that have nothing to do with each other: a little less than leaving out both."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One rewrite: words of the premise (may be none), words of the hypothesis (may be none), their places there, the
    relation between the two, and what licenses it."""

    premise: tuple[str, ...]
    hypothesis: tuple[str, ...]
    premise_at: int
    hypothesis_at: int
    relation: Relation
    source: str


def edits(premise: Sequence[str], hypothesis: Sequence[str]) -> list[Edit]:
    """The edits that turn the premise into the hypothesis, in order; equal words make none."""
    return list(_edits_of(_aligned(premise, hypothesis), premise, hypothesis))


Pair = tuple[int | None, int | None]


def _aligned(premise: Sequence[str], hypothesis: Sequence[str]) -> list[Pair]:
    rows, columns = len(premise) + 1, len(hypothesis) + 1
    cost = [[0.0] * columns for _ in range(rows)]
    for i in range(rows):
        for j in range(columns):
            if i and j:
                pair = cost[i - 1][j - 1] + _pair_cost(premise[i - 1], hypothesis[j - 1])
                cost[i][j] = min(pair, cost[i - 1][j] + 1, cost[i][j - 1] + 1)
            else:
                cost[i][j] = float(i + j)
    pairs: list[Pair] = []
    i, j = rows - 1, columns - 1
    while i or j:
        if i and j and cost[i][j] == cost[i - 1][j - 1] + _pair_cost(premise[i - 1], hypothesis[j - 1]):
            i, j = i - 1, j - 1
            pairs.append((i, j))
        elif i and cost[i][j] == cost[i - 1][j] + 1:
            i -= 1
            pairs.append((i, None))
        else:
            j -= 1
            pairs.append((None, j))
    return pairs[::-1]


def _pair_cost(one: str, other: str) -> float:
    if one == other:
        return 0.0
    if (one in _LIGHT) != (other in _LIGHT) and not {one, other} & _NEGATIONS:
        # One comes and goes, the other does not: they are no pair.
        return _NEVER
    relation, _ = _word_relation(one, other)
    if relation is Relation.EQUIVALENCE:
        return 0.1
    return _ODD if relation is Relation.INDEPENDENCE else 0.6


def _edits_of(pairs: Sequence[Pair], premise: Sequence[str], hypothesis: Sequence[str]) -> Iterator[Edit]:
    at = 0
    while at < len(pairs):
        i, j = pairs[at]
        if i is not None and j is not None:
            if premise[i] != hypothesis[j]:
                relation, source = _word_relation(premise[i], hypothesis[j])
                yield Edit((premise[i],), (hypothesis[j],), i, j, relation, source)
            at += 1
            continue
        run = at
        while run < len(pairs) and (pairs[run][0] is None) == (i is None) and None in pairs[run]:
            run += 1
        places = [place for pair in pairs[at:run] for place in pair if place is not None]
        before_i = next((a for a, _ in reversed(pairs[:at]) if a is not None), -1)
        before_j = next((b for _, b in reversed(pairs[:at]) if b is not None), -1)
        if i is None:
            words = tuple(hypothesis[place] for place in places)
            yield Edit(
                (), words, before_i + 1, places[0], _turned(_deletion(words, hypothesis, places[-1] + 1)), "insertion"
            )
        else:
            words = tuple(premise[place] for place in places)
            yield Edit(words, (), places[0], before_j + 1, _deletion(words, premise, places[-1] + 1), "deletion")
        at = run


def _turned(relation: Relation) -> Relation:
    return {Relation.FORWARD: Relation.REVERSE, Relation.REVERSE: Relation.FORWARD}.get(relation, relation)


def _deletion(words: Sequence[str], sentence: Sequence[str], after: int) -> Relation:
    """What leaving out a run of words does in an upward context: most things say less without it."""
    content = [word for word in words if word not in _LIGHT]
    if not content:
        return Relation.EQUIVALENCE
    # A negation alone turns the sentence; within a phrase ("who do not …") it is part of what the phrase says.
    if all(word in _NEGATIONS for word in content):
        return Relation.NEGATION if len(content) % 2 else Relation.EQUIVALENCE
    # "X or Y" says less than "X".
    if content[0] in ("or", "nor") or content[-1] == "or":
        return Relation.REVERSE
    return Relation.FORWARD


def _word_relation(one: str, other: str) -> tuple[Relation, str]:
    if (one in _NEGATIONS and other in _LIGHT) or (other in _NEGATIONS and one in _LIGHT):
        return Relation.NEGATION, "negation"
    first, second = _SAME.get(one, one), _SAME.get(other, other)
    if first != second and first in _QUANTITY and second in _QUANTITY:
        return _quantities(first, second), "quantifier"
    if first == second or (one in _LIGHT and other in _LIGHT) or {one, other} <= _INTENSIFIERS:
        return Relation.EQUIVALENCE, "light"
    if {first, second} == {"and", "or"}:
        return (Relation.FORWARD if first == "and" else Relation.REVERSE), "connective"
    numbers = number_relation(one, other)
    if numbers is not None:
        return numbers, "number"
    if one in _LIGHT or other in _LIGHT:
        return Relation.INDEPENDENCE, "lexicon"
    return lexical_relation(one, other), "lexicon"


def _quantities(one: str, other: str) -> Relation:
    order = ("some", "a")
    if one in order and other in order:
        return Relation.EQUIVALENCE
    if "no" in (one, other):
        return Relation.NEGATION if set(order) & {one, other} else Relation.ALTERNATION
    if "few" in (one, other):
        return Relation.INDEPENDENCE
    rank = {"a": 0, "some": 0, "many": 1, "most": 2, "all": 3}
    return Relation.FORWARD if rank[one] > rank[other] else Relation.REVERSE
