"""The graph of passages as columns of edges: taken apart, put together, and asked what draws a passage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from graphmem.store import offsets_of

__all__ = ["PassageGraph", "groups_of", "strongest"]

Positions = NDArray[np.int64]
Floats = NDArray[np.floating[Any]]


def groups_of(labels: NDArray[np.integer[Any]]) -> list[Positions]:
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
    """Undirected edges among ``count`` passages as columns, shape (n,): numbers ``a < b``, each pair once in increasing
    order, and ``weight`` > 0."""

    count: int
    a: NDArray[np.int32]
    b: NDArray[np.int32]
    weight: Floats

    @classmethod
    def of(cls, count: int, a: Positions, b: Positions, weight: Floats) -> Self:
        """From pairs in any order; a pair that is there twice keeps its greater weight."""
        keys = np.minimum(a, b).astype(np.int64) * count + np.maximum(a, b)
        order = np.lexsort((-weight, keys))
        order = order[(weight[order] > 0) & (a[order] != b[order])]
        keys, weight = keys[order], weight[order]
        first = np.ones(len(keys), dtype=bool)
        first[1:] = keys[1:] != keys[:-1]
        return cls.of_keys(count, keys[first], weight[first])

    @classmethod
    def of_keys(cls, count: int, keys: Positions, weight: Floats) -> Self:
        """From pairs as increasing numbers ``a * count + b``."""
        return cls(count, (keys // max(count, 1)).astype(np.int32), (keys % max(count, 1)).astype(np.int32), weight)

    @property
    def keys(self) -> Positions:
        """The pairs as numbers ``a * count + b``."""
        return self.a.astype(np.int64) * self.count + self.b

    def moved(self, now: Positions, count: int, more: Self) -> Self:
        """The edges of what is left, under the numbers that ``now`` gives (-1 for what is gone; the order stays), with
        ``more`` edges, none of which is among them."""
        a, b = now[self.a], now[self.b]
        alive = (a >= 0) & (b >= 0)
        keys = np.concatenate((a[alive] * count + b[alive], more.keys))
        # Two increasing stretches are merged, not sorted.
        order = np.argsort(keys, kind="stable")
        return self.of_keys(count, keys[order], np.concatenate((self.weight[alive], more.weight))[order])

    def parts(self, labels: NDArray[np.integer[Any]]) -> Iterator[tuple[Positions, Self]]:
        """The members of each label from 0 up, increasing, and the graph among them under their places."""
        groups = groups_of(labels)
        place = np.zeros(self.count, dtype=np.int32)
        for members in groups:
            place[members] = np.arange(len(members))
        inside = np.flatnonzero((labels[self.a] == labels[self.b]) & (labels[self.a] >= 0))
        of = labels[self.a[inside]]
        inside = inside[np.argsort(of, kind="stable")]
        stretches = np.split(inside, np.cumsum(np.bincount(of, minlength=len(groups)))[:-1])
        for members, edges in zip(groups, stretches, strict=bool(groups)):
            yield (
                members,
                type(self)(
                    len(members), place[self.a[edges]], place[self.b[edges]], self.weight[edges].astype(np.float64)
                ),
            )

    def part(self, members: Positions) -> Self:
        """The graph among ``members``, increasing numbers, under their places."""
        labels = np.full(self.count, -1, dtype=np.int32)
        labels[members] = 0
        return next(part for _, part in self.parts(labels))

    def neighbours(self, rows: Positions) -> tuple[Positions, NDArray[np.int32], Floats]:
        """The neighbours of some passages, end to end: CSR offsets, shape (rows + 1,), numbers and weights."""
        place = np.full(self.count, -1, dtype=np.int32)
        place[rows] = np.arange(len(rows), dtype=np.int32)
        one, other = np.flatnonzero(place[self.a] >= 0), np.flatnonzero(place[self.b] >= 0)
        of = np.concatenate((place[self.a[one]], place[self.b[other]]))
        order = np.argsort(of, kind="stable")
        found = np.concatenate((self.b[one], self.a[other]))[order]
        return (
            offsets_of(np.bincount(of, minlength=len(rows))),
            found,
            np.concatenate((self.weight[one], self.weight[other]))[order],
        )

    def pulls(
        self, group: NDArray[np.integer[Any]], rows: Positions
    ) -> tuple[Positions, Positions, NDArray[np.float64]]:
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
