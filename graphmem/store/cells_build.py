"""Writing what ``cells`` reads: vectors are put in cells a block at a time, so that memory holds the centres and a sample.

The centres come from k-means on a sample and stay for as long as the index lasts: new vectors are put into the cells that
there are, and what is removed is left out of the rows that are written anew.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from graphmem.model import FloatArray
from graphmem.store.cells import CELLS, Cells
from graphmem.store.derived import ArrayFile, write_arrays
from graphmem.store.moves import offsets_of

__all__ = ["change_cells", "write_cells"]

_CELLS = 8
"""So many times the square root of the number of vectors is the number of cells."""
_SAMPLE, _SAMPLE_VALUES = 16, 1 << 25
"""Vectors a cell that k-means is made from, and how many numbers they may have together (four bytes each)."""
_ROUNDS = 4
_PRODUCTS = 1 << 22
"""Products that are held at once."""
_BLOCK = 4_096

Half = NDArray[np.float16]
Positions = NDArray[np.int64]
Quantised = tuple[NDArray[np.int8], FloatArray]


def write_cells(folder: Path, matrix: Half, slots: Positions) -> None:
    """Cells of the vectors of a matrix, shape (n, dimension), that lie in some slots."""
    centres = _centres(matrix, slots)
    _write(folder, centres, _cells_of(matrix, slots, centres), slots, lambda at: _quantised(matrix[slots[at]]))


def change_cells(folder: Path, old: Cells, matrix: Half, gone: Positions, added: Positions) -> None:
    """Cells without the slots that are ``gone``, and with those ``added``; ``matrix`` holds the vectors of these."""
    kept = np.flatnonzero(~np.isin(old.members, gone))
    cells = np.repeat(np.arange(len(old.centres), dtype=np.int32), np.diff(old.offsets))
    cells = np.concatenate((cells[kept], _cells_of(matrix, added, old.centres)))

    def rows(at: Positions) -> Quantised:
        is_old = at < len(kept)
        quantised, scales = np.empty((len(at), matrix.shape[1]), dtype=np.int8), np.empty(len(at), dtype=np.float32)
        before = kept[at[is_old]]
        quantised[is_old], scales[is_old] = old.rows[before], old.scales[before]
        quantised[~is_old], scales[~is_old] = _quantised(matrix[added[at[~is_old] - len(kept)]])
        return quantised, scales

    _write(folder, old.centres, cells, np.concatenate((old.members[kept], added)), rows)


def _write(
    folder: Path,
    centres: FloatArray,
    cells: NDArray[np.int32],
    slots: NDArray[np.signedinteger],
    rows: Callable[[Positions], Quantised],
) -> None:
    """The files of some vectors whose cells and slots are known; ``rows`` gives those of some numbers among them."""
    # Who looks meanwhile finds all of them or none.
    unfinished = folder / f"{CELLS}-unfinished"
    order = np.argsort(cells, kind="stable")
    offsets = offsets_of(np.bincount(cells, minlength=len(centres)))
    members = slots[order].astype(np.int32)
    write_arrays(unfinished, {"centres": centres, "offsets": offsets, "members": members})
    with (
        ArrayFile(unfinished / "rows.npy", np.int8) as values,
        ArrayFile(unfinished / "scales.npy", np.float32) as sizes,
    ):
        for start in range(0, len(order), _BLOCK):
            quantised, scales = rows(order[start : start + _BLOCK])
            values.append(quantised.ravel())
            sizes.append(scales)
    unfinished.rename(folder / CELLS)


def _centres(matrix: Half, slots: Positions) -> FloatArray:
    """The centres of cells by Lloyd's k-means on a sample, shape (cells, dimension); the same ones every time."""
    draw = np.random.default_rng(0)
    wanted = int(_CELLS * len(slots) ** 0.5)
    size = min(len(slots), _SAMPLE * wanted, _SAMPLE_VALUES // max(1, matrix.shape[1]))
    sample = matrix[slots[np.sort(draw.choice(len(slots), size, replace=False))]].astype(np.float32)
    centres: FloatArray = sample[draw.choice(size, min(wanted, -(-size // 2)), replace=False)]
    everything = np.arange(size)
    for _ in range(_ROUNDS):
        cells = _cells_of(sample, everything, centres)
        members = np.argsort(cells, kind="stable")
        offsets = offsets_of(np.bincount(cells, minlength=len(centres)))
        for cell, (start, end) in enumerate(pairwise(offsets.tolist())):
            if start < end:
                centres[cell] = sample[members[start:end]].mean(axis=0)
    return centres


def _cells_of(matrix: Half | FloatArray, slots: Positions, centres: FloatArray) -> NDArray[np.int32]:
    """The number of the nearest centre to each of some vectors."""
    cells = np.empty(len(slots), dtype=np.int32)
    turned, half = np.ascontiguousarray(centres.T), (centres * centres).sum(axis=1) / 2
    step = max(1, _PRODUCTS // max(1, len(centres)))
    for start in range(0, len(slots), step):
        rows = matrix[slots[start : start + step]].astype(np.float32)
        cells[start : start + step] = (rows @ turned - half).argmax(axis=1)
    return cells


def _quantised(rows: Half) -> Quantised:
    """Each vector in whole numbers up to 127, and what they are to be multiplied with."""
    wide = rows.astype(np.float32)
    scales = np.maximum(np.abs(wide).max(axis=1, initial=0.0), np.float32(1e-12)) / np.float32(127)
    return np.rint(wide / scales[:, None]).astype(np.int8), scales
