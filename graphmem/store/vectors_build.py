"""Writing what ``vectors`` reads: the vectors of a kind and their hnswlib index or cells, changed rather than made anew.

A vector has a *slot* for as long as the index lasts. New ones lie in a short tail, which is compared one by one; only
when it has grown long are the matrix and the index written again with it. Until then both files are linked from the
generation before, whatever their size. What is removed is overwritten with zeros in both.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from graphmem.store.cells import CELLS
from graphmem.store.cells_build import change_cells, write_cells
from graphmem.store.derived import link_file, link_folder, mapped_array, write_arrays
from graphmem.store.moves import Moves
from graphmem.store.vectors import EXACT_LIMIT, INDEX, INDEX_MANIFEST, VectorIndex, load_index, sign_index

if TYPE_CHECKING:
    import hnswlib

__all__ = ["Later", "change_vectors"]

_SEVERAL, _LARGE = 200_000, 500_000
"""More vectors than these are put in by all cores, and get more links."""
_EF_CONSTRUCTION = 120
_OUTGROWN = 4
"""An index that has to grow this many times over is made anew, with the links that its new size needs."""
_DEAD = 0.2
"""The share of slots without a vector from which everything is written anew."""
_TAIL_SHARE = 0.005
"""The share of what is indexed that may wait to be: folding it in costs a copy of everything."""
_BLOCK = 4096

Half = NDArray[np.float16]
Positions = NDArray[np.int64]
Later = Callable[[Callable[[], None]], object]
"""Takes work that neither needs the database nor is waited for by other derived files, to do it when it likes."""


def _at_once(work: Callable[[], None]) -> None:
    work()


def change_vectors(
    folder: Path,
    moves: Moves,
    dimension: int,
    rows: Iterable[tuple[int, Half]],
    previous: Path | None,
    *,
    on_disk: bool = False,
    later: Later = _at_once,
) -> None:
    """Write the vectors of things that have moved as said since ``previous``, the verified folder before.

    ``rows`` are stretches of the new ones, shape (n, dimension), rows of norm 1, each with the number of its first one
    among the new. What none covers has no vector, and is near to nothing. hnswlib makes its index of many in memory; ``on_disk``
    they are put into cells instead. An index that is made anew is left to ``later``: it takes longest, most of it without
    Python's lock.
    """
    folder.mkdir(parents=True, exist_ok=True)
    old = VectorIndex(previous) if previous is not None else None
    if old is None or old.dimension != dimension:
        _write_anew(folder, len(moves), dimension, rows, on_disk, later)
        return
    added = np.zeros((len(moves.new), dimension), dtype=np.float16)
    present = np.zeros(len(added), dtype=bool)
    for start, block in rows:
        added[start : start + len(block)] = block
        present[start : start + len(block)] = True
    _Change(old, moves, added, present, on_disk, later).write(folder)


def _write_anew(
    folder: Path, count: int, dimension: int, rows: Iterable[tuple[int, Half]], on_disk: bool, later: Later
) -> None:
    matrix = _new_matrix(folder, count, dimension)
    present = np.zeros(count, dtype=bool)
    for start, block in rows:
        matrix[start : start + len(block)] = block
        present[start : start + len(block)] = True
    _finish_anew(folder, matrix, present, on_disk, later)


def _new_matrix(folder: Path, count: int, dimension: int) -> Half:
    return mapped_array(folder / "matrix.npy", (count, dimension), np.float16)


def _finish_anew(folder: Path, matrix: Half, present: NDArray[np.bool_], on_disk: bool, later: Later) -> None:
    """Everything beside a matrix whose slots are the positions."""
    numbers = np.arange(len(matrix), dtype=np.int32)
    mapped = np.where(present, numbers, np.int32(-1))
    _write_slots(folder, mapped, mapped, matrix[:0])
    if len(matrix) > EXACT_LIMIT:
        make = write_cells if on_disk else _write_graph
        slots = np.flatnonzero(present)
        later(lambda: make(folder, matrix, slots))


def _write_graph(folder: Path, matrix: Half, slots: Positions) -> None:
    index = _index(int(matrix.shape[1]))
    # Of 400,000 vectors 16 links lead to 986 of a thousand of the ten nearest, and 24 or 32 to 992 for half as much time again.
    links = 16 if len(slots) <= _LARGE else 32
    index.init_index(max(1, len(slots)), ef_construction=_EF_CONSTRUCTION, M=links, random_seed=100)
    _add(index, matrix, slots)
    _save(index, folder)


def _write_slots(folder: Path, slots: NDArray[np.int32], positions: NDArray[np.int32], tail: Half) -> None:
    write_arrays(folder, {"slots": slots, "positions": positions, "tail": tail})


def _index(dimension: int) -> hnswlib.Index:
    import hnswlib

    return hnswlib.Index(space="ip", dim=dimension)


def _add(index: hnswlib.Index, matrix: Half, slots: Positions) -> None:
    # One thread makes the same index every time; beyond that size the time is worth more.
    index.set_num_threads((os.cpu_count() or 1) if len(slots) > _SEVERAL else 1)
    for block in np.array_split(slots, max(1, len(slots) // _BLOCK)):
        if len(block):
            index.add_items(matrix[block].astype(np.float32), block)


def _save(index: hnswlib.Index, folder: Path) -> None:
    index.save_index(str(folder / INDEX))
    # hnswlib does not say when the disk is full.
    if (folder / INDEX).stat().st_size != index.index_file_size():
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder / INDEX))
    sign_index(folder, index.dim, index.get_current_count())


class _Change:
    """One generation's vectors out of those of the one before."""

    def __init__(
        self, old: VectorIndex, moves: Moves, added: Half, present: NDArray[np.bool_], on_disk: bool, later: Later
    ) -> None:
        self._old = old
        self._on_disk, self._later = on_disk, later
        base, tail = len(old.matrix), len(old.tail)
        fresh = np.full(len(added), -1, dtype=np.int32)
        fresh[present] = base + tail + np.arange(int(present.sum()))
        self._slots = moves.items(old.slots, fresh)
        self._positions = np.full(base + tail + int(present.sum()), -1, dtype=np.int32)
        alive = np.flatnonzero(self._slots >= 0)
        self._positions[self._slots[alive]] = alive
        self._tail = np.concatenate((old.tail, added[present]))
        self._tail[self._positions[base:] < 0] = 0
        self._gone = np.flatnonzero((old.positions[:base] >= 0) & (self._positions[:base] < 0))

    def write(self, folder: Path) -> None:
        alive = int((self._positions >= 0).sum())
        grown = alive > _OUTGROWN * max(1, int((self._old.positions[: len(self._old.matrix)] >= 0).sum()))
        wasted = len(self._positions) - alive > _DEAD * len(self._positions)
        indexed = self._old.cells is not None if self._on_disk else self._old.indexed
        if not indexed or wasted or grown or len(self._slots) <= EXACT_LIMIT:
            self._compact(folder)
            return
        fold = len(self._tail) > max(EXACT_LIMIT, _TAIL_SHARE * len(self._old.matrix))
        if not fold and not len(self._gone):
            self._link(folder)
        elif not self._rewrite(folder, fold):
            self._compact(folder)
            return
        _write_slots(folder, self._slots, self._positions, self._tail[:0] if fold else self._tail)

    def _link(self, folder: Path) -> None:
        """Matrix and index are what they were."""
        for name in ("matrix.npy",) if self._on_disk else ("matrix.npy", INDEX, INDEX_MANIFEST):
            link_file(self._old.folder / name, folder / name)
        if self._on_disk:
            link_folder(self._old.folder / CELLS, folder / CELLS)

    def _compact(self, folder: Path) -> None:
        """Every slot its position again."""
        matrix = _new_matrix(folder, len(self._slots), self._old.dimension)
        base = len(self._old.matrix)
        for start in range(0, len(self._slots), _BLOCK):
            slots = self._slots[start : start + _BLOCK]
            inside, behind = np.flatnonzero((slots >= 0) & (slots < base)), np.flatnonzero(slots >= base)
            matrix[start + inside] = self._old.matrix[slots[inside]]
            matrix[start + behind] = self._tail[slots[behind] - base]
        _finish_anew(folder, matrix, self._slots >= 0, self._on_disk, self._later)

    def _rewrite(self, folder: Path, fold: bool) -> bool:
        """Matrix and index without what is gone, and with the tail where it is folded in; whether the index allows it."""
        base = len(self._old.matrix)
        total = base + len(self._tail) * fold
        index = None if self._on_disk else load_index(self._old.folder, self._old.dimension, total)
        if index is None and not self._on_disk:
            return False
        matrix = _new_matrix(folder, total, self._old.dimension)
        for start in range(0, base, _BLOCK):
            matrix[start : min(base, start + _BLOCK)] = self._old.matrix[start : start + _BLOCK]
        matrix[self._gone] = 0
        if fold:
            matrix[base:] = self._tail
        added = base + np.flatnonzero(self._positions[base:total] >= 0)
        if index is not None:
            _change_graph(folder, index, matrix, self._gone, added)
        elif self._old.cells is not None:
            change_cells(folder, self._old.cells, matrix, self._gone, added)
        return True


def _change_graph(folder: Path, index: hnswlib.Index, matrix: Half, gone: Positions, added: Positions) -> None:
    if len(gone):
        # hnswlib hides what it deletes: the vector itself goes when another is put in its place.
        index.add_items(np.zeros((len(gone), matrix.shape[1]), dtype=np.float32), gone, num_threads=1)
        for slot in gone.tolist():
            index.mark_deleted(slot)
    if len(added):
        _add(index, matrix, added)
    _save(index, folder)
