"""Best chains and Personalized PageRank against enumeration, networkx and igraph."""

from __future__ import annotations

import networkx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphmem.retrieve.local_graph import Edges
from graphmem.retrieve.scores import Scores
from graphmem.retrieve.spread import best_chains, personalized_pagerank

NODES = 6
EDGE = st.tuples(st.integers(0, NODES - 1), st.integers(0, NODES - 1), st.floats(0.0625, 1.0, width=32))
GRAPH = st.lists(EDGE.filter(lambda edge: edge[0] != edge[1]), max_size=14)
SEEDS = st.lists(st.floats(0.0, 2.0, width=32), min_size=NODES, max_size=NODES)
ALL = np.arange(NODES)


def edges_of(rows: list[tuple[int, int, float]]) -> Edges:
    numbers = np.arange(len(rows))
    source, target = (np.array([row[i] for row in rows], dtype=np.int64) for i in (0, 1))
    return Edges(source, numbers, numbers, target, np.array([row[2] for row in rows], dtype=np.float32))


def seeds_of(values: list[float]) -> Scores:
    return Scores.of(dict(enumerate(values)))


@given(GRAPH, SEEDS, st.integers(1, 3))
def test_best_chains_are_the_best_of_all(rows: list[tuple[int, int, float]], seeds: list[float], hops: int) -> None:
    found = best_chains(edges_of(rows), seeds_of(seeds), hops=hops, decay=0.5)
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
    np.testing.assert_allclose(found.value.at(ALL), expected, rtol=1e-4, atol=1e-7)
    edges = found.last_edges(ALL)
    assert ((edges >= 0) == (found.value.at(ALL) > 0)).all()
    assert all(rows[edge][1] == node for node, edge in enumerate(edges.tolist()) if edge >= 0)


@settings(deadline=None)
@given(GRAPH.filter(bool), SEEDS.filter(lambda seeds: sum(seeds) > 0.1))
def test_pagerank_is_that_of_networkx(rows: list[tuple[int, int, float]], seeds: list[float]) -> None:
    # With weights that add up to one at every source, all that is damped moves on, as in the textbook.
    total = {source: sum(weight for s, _, weight in rows if s == source) for source, _, _ in rows}
    whole = [(source, target, weight / total[source]) for source, target, weight in rows]
    ranks, _ = personalized_pagerank(edges_of(whole), seeds_of(seeds), damping=0.85, residual=1e-12)
    graph: networkx.MultiDiGraph[int] = networkx.MultiDiGraph()
    graph.add_nodes_from(range(NODES))
    for source, target, weight in whole:
        graph.add_edge(source, target, weight=weight)
    personalization = dict(enumerate(seeds))
    expected = networkx.pagerank(graph, 0.85, personalization, max_iter=1000, tol=1e-12, dangling=personalization)
    np.testing.assert_allclose(ranks.at(ALL), [expected[node] for node in range(NODES)], atol=1e-5)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("residual", [1e-7, 1e-5])
def test_push_finds_what_igraph_finds_and_is_as_wrong_as_it_says(seed: int, residual: float) -> None:
    igraph = pytest.importorskip("igraph", reason="igraph is an extra")
    generator = np.random.default_rng(seed)
    count, damping = 4000, 0.5
    # Some passages are led to from everywhere, as in a real store; all of them lead on.
    famous = (count * generator.random(9 * count) ** 3).astype(np.int64)
    source = np.concatenate((np.arange(count), generator.integers(0, count, 9 * count)))
    target = np.concatenate(((np.arange(count) + 1) % count, famous))
    weight = generator.random(10 * count)
    weight /= np.bincount(source, weight)[source]
    numbers = np.arange(len(source))
    edges = Edges(source, numbers, numbers, target, weight.astype(np.float32))
    restart = Scores.of({int(node): 1.0 for node in generator.choice(count, 20, replace=False)})
    graph = igraph.Graph(n=count, edges=np.column_stack((source, target)), directed=True)
    reset = restart.at(np.arange(count)).astype(float).tolist()
    expected = np.array(graph.personalized_pagerank(damping=damping, reset=reset, weights=weight.tolist()))
    ranks, came = personalized_pagerank(edges, restart, damping=damping, residual=residual)
    found = ranks.at(np.arange(count)).astype(np.float64)
    # Single precision of the weights and of the result comes on top.
    assert np.abs(found - expected).sum() <= damping / (1 - damping) * residual * count + 1e-5
    best, true = np.argsort(-found)[:100], np.argsort(-expected)[:100]
    assert len(set(best.tolist()) & set(true.tolist())) >= 99
    assert float(ranks.values.sum()) == pytest.approx(1.0, abs=1e-5)
    assert (came.values <= ranks.values + 1e-9).all()


def test_weak_edges_keep_their_mass() -> None:
    restart = seeds_of([1.0, 0.0])
    _, weak = personalized_pagerank(edges_of([(0, 1, 0.1)]), restart, damping=0.5)
    _, strong = personalized_pagerank(edges_of([(0, 1, 0.9)]), restart, damping=0.5)
    assert weak.at(ALL)[1] < strong.at(ALL)[1] / 5


def test_no_mass_and_no_edges() -> None:
    ranks, came = personalized_pagerank(Edges.none(), seeds_of([0.0, 0.0, 0.0]), damping=0.5)
    assert not len(ranks.positions)
    assert not len(came.positions)
    assert best_chains(Edges.none(), seeds_of([1.0, 1.0, 1.0]), hops=2, decay=0.5).value.ranking() == []


VALUES = st.dictionaries(st.integers(0, 20), st.floats(0.0, 2.0, width=32))


@given(VALUES, st.lists(st.tuples(st.integers(0, 20), st.floats(0.0, 2.0, width=32))))
def test_scores_are_a_dictionary_with_zero_for_the_rest(
    values: dict[int, float], others: list[tuple[int, float]]
) -> None:
    scores = Scores.of(values)
    positions = np.array([position for position, _ in others], dtype=np.int64)
    assert scores.at(positions).tolist() == [values.get(position, 0.0) for position, _ in others]
    expected = dict(values)
    for position, value in others:
        expected[position] = max(expected.get(position, 0.0), value)
    raised = scores.raised(positions, np.array([value for _, value in others], dtype=np.float32))
    everywhere = np.arange(21)
    assert raised.at(everywhere).tolist() == [expected.get(position, 0.0) for position in everywhere.tolist()]
    ranking = sorted((p for p, value in expected.items() if value > 0), key=lambda p: (-expected[p], p))
    assert raised.ranking() == ranking
