"""Communities of a weighted graph: igraph's Leiden, or networkx's Louvain where igraph is left out.

This is the one module that imports igraph, which is under the GPL.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

__all__ = ["communities"]

_SEED = 20
Edges = Sequence[tuple[int, int]]


def communities(count: int, edges: Edges, weights: Sequence[float], *, resolution: float = 1.0) -> list[int]:
    """The community of each of ``count`` nodes, numbered from the largest down; the same for the same graph.

    Maximises modularity (Traag, Waltman and van Eck 2019, "From Louvain to Leiden"; Blondel et al. 2008 without igraph).
    """
    if not count:
        return []
    try:
        groups = _leiden(count, edges, weights, resolution)
    except ModuleNotFoundError:
        groups = _louvain(count, edges, weights, resolution)
    ordered = sorted((sorted(group) for group in groups), key=lambda group: (-len(group), group))
    member = [0] * count
    for number, group in enumerate(ordered):
        for node in group:
            member[node] = number
    return member


def _leiden(count: int, edges: Edges, weights: Sequence[float], resolution: float) -> list[list[int]]:
    import igraph

    graph = igraph.Graph(n=count, edges=edges)
    # igraph draws from Python's generator: a private one, so that nobody else's numbers change.
    igraph.set_random_number_generator(random.Random(_SEED))
    try:
        found = graph.community_leiden(
            objective_function="modularity", weights=list(weights), resolution=resolution, n_iterations=-1
        )
    finally:
        igraph.set_random_number_generator(random)
    return [list(group) for group in found]


def _louvain(count: int, edges: Edges, weights: Sequence[float], resolution: float) -> list[list[int]]:
    import networkx

    graph: networkx.Graph[int] = networkx.Graph()
    graph.add_nodes_from(range(count))
    for (a, b), weight in zip(edges, weights, strict=True):
        graph.add_edge(a, b, weight=weight + graph.get_edge_data(a, b, {"weight": 0.0})["weight"])
    found = networkx.community.louvain_communities(graph, weight="weight", resolution=resolution, seed=_SEED)
    return [list(group) for group in found]
