"""The names that each passage has to do with: the incidence of the store's graph turned round."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from graphmem.store import ArrayFile, Rows, Snapshot, read_arrays

__all__ = ["Incidence"]

_ROWS = 1 << 15
"""Passages whose names are in memory at once."""
_BLOCK = 1 << 20
_LOOKS = 8
"""So often the whole graph is looked through for a few passages; from then on all names lie by passage."""

Positions = NDArray[np.int64]


class Incidence:
    """Rows by passage: its entities, increasing, with how much it has to do with each.

    Whoever asks for a few passages, as mending does, gets what a look through the graph finds; whoever asks for more has
    them all written to ``folder`` first, which is made then.
    """

    def __init__(self, snapshot: Snapshot, folder: Path) -> None:
        self._snapshot = snapshot
        self._folder = folder
        self._looks = 0
        self._all: Rows | None = None

    def some(self, passages: Positions) -> Rows:
        """The names of some passages, in the order asked for."""
        if self._all is None and len(passages) <= _ROWS and self._looks < _LOOKS:
            self._looks += 1
            return self._looked_up(passages)
        if self._all is None:
            self._all = self._written()
        return self._all.some(passages)

    def _looked_up(self, passages: Positions) -> Rows:
        wanted = np.unique(passages)
        entities, places = self._snapshot.graph.passages.holding(wanted)
        row = np.searchsorted(wanted, self._snapshot.graph.passages.values(places))
        order = np.lexsort((entities, row))
        weights = self._snapshot.graph.passages.weights(places)
        found = Rows(
            np.searchsorted(row[order], np.arange(len(wanted) + 1)), entities[order].astype(np.int32), weights[order]
        )
        return found.some(np.searchsorted(wanted, passages))

    def _written(self) -> Rows:
        self._folder.mkdir()
        passages_of, end = self._snapshot.graph.passages.folded(), 0
        assert passages_of.weights is not None
        with (
            ArrayFile(self._folder / "offsets.npy", np.int64) as offsets,
            ArrayFile(self._folder / "entities.npy", np.int32) as entities,
            ArrayFile(self._folder / "strength.npy", np.float32) as strength,
        ):
            offsets.append(np.zeros(1))
            for first in range(0, self._snapshot.passage_count, _ROWS):
                last = min(self._snapshot.passage_count, first + _ROWS)
                at = np.concatenate([np.zeros(0, dtype=np.int64), *_places(passages_of.values, first, last)])
                passages = passages_of.values[at] - first
                at = at[np.argsort(passages, kind="stable")]
                offsets.append(end + np.cumsum(np.bincount(passages, minlength=last - first)))
                entities.append(passages_of.rows_of(at))
                strength.append(passages_of.weights[at])
                end += len(at)
        told = read_arrays(self._folder)
        return Rows(told["offsets"], told["entities"], told["strength"])


def _places(passages: NDArray[np.int32], first: int, last: int) -> list[NDArray[np.int64]]:
    """Where passages from ``first`` up to ``last`` stand."""
    found = []
    for start in range(0, len(passages), _BLOCK):
        block = passages[start : start + _BLOCK]
        found.append(start + np.flatnonzero((block >= first) & (block < last)))
    return found
