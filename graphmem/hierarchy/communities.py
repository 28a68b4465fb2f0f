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
Weights = NDArray[np.float64]


def communities(
    count: int, edges: ArrayLike, weights: ArrayLike, *, resolution: float = 1.0, strengths: ArrayLike | None = None
) -> Numbers:
    """The community of each of ``count`` nodes, numbered from the largest down, shape (count,); the same for the same graph.

    ``edges``, shape (n, 2), are numbers of nodes, ``weights`` has the shape (n,). ``strengths``, shape (count,), say what all
    edges of each node weigh where it stands for several that are joined themselves; edges inside it count twice. Maximises
    modularity (Traag, Waltman and van Eck 2019, "From Louvain to Leiden"; Blondel et al. 2008 without igraph).
    """
    if not count:
        return np.zeros(0, dtype=np.int64)
    pairs = np.ascontiguousarray(edges, dtype=np.int64).reshape(-1, 2)
    weighed = np.asarray(weights, dtype=np.float64)
    outside: Weights = np.bincount(pairs.ravel(), np.repeat(weighed, 2), count).astype(np.float64)
    strong = outside if strengths is None else np.asarray(strengths, dtype=np.float64)
    try:
        found = _leiden(pairs, weighed, strong, resolution)
    except ModuleNotFoundError:
        found = _louvain(pairs, weighed, (strong - outside) / 2, resolution)
    _, first, member, sizes = np.unique(found, return_index=True, return_inverse=True, return_counts=True)
    place = np.empty(len(sizes), dtype=np.int64)
    place[np.lexsort((first, -sizes))] = np.arange(len(sizes))
    return place[member]


def _leiden(edges: Numbers, weights: Weights, strengths: Weights, resolution: float) -> Numbers:
    import igraph

    count, total = len(strengths), float(strengths.sum())
    graph = igraph.Graph(n=count, edges=edges)
    # igraph draws from Python's generator: a private one, so that nobody else's numbers change.
    igraph.set_random_number_generator(random.Random(_SEED))
    try:
        found = graph.community_leiden(
            # Modularity, told so that edges within a node may count: igraph goes wrong over loops.
            objective_function="CPM",
            node_weights=strengths.tolist(),
            weights=weights,
            resolution=resolution / total if total else 0.0,
            n_iterations=-1 if count <= _PATIENT else _ROUNDS,
        )
    finally:
        igraph.set_random_number_generator(random)
    return np.array(found.membership, dtype=np.int64)


def _louvain(edges: Numbers, weights: Weights, inside: Weights, resolution: float) -> Numbers:
    import networkx

    count = len(inside)
    graph: networkx.Graph[int] = networkx.Graph()
    graph.add_nodes_from(range(count))
    for (a, b), weight in zip(edges.tolist(), weights.tolist(), strict=True):
        graph.add_edge(a, b, weight=weight + graph.get_edge_data(a, b, {"weight": 0.0})["weight"])
    graph.add_weighted_edges_from((node, node, inside[node]) for node in np.flatnonzero(inside > 0).tolist())
    found = networkx.community.louvain_communities(graph, weight="weight", resolution=resolution, seed=_SEED)
    member = np.zeros(count, dtype=np.int64)
    for number, group in enumerate(found):
        member[list(group)] = number
    return member
