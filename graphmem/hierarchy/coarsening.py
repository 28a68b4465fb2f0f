"""The communities of a passage graph, of which as much is in memory at once as is bounded.

A graph that is too large for Leiden is coarsened first (the multilevel scheme of Blondel et al. 2008, "Fast unfolding of
communities in large networks"): passages move, stretch by stretch, to the neighbours that modularity draws them to, what they
make becomes the nodes of a smaller graph, and its communities are refined by moving once more.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from graphmem.hierarchy.communities import communities
from graphmem.hierarchy.passage_graph import PassageGraph, strongest

__all__ = ["communities_of"]

_HELD = 1 << 18
"""Edges that Leiden is given."""
_SHARE = 16
"""No more than one in so many passages moves at once: what moves together does not see each other move."""
_ROUNDS = 8
_SETTLED = 0.005
"""The share of passages that may still want to move."""
_SMALLER = 0.9

Positions = NDArray[np.int64]
Weights = NDArray[np.float64]


def communities_of(graph: PassageGraph, density: float) -> Positions:
    """The community of each passage, numbered from the largest down, shape (passages,).

    A community is denser than ``density`` times half the product of its passages' weights: Leiden's resolution for each
    unit of the graph's weight.
    """
    found = _found(graph, _strengths(graph), density)
    sizes = np.bincount(found)
    place = np.empty(len(sizes), dtype=np.int64)
    place[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
    return place[found]


def _found(graph: PassageGraph, strength: Weights, density: float) -> Positions:
    """``strength``, shape (nodes,), is what all edges of a node's passages weigh, those inside it counted twice."""
    if graph.folder is None or len(graph.near) <= 2 * _HELD:
        return _by_leiden(graph, strength, density)
    labels = _moved(graph, strength, density, np.arange(graph.count))
    count = int(labels.max()) + 1
    if count > _SMALLER * graph.count:
        return labels
    with tempfile.TemporaryDirectory(dir=graph.folder) as folder:
        coarse = graph.joined(labels, Path(folder))
        above = _found(coarse, np.bincount(labels, strength, count).astype(np.float64), density)
        del coarse
    return _moved(graph, strength, density, above[labels])


def _by_leiden(graph: PassageGraph, strength: Weights, density: float) -> Positions:
    a, b, weight = graph.edges()
    resolution = density * float(strength.sum()) / 2
    return communities(graph.count, np.column_stack((a, b)), weight, resolution=resolution, strengths=strength)


def _strengths(graph: PassageGraph) -> Weights:
    strength = np.zeros(graph.count)
    for at in range(0, graph.count, graph.stretch):
        rows = np.arange(at, min(graph.count, at + graph.stretch))
        offsets, _, weight = graph.neighbours(rows)
        strength[rows] = np.bincount(np.repeat(np.arange(len(rows)), np.diff(offsets)), weight, len(rows))
    return strength


def _moved(graph: PassageGraph, strength: Weights, density: float, labels: Positions) -> Positions:
    """Labels from 0 up, each node's with the neighbours' that modularity gains most from."""
    labels = labels.copy()
    totals = np.bincount(labels, strength, graph.count)
    step = min(graph.stretch, graph.count // _SHARE + 1)
    draw = np.random.default_rng(0)
    for _ in range(_ROUNDS):
        order, changed = draw.permutation(graph.count), 0
        for at in range(0, graph.count, step):
            rows = np.sort(order[at : at + step])
            place, label, pull = graph.pulls(labels, rows)
            own, weight = labels[rows], strength[rows]
            home = label == own[place]
            gain = pull - density / 2 * weight[place] * (totals[label] - np.where(home, weight[place], 0.0))
            stay = -density / 2 * weight * (totals[own] - weight)
            stay[place[home]] = gain[home]
            best = strongest(place, label, gain)
            best = best[gain[best] > stay[place[best]] + 1e-9]
            movers, targets = place[best], label[best]
            np.subtract.at(totals, own[movers], weight[movers])
            np.add.at(totals, targets, weight[movers])
            labels[rows[movers]] = targets
            changed += len(movers)
        if changed <= _SETTLED * graph.count:
            break
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)
