"""The graph of passages as rows of neighbours on the disk: taken apart, put together, and asked what draws a passage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from graphmem.model import FloatArray
from graphmem.store import ArrayFile, concatenated_ranges, offsets_of, read_arrays

__all__ = ["Edges", "PassageGraph", "groups_of", "strongest"]

_ROWS = 1 << 13
"""Rows that are in memory at once."""
_EDGES = 1 << 16
_EDGE = np.dtype([("source", "<i4"), ("target", "<i4"), ("weight", "<f4")])

Positions = NDArray[np.int64]
Numbers = NDArray[np.integer[Any]]
Floats = NDArray[np.floating[Any]]
Row = tuple[Positions, NDArray[np.int32], FloatArray]


def groups_of(labels: Numbers) -> list[Positions]:
    """The members of each label from 0 up, increasing; what is labelled -1 is in none."""
    order = np.argsort(labels, kind="stable")
    order = order[np.searchsorted(labels[order], 0) :]
    return np.split(order, np.cumsum(np.bincount(labels[order]))[:-1]) if len(order) else []


def strongest(place: Positions, group: Positions, strength: Floats) -> Positions:
    """Which of some pulls is the strongest of its place, the first group of equal ones: one for each place, in order."""
    order = np.lexsort((group, -strength, place))
    return order[np.unique(place[order], return_index=True)[1]]


@dataclass(frozen=True, slots=True)
class PassageGraph:
    """Undirected edges as rows (CSR): ``near[offsets[i] : offsets[i + 1]]`` are the neighbours of passage *i*, increasing, each
    with a ``weight`` > 0. An edge is in the rows of both its ends.

    ``folder`` is where graphs that are made of this one may lie; without it they are held in memory.
    """

    offsets: Positions
    near: NDArray[np.int32]
    weight: FloatArray
    folder: Path | None = None

    @classmethod
    def of(cls, count: int, a: Numbers, b: Numbers, weight: Floats) -> Self:
        """From pairs in any order; a pair that is there twice keeps its greater weight."""
        edges = _both_ways(a, b, weight)
        keys, weights = _combined(_keys(count, edges), edges["weight"], np.maximum)
        source, target = np.divmod(keys, max(count, 1))
        return cls(offsets_of(np.bincount(source, minlength=count)), target.astype(np.int32), weights)

    @classmethod
    def written(cls, folder: Path, stretches: Iterable[Row]) -> Self:
        """From stretches of rows (how many neighbours each has, the neighbours, the weights), written to a new folder as they
        come and mapped."""
        folder.mkdir(parents=True)
        end = 0
        with (
            ArrayFile(folder / "offsets.npy", np.int64) as offsets,
            ArrayFile(folder / "near.npy", np.int32) as near,
            ArrayFile(folder / "weight.npy", np.float32) as weight,
        ):
            offsets.append(np.zeros(1))
            for counts, numbers, weights in stretches:
                offsets.append(end + np.cumsum(counts))
                near.append(numbers)
                weight.append(weights)
                end += len(numbers)
        told = read_arrays(folder)
        return cls(told["offsets"], told["near"], told["weight"], folder.parent)

    @property
    def count(self) -> int:
        """How many passages there are."""
        return len(self.offsets) - 1

    @property
    def total(self) -> float:
        """The weight of all edges."""
        return float(self.weight.sum(dtype=np.float64)) / 2

    @property
    def stretch(self) -> int:
        """How many rows have about as many edges as may be in memory at once."""
        return max(1, _EDGES * self.count // max(len(self.near), 1))

    def edges(self) -> tuple[Positions, NDArray[np.int32], FloatArray]:
        """Each edge once, as columns of the lesser number, the greater one and the weight, in increasing order."""
        source = np.repeat(np.arange(self.count), np.diff(self.offsets))
        once = source < self.near
        return source[once], self.near[once], self.weight[once]

    def moved(self, now: Positions, count: int, more: Self, folder: Path) -> Self:
        """The edges of what is left, under the numbers that ``now`` gives (-1 for what is gone; the order stays), with
        ``more`` edges, none of which is among them; written to a new folder."""
        before = np.full(count, -1, dtype=np.int64)
        before[now[now >= 0]] = np.flatnonzero(now >= 0)

        def stretches() -> Iterator[Row]:
            for first in range(0, count, _ROWS):
                rows = before[first : first + _ROWS]
                kept = np.flatnonzero(rows >= 0)
                offsets, near, weight = self.neighbours(rows[kept])
                source, target = np.repeat(kept, np.diff(offsets)), now[near]
                alive = target >= 0
                offsets, others, fresh = more.neighbours(np.arange(first, first + len(rows)))
                source = np.concatenate((source[alive], np.repeat(np.arange(len(rows)), np.diff(offsets))))
                target = np.concatenate((target[alive], others))
                # Two increasing stretches are merged, not sorted.
                order = np.argsort(source * count + target, kind="stable")
                yield (
                    np.bincount(source, minlength=len(rows)),
                    target[order].astype(np.int32),
                    np.concatenate((weight[alive], fresh))[order],
                )

        return self.written(folder, stretches())

    def parts(self, labels: Numbers) -> Iterator[tuple[Positions, Self]]:
        """The members of each label from 0 up, increasing, and the graph among them under their places."""
        groups = groups_of(labels)
        place = np.zeros(self.count, dtype=np.int32)
        for members in groups:
            place[members] = np.arange(len(members))
        for label, members in enumerate(groups):
            offsets, near, weight = self.neighbours(members)
            inside = labels[near] == label
            row = np.repeat(np.arange(len(members)), np.diff(offsets))[inside]
            counts = np.bincount(row, minlength=len(members))
            yield members, type(self)(offsets_of(counts), place[near[inside]], weight[inside], self.folder)

    def joined(self, labels: Numbers, folder: Path) -> Self:
        """The graph among groups of passages, ``labels`` their numbers from 0 up: what joins two groups is added up."""
        count = int(labels.max(initial=-1)) + 1
        # Groups have more neighbours than what is in them.
        edges = Edges(folder / "edges", count, np.add, max(1, self.stretch * count // max(self.count, 1)))
        for first in range(0, self.count, self.stretch):
            rows = np.arange(first, min(self.count, first + self.stretch))
            offsets, near, weight = self.neighbours(rows)
            source = np.repeat(rows, np.diff(offsets))
            once = source < near
            edges.add("joined", labels[source[once]], labels[near[once]], weight[once])
        return self.written(folder / "joined", edges.rows())

    def neighbours(self, rows: Positions) -> tuple[Positions, NDArray[np.int32], FloatArray]:
        """The neighbours of some passages, end to end: CSR offsets, shape (rows + 1,), numbers and weights."""
        items, _ = concatenated_ranges(self.offsets, rows)
        return offsets_of(self.offsets[rows + 1] - self.offsets[rows]), self.near[items], self.weight[items]

    def pulls(self, group: Numbers, rows: Positions) -> tuple[Positions, Positions, NDArray[np.float64]]:
        """How strongly rows are drawn to groups: place in ``rows``, group and strength of each pair that is drawn at all.

        ``group``, shape (count,), is the group of each passage, -1 for none. Pairs come by place, then by group.
        """
        offsets, found, weight = self.neighbours(rows)
        groups = int(group.max(initial=-1)) + 1
        place = np.repeat(np.arange(len(rows)), np.diff(offsets))
        of = group[found].astype(np.int64)
        grouped = of >= 0
        pairs, which = np.unique(place[grouped] * max(groups, 1) + of[grouped], return_inverse=True)
        strength = np.bincount(which, weight[grouped], len(pairs)).astype(np.float64)
        return pairs // max(groups, 1), pairs % max(groups, 1), strength


class Edges:
    """Edges on their way to the rows of a graph, in files of a stretch of rows each, so that few are in memory (a
    distribution sort: Knuth, The Art of Computer Programming, volume 3, section 5.4).

    Of one kind, ``alike`` says what a pair weighs that comes more than once; kinds are added up. A stretch has so many ``rows``.
    """

    def __init__(self, folder: Path, count: int, alike: np.ufunc, rows: int = _ROWS) -> None:
        folder.mkdir(parents=True)
        self._folder = folder
        self._count = count
        self._alike = alike
        self._stretch = rows
        self._kinds: dict[str, None] = {}

    def add(self, kind: str, a: Numbers, b: Numbers, weight: Floats) -> None:
        """Pairs of passages, in any order; what weighs nothing, and what joins a passage to itself, is left out."""
        self._kinds[kind] = None
        edges = _both_ways(a, b, weight)
        stretch = edges["source"] // self._stretch
        edges = edges[np.argsort(stretch, kind="stable")]
        ends = np.cumsum(np.bincount(stretch))
        for number, part in enumerate(np.split(edges, ends[:-1]) if len(edges) else ()):
            if len(part):
                with self._path(kind, number).open("ab") as file:
                    file.write(part.tobytes())

    def rows(self) -> Iterator[Row]:
        """Stretches for :meth:`PassageGraph.written`; what has been read is removed."""
        for number, first in enumerate(range(0, self._count, self._stretch)):
            keys, weights = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
            for kind in self._kinds:
                path = self._path(kind, number)
                if path.exists():
                    edges = np.fromfile(path, dtype=_EDGE)
                    path.unlink()
                    own = _combined(_keys(self._count, edges), edges["weight"], self._alike)
                    keys, weights = np.concatenate((keys, own[0])), np.concatenate((weights, own[1]))
                    keys, weights = _combined(keys, weights, np.add)
            source, target = np.divmod(keys, max(self._count, 1))
            counts = np.bincount(source - first, minlength=min(self._stretch, self._count - first))
            yield counts, target.astype(np.int32), weights

    def _path(self, kind: str, stretch: int) -> Path:
        return self._folder / f"{kind}-{stretch}"


def _both_ways(a: Numbers, b: Numbers, weight: Floats) -> NDArray[np.void]:
    kept = (weight > 0) & (a != b)
    a, b, weight = a[kept], b[kept], weight[kept]
    edges = np.empty(2 * len(a), dtype=_EDGE)
    for name, column in (("source", (a, b)), ("target", (b, a)), ("weight", (weight, weight))):
        np.concatenate(column, out=edges[name], casting="same_kind")
    return edges


def _keys(count: int, edges: NDArray[np.void]) -> Positions:
    keys: Positions = edges["source"].astype(np.int64) * count + edges["target"]
    return keys


def _combined(keys: Positions, weight: FloatArray, alike: np.ufunc) -> tuple[Positions, FloatArray]:
    """Increasing pairs, each once, with what ``alike`` makes of its weights."""
    order = np.argsort(keys, kind="stable")
    keys, weight = keys[order], weight[order]
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    return keys[starts], alike.reduceat(weight, starts) if len(starts) else weight
