"""The passages nearest to each passage: by comparing all with all where they are few, else each with those around it.

Many passages are divided into cells around the centres of spherical k-means, and each is compared with those of the nearest
cells (an inverted file: Jégou, Douze and Schmid 2011): time grows as the power 3/2 of their number.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from graphmem.hierarchy.likeness import Vectors, centre_of
from graphmem.hierarchy.passage_graph import groups_of
from graphmem.model import FloatArray

__all__ = ["nearest_passages"]

_EXACT = 20_000
"""Rows times passages are compared one by one up to the square of this."""
_PRODUCTS = 1 << 22
"""Cosines that are held at once."""
_ROWS = 1 << 15
"""Passages whose neighbours are looked for at once."""
_BLOCK = 2048
_CELL = 512
"""Passages of a cell at most."""
_PROBES = 16
"""Cells that a passage is compared with."""
_ROUNDS = 4
_SAMPLE = 24
"""Passages a cell that k-means is made from."""

Positions = NDArray[np.int64]
Cells = tuple[list[Positions], FloatArray]


def nearest_passages(
    vectors: Vectors, rows: Positions, wanted: int
) -> Iterator[tuple[Positions, Positions, FloatArray]]:
    """The ``wanted`` passages of greatest cosine to each of ``rows``, itself left out, and the cosines, in stretches: some
    of the rows, then both for them, shape (rows, wanted).

    There have to be more passages than are wanted. Where too few are around one of many, it stands for those itself, with
    -2 for a cosine.
    """
    cells = None if len(rows) * len(vectors) <= _EXACT**2 else _cells(vectors)
    for at in range(0, len(rows), _ROWS):
        block = rows[at : at + _ROWS]
        yield block, *_nearest(vectors, block, wanted, cells)


def _nearest(vectors: Vectors, rows: Positions, wanted: int, cells: Cells | None) -> tuple[Positions, FloatArray]:
    near = np.repeat(rows[:, None].astype(np.int32), wanted, axis=1)
    cosine = np.full((len(rows), wanted), -2.0, dtype=np.float32)
    for places, pool in _compared(vectors, rows, cells):
        step = max(1, _PRODUCTS // len(pool))
        for at in range(0, len(places), step):
            block = places[at : at + step]
            found, likeness = _nearest_of(vectors, rows[block], pool, min(wanted, len(pool)))
            found, likeness = np.hstack((near[block], found)), np.hstack((cosine[block], likeness))
            best = np.argpartition(-likeness, wanted - 1, axis=1)[:, :wanted]
            near[block] = np.take_along_axis(found, best, axis=1)
            cosine[block] = np.take_along_axis(likeness, best, axis=1)
    return near.astype(np.int64), cosine


def _nearest_of(vectors: Vectors, rows: Positions, pool: Positions, wanted: int) -> tuple[Positions, FloatArray]:
    own = vectors[rows]
    similar = np.empty((len(rows), len(pool)), dtype=np.float32)
    for at in range(0, len(pool), _BLOCK):
        similar[:, at : at + _BLOCK] = own @ vectors[pool[at : at + _BLOCK]].T
    place = np.minimum(np.searchsorted(pool, rows), len(pool) - 1)
    itself = np.flatnonzero(pool[place] == rows)
    similar[itself, place[itself]] = -2.0
    np.negative(similar, out=similar)
    best = np.argpartition(similar, wanted - 1, axis=1)[:, :wanted]
    return pool[best], -np.take_along_axis(similar, best, axis=1)


def _compared(vectors: Vectors, rows: Positions, cells: Cells | None) -> Iterator[tuple[Positions, Positions]]:
    """Places of ``rows``, and the passages that they are compared with, in increasing order; no two twice."""
    if cells is None:
        yield np.arange(len(rows)), np.arange(len(vectors))
        return
    members, centres = cells
    probes = min(_PROBES, len(members))
    probed = np.empty((len(rows), probes), dtype=np.int32)
    for at in range(0, len(rows), _BLOCK):
        far = -(vectors[rows[at : at + _BLOCK]] @ centres.T)
        probed[at : at + _BLOCK] = np.argpartition(far, probes - 1, axis=1)[:, :probes]
    for cell, places in zip(members, groups_of(probed.ravel()), strict=False):
        if len(places):
            yield places // probes, cell


def _cells(vectors: Vectors) -> Cells:
    """All passages in cells of what lies together, and the centre of each cell, shape (cells, d)."""
    count = len(vectors)
    draw = np.random.default_rng(0)
    wanted = int(count**0.5)
    sample = vectors[np.sort(draw.choice(count, min(count, _SAMPLE * wanted), replace=False))]
    centres = sample[draw.choice(len(sample), wanted, replace=False)]
    for _ in range(_ROUNDS):
        nearest = np.concatenate(
            [(sample[at : at + _BLOCK] @ centres.T).argmax(axis=1) for at in range(0, len(sample), _BLOCK)]
        )
        for number, members in enumerate(groups_of(nearest)):
            if len(members):
                centres[number] = centre_of(sample[members])
    nearest = np.empty(count, dtype=np.int32)
    for at in range(0, count, _BLOCK):
        block = np.arange(at, min(count, at + _BLOCK))
        nearest[block] = (vectors[block] @ centres.T).argmax(axis=1)
    cells: list[Positions] = []
    of: list[int] = []
    for number, members in enumerate(groups_of(nearest)):
        # What is all the same lies in one cell, however much of it there is.
        pieces = np.array_split(members, -(-len(members) // _CELL)) if len(members) else []
        cells += pieces
        of += [number] * len(pieces)
    return cells, centres[of]
