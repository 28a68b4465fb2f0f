"""Nearest vectors where there are more than memory holds: in cells, most of which a question never looks at.

An inverted file (Jégou, Douze and Schmid 2011) as SPANN keeps it (Chen et al. 2021): the centres of the cells are few and
are all compared; the vectors of a cell lie side by side on disk, in eight bits, and are read in one go. A question looks
into more cells the less clear it is which one it belongs to (SPANN, section 3.3). Vectors at the edge of a cell are not
repeated in the next one: for as many vectors compared it was measured to find hardly more.
"""

from __future__ import annotations

from pathlib import Path
from typing import Self, cast

import numpy as np
from numpy.typing import NDArray

from graphmem.model import FloatArray
from graphmem.store.derived import read_arrays
from graphmem.store.moves import concatenated_ranges

__all__ = ["CELLS", "Cells"]

CELLS = "cells"
"""The folder of the cells, beside the matrix."""
_FURTHER = 0.45
"""A cell is looked into when its centre is up to this much further away than the nearest one."""
_LEAST, _MOST = 2_000, 25_000
"""So many vectors are compared, or a cell more, however clear or unclear it is."""
_LEAST_TIMES = 20
"""And at least so many times as are wanted."""
_SPARE = 3
"""So many times as many cells are put in order as would do if all were of one size."""
_BLOCK = 1_024


class Cells:
    """Read access to what ``cells_build`` wrote; the files have been verified before.

    ``centres``, shape (cells, dimension), are the means of the cells; cell *i* has the rows ``offsets[i] : offsets[i + 1]``
    of ``rows``, shape (n, dimension), which times their ``scales`` are the vectors, and ``members`` are their slots.
    """

    def __init__(self, folder: Path) -> None:
        arrays = read_arrays(folder)
        self.centres = cast(FloatArray, arrays["centres"])
        self.offsets = cast(NDArray[np.int64], arrays["offsets"])
        self.members = cast(NDArray[np.int32], arrays["members"])
        self.scales = cast(FloatArray, arrays["scales"])
        self.rows = cast(NDArray[np.int8], arrays["rows"]).reshape(len(self.members), self.centres.shape[1])

    @classmethod
    def open(cls, folder: Path) -> Self | None:
        """Map the files; ``None`` where there are none."""
        return cls(folder) if folder.is_dir() else None

    def nearest(self, vector: FloatArray, k: int) -> NDArray[np.int64]:
        """Slots of about the ``k`` vectors of greatest inner product with a vector of norm 1, in no order."""
        if not len(self.members):
            return np.zeros(0, dtype=np.int64)
        far = 1 - np.vecdot(self.centres, vector)
        least = max(_LEAST, _LEAST_TIMES * k)
        most = max(least, _MOST)
        order = self._nearest_cells(far, most)
        ends = np.cumsum(self.offsets[order + 1] - self.offsets[order])
        close = int(np.searchsorted(far[order], far[order[0]] * (1 + _FURTHER), side="right"))
        few, many = np.searchsorted(ends, (least, most)) + 1
        probed = order[: min(max(close, int(few)), int(many))]
        where, _ = concatenated_ranges(self.offsets, probed)
        # More at a time would not fit a core's cache.
        parts = np.split(probed, np.searchsorted(ends, np.arange(_BLOCK, len(where), _BLOCK)))
        scores = np.concatenate([np.vecdot(self._wide(part), vector) for part in parts]) * self.scales[where]
        best = np.argpartition(-scores, k - 1)[:k] if k < len(scores) else np.arange(len(scores))
        return self.members[where[best]].astype(np.int64)

    def _nearest_cells(self, far: FloatArray, most: int) -> NDArray[np.int64]:
        """Cells that have ``most`` vectors together, or all cells, the nearest first."""
        count = _SPARE * most * len(far) // len(self.members)
        if count < len(far):
            near = np.argpartition(far, count)[:count]
            if int(np.sum(self.offsets[near + 1] - self.offsets[near])) >= most:
                return near[np.argsort(far[near], kind="stable")]
        return np.argsort(far, kind="stable")

    def _wide(self, cells: NDArray[np.int64]) -> FloatArray:
        """The rows of some cells, as they are multiplied."""
        ends = zip(self.offsets[cells].tolist(), self.offsets[cells + 1].tolist(), strict=True)
        rows = [self.rows[start:end] for start, end in ends]
        return np.concatenate([self.rows[:0], *rows]).astype(np.float32)
