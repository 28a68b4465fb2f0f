"""The graph that the hierarchy is cut from: passages joined by meaning, by the names they share, and by their order.

An edge weighs the sum of three parts, each at most 1: the square of the cosine of a passage's nearest neighbours, the
rarity of the names that two passages share, and a little for standing one after the other in a document.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphmem.hierarchy.likeness import Directions, batches
from graphmem.hierarchy.neighbours import nearest_passages
from graphmem.hierarchy.passage_graph import PassageGraph
from graphmem.store import Snapshot, concatenated_ranges

__all__ = ["fuse"]

_NEIGHBOURS = 8
"""Edges of each kind that a passage asks for; it may be asked by others."""
_SHARED_BY = 40
"""A name that more passages than this have to do with joins none of them."""
_FOLLOWS = 0.3

Positions = NDArray[np.int64]
Columns = tuple[Positions, Positions, NDArray[np.float64]]


def fuse(snapshot: Snapshot, rows: Positions, vectors: Directions) -> PassageGraph:
    """The edges that the passages ``rows`` ask for."""
    count = snapshot.passage_count
    keys, weights = np.zeros(0, dtype=np.int64), np.zeros(0)
    for kind in (_near, _sharing, _following):
        graph = PassageGraph.of(count, *kind(snapshot, rows, vectors))
        pairs, which = np.unique(np.concatenate((keys, graph.keys)), return_inverse=True)
        weights = np.bincount(which, np.concatenate((weights, graph.weight)), len(pairs)).astype(np.float64)
        keys = pairs
    return PassageGraph.of_keys(count, keys, weights)


def _near(snapshot: Snapshot, rows: Positions, vectors: Directions) -> Columns:
    wanted = min(_NEIGHBOURS, len(vectors) - 1)
    if wanted < 1:
        return _columns([])
    near, cosine = nearest_passages(vectors, rows, wanted)
    return np.repeat(rows, wanted), near.ravel(), np.maximum(cosine, 0.0).ravel().astype(np.float64) ** 2


def _sharing(snapshot: Snapshot, rows: Positions, vectors: Directions) -> Columns:
    graph = snapshot.graph
    indptr, entities, strength = snapshot.entities_by_passage
    total = np.diff(graph.passage_indptr)
    rarity = np.log(snapshot.passage_count / np.maximum(total, 1)) / np.log(max(snapshot.passage_count, 2))
    useful = (total > 1) & (total <= _SHARED_BY)
    found: list[Columns] = []
    for block in batches(rows):
        at, _ = concatenated_ranges(indptr, block)
        owner = np.repeat(block, indptr[block + 1] - indptr[block])
        kept = useful[entities[at]]
        names, owner, own = entities[at][kept], owner[kept], strength[at][kept]
        theirs, _ = concatenated_ranges(graph.passage_indptr, names)
        times = total[names]
        pairs = np.repeat(owner, times) * snapshot.passage_count + graph.entity_passages[theirs]
        shared = graph.passage_weights[theirs] * np.repeat(own * rarity[names].astype(np.float32), times)
        pairs, which = np.unique(pairs, return_inverse=True)
        weight = np.bincount(which, shared, len(pairs))
        source, target = pairs // snapshot.passage_count, pairs % snapshot.passage_count
        order = np.lexsort((target, -weight, source))
        order = order[source[order] != target[order]]
        # The strongest few of each passage.
        first = np.searchsorted(source[order], source[order])
        order = order[np.arange(len(order)) - first < _NEIGHBOURS]
        found.append((source[order], target[order], np.minimum(weight[order], 1.0)))
    return _columns(found)


def _following(snapshot: Snapshot, rows: Positions, vectors: Directions) -> Columns:
    before, after = np.maximum(rows - 1, 0), np.minimum(rows + 1, snapshot.passage_count - 1)
    source, target = np.concatenate((rows, rows)), np.concatenate((before, after))
    same = snapshot.document_of[source] == snapshot.document_of[target]
    return source, target, np.where(same, _FOLLOWS, 0.0)


def _columns(parts: list[Columns]) -> Columns:
    empty = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0)
    sources, targets, weights = zip(*parts, empty, strict=True)
    return np.concatenate(sources), np.concatenate(targets), np.concatenate(weights)
