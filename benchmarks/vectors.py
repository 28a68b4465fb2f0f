"""The two indexes of vectors beside each other: ``python benchmarks/vectors.py STORE --counts 100000 1000000``.

The vectors are those of a store's sentences, mixed in pairs until there are as many as wanted: real ones, without the
clusters that would make it easy. hnswlib (``memory``) and cells (``disk``) are made in a process each, which prints how long
that took and how much memory of its own it had. Then both are searched by turns for the ten nearest to 200 others: how long
that takes, and how many of the ten that comparing everything finds are among them (recall@10).
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
    "make_mb": "memory of its own (MB)",
    "bytes": "bytes a vector on disk",
    "p50_ms": "search p50 (ms)",
    "p95_ms": "search p95 (ms)",
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


def make(vectors: Half, way: str, folder: Path) -> dict[str, float]:
    """Make an index, and say what it cost."""
    count, dimension = vectors.shape
    blocks = ((start, vectors[start : start + BLOCK]) for start in range(0, count, BLOCK))
    before, start = resident()[0], time.perf_counter()
    with Peak() as peak:
        change_vectors(folder, Moves.first(count), dimension, blocks, None, on_disk=way == "disk")
    took = time.perf_counter() - start
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return {"make_s": took, "make_mb": peak.most - before, "bytes": size / count}


def search(folders: list[Path], vectors: Half, questions: FloatArray) -> list[dict[str, float]]:
    """Search each index, by turns, so that all are slowed down alike by whatever else the machine does."""
    truth = true_neighbours(vectors, questions)
    indexes = [VectorIndex(folder) for folder in folders]
    times: list[list[float]] = [[] for _ in indexes]
    shared = [0 for _ in indexes]
    for question, expected in zip(questions, truth, strict=True):
        for number, index in enumerate(indexes):
            start = time.perf_counter()
            found, _ = index.nearest(question[None], WANTED)
            times[number].append((time.perf_counter() - start) * 1000)
            shared[number] += len(np.intersect1d(found[0], expected))
    return [
        {"p50_ms": float(np.median(spent)), "p95_ms": float(np.percentile(spent, 95)), "recall": right / truth.size}
        for spent, right in zip(times, shared, strict=True)
    ]


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
        made = np.load(arguments.only / "vectors.npy", mmap_mode="r")
        print(json.dumps(make(made, arguments.ways[0], arguments.only / arguments.ways[0])))
        return
    real = sentences(arguments.store)
    questions = np.concatenate(list(mixed(real, QUESTIONS, 2)))
    figures: dict[tuple[int, str], dict[str, float]] = {}
    for count in arguments.counts:
        # Millions of them are more than a temporary file system may have room for.
        with tempfile.TemporaryDirectory(dir=arguments.store.absolute().parent) as name:
            folder = Path(name)
            shape = (count, real.shape[1])
            vectors = np.lib.format.open_memmap(folder / "vectors.npy", mode="w+", dtype=np.float16, shape=shape)
            for at, block in enumerate(mixed(real, count, 1)):
                vectors[at * BLOCK : at * BLOCK + len(block)] = block
            for way in arguments.ways:
                command = [sys.executable, __file__, str(arguments.store), "--only", name, "--ways", way]
                done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
                figures[count, way] = json.loads(done.stdout)
            for way, found in zip(
                arguments.ways, search([folder / way for way in arguments.ways], vectors, questions), strict=True
            ):
                figures[count, way] |= found
    print(f"{'':36}" + "".join(f"{f'{WAYS[way]} {count:,}':>20}" for count, way in figures))
    for key, name in MEASURES.items():
        digits = 3 if key == "recall" else 1
        print(f"{name:36}" + "".join(f"{found[key]:>20,.{digits}f}" for found in figures.values()))


if __name__ == "__main__":
    main()
