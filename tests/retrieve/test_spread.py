"""Best chains and Personalized PageRank against enumeration and networkx."""

from __future__ import annotations

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmem.retrieve.local_graph import Edges
from graphmem.retrieve.spread import best_chains, personalized_pagerank

NODES = 6
EDGE = st.tuples(st.integers(0, NODES - 1), st.integers(0, NODES - 1), st.floats(0.0625, 1.0, width=32))
GRAPH = st.lists(EDGE.filter(lambda edge: edge[0] != edge[1]), max_size=14)
SEEDS = st.lists(st.floats(0.0, 2.0, width=32), min_size=NODES, max_size=NODES)


def edges_of(rows: list[tuple[int, int, float]]) -> Edges:
    numbers = np.arange(len(rows))
    source, target = (np.array([row[i] for row in rows], dtype=np.int64) for i in (0, 1))
    return Edges(source, numbers, numbers, target, np.array([row[2] for row in rows], dtype=np.float32))


@given(GRAPH, SEEDS, st.integers(1, 3))
def test_best_chains_are_the_best_of_all(rows: list[tuple[int, int, float]], seeds: list[float], hops: int) -> None:
    found = best_chains(edges_of(rows), np.array(seeds, dtype=np.float32), hops=hops, decay=0.5)
    expected = np.zeros(NODES)
    front = dict(enumerate(seeds))
    for length in range(hops):
        reached: dict[int, float] = {}
        for source, target, weight in rows:
            value = front.get(source, 0.0) * weight * (0.5 if length else 1.0)
            reached[target] = max(reached.get(target, 0.0), value)
        for node, value in reached.items():
            expected[node] = max(expected[node], value)
        front = reached
    np.testing.assert_allclose(found.value, expected, rtol=1e-4, atol=1e-7)
    for node in range(NODES):
        if found.edge[node] >= 0:
            assert rows[found.edge[node]][1] == node


@given(GRAPH.filter(bool), SEEDS.filter(lambda seeds: sum(seeds) > 0.1))
def test_pagerank_is_that_of_networkx(rows: list[tuple[int, int, float]], seeds: list[float]) -> None:
    # With weights that add up to one at every source, all that is damped moves on, as in the textbook.
    total = {source: sum(weight for s, _, weight in rows if s == source) for source, _, _ in rows}
    whole = [(source, target, weight / total[source]) for source, target, weight in rows]
    restart = np.array(seeds, dtype=np.float32)
    ranks, _ = personalized_pagerank(edges_of(whole), restart, damping=0.85, tolerance=1e-12)
    graph: networkx.MultiDiGraph[int] = networkx.MultiDiGraph()
    graph.add_nodes_from(range(NODES))
    for source, target, weight in whole:
        graph.add_edge(source, target, weight=weight)
    personalization = dict(enumerate(seeds))
    expected = networkx.pagerank(graph, 0.85, personalization, max_iter=1000, tol=1e-12, dangling=personalization)
    np.testing.assert_allclose(ranks, [expected[node] for node in range(NODES)], atol=1e-5)


def test_pagerank_is_that_of_igraph() -> None:
    igraph = pytest.importorskip("igraph", reason="igraph is an extra")
    rows = [(0, 1, 0.5), (0, 2, 0.5), (1, 3, 1.0), (2, 3, 0.25), (2, 0, 0.75), (3, 0, 1.0)]
    restart = np.array([0.6, 0.1, 0.2, 0.1], dtype=np.float32)
    ranks, _ = personalized_pagerank(edges_of(rows), restart, damping=0.85, tolerance=1e-12)
    graph = igraph.Graph(n=4, edges=[row[:2] for row in rows], directed=True)
    weights = [row[2] for row in rows]
    expected = graph.personalized_pagerank(damping=0.85, reset=restart.tolist(), weights=weights)
    np.testing.assert_allclose(ranks, expected, atol=1e-6)


def test_weak_edges_keep_their_mass() -> None:
    restart = np.array([1.0, 0.0], dtype=np.float32)
    _, weak = personalized_pagerank(edges_of([(0, 1, 0.1)]), restart, damping=0.5)
    _, strong = personalized_pagerank(edges_of([(0, 1, 0.9)]), restart, damping=0.5)
    assert weak[1] < strong[1] / 5


def test_no_mass_and_no_edges() -> None:
    ranks, came = personalized_pagerank(Edges.none(), np.zeros(3, dtype=np.float32), damping=0.5)
    assert not ranks.any()
    assert not came.any()
    assert best_chains(Edges.none(), np.ones(3, dtype=np.float32), hops=2, decay=0.5).reached() == []
