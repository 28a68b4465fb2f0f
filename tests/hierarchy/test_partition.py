"""Partitions of any graph are whole and bounded."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphmem.hierarchy.partition import MAX_TOPIC, cut, find_density, find_themes, second_topics
from graphmem.hierarchy.passage_graph import PassageGraph, strongest
from graphmem.hierarchy.summary import central_and_diverse


@st.composite
def graphs(draw):  # type: ignore[no-untyped-def]
    count = draw(st.integers(1, 90))
    number = st.integers(0, count - 1)
    pairs = draw(st.lists(st.tuples(number, number, st.floats(0.01, 2.0)), max_size=200))
    columns = np.array(pairs, dtype=np.float64).reshape(-1, 3)
    return PassageGraph.of(count, columns[:, 0].astype(np.int64), columns[:, 1].astype(np.int64), columns[:, 2])


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_every_passage_is_in_one_theme_and_one_topic(graph: PassageGraph) -> None:
    themes = find_themes(graph)
    topics = cut(graph, find_density(graph, themes))
    assert sorted(np.concatenate(topics).tolist()) == list(range(graph.count))
    assert sorted(set(themes.tolist())) == list(range(themes.max() + 1))
    assert all(0 < len(topic) <= MAX_TOPIC for topic in topics)
    topic_of = np.full(graph.count, -1, dtype=np.int64)
    for number, topic in enumerate(topics):
        topic_of[topic] = number
    second = second_topics(graph, topic_of, np.arange(graph.count))
    assert (second != topic_of).all()
    assert second.max() < len(topics)


def edges_of(graph: PassageGraph) -> list[tuple[int, int, float]]:
    a, b, weight = graph.edges()
    return list(zip(a.tolist(), b.tolist(), weight.tolist(), strict=True))


def pulls_one_by_one(graph: PassageGraph, group: list[int]) -> dict[tuple[int, int], float]:
    pulls: dict[tuple[int, int], float] = {}
    for a, b, weight in edges_of(graph):
        for one, other in ((a, b), (b, a)):
            if group[other] >= 0:
                pulls[one, group[other]] = pulls.get((one, group[other]), 0.0) + weight
    return pulls


@settings(max_examples=60, deadline=None)
@given(graphs(), st.data())
def test_pulls_are_the_sums_of_edges(graph: PassageGraph, data: st.DataObject) -> None:
    group = data.draw(st.lists(st.integers(-1, 6), min_size=graph.count, max_size=graph.count))
    rows = np.array(data.draw(st.lists(st.integers(0, graph.count - 1), unique=True)), dtype=np.int64)
    place, of, strength = graph.pulls(np.array(group), rows)
    wanted = {pair: pull for pair, pull in pulls_one_by_one(graph, group).items() if pair[0] in rows}
    found = dict(zip(zip(rows[place].tolist(), of.tolist(), strict=True), strength.tolist(), strict=True))
    assert found == pytest.approx(wanted)
    best = strongest(place, of, strength)
    assert place[best].tolist() == sorted({int(each) for each in place})
    for each in best.tolist():
        assert strength[each] == max(strength[place == place[each]])


@settings(max_examples=60, deadline=None)
@given(graphs(), st.data())
def test_parts_hold_the_edges_among_their_members(graph: PassageGraph, data: st.DataObject) -> None:
    labels = np.array(data.draw(st.lists(st.integers(-1, 4), min_size=graph.count, max_size=graph.count)))
    edges = {(a, b): w for a, b, w in edges_of(graph)}
    seen = 0
    for label, (members, part) in enumerate(graph.parts(labels)):
        assert members.tolist() == np.flatnonzero(labels == label).tolist()
        assert part.count == len(members)
        for a, b, weight in edges_of(part):
            assert edges[int(members[a]), int(members[b])] == weight
            seen += 1
    assert seen == sum(labels[a] == labels[b] >= 0 for a, b in edges)


@settings(max_examples=60, deadline=None)
@given(graphs(), st.data())
def test_edges_move_with_their_passages(graph: PassageGraph, data: st.DataObject) -> None:
    gone = np.array(sorted(data.draw(st.sets(st.integers(0, graph.count - 1)))), dtype=np.int64)
    keep = np.setdiff1d(np.arange(graph.count), gone)
    now = np.full(graph.count, -1, dtype=np.int64)
    # A new passage comes first, and one last.
    now[keep] = np.arange(1, len(keep) + 1)
    count = len(keep) + 2
    new = PassageGraph.of(count, np.array([0, 0]), np.array([count - 1, 1]), np.array([0.5, 0.25]))
    with tempfile.TemporaryDirectory() as folder:
        moved = edges_of(graph.moved(now, count, new, Path(folder) / "moved"))
    assert moved == sorted(
        [*edges_of(new), *((now[a], now[b], w) for a, b, w in edges_of(graph) if {a, b} <= set(keep))]
    )


@given(graphs())
def test_each_pair_is_there_once(graph: PassageGraph) -> None:
    pairs = [(a, b) for a, b, _ in edges_of(graph)]
    assert pairs == sorted(set(pairs))
    assert all(a < b for a, b in pairs)


def test_a_clique_too_large_is_cut_all_the_same() -> None:
    count = 3 * MAX_TOPIC
    a, b = np.triu_indices(count, 1)
    graph = PassageGraph.of(count, a, b, np.ones(len(a)))
    assert max(map(len, cut(graph, find_density(graph, find_themes(graph))))) <= MAX_TOPIC


def test_groups_take_turns_and_the_central_come_first() -> None:
    vectors = np.eye(6, dtype=np.float32)
    central = np.array([0.9, 0.8, 0.7, 0.3, 0.2, 0.1], dtype=np.float32)
    assert central_and_diverse(vectors, central, np.array([0, 0, 0, 1, 1, 2]), 4) == [0, 3, 5, 1]
    same = np.array([[1, 0], [1, 0], [0.6, 0.8]], dtype=np.float32)
    assert central_and_diverse(same, np.array([0.9, 0.89, 0.7], dtype=np.float32), np.arange(3), 2) == [0, 2]
