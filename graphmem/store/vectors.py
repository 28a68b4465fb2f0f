"""Nearest vectors: hnswlib where there are many, and the exact answer where there are few.

The vectors of a kind lie in a half-precision matrix, mapped into memory, and the newest in a short tail beside it; each
has a *slot* in the two together. Up to ``EXACT_LIMIT`` of them a matrix product is as fast as a graph walk and gives the
true neighbours; above, a walk over the graph that hnswlib has made of the matrix (Malkov and Yashunin 2018) proposes
candidates, or where a store is to outgrow memory its ``cells`` do. They and the tail are then scored exactly, so that
scores never depend on the index. Products this small are taken row by row (``vecdot``): as a matrix product they would
wake a thread on every core, and wait for it.
"""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from graphmem.model import FloatArray
from graphmem.store.cells import CELLS, Cells
from graphmem.store.derived import checksum, read_arrays
from graphmem.store.walk import MappedIndex

if TYPE_CHECKING:
    import hnswlib

__all__ = ["EXACT_LIMIT", "INDEX", "INDEX_MANIFEST", "VectorIndex", "load_index", "sign_index"]

EXACT_LIMIT = 2000
INDEX, INDEX_MANIFEST = "index.hnsw", "index.json"
_OVERSAMPLE, _BEAM = 2, 200
_SIGN_AND_VALUE = np.int32(-0x7000_2000)
"""Where the bits of a half are, once they have been moved to those of a single."""
_FEW = 20_000
"""So many vectors that are allowed are all compared: a walk would find mostly others."""


class VectorIndex:
    """Read access to what :func:`change_vectors` wrote; the files have been verified before.

    ``matrix`` and ``tail``, shape (n, dimension), hold the vectors by slot; ``slots`` are those of the positions and
    ``positions`` those of the slots, -1 where there is no vector.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        arrays = read_arrays(folder)
        self.matrix = cast(NDArray[np.float16], arrays["matrix"])
        self.tail = cast(NDArray[np.float16], arrays["tail"])
        self.slots = cast(NDArray[np.int32], arrays["slots"])
        self.positions = cast(NDArray[np.int32], arrays["positions"])
        self.indexed = (folder / INDEX).exists()
        # Opened now: a later generation may take the folder away.
        self._index = MappedIndex.open(folder / INDEX, self.dimension) if self.indexed else None
        self.cells = Cells.open(folder / CELLS)

    def __len__(self) -> int:
        return len(self.slots)

    @property
    def dimension(self) -> int:
        return int(self.matrix.shape[1])

    @cached_property
    def _few(self) -> FloatArray | None:
        """All vectors by slot and zeros behind them, in single precision, where they are few enough to be held."""
        if self._index is not None or len(self.positions) > 2 * EXACT_LIMIT:
            return None
        return _widened(np.concatenate((self.matrix, self.tail, np.zeros((1, self.dimension), dtype=np.float16))))

    def rows(self, positions: NDArray[np.int64]) -> FloatArray:
        """The vectors at some positions, shape (n, dimension); zeros for what has none."""
        slots = self.slots[positions]
        if self._few is not None:
            few: FloatArray = self._few[slots]
            return few
        base = len(self.matrix)
        # Without a sign those that have none, -1, are beyond all others.
        if np.count_nonzero(slots.view(np.uint32) < base) == len(slots):
            return _widened(self.matrix.take(slots, axis=0))
        found = np.zeros((len(slots), self.dimension), dtype=np.float16)
        inside, behind = (slots >= 0) & (slots < base), slots >= base
        found[inside], found[behind] = self.matrix[slots[inside]], self.tail[slots[behind] - base]
        return _widened(found)

    def nearest(
        self, vectors: FloatArray, k: int, allowed: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.int64], FloatArray]:
        """The ``k`` of all positions, or of those allowed, of greatest cosine to each of the vectors, shape (q, k), padded with
        -1; ties in order."""
        positions = np.full((len(vectors), k), -1, dtype=np.int64)
        cosines = np.full((len(vectors), k), -1.0, dtype=np.float32)
        for row, vector in enumerate(vectors):
            pool = self._candidates(vector, k, allowed)
            likeness = np.vecdot(self.rows(pool) if self._few is None else self._few, vector)
            scores = likeness if self._few is None else likeness[self.slots[pool]]
            if len(pool) > k:
                best = scores >= np.partition(scores, -k)[-k]
                pool, scores = pool[best], scores[best]
            order = np.lexsort((pool, -scores))[:k]
            positions[row, : len(order)] = pool[order]
            cosines[row, : len(order)] = scores[order]
        return positions, cosines

    def _candidates(self, vector: FloatArray, k: int, allowed: NDArray[np.bool_] | None) -> NDArray[np.int64]:
        index, cells = self._index, self.cells
        if index is None and cells is None:
            return np.arange(len(self)) if allowed is None else np.flatnonzero(allowed)
        wanted = _OVERSAMPLE * k
        if allowed is not None:
            meant = np.flatnonzero(allowed)
            if len(meant) <= _FEW:
                return meant
            # Of what the walk finds, about the share that is allowed will be left.
            wanted = wanted * len(self) // len(meant)
        if index is not None:
            # The wider beam is what brings recall above 0.97 on real sentence vectors.
            slots = index.nearest(vector, wanted, max(_BEAM, wanted))
        elif cells is not None:
            slots = cells.nearest(vector, wanted)
        base = len(self.matrix)
        found = np.concatenate((self.positions[slots[slots < base]], self.positions[base:]))
        ordered: NDArray[np.int64] = np.sort(found[found >= 0]).astype(np.int64)
        return ordered if allowed is None else ordered[allowed[ordered]]


def sign_index(folder: Path, dimension: int, count: int) -> None:
    """Note what lies in the index of a folder, for :func:`load_index`."""
    manifest = {"dimension": dimension, "count": count, "checksum": checksum(folder / INDEX)}
    (folder / INDEX_MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")


def load_index(folder: Path, dimension: int, room: int) -> hnswlib.Index | None:
    """The index of a folder, with room for so many vectors; ``None`` where there is none that fits.

    It is verified here once more, at the last moment, since hnswlib believes what it reads: a damaged file, or one of
    another dimension, takes the process down, or gives wrong neighbours.
    """
    import hnswlib

    try:
        manifest = json.loads((folder / INDEX_MANIFEST).read_text(encoding="utf-8"))
        fits = manifest["dimension"] == dimension and manifest["count"] <= room
        if not fits or manifest["checksum"] != checksum(folder / INDEX):
            return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    index = hnswlib.Index(space="ip", dim=dimension)
    index.load_index(str(folder / INDEX), max_elements=room)
    # Once and for all: threads search at the same time.
    index.set_ef(_BEAM)
    return index


def _widened(values: NDArray[np.generic]) -> FloatArray:
    """Half precision to single, exactly, eight times as fast as numpy's own cast: the bits moved, the exponent mended."""
    bits = np.ascontiguousarray(values).view(np.int16).astype(np.int32)
    bits <<= 13
    # The sign has been widened as well: its copies in between go.
    bits &= _SIGN_AND_VALUE
    wide: FloatArray = bits.view(np.float32)
    # The bias of the one's exponent is 127, of the other's 15.
    wide *= np.float32(2.0**112)
    return wide
