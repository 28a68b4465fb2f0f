"""Nearest vectors: exact where there are few, close to exact where hnswlib proposes them, whatever came before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from graphmem.model import FloatArray
from graphmem.store.vectors import EXACT_LIMIT, VectorIndex, _widened, build_vectors


def unit(count: int, seed: int) -> FloatArray:
    # Real sentence vectors lie in clusters.
    generator = np.random.default_rng(seed)
    centres = generator.standard_normal((40, 32))
    rows = centres[generator.integers(0, 40, count)] + 0.5 * generator.standard_normal((count, 32))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def build(folder: Path, vectors: FloatArray, labels: np.ndarray, previous: Path | None = None) -> VectorIndex:
    build_vectors(folder, labels, vectors.shape[1], [(0, vectors.astype(np.float16))], previous)
    return VectorIndex(folder)


def brute(vectors: FloatArray, query: FloatArray, k: int) -> np.ndarray:
    scores = vectors.astype(np.float16).astype(np.float32) @ query
    return np.lexsort((np.arange(len(scores)), -scores))[:k]


@pytest.mark.parametrize("count", [1, 50, EXACT_LIMIT])
def test_few_are_compared_one_by_one(tmp_path: Path, count: int) -> None:
    vectors = unit(count, 1)
    index = build(tmp_path / "v", vectors, np.arange(count))
    positions, cosines = index.nearest(vectors[:1], 10)
    kept = min(10, count)
    assert positions[0, :kept].tolist() == brute(vectors, vectors[0], 10).tolist()
    assert (positions[0, kept:] == -1).all()
    assert cosines[0, 0] == pytest.approx(1.0, abs=2e-3)


def test_many_are_found_by_hnswlib(tmp_path: Path) -> None:
    vectors = unit(4000, 2)
    index = build(tmp_path / "v", vectors, np.arange(4000) * 7)
    assert (tmp_path / "v" / "index.hnsw").exists()
    queries = unit(50, 3)
    found, cosines = index.nearest(queries, 10)
    overlap = [len(set(found[i]) & set(brute(vectors, queries[i], 10))) / 10 for i in range(50)]
    assert np.mean(overlap) >= 0.97
    expected = np.take_along_axis(queries @ vectors.astype(np.float16).astype(np.float32).T, found, axis=1)
    np.testing.assert_allclose(cosines, expected, rtol=1e-5)


def test_additions_are_added_and_removals_make_it_anew(tmp_path: Path) -> None:
    vectors, labels = unit(4500, 4), np.arange(4500)
    build(tmp_path / "one", vectors[:4000], labels[:4000])
    grown = build(tmp_path / "two", vectors, labels, tmp_path / "one")
    for row in (0, 3999, 4400):
        assert grown.nearest(vectors[row : row + 1], 1)[0][0, 0] == row
    kept = np.delete(labels, [0, 4400])
    shrunk = build(tmp_path / "three", vectors[kept], kept, tmp_path / "two")
    best = shrunk.nearest(vectors[4400:4401], 5)[0][0]
    assert set(best.tolist()) <= set(range(len(kept)))
    assert shrunk.nearest(vectors[4401:4402], 1)[0][0, 0] == 4399


def test_a_vanished_index_file_is_done_without(tmp_path: Path) -> None:
    vectors = unit(3000, 5)
    index = build(tmp_path / "v", vectors, np.arange(3000))
    (tmp_path / "v" / "index.hnsw").unlink()
    assert index.nearest(vectors[:1], 10)[0][0].tolist() == brute(vectors, vectors[0], 10).tolist()


def test_what_has_no_vector_is_near_to_nothing(tmp_path: Path) -> None:
    build_vectors(tmp_path / "v", np.arange(3000), 32, [(0, unit(2500, 6).astype(np.float16))])
    index = VectorIndex(tmp_path / "v")
    assert (index.nearest(unit(1, 7), 50)[0] < 2500).all()


def test_half_precision_is_widened_exactly() -> None:
    finite = np.arange(65536, dtype=np.uint16).view(np.float16)
    finite = finite[np.isfinite(finite)]
    np.testing.assert_array_equal(_widened(finite), finite.astype(np.float32))
