"""What a relation between two words means for the sentences around them.

A context is upward, downward or neither (flat); negation is downward and turns exclusion into cover besides
(MacCartney and Manning 2009, section 4; Icard 2012 for the projectivity of the seven relations).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from graphmem.natlog.relations import Relation

__all__ = ["Context", "composed", "project", "turned"]

Context = Literal["up", "down", "flat"]

_TURNED = {
    Relation.FORWARD: Relation.REVERSE,
    Relation.REVERSE: Relation.FORWARD,
    Relation.ALTERNATION: Relation.COVER,
    Relation.COVER: Relation.ALTERNATION,
}


def project(relation: Relation, context: Context) -> Relation:
    """The relation between two sentences that differ by ``relation`` in a place of this context."""
    if context == "up" or relation is Relation.EQUIVALENCE:
        return relation
    if context == "flat":
        return Relation.INDEPENDENCE
    return _TURNED.get(relation, relation)


def turned(relation: Relation) -> Relation:
    """The relation the other way round: what holds between y and x."""
    return _TURNED[relation] if relation in (Relation.FORWARD, Relation.REVERSE) else relation


def composed(contexts: Iterable[Context]) -> Context:
    """The context of a place that lies within several, outermost or innermost first: flat wins, and downs cancel out."""
    downs = 0
    for context in contexts:
        if context == "flat":
            return "flat"
        downs += context == "down"
    return "down" if downs % 2 else "up"
