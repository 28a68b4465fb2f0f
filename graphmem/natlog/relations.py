"""The seven relations of natural logic between two meanings, and how they join.

A relation is what holds between two sets within a universe (MacCartney and Manning 2009, section 2). Joins are not typed
in: they are what follows for all sets of a small universe, and where more than one relation can follow, independence.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from itertools import product

__all__ = ["Relation", "join", "relation_of"]

_UNIVERSE = frozenset(range(4))


class Relation(StrEnum):
    """Between x and y: what can be said of a thing in x about its being in y."""

    EQUIVALENCE = "≡"
    FORWARD = "⊑"
    REVERSE = "⊒"
    NEGATION = "^"
    ALTERNATION = "|"
    COVER = "⌣"
    INDEPENDENCE = "#"


def relation_of(x: frozenset[int], y: frozenset[int], universe: frozenset[int] = _UNIVERSE) -> Relation:
    """The relation between two sets that are neither empty nor the whole universe."""
    if x == y:
        return Relation.EQUIVALENCE
    if x < y:
        return Relation.FORWARD
    if x > y:
        return Relation.REVERSE
    disjoint, covering = not x & y, x | y == universe
    if disjoint:
        return Relation.NEGATION if covering else Relation.ALTERNATION
    return Relation.COVER if covering else Relation.INDEPENDENCE


@cache
def _joins() -> dict[tuple[Relation, Relation], Relation]:
    items = sorted(_UNIVERSE)
    sets = [frozenset(n for n in items if mask >> n & 1) for mask in range(1, 2 ** len(items) - 1)]
    between = {(x, y): relation_of(x, y) for x, y in product(sets, sets)}
    possible: dict[tuple[Relation, Relation], set[Relation]] = {}
    for x, y, z in product(sets, sets, sets):
        possible.setdefault((between[x, y], between[y, z]), set()).add(between[x, z])
    return {pair: next(iter(found)) if len(found) == 1 else Relation.INDEPENDENCE for pair, found in possible.items()}


def join(first: Relation, second: Relation) -> Relation:
    """What holds between x and z when ``first`` holds between x and y, and ``second`` between y and z."""
    return _joins()[first, second]
