"""Nearest vectors: exact where there are few, close to exact where hnswlib proposes them, whatever came before."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphmem.model import FloatArray
from graphmem.store.cells_build import _quantised
from graphmem.store.moves import Moves
from graphmem.store.vectors import EXACT_LIMIT, VectorIndex, _widened
from graphmem.store.vectors_build import change_vectors

NONE = np.zeros(0, dtype=np.int64)


def unit(count: int, seed: int) -> FloatArray:
    # Real sentence vectors lie in clusters.
    generator = np.random.default_rng(seed)
    centres = generator.standard_normal((40, 32))
    rows = centres[generator.integers(0, 40, count)] + 0.5 * generator.standard_normal((count, 32))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def build(folder: Path, vectors: FloatArray, *, on_disk: bool = False) -> VectorIndex:
    moves, rows = Moves.first(len(vectors)), [(0, vectors.astype(np.float16))]
    change_vectors(folder, moves, vectors.shape[1], rows, None, on_disk=on_disk)
    return VectorIndex(folder)


def change(folder: Path, old: VectorIndex, moves: Moves, added: FloatArray, *, on_disk: bool = False) -> VectorIndex:
    change_vectors(folder, moves, old.dimension, [(0, added.astype(np.float16))], old.folder, on_disk=on_disk)
    return VectorIndex(folder)


def brute(vectors: FloatArray, query: FloatArray, k: int) -> np.ndarray:
    scores = vectors.astype(np.float16).astype(np.float32) @ query
    return np.lexsort((np.arange(len(scores)), -scores))[:k]


@pytest.mark.parametrize("count", [1, 50, EXACT_LIMIT])
def test_few_are_compared_one_by_one(tmp_path: Path, count: int) -> None:
    vectors = unit(count, 1)
    index = build(tmp_path / "v", vectors)
    positions, cosines = index.nearest(vectors[:1], 10)
    kept = min(10, count)
    assert positions[0, :kept].tolist() == brute(vectors, vectors[0], 10).tolist()
    assert (positions[0, kept:] == -1).all()
    assert cosines[0, 0] == pytest.approx(1.0, abs=2e-3)


@pytest.fixture(params=[False, True], ids=["memory", "disk"])
def on_disk(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def test_many_are_found_by_the_index(tmp_path: Path, on_disk: bool) -> None:
    vectors = unit(4000, 2)
    index = build(tmp_path / "v", vectors, on_disk=on_disk)
    assert (tmp_path / "v" / "index.hnsw").exists() != on_disk
    assert (tmp_path / "v" / "cells").exists() == on_disk
    queries = unit(50, 3)
    found, cosines = index.nearest(queries, 10)
    overlap = [len(set(found[i]) & set(brute(vectors, queries[i], 10))) / 10 for i in range(50)]
    assert np.mean(overlap) >= 0.97
    expected = np.take_along_axis(queries @ vectors.astype(np.float16).astype(np.float32).T, found, axis=1)
    np.testing.assert_allclose(cosines, expected, rtol=1e-5)


def recall(index: VectorIndex, vectors: FloatArray) -> float:
    queries = unit(40, 9)
    found, _ = index.nearest(queries, 10)
    return float(np.mean([len(set(found[i]) & set(brute(vectors, queries[i], 10))) / 10 for i in range(40)]))


def test_additions_wait_in_the_tail_and_the_large_files_are_linked(tmp_path: Path, on_disk: bool) -> None:
    vectors = unit(4500, 4)
    one = build(tmp_path / "one", vectors[:4000], on_disk=on_disk)
    # Half of what is new comes before everything, half in the middle.
    moves = Moves.edit(4000, NONE, [0] * 250 + [2000] * 250)
    final = moves.items(vectors[:4000], vectors[4000:])
    two = change(tmp_path / "two", one, moves, vectors[4000:], on_disk=on_disk)
    for name in ("matrix.npy", "cells/rows.npy" if on_disk else "index.hnsw"):
        assert (tmp_path / "two" / name).samefile(tmp_path / "one" / name)
    np.testing.assert_array_equal(two.rows(np.arange(4500)), final.astype(np.float16).astype(np.float32))
    for row in (0, 249, 250, 2249, 2250, 4499):
        assert two.nearest(final[row : row + 1], 1)[0][0, 0] == row
    assert recall(two, final) >= 0.97


def test_a_long_tail_is_folded_in(tmp_path: Path, on_disk: bool) -> None:
    vectors = unit(7000, 4)
    one = build(tmp_path / "one", vectors[:4000], on_disk=on_disk)
    two = change(tmp_path / "two", one, Moves.edit(4000, NONE, [4000] * 1500), vectors[4000:5500], on_disk=on_disk)
    three = change(tmp_path / "three", two, Moves.edit(5500, NONE, [5500] * 1500), vectors[5500:], on_disk=on_disk)
    assert len(two.tail) == 1500
    assert len(three.tail) == 0
    np.testing.assert_array_equal(three.rows(np.arange(7000)), vectors.astype(np.float16).astype(np.float32))
    assert recall(three, vectors) >= 0.97


def test_what_is_removed_is_found_no_more_and_its_bytes_are_gone(tmp_path: Path, on_disk: bool) -> None:
    vectors = unit(4200, 4)
    one = build(tmp_path / "one", vectors[:4000], on_disk=on_disk)
    two = change(tmp_path / "two", one, Moves.edit(4000, NONE, [4000] * 200), vectors[4000:], on_disk=on_disk)
    # One that the index holds, and one of the tail.
    moves = Moves.edit(4200, np.array([7, 4100]), [])
    three = change(tmp_path / "three", two, moves, vectors[:0], on_disk=on_disk)
    kept = np.delete(vectors, [7, 4100], axis=0)
    np.testing.assert_array_equal(three.rows(np.arange(4198)), kept.astype(np.float16).astype(np.float32))
    assert three.nearest(vectors[8:9], 1)[0][0, 0] == 7
    assert recall(three, kept) >= 0.97
    for row in (7, 4100):
        half = vectors[row : row + 1].astype(np.float16)
        for data in (half, half.astype(np.float32), _quantised(half)[0]):
            for path in (tmp_path / "three").rglob("*.*"):
                assert data.tobytes() not in path.read_bytes(), path


def test_after_many_removals_everything_is_written_anew(tmp_path: Path, on_disk: bool) -> None:
    vectors = unit(4000, 4)
    one = build(tmp_path / "one", vectors, on_disk=on_disk)
    keep = np.arange(4000) % 3 > 0
    two = change(tmp_path / "two", one, Moves.edit(len(keep), np.flatnonzero(~keep), []), vectors[:0], on_disk=on_disk)
    assert len(two.matrix) == keep.sum()
    assert recall(two, vectors[keep]) >= 0.97


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), st.booleans()), min_size=1, max_size=4))
def test_vectors_stay_with_their_positions(steps: list[tuple[int, int, bool]]) -> None:
    vectors = unit(2200, 8)
    with tempfile.TemporaryDirectory() as folder:
        index = build(Path(folder) / "0", vectors[:2050])
        expected, used = vectors[:2050], 2050
        for number, (gone, new, on_disk) in enumerate(steps, start=1):
            keep = np.ones(len(expected), dtype=bool)
            keep[np.random.default_rng(gone).integers(0, len(expected), gone)] = False
            places = sorted(np.random.default_rng(new).integers(0, len(expected), new).tolist())
            moves = Moves.edit(len(keep), np.flatnonzero(~keep), places)
            added = vectors[used : used + new]
            index = change(Path(folder) / str(number), index, moves, added, on_disk=on_disk)
            expected, used = moves.items(expected, added), used + new
            assert len(index) == len(expected)
            np.testing.assert_array_equal(
                index.rows(np.arange(len(expected))), expected.astype(np.float16).astype(np.float32)
            )
            assert (index.cells is not None) == (on_disk and len(index) > EXACT_LIMIT)
            for row in np.linspace(0, len(expected) - 1, 5).astype(int).tolist():
                assert index.nearest(expected[row : row + 1], 1)[1][0, 0] == pytest.approx(1.0, abs=2e-3)


def test_a_vanished_index_file_is_done_without(tmp_path: Path) -> None:
    vectors = unit(3000, 5)
    index = build(tmp_path / "v", vectors)
    (tmp_path / "v" / "index.hnsw").unlink()
    assert index.nearest(vectors[:1], 10)[0][0].tolist() == brute(vectors, vectors[0], 10).tolist()


def test_what_has_no_vector_is_near_to_nothing(tmp_path: Path, on_disk: bool) -> None:
    change_vectors(
        tmp_path / "v", Moves.first(3000), 32, [(0, unit(2500, 6).astype(np.float16))], None, on_disk=on_disk
    )
    index = VectorIndex(tmp_path / "v")
    assert (index.nearest(unit(1, 7), 50)[0] < 2500).all()


def test_half_precision_is_widened_exactly() -> None:
    finite = np.arange(65536, dtype=np.uint16).view(np.float16)
    finite = finite[np.isfinite(finite)]
    np.testing.assert_array_equal(_widened(finite), finite.astype(np.float32))


def test_removal_keeps_the_centres_and_folds_nothing_else(tmp_path: Path) -> None:
    vectors = unit(4000, 4)
    one = build(tmp_path / "one", vectors, on_disk=True)
    two = change(tmp_path / "two", one, Moves.edit(4000, np.array([7]), []), vectors[:0], on_disk=True)
    assert one.cells is not None
    assert two.cells is not None
    np.testing.assert_array_equal(two.cells.centres, one.cells.centres)
    kept = one.cells.members != 7
    np.testing.assert_array_equal(two.cells.members, one.cells.members[kept])
    np.testing.assert_array_equal(two.cells.rows, one.cells.rows[kept])


def test_cells_are_the_same_every_time(tmp_path: Path) -> None:
    for name in ("one", "two"):
        build(tmp_path / name, unit(3000, 5), on_disk=True)
    for path in sorted((tmp_path / "one").rglob("*.npy")):
        assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes(), path


@pytest.mark.parametrize(("count", "present"), [(3000, 0), (3000, 3), (2001, 2001)])
def test_cells_of_hardly_any_vectors_and_of_equal_ones(tmp_path: Path, count: int, present: int) -> None:
    one = np.repeat(unit(1, 6), present, axis=0)
    change_vectors(tmp_path / "v", Moves.first(count), 32, [(0, one.astype(np.float16))], None, on_disk=True)
    found = VectorIndex(tmp_path / "v").nearest(unit(1, 6), 10)[0][0]
    assert (found >= 0).sum() == min(10, present)
    assert (found < present).all()
