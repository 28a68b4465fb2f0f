"""Words that the lexicon does not connect, taken for the same where a sentence hardly means anything else with the other one.

Phrases paired by the vectors of sentences are NeuralLog's (Chen, Gao and Moss 2021, section 3.4). Vectors alone do not tell
"guitar" from "flute", so this is only for abstract nouns ("choice" and "chance", "interest" and "desire"), of which one is often
said for another: of such pairs in MED seven in eight are entailed, of all others fewer than half.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from graphmem.model import FloatArray
from graphmem.natlog.lexicon import is_abstract
from graphmem.natlog.scope import TIMES

__all__ = ["Nearness"]

_NEAR = 0.85
"""The cosine of both sentences from which on; set on one half of MED's pairs and checked on the other."""
_KEPT = 4096


class Nearness:
    """``embed`` makes unit vectors of texts, shape (n, dimension)."""

    def __init__(self, embed: Callable[[Sequence[str]], FloatArray]) -> None:
        self._vector = lru_cache(maxsize=_KEPT)(lambda text: embed([text])[0])

    def joins(self, words: Sequence[str], at: int, old: Sequence[str], new: Sequence[str]) -> bool:
        """Whether a sentence says about the same with other words at a place instead of the ``old`` ones there."""
        one, other = " ".join(old), " ".join(new)
        if not (is_abstract(one) and is_abstract(other)) or {one, other} & TIMES:
            return False
        changed = (*words[:at], *new, *words[at + len(old) :])
        return float(self._vector(" ".join(words)) @ self._vector(" ".join(changed))) >= _NEAR
