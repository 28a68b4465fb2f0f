"""Partitions of any graph are whole and bounded."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graphmem.hierarchy.fusion import PassageGraph
from graphmem.hierarchy.partition import MAX_TOPIC, cut, find_density, find_themes, second_topics
from graphmem.hierarchy.summary import central_and_diverse


@st.composite
def graphs(draw):  # type: ignore[no-untyped-def]
    count = draw(st.integers(1, 90))
    number = st.integers(0, count - 1)
    pairs = draw(st.lists(st.tuples(number, number, st.floats(0.01, 2.0)), max_size=200))
    columns = np.array(pairs, dtype=np.float64).reshape(-1, 3)
    return count, PassageGraph.of(columns[:, 0].astype(np.int64), columns[:, 1].astype(np.int64), columns[:, 2])


@settings(max_examples=60, deadline=None)
@given(graphs())
def test_every_passage_is_in_one_theme_and_one_topic(drawn: tuple[int, PassageGraph]) -> None:
    count, graph = drawn
    topics = cut(graph, np.arange(count), count, find_density(graph, count))
    assert sorted(np.concatenate(topics).tolist()) == list(range(count))
    assert all(0 < len(topic) <= MAX_TOPIC for topic in topics)
    themes = find_themes(graph, topics, count)
    assert len(themes) == len(topics)
    assert set(themes) == set(range(max(themes) + 1))
    topic_of = np.full(count, -1, dtype=np.int64)
    for number, topic in enumerate(topics):
        topic_of[topic] = number
    second = second_topics(graph, topic_of, np.arange(count))
    assert (second != topic_of).all()
    assert second.max() < len(topics)


@settings(max_examples=60, deadline=None)
@given(graphs(), st.data())
def test_a_part_is_cut_whole(drawn: tuple[int, PassageGraph], data: st.DataObject) -> None:
    count, graph = drawn
    members = np.array(sorted(data.draw(st.sets(st.integers(0, count - 1), min_size=1))), dtype=np.int64)
    parts = cut(graph, members, count, 0.1)
    assert sorted(np.concatenate(parts).tolist()) == members.tolist()
    assert max(map(len, parts)) <= MAX_TOPIC


@given(graphs())
def test_each_pair_is_there_once(drawn: tuple[int, PassageGraph]) -> None:
    _, graph = drawn
    pairs = list(zip(graph.a.tolist(), graph.b.tolist(), strict=True))
    assert len(set(pairs)) == len(pairs)
    assert all(a < b for a, b in pairs)


def test_a_clique_too_large_is_cut_all_the_same() -> None:
    count = 3 * MAX_TOPIC
    a, b = np.triu_indices(count, 1)
    graph = PassageGraph.of(a, b, np.ones(len(a)))
    assert max(map(len, cut(graph, np.arange(count), count, find_density(graph, count)))) <= MAX_TOPIC


def test_groups_take_turns_and_the_central_come_first() -> None:
    vectors = np.eye(6, dtype=np.float32)
    central = np.array([0.9, 0.8, 0.7, 0.3, 0.2, 0.1], dtype=np.float32)
    assert central_and_diverse(vectors, central, np.array([0, 0, 0, 1, 1, 2]), 4) == [0, 3, 5, 1]
    same = np.array([[1, 0], [1, 0], [0.6, 0.8]], dtype=np.float32)
    assert central_and_diverse(same, np.array([0.9, 0.89, 0.7], dtype=np.float32), np.arange(3), 2) == [0, 2]
