"""The graph that the hierarchy is cut from: passages joined by meaning, by the names they share, and by their order.

An edge weighs the sum of three parts, each at most 1: the square of the cosine of a passage's nearest neighbours, the
rarity of the names that two passages share, and a little for standing one after the other in a document.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from graphmem.model import FloatArray
from graphmem.store import Snapshot

__all__ = ["PassageGraph", "fuse"]

_NEIGHBOURS = 8
"""Edges of each kind that a passage asks for; it may be asked by others."""
_SHARED_BY = 40
"""A name that more passages than this have to do with joins none of them."""
_FOLLOWS = 0.3
_EXACT = 50_000
"""Passages up to which neighbours are compared one by one; beyond, the vector index proposes them."""
_BLOCK = 512

Positions = NDArray[np.int64]
Columns = tuple[Positions, Positions, NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class PassageGraph:
    """Undirected edges as columns, shape (n,): passage positions ``a < b``, each pair once, and ``weight`` > 0."""

    a: Positions
    b: Positions
    weight: NDArray[np.float64]

    @classmethod
    def of(cls, a: Positions, b: Positions, weight: NDArray[np.float64]) -> Self:
        """From pairs in any order; a pair that is there twice keeps its greater weight."""
        low, high = np.minimum(a, b), np.maximum(a, b)
        order = np.lexsort((-weight, high, low))
        low, high, weight = low[order], high[order], weight[order]
        first = np.ones(len(low), dtype=bool)
        first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
        kept = first & (low != high) & (weight > 0)
        return cls(low[kept], high[kept], weight[kept])

    def inside(self, members: Positions) -> Self:
        """The edges among ``members``, increasing positions, alone."""
        kept = _among(self.a, members) & _among(self.b, members)
        return type(self)(self.a[kept], self.b[kept], self.weight[kept])

    def within(self, members: Positions) -> tuple[list[tuple[int, int]], list[float]]:
        """The edges numbered by places in ``members``, in increasing order, to whom all of them belong; their weights."""
        a, b = np.searchsorted(members, self.a), np.searchsorted(members, self.b)
        return list(zip(a.tolist(), b.tolist(), strict=True)), self.weight.tolist()

    def pull(self, group: Positions, groups: int, rows: Positions) -> NDArray[np.float64]:
        """How strongly each of ``rows`` is drawn to each group, shape (rows, groups).

        ``group``, shape (passages,), is the group of each passage, -1 for none.
        """
        slot = np.full(len(group), -1, dtype=np.int64)
        slot[rows] = np.arange(len(rows))
        pulls = np.zeros((len(rows), groups))
        for one, other in ((self.a, self.b), (self.b, self.a)):
            kept = (slot[one] >= 0) & (group[other] >= 0)
            np.add.at(pulls, (slot[one[kept]], group[other[kept]]), self.weight[kept])
        return pulls


def fuse(snapshot: Snapshot, rows: Positions, vectors: FloatArray) -> PassageGraph:
    """The edges that the passages ``rows`` ask for; ``vectors`` are those of all passages, shape (passages, d)."""
    count = snapshot.passage_count
    kinds = [_near(snapshot, rows, vectors), _sharing(snapshot, rows), _following(snapshot, rows)]
    graphs = [PassageGraph.of(*kind) for kind in kinds]
    keys = np.concatenate([graph.a * count + graph.b for graph in graphs])
    pairs, which = np.unique(keys, return_inverse=True)
    weight = np.bincount(which, np.concatenate([graph.weight for graph in graphs])).astype(np.float64)
    return PassageGraph(pairs // max(count, 1), pairs % max(count, 1), weight)


def _among(positions: Positions, members: Positions) -> NDArray[np.bool_]:
    place = np.minimum(np.searchsorted(members, positions), max(len(members) - 1, 0))
    return members[place] == positions if len(members) else np.zeros(len(positions), dtype=bool)


def _near(snapshot: Snapshot, rows: Positions, vectors: FloatArray) -> Columns:
    count = len(vectors)
    wanted = min(_NEIGHBOURS, count - 1)
    sources, targets, weights = [], [], []
    for at in range(0, len(rows), _BLOCK) if wanted > 0 else ():
        block = rows[at : at + _BLOCK]
        if count > _EXACT and snapshot.dimension:
            near, cosine = snapshot.nearest("passage", vectors[block], wanted + 1)
        else:
            similar = vectors[block] @ vectors.T
            similar[np.arange(len(block)), block] = -2.0
            near = np.argpartition(-similar, wanted - 1, axis=1)[:, :wanted]
            cosine = np.take_along_axis(similar, near, axis=1)
        sources.append(np.repeat(block, near.shape[1]))
        targets.append(near.ravel())
        weights.append(np.where(near >= 0, np.maximum(cosine, 0.0), 0.0).ravel())
    return _joined(sources, targets, [weight.astype(np.float64) ** 2 for weight in weights])


def _sharing(snapshot: Snapshot, rows: Positions) -> Columns:
    graph = snapshot.graph
    indptr, entities, strength = snapshot.entities_by_passage
    total = np.diff(graph.passage_indptr)
    rarity = np.log(snapshot.passage_count / np.maximum(total, 1)) / np.log(max(snapshot.passage_count, 2))
    useful = (total > 1) & (total <= _SHARED_BY)
    sources, targets, weights = [], [], []
    for row in rows.tolist():
        mine = slice(indptr[row], indptr[row + 1])
        kept = useful[entities[mine]]
        names, own = entities[mine][kept], strength[mine][kept]
        if not len(names):
            continue
        parts = [graph.passages_of(name) for name in names.tolist()]
        others = np.concatenate([passages for passages, _ in parts])
        shared = np.concatenate(
            [theirs * np.float32(mine_) * np.float32(rarity[name])
             for (_, theirs), mine_, name in zip(parts, own.tolist(), names.tolist(), strict=True)]
        )  # fmt: skip
        found, which = np.unique(others, return_inverse=True)
        weight = np.bincount(which, shared)
        weight[found == row] = 0.0
        best = np.argsort(-weight, kind="stable")[:_NEIGHBOURS]
        sources.append(np.full(len(best), row))
        targets.append(found[best])
        weights.append(np.minimum(weight[best], 1.0))
    return _joined(sources, targets, weights)


def _following(snapshot: Snapshot, rows: Positions) -> Columns:
    before, after = np.maximum(rows - 1, 0), np.minimum(rows + 1, snapshot.passage_count - 1)
    source, target = np.concatenate((rows, rows)), np.concatenate((before, after))
    same = snapshot.document_of[source] == snapshot.document_of[target]
    return source, target, np.where(same, _FOLLOWS, 0.0)


def _joined(
    sources: list[NDArray[np.int64]], targets: list[NDArray[np.int64]], weights: list[NDArray[np.float64]]
) -> Columns:
    if not sources:
        empty = np.zeros(0, dtype=np.int64)
        return empty, empty, np.zeros(0)
    return (
        np.concatenate(sources).astype(np.int64),
        np.concatenate(targets).astype(np.int64),
        np.concatenate(weights).astype(np.float64),
    )
