"""Words that the lexicon does not take for the same, taken so where a sentence hardly means anything else with the other one.

Phrases paired by the vectors of sentences are NeuralLog's (Chen, Gao and Moss 2021, section 3.4). Vectors alone do not tell
"guitar" from "flute", so this is only for abstract nouns: those that the lexicon does not connect ("choice" and "chance",
"interest" and "desire"; such pairs are entailed in MED seven times in eight, all others less than every second time), and
with less to be shown those of which one is nearly a kind of the other ("wish" and "desire").
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from graphmem.model import FloatArray
from graphmem.natlog.lexicon import is_abstract, is_nearly, lexical_relation
from graphmem.natlog.relations import Relation
from graphmem.natlog.scope import TIMES

__all__ = ["Nearness"]

_UNCONNECTED, _NEARLY = 0.85, 0.78
"""The cosines of both sentences from which on; set on one half of MED's pairs and checked on the other."""
_KEPT = 4096


class Nearness:
    """``embed`` makes unit vectors of texts, shape (n, dimension)."""

    def __init__(self, embed: Callable[[Sequence[str]], FloatArray]) -> None:
        def cosine(one: str, other: str) -> float:
            first, second = embed([one, other])
            return float(first @ second)

        self._cosine = lru_cache(maxsize=_KEPT)(cosine)

    def may_join(self, one: str, other: str) -> bool:
        """Whether there are sentences in which two words or phrases are joined."""
        return _needed(one, other) is not None

    def joins(self, words: Sequence[str], at: int, one: str, other: str) -> bool:
        """Whether a sentence says about the same with a word or phrase at a place instead of the ``one`` there."""
        least = _needed(one, other)
        if least is None:
            return False
        changed = " ".join((*words[:at], other, *words[at + len(one.split()) :]))
        return self._cosine(" ".join(words), changed) >= least


def _needed(one: str, other: str) -> float | None:
    """How near the sentences have to be; None where nothing will do."""
    if {one, other} & TIMES:
        return None
    if lexical_relation(one, other) is Relation.INDEPENDENCE:
        return _UNCONNECTED if is_abstract(one) and is_abstract(other) else None
    return _NEARLY if is_nearly(one, other) or is_nearly(other, one) else None
