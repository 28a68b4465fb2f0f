"""Communities of a weighted graph: igraph's Leiden, or networkx's Louvain where igraph is left out.

This is the one module that imports igraph, which is under the GPL.
"""

from __future__ import annotations

import random

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["communities"]

_SEED = 20
_PATIENT = 20_000
_ROUNDS = 3
"""Rounds for more nodes than that; up to then there are as many as still make it better, which adds less than a hundredth."""

Numbers = NDArray[np.int64]


def communities(count: int, edges: ArrayLike, weights: ArrayLike, *, resolution: float = 1.0) -> Numbers:
    """The community of each of ``count`` nodes, numbered from the largest down, shape (count,); the same for the same graph.

    ``edges``, shape (n, 2), are numbers of nodes, ``weights`` has the shape (n,). Maximises modularity (Traag, Waltman and
    van Eck 2019, "From Louvain to Leiden"; Blondel et al. 2008 without igraph).
    """
    if not count:
        return np.zeros(0, dtype=np.int64)
    pairs = np.ascontiguousarray(edges, dtype=np.int64).reshape(-1, 2)
    weighed = np.asarray(weights, dtype=np.float64)
    try:
        found = _leiden(count, pairs, weighed, resolution)
    except ModuleNotFoundError:
        found = _louvain(count, pairs, weighed, resolution)
    _, first, member, sizes = np.unique(found, return_index=True, return_inverse=True, return_counts=True)
    place = np.empty(len(sizes), dtype=np.int64)
    place[np.lexsort((first, -sizes))] = np.arange(len(sizes))
    return place[member]


def _leiden(count: int, edges: Numbers, weights: NDArray[np.float64], resolution: float) -> Numbers:
    import igraph

    graph = igraph.Graph(n=count, edges=edges)
    # igraph draws from Python's generator: a private one, so that nobody else's numbers change.
    igraph.set_random_number_generator(random.Random(_SEED))
    try:
        found = graph.community_leiden(
            objective_function="modularity",
            weights=weights,
            resolution=resolution,
            n_iterations=-1 if count <= _PATIENT else _ROUNDS,
        )
    finally:
        igraph.set_random_number_generator(random)
    return np.array(found.membership, dtype=np.int64)


def _louvain(count: int, edges: Numbers, weights: NDArray[np.float64], resolution: float) -> Numbers:
    import networkx

    graph: networkx.Graph[int] = networkx.Graph()
    graph.add_nodes_from(range(count))
    for (a, b), weight in zip(edges.tolist(), weights.tolist(), strict=True):
        graph.add_edge(a, b, weight=weight + graph.get_edge_data(a, b, {"weight": 0.0})["weight"])
    found = networkx.community.louvain_communities(graph, weight="weight", resolution=resolution, seed=_SEED)
    member = np.zeros(count, dtype=np.int64)
    for number, group in enumerate(found):
        member[list(group)] = number
    return member
