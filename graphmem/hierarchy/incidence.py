"""The names that each passage has to do with: the incidence of the store's graph turned round, on the disk."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphmem.model import FloatArray
from graphmem.store import ArrayFile, Snapshot, read_arrays

__all__ = ["Incidence", "incidence_of"]

_ROWS = 1 << 15
"""Passages whose names are in memory at once."""
_BLOCK = 1 << 20


class Incidence(NamedTuple):
    """Rows by passage (CSR): its entities, increasing, and how much it has to do with each, between the ``offsets``."""

    offsets: NDArray[np.int64]
    entities: NDArray[np.int32]
    strength: FloatArray


def incidence_of(snapshot: Snapshot, folder: Path) -> Incidence:
    """The names of all passages of a snapshot, in files of a new folder."""
    folder.mkdir()
    passages_of, end = snapshot.graph.passages.folded(), 0
    assert passages_of.weights is not None
    with (
        ArrayFile(folder / "offsets.npy", np.int64) as offsets,
        ArrayFile(folder / "entities.npy", np.int32) as entities,
        ArrayFile(folder / "strength.npy", np.float32) as strength,
    ):
        offsets.append(np.zeros(1))
        for first in range(0, snapshot.passage_count, _ROWS):
            last = min(snapshot.passage_count, first + _ROWS)
            at = np.concatenate([np.zeros(0, dtype=np.int64), *_places(passages_of.values, first, last)])
            passages = passages_of.values[at] - first
            at = at[np.argsort(passages, kind="stable")]
            offsets.append(end + np.cumsum(np.bincount(passages, minlength=last - first)))
            entities.append(passages_of.rows_of(at))
            strength.append(passages_of.weights[at])
            end += len(at)
    told = read_arrays(folder)
    return Incidence(told["offsets"], told["entities"], told["strength"])


def _places(passages: NDArray[np.int32], first: int, last: int) -> list[NDArray[np.int64]]:
    """Where passages from ``first`` up to ``last`` stand."""
    found = []
    for start in range(0, len(passages), _BLOCK):
        block = passages[start : start + _BLOCK]
        found.append(start + np.flatnonzero((block >= first) & (block < last)))
    return found
