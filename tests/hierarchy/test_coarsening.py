"""Communities of a graph that is too large to be held are about as good as those of one that is."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphmem.hierarchy import coarsening, passage_graph
from graphmem.hierarchy.coarsening import communities_of
from graphmem.hierarchy.passage_graph import Edges, PassageGraph

EDGES = st.lists(st.tuples(st.integers(0, 29), st.integers(0, 29), st.floats(0.125, 2.0, width=32)), max_size=120)
Columns = tuple[np.ndarray, np.ndarray, np.ndarray]


@contextmanager
def temporary() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def columns(edges: list[tuple[int, int, float]]) -> Columns:
    a, b, weight = np.array(edges, dtype=np.float64).reshape(-1, 3).T
    return a.astype(np.int64), b.astype(np.int64), weight


def modularity(graph: PassageGraph, part: np.ndarray) -> float:
    a, b, weight = graph.edges()
    degree = np.bincount(a, weight, graph.count) + np.bincount(b, weight, graph.count)
    return float(
        weight[part[a] == part[b]].sum() / graph.total - (np.bincount(part, degree) ** 2).sum() / degree.sum() ** 2
    )


def in_blocks(count: int) -> PassageGraph:
    """A graph of blocks of ten in blocks of a hundred."""
    draw = np.random.default_rng(4)
    a = np.repeat(np.arange(count), 8)
    near = a // 10 * 10 + draw.integers(0, 10, len(a))
    far = np.where(
        draw.random(len(a)) < 0.8, a // 100 * 100 + draw.integers(0, 100, len(a)), draw.integers(0, count, len(a))
    )
    return PassageGraph.of(count, a, np.where(draw.random(len(a)) < 0.6, near, far), draw.random(len(a)) + 0.5)


def test_a_graph_too_large_is_cut_about_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = in_blocks(3000)
    whole = communities_of(graph, 1 / graph.total)
    assert 20 <= whole.max() + 1 <= 40
    offsets, near, weight = graph.neighbours(np.arange(graph.count))
    stretch = np.diff(offsets), near, weight
    stored = PassageGraph.written(tmp_path / "graph", [stretch])
    monkeypatch.setattr(coarsening, "_HELD", 500)
    monkeypatch.setattr(passage_graph, "_EDGES", 2000)
    found = communities_of(stored, 1 / graph.total)
    assert sorted(set(found.tolist())) == list(range(found.max() + 1))
    assert (np.diff(np.bincount(found)) <= 0).all()
    assert modularity(graph, found) >= 0.97 * modularity(graph, whole)
    assert (communities_of(stored, 1 / graph.total) == found).all()
    # What coarser graphs took on the disk is given back.
    assert [path.name for path in tmp_path.iterdir()] == ["graph"]


@settings(max_examples=60, deadline=None)
@given(EDGES, EDGES)
def test_edges_that_were_on_the_disk_are_the_same(
    one: list[tuple[int, int, float]], other: list[tuple[int, int, float]]
) -> None:
    with temporary() as folder:
        edges = Edges(folder / "edges", 30, np.maximum, 7)
        for start in range(0, len(one), 10):
            edges.add("one", *columns(one[start : start + 10]))
        edges.add("other", *columns(other))
        graph = PassageGraph.written(folder / "graph", edges.rows())
        added: dict[tuple[int, int], float] = {}
        for each in (one, other):
            for a, b, weight in zip(
                *(column.tolist() for column in PassageGraph.of(30, *columns(each)).edges()), strict=True
            ):
                added[a, b] = added.get((a, b), 0.0) + weight
        a, b, weight = (column.tolist() for column in graph.edges())
        assert list(zip(a, b, strict=True)) == sorted(added)
        assert weight == pytest.approx([added[pair] for pair in sorted(added)])
        assert list((folder / "edges").iterdir()) == []


@settings(max_examples=60, deadline=None)
@given(EDGES, st.lists(st.integers(0, 5), min_size=30, max_size=30))
def test_what_joins_two_groups_is_added_up(edges: list[tuple[int, int, float]], groups: list[int]) -> None:
    _, labels = np.unique(groups, return_inverse=True)
    graph = PassageGraph.of(30, *columns(edges))
    with temporary() as folder:
        joined = graph.joined(labels, folder)
        wanted: dict[tuple[int, int], float] = {}
        for a, b, weight in zip(*(column.tolist() for column in graph.edges()), strict=True):
            pair = (min(labels[a], labels[b]), max(labels[a], labels[b]))
            if pair[0] != pair[1]:
                wanted[pair] = wanted.get(pair, 0.0) + weight
        a, b, weight = (column.tolist() for column in joined.edges())
        assert dict(zip(zip(a, b, strict=True), weight, strict=True)) == pytest.approx(wanted)
        assert joined.count == labels.max() + 1
