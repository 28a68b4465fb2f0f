"""The graph that the hierarchy is cut from: passages joined by meaning, by the names they share, and by their order.

An edge weighs the sum of three parts, each at most 1: the square of the cosine of a passage's nearest neighbours, the
rarity of the names that two passages share, and a little for standing one after the other in a document.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphmem.hierarchy.incidence import Incidence
from graphmem.hierarchy.likeness import Directions, batches
from graphmem.hierarchy.neighbours import nearest_passages
from graphmem.hierarchy.passage_graph import Edges, PassageGraph
from graphmem.store import Snapshot

__all__ = ["fuse"]

_NEIGHBOURS = 8
"""Edges of each kind that a passage asks for; it may be asked by others."""
_SHARED_BY = 40
"""A name that more passages than this have to do with joins none of them."""
_FOLLOWS = 0.3

Positions = NDArray[np.int64]
Columns = tuple[Positions, Positions, NDArray[np.floating[Any]]]


def fuse(snapshot: Snapshot, rows: Positions, vectors: Directions, incidence: Incidence, folder: Path) -> PassageGraph:
    """The edges that the passages ``rows`` ask for, in files of a new folder."""
    edges = Edges(folder / "edges", snapshot.passage_count, np.maximum)
    for columns in _near(rows, vectors):
        edges.add("near", *columns)
    for block in batches(rows):
        edges.add("sharing", *_sharing(snapshot, block, incidence))
        edges.add("following", *_following(snapshot, block))
    return PassageGraph.written(folder / "graph", edges.rows())


def _near(rows: Positions, vectors: Directions) -> Iterator[Columns]:
    wanted = min(_NEIGHBOURS, len(vectors) - 1)
    if wanted < 1:
        return
    for block, near, cosine in nearest_passages(vectors, rows, wanted):
        yield np.repeat(block, wanted), near.ravel(), np.maximum(cosine, 0.0).ravel().astype(np.float64) ** 2


def _sharing(snapshot: Snapshot, rows: Positions, incidence: Incidence) -> Columns:
    graph, count = snapshot.graph, snapshot.passage_count
    told = incidence.some(rows)
    names, own, owner = told.values, told.weights, np.repeat(rows, told.counts())
    assert own is not None
    times = graph.passages.where(names.astype(np.int64))[1]
    useful = (times > 1) & (times <= _SHARED_BY)
    names, own, owner, times = names[useful], own[useful], owner[useful], times[useful]
    rarity = np.log(count / np.maximum(times, 1)) / np.log(max(count, 2))
    theirs = graph.passages.some(names.astype(np.int64))
    assert theirs.weights is not None
    pairs = np.repeat(owner, times) * count + theirs.values
    shared = theirs.weights * np.repeat(own * rarity.astype(np.float32), times)
    pairs, which = np.unique(pairs, return_inverse=True)
    weight = np.bincount(which, shared, len(pairs))
    source, target = np.divmod(pairs, count)
    order = np.lexsort((target, -weight, source))
    order = order[source[order] != target[order]]
    # The strongest few of each passage.
    first = np.searchsorted(source[order], source[order])
    order = order[np.arange(len(order)) - first < _NEIGHBOURS]
    return source[order], target[order], np.minimum(weight[order], 1.0)


def _following(snapshot: Snapshot, rows: Positions) -> Columns:
    before, after = np.maximum(rows - 1, 0), np.minimum(rows + 1, snapshot.passage_count - 1)
    source, target = np.concatenate((rows, rows)), np.concatenate((before, after))
    same = snapshot.document_of[source] == snapshot.document_of[target]
    return source, target, np.where(same, _FOLLOWS, 0.0)
