"""The passages nearest to each passage: by comparing all with all where they are few, else all with those around.

Beyond some thousands, passages are divided into cells around the centres of spherical k-means (an inverted file: Jégou, Douze
and Schmid 2011), and each is compared with those of the nearest cells: time grows as the power 3/2 of their number, and
memory not at all.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from graphmem.hierarchy.likeness import Directions, Vectors, centre_of
from graphmem.hierarchy.passage_graph import groups_of
from graphmem.model import FloatArray

__all__ = ["nearest_passages"]

_EXACT = 20_000
"""Rows times passages are compared one by one up to the square of this."""
_PRODUCTS = 1 << 22
"""Cosines that are held at once."""
_BLOCK = 2048
_CELL = 512
"""Passages of a cell at most."""
_POOL = 4096
"""Passages of the nearest cells, at least, that a passage is compared with."""
_ROUNDS = 4
_SAMPLE = 24
"""Passages a cell that k-means is made from."""

Positions = NDArray[np.int64]


def nearest_passages(vectors: Directions, rows: Positions, wanted: int) -> tuple[Positions, FloatArray]:
    """The ``wanted`` passages of greatest cosine to each of ``rows``, itself left out, and the cosines; shape (rows, wanted).

    There have to be more passages than are wanted.
    """
    near = np.zeros((len(rows), wanted), dtype=np.int32)
    cosine = np.zeros((len(rows), wanted), dtype=np.float32)
    everyone = np.arange(len(vectors))
    if len(rows) * len(vectors) <= _EXACT**2:
        stretches: Iterator[tuple[Positions, Positions]] = iter([(np.arange(len(rows)), everyone)])
    else:
        stretches = _around(vectors, rows)
    for places, pool in stretches:
        step = max(1, _PRODUCTS // len(pool))
        for at in range(0, len(places), step):
            block = places[at : at + step]
            near[block], cosine[block] = _nearest_of(vectors, rows[block], pool, wanted)
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


def _around(vectors: Directions, rows: Positions) -> Iterator[tuple[Positions, Positions]]:
    """Places of ``rows`` that lie together, and the passages around them in increasing order."""
    cells, centres = _cells(vectors)
    place = np.full(len(vectors), -1, dtype=np.int64)
    place[rows] = np.arange(len(rows))
    sizes = np.array([len(cell) for cell in cells])
    for number, cell in enumerate(cells):
        places = place[cell]
        places = places[places >= 0]
        if not len(places):
            continue
        likeness = centres @ centres[number]
        likeness[number] = np.inf
        order = np.argsort(-likeness, kind="stable")
        enough = int(np.searchsorted(np.cumsum(sizes[order]), _POOL)) + 1
        yield places, np.sort(np.concatenate([cells[other] for other in order[:enough].tolist()]))


def _cells(vectors: Directions) -> tuple[list[Positions], FloatArray]:
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
