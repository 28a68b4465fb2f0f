"""How long a search takes, alone and from many threads: ``python benchmarks/latency.py DATASET --store DIR``.

The store holds the data set's corpus (``graphmem eval DATASET --store DIR`` makes it). Every question is embedded anew, as one
that nobody has asked before; what the passages say has been read before. In each round the questions are asked from one
thread and then from ``--threads``, so that whatever else the machine does is in both; the ratio is the median over the
rounds. "Dense" is what a search by the vectors of passages alone would take: the question embedded, the nearest passages
found and read.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from graphmem import GraphMemory
from graphmem.embed import open_embedder

K = 8
TIMES = 3
"""Each question is asked so often in a round of many threads: what they do when they start and end counts less."""


def spent(work: Callable[[], object]) -> float:
    """Milliseconds."""
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def forgetful(memory: GraphMemory) -> None:
    """Let every question be embedded, as one that nobody has asked before; vectors of questions are kept otherwise."""
    memory._embed_question()
    memory._embed_cached = getattr(memory._embed_cached, "__wrapped__", None)


def main() -> None:
    """Print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=9)
    arguments = parser.parse_args()
    lines = (arguments.dataset / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines]
    alone: list[float] = []
    dense: list[float] = []
    ratios: list[float] = []
    with GraphMemory.open(arguments.store) as memory, ThreadPoolExecutor(arguments.threads) as pool:
        embedder = open_embedder(memory.stats().embedder)
        snapshot = memory._reading()
        forgetful(memory)

        def ask(question: str) -> float:
            return spent(lambda: memory.search(question, K))

        def look(question: str) -> float:
            return spent(lambda: snapshot.passages(snapshot.nearest("passage", embedder.embed((question,)), K)[0][0]))

        for number in range(arguments.rounds + 1):
            asked = [ask(question) for question in questions]
            looked = [look(question) for question in questions]
            together = spent(lambda: list(pool.map(ask, questions * TIMES)))
            # The first round reads what the others find read.
            if number:
                alone += asked
                dense += looked
                ratios.append(TIMES * sum(asked) / together)
    one, flat = statistics.median(alone), statistics.median(dense)
    print(f"search p50 {one:.1f} ms, dense p50 {flat:.1f} ms: {one / flat:.2f} times as long")
    rounds = " ".join(f"{ratio:.2f}" for ratio in sorted(ratios))
    print(
        f"{arguments.threads} threads: {statistics.median(ratios):.2f} times as many a second as one (rounds: {rounds})"
    )


if __name__ == "__main__":
    main()
