"""What each ingredient of retrieval is worth: ``python benchmarks/recall.py DATASET_DIR --store DIR``.

The store is one that ``graphmem eval DATASET_DIR --store DIR`` has made. For every setting: recall@5, all_gold@8 with a
95 % bootstrap interval over the questions, and the median time of a search.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from graphmem import GraphMemory
from graphmem.evaluate import Question, read_questions
from graphmem.model import SearchResult
from graphmem.retrieve import DEFAULT_WEIGHTS, Weights, search

SETTINGS: dict[str, Weights] = {
    "all of it": DEFAULT_WEIGHTS,
    "no dense seeds": replace(DEFAULT_WEIGHTS, dense=0.0),
    "no BM25 seeds": replace(DEFAULT_WEIGHTS, lexical=0.0),
    "no entity links": replace(DEFAULT_WEIGHTS, link=0.0),
    "no chains": replace(DEFAULT_WEIGHTS, chain=0.0),
    "no PageRank": replace(DEFAULT_WEIGHTS, spread=0.0),
    "one hop": replace(DEFAULT_WEIGHTS, second_hop=0.0),
    "no residual question": replace(DEFAULT_WEIGHTS, residual=0.0),
    "no penalty for fan-out": replace(DEFAULT_WEIGHTS, fan_out=0.0),
    "no premises first": replace(DEFAULT_WEIGHTS, premise=0.0),
    "dense seeds alone": replace(DEFAULT_WEIGHTS, lexical=0.0, link=0.0, chain=0.0, spread=0.0, premise=0.0),
    "BM25 seeds alone": replace(DEFAULT_WEIGHTS, dense=0.0, link=0.0, chain=0.0, spread=0.0, premise=0.0),
}


def ranks(question: Question, result: SearchResult) -> list[int]:
    """The rank of each gold passage, a large number for one that is not there."""
    names = [hit.title if question.by_title else hit.document_id for hit in result.hits]
    return [names.index(gold) + 1 if gold in names else 10**6 for gold in question.gold]


def interval(values: list[float]) -> str:
    """A mean with its 95 % bootstrap interval, in per cent."""
    draw = np.random.default_rng(0)
    means = draw.choice(values, (2000, len(values))).mean(axis=1) * 100
    low, high = np.percentile(means, [2.5, 97.5])
    return f"{np.mean(values) * 100:5.1f} [{low:5.1f}, {high:5.1f}]"


def measured(questions: list[Question], ask: Callable[[Question], SearchResult]) -> str:
    """One row of figures."""
    recall, whole, times = [], [], []
    for question in questions:
        start = time.perf_counter()
        result = ask(question)
        times.append((time.perf_counter() - start) * 1000)
        found = ranks(question, result)
        recall.append(sum(rank <= 5 for rank in found) / len(found))
        whole.append(float(all(rank <= 8 for rank in found)))
    return f"{interval(recall)}   {interval(whole)}   {statistics.median(times):6.1f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--store", type=Path, required=True)
    arguments = parser.parse_args()
    questions = [question for question in read_questions(arguments.dataset) if question.answerable]
    with GraphMemory.open(arguments.store, create=False) as memory:
        memory.search(questions[0].question)
        snapshot, embed = memory._reading(), memory._embed_question()
        print(f"{'setting':24} {'recall@5':21}   {'all_gold@8':21}   ms (p50)")
        for name, weights in SETTINGS.items():
            row = measured(questions, lambda q, w=weights: search(snapshot, embed, q.question, 10, w))  # type: ignore[misc]
            print(f"{name:24} {row}", flush=True)


if __name__ == "__main__":
    main()
