"""Walking over an index file finds what hnswlib finds in it, and bears with whatever is in the file."""

from __future__ import annotations

import random
from pathlib import Path

import hnswlib
import numpy as np
import pytest

from graphmem.model import FloatArray
from graphmem.store.walk import MappedIndex

DIMENSION, COUNT = 24, 3000


@pytest.fixture(scope="module")
def vectors() -> FloatArray:
    generator = np.random.default_rng(1)
    rows = generator.standard_normal((60, DIMENSION))[generator.integers(0, 60, COUNT)]
    rows = rows + 0.5 * generator.standard_normal(rows.shape)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, vectors: FloatArray) -> hnswlib.Index:
    made = hnswlib.Index(space="ip", dim=DIMENSION)
    made.init_index(COUNT + 10, ef_construction=120, M=16, random_seed=1)
    # Labels are numbers of their own.
    made.add_items(vectors, np.arange(COUNT)[::-1] + 5, num_threads=1)
    return made


@pytest.fixture
def file(tmp_path: Path, index: hnswlib.Index) -> Path:
    index.save_index(str(tmp_path / "index.hnsw"))
    return tmp_path / "index.hnsw"


def test_the_nearest_are_found(file: Path, vectors: FloatArray) -> None:
    mapped = MappedIndex.open(file, DIMENSION)
    assert mapped is not None
    shared = 0
    for question in vectors[::60]:
        found = mapped.nearest(question, 10, 200)
        true = COUNT - 1 - np.argsort(-(vectors @ question))[:10] + 5
        shared += len(set(found.tolist()) & set(true.tolist()))
        assert found[0] == true[0]
    assert shared >= 0.99 * 10 * len(vectors[::60])


def test_no_more_than_there_are(tmp_path: Path, vectors: FloatArray) -> None:
    few = hnswlib.Index(space="ip", dim=DIMENSION)
    few.init_index(3)
    few.add_items(vectors[:3], [7, 8, 9])
    few.save_index(str(tmp_path / "few"))
    mapped = MappedIndex.open(tmp_path / "few", DIMENSION)
    assert mapped is not None
    assert sorted(mapped.nearest(vectors[0], 10, 50).tolist()) == [7, 8, 9]


def test_another_file_is_refused(file: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "text").write_bytes(b"hello " * 100)
    (tmp_path / "cut").write_bytes(file.read_bytes()[:2000])
    assert MappedIndex.open(file, DIMENSION + 1) is None
    for name in ("empty", "text", "cut", "missing"):
        assert MappedIndex.open(tmp_path / name, DIMENSION) is None, name


@pytest.mark.parametrize("seed", range(20))
def test_damage_ends_in_wrong_neighbours_at_worst(file: Path, vectors: FloatArray, seed: int) -> None:
    random_ = random.Random(seed)
    data = bytearray(file.read_bytes())
    for _ in range(2000):
        data[random_.randrange(96 if seed % 4 == 0 else len(data))] = random_.randrange(256)
    file.write_bytes(data)
    mapped = MappedIndex.open(file, DIMENSION)
    with np.errstate(all="ignore"):
        assert mapped is None or len(mapped.nearest(vectors[0], 10, 200)) <= 10
