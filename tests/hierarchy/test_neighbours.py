"""The neighbours of passages are those that comparing all of them finds; in cells, nearly all of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphmem.hierarchy import neighbours, normalised
from graphmem.hierarchy.neighbours import nearest_passages
from graphmem.model import FloatArray


def around_centres(count: int, seed: int) -> FloatArray:
    draw = np.random.default_rng(seed)
    centres = draw.standard_normal((max(1, count // 12), 16))
    return normalised(centres[draw.integers(0, len(centres), count)] + 0.5 * draw.standard_normal((count, 16)))


def found_by(vectors: FloatArray, rows: np.ndarray, wanted: int) -> tuple[np.ndarray, np.ndarray]:
    blocks, near, cosine = zip(*nearest_passages(vectors, rows, wanted), strict=True)
    assert (np.concatenate(blocks) == rows).all()
    return np.concatenate(near), np.concatenate(cosine)


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 80), st.integers(0, 9), st.data())
def test_few_are_compared_exactly(count: int, seed: int, data: st.DataObject) -> None:
    vectors = around_centres(count, seed)
    rows = np.array(sorted(data.draw(st.sets(st.integers(0, count - 1), min_size=1))), dtype=np.int64)
    wanted = min(8, count - 1)
    near, cosine = found_by(vectors, rows, wanted)
    for row, found, likeness in zip(rows.tolist(), near, cosine, strict=True):
        others = np.delete(vectors @ vectors[row], row)
        assert row not in found
        assert sorted(likeness) == pytest.approx(sorted(others)[-wanted:], abs=1e-5)
        assert likeness == pytest.approx((vectors @ vectors[row])[found], abs=1e-5)


@pytest.mark.parametrize("copies", [0, 700])
def test_many_are_compared_with_those_around(copies: int, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = around_centres(3000, 1)
    vectors[:copies] = vectors[0]
    rows = np.arange(0, 3000, 3)
    exact, _ = found_by(vectors, rows, 8)
    monkeypatch.setattr(neighbours, "_EXACT", 100)
    monkeypatch.setattr(neighbours, "_ROWS", 300)
    near, cosine = found_by(vectors, rows, 8)
    assert cosine == pytest.approx(np.einsum("nd,nkd->nk", vectors[rows], vectors[near]), abs=1e-5)
    assert not (near == rows[:, None]).any()
    assert all(len(set(each)) == 8 for each in near.tolist())
    # Which of many copies are found is all the same.
    found = [
        len({*one, *other})
        for one, other in zip(near[copies // 3 + 1 :].tolist(), exact[copies // 3 + 1 :].tolist(), strict=True)
    ]
    assert np.mean(found) < 9
