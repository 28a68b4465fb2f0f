"""The two indexes of vectors beside each other: ``python benchmarks/vectors.py STORE --counts 100000 1000000``.

The vectors are those of a store's sentences, mixed in pairs until there are as many as wanted: real ones, without the
clusters that would make it easy. For hnswlib (``memory``) and for cells (``disk``) a process of its own prints how long making
the index took and how much memory of its own it had, what lies on disk, what 200 searches for ten took, and how many of
the ten that comparing everything finds were among them (recall@10).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scale import Peak, resident

from graphmem.model import FloatArray
from graphmem.store import Store
from graphmem.store.moves import Moves
from graphmem.store.vectors import VectorIndex
from graphmem.store.vectors_build import change_vectors

Half = NDArray[np.float16]
QUESTIONS, WANTED = 200, 10
BLOCK = 10_000
NOISE = 0.02
WAYS = {"memory": "hnswlib", "disk": "cells"}
MEASURES = {
    "make_s": "making the index (s)",
    "make_mb": "memory of its own, making (MB)",
    "bytes": "bytes a vector on disk",
    "p50_ms": "search p50 (ms)",
    "p95_ms": "search p95 (ms)",
    "search_mb": "memory of its own, searching (MB)",
    "recall": "recall@10",
}


def unit(rows: FloatArray) -> FloatArray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def mixed(real: FloatArray, count: int, seed: int) -> Iterator[FloatArray]:
    """``count`` vectors in blocks: one real vector with up to as much of another, and a little noise."""
    for start in range(0, count, BLOCK):
        draw = np.random.default_rng((seed, start))
        size = min(BLOCK, count - start)
        one, other = real[draw.integers(0, len(real), (2, size))]
        share = draw.uniform(0, 0.5, (size, 1))
        yield unit((1 - share) * one + share * other + NOISE * draw.standard_normal(one.shape))


def true_neighbours(vectors: Half, questions: FloatArray) -> NDArray[np.int64]:
    """The ``WANTED`` nearest to each question among all, by comparing everything, shape (q, WANTED)."""
    best = np.zeros((len(questions), 0), dtype=np.float32)
    numbers = np.zeros((len(questions), 0), dtype=np.int64)
    for start in range(0, len(vectors), BLOCK):
        scores = questions @ vectors[start : start + BLOCK].astype(np.float32).T
        best = np.hstack((best, scores))
        numbers = np.hstack((numbers, np.broadcast_to(start + np.arange(scores.shape[1]), scores.shape)))
        order = np.argsort(-best, axis=1)[:, :WANTED]
        best, numbers = np.take_along_axis(best, order, axis=1), np.take_along_axis(numbers, order, axis=1)
    return numbers


def measure(vectors: Half, questions: FloatArray, way: str, folder: Path) -> dict[str, float]:
    """The figures of one index; names are keys of ``MEASURES``."""
    count, dimension = vectors.shape
    blocks = ((start, vectors[start : start + BLOCK]) for start in range(0, count, BLOCK))
    before, start = resident()[0], time.perf_counter()
    with Peak() as peak:
        change_vectors(folder, Moves(((-1, count),)), dimension, blocks, None, on_disk=way == "disk")
    took, most = time.perf_counter() - start, peak.most - before
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    truth = true_neighbours(vectors, questions)
    before = resident()[0]
    index = VectorIndex(folder)
    times, shared = [], 0
    for question, expected in zip(questions, truth, strict=True):
        start = time.perf_counter()
        found, _ = index.nearest(question[None], WANTED)
        times.append((time.perf_counter() - start) * 1000)
        shared += len(np.intersect1d(found[0], expected))
    return {
        "make_s": took,
        "make_mb": most,
        "bytes": size / count,
        "p50_ms": float(np.median(times)),
        "p95_ms": float(np.percentile(times, 95)),
        "search_mb": resident()[0] - before,
        "recall": shared / truth.size,
    }


def sentences(store: Path) -> FloatArray:
    """The vectors of a store's sentences."""
    snapshot = Store.open(store, create_missing=False).snapshot()
    try:
        return snapshot.vectors("sentence", np.arange(snapshot.sentence_count))
    finally:
        snapshot.close()


def main() -> None:
    """Measure each way at each size in a process of its own, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("store", type=Path)
    parser.add_argument("--counts", type=int, nargs="+", default=[100_000])
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--only", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.only:
        vectors = np.load(arguments.only / "vectors.npy", mmap_mode="r")
        questions = np.load(arguments.only / "questions.npy")
        figures = [measure(vectors, questions, way, arguments.only / way) for way in arguments.ways]
        print(json.dumps(figures[0]))
        return
    real = sentences(arguments.store)
    found: dict[tuple[int, str], dict[str, float]] = {}
    for count in arguments.counts:
        # Millions of them are more than a temporary file system may have room for.
        with tempfile.TemporaryDirectory(dir=arguments.store.absolute().parent) as folder:
            path = Path(folder) / "vectors.npy"
            vectors = np.lib.format.open_memmap(path, mode="w+", dtype=np.float16, shape=(count, real.shape[1]))
            for at, block in enumerate(mixed(real, count, 1)):
                vectors[at * BLOCK : at * BLOCK + len(block)] = block
            np.save(Path(folder) / "questions.npy", np.concatenate(list(mixed(real, QUESTIONS, 2))))
            for way in arguments.ways:
                command = [sys.executable, __file__, str(arguments.store), "--only", folder, "--ways", way]
                done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
                found[count, way] = json.loads(done.stdout)
    print(f"{'':36}" + "".join(f"{f'{WAYS[way]} {count:,}':>20}" for count, way in found))
    for key, name in MEASURES.items():
        digits = 3 if key == "recall" else 1
        print(f"{name:36}" + "".join(f"{figures[key]:>20,.{digits}f}" for figures in found.values()))


if __name__ == "__main__":
    main()
