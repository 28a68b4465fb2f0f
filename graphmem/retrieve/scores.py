"""Numbers for the few passages that a search has to do with: what it costs must not depend on the size of the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from graphmem.model import FloatArray
from graphmem.store import ascending

__all__ = ["Scores", "best_first"]

Positions = NDArray[np.int64]


def best_first(values: Mapping[int, float]) -> list[int]:
    """Positions by their values; ties in order."""
    # What is equal stays in order also when it is sorted the other way round.
    return sorted(sorted(values), key=values.__getitem__, reverse=True)


@dataclass(frozen=True, slots=True)
class Scores:
    """Values by passage position, zero everywhere else: ``positions`` ascending, ``values`` beside them, shape (n,)."""

    positions: Positions
    values: FloatArray

    @classmethod
    def none(cls) -> Self:
        """Zero everywhere."""
        return cls(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32))

    @classmethod
    def of(cls, values: Mapping[int, float]) -> Self:
        """From a dictionary."""
        positions = np.array(sorted(values), dtype=np.int64)
        return cls(positions, np.array([values[position] for position in positions.tolist()], dtype=np.float32))

    def at(self, positions: Positions) -> FloatArray:
        """The values at any positions, in their order."""
        if not len(self.positions):
            return np.zeros(len(positions), dtype=np.float32)
        place = self.positions.searchsorted(positions)
        values = self.values.take(place, mode="clip")
        values[self.positions.take(place, mode="clip") != positions] = 0.0
        return values

    def raised(self, positions: Positions, values: FloatArray) -> Scores:
        """These values, or others where those are greater; a position may come more than once."""
        if not len(positions):
            return self
        union = ascending(np.concatenate((self.positions, positions)))
        highest = self.at(union)
        np.maximum.at(highest, union.searchsorted(positions), values)
        return Scores(union, highest)

    def ranking(self) -> list[int]:
        """The positions of positive value, best first; ties in store order."""
        found = (self.values > 0).nonzero()[0]
        ordered: list[int] = self.positions[found[(-self.values[found]).argsort(kind="stable")]].tolist()
        return ordered
