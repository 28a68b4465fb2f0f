"""What retrieval and each ingredient of it are worth: ``python benchmarks/recall.py DATASET_DIR --store DIR``.

The store is one that ``graphmem eval DATASET_DIR --store DIR`` has made, with the documents of other sets in it or not.
For the whole, for simpler ways to rank the same passages, and with one ingredient taken out at a time: recall@5, recall@8
and all_gold@8 with a 95 % bootstrap interval over the questions, and the median time of a search without the embedding of
the question, which is printed first: one text for a dense search, two for ours.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from baselines import BASELINES, Embed

from graphmem import GraphMemory
from graphmem.evaluate import Question, read_questions
from graphmem.retrieve import DEFAULT_WEIGHTS, Weights, search
from graphmem.store import Graph, Snapshot
from graphmem.store.graph import ALIKE
from graphmem.store.layered import LayeredRows
from graphmem.store.records import PassageRecord

DEPTH = 10

SETTINGS: dict[str, Weights] = {
    "all of it": DEFAULT_WEIGHTS,
    "no dense seeds": replace(DEFAULT_WEIGHTS, dense=0.0),
    "no BM25 seeds": replace(DEFAULT_WEIGHTS, lexical=0.0),
    "no entity links": replace(DEFAULT_WEIGHTS, link=0.0),
    "no chains": replace(DEFAULT_WEIGHTS, chain=0.0),
    "no PageRank": replace(DEFAULT_WEIGHTS, spread=0.0),
    "one hop": replace(DEFAULT_WEIGHTS, second_hop=0.0),
    "no residual question": replace(DEFAULT_WEIGHTS, residual=0.0),
    "nothing from what is unlike": replace(DEFAULT_WEIGHTS, unlike=0.0),
    "no penalty for fan-out": replace(DEFAULT_WEIGHTS, fan_out=0.0),
    "no premises first": replace(DEFAULT_WEIGHTS, premise=0.0),
    "order: no fit of its own": replace(DEFAULT_WEIGHTS, fit=0.0),
    "order: names count again": replace(DEFAULT_WEIGHTS, named_again=1.0),
}


Ask = Callable[[str], list[PassageRecord]]
"""The best passages for a question."""


def ranks(question: Question, found: list[PassageRecord]) -> list[int]:
    """The rank of each gold document, a large number for one that is not there."""
    passages = [record.passage for record in found]
    names = [p.title if question.by_title else p.document_id for p in passages]
    return [names.index(gold) + 1 if gold in names else 10**6 for gold in question.gold]


def interval(values: list[float]) -> str:
    """A mean with its 95 % bootstrap interval, in per cent."""
    draw = np.random.default_rng(0)
    means = draw.choice(values, (2000, len(values))).mean(axis=1) * 100
    low, high = np.percentile(means, [2.5, 97.5])
    return f"{np.mean(values) * 100:5.1f} [{low:5.1f}, {high:5.1f}]"


def measured(questions: list[Question], ask: Ask) -> str:
    """One row of figures."""
    figures: list[list[float]] = [[], [], []]
    times = []
    for question in questions:
        start = time.perf_counter()
        records = ask(question.question)
        times.append((time.perf_counter() - start) * 1000)
        found = ranks(question, records)
        recalls = [sum(rank <= k for rank in found) / len(found) for k in (5, 8)]
        for column, value in zip(figures, (*recalls, float(recalls[1] == 1.0)), strict=True):
            column.append(value)
    return "   ".join([*map(interval, figures), f"{statistics.median(times):6.1f}"])


def embedding(questions: list[Question], embed: Embed) -> float:
    """The median time in which one question is embedded, in milliseconds."""
    times = []
    for question in questions:
        start = time.perf_counter()
        embed((question.question,))
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def ways(snapshot: Snapshot, embed: Embed | None) -> Iterator[tuple[str, Ask]]:
    """Every row of the table: its name, and what finds the passages."""
    if embed is not None:
        for name, baseline in BASELINES.items():
            rank = baseline(snapshot, embed)
            yield name, lambda question, rank=rank: snapshot.passages(rank(question, DEPTH))  # type: ignore[misc]

    def searched(question: str, weights: Weights) -> list[PassageRecord]:
        hits = search(snapshot, embed, question, DEPTH, weights).hits
        return snapshot.passages(snapshot.position(hit.passage_id) for hit in hits)

    for name, weights in SETTINGS.items():
        yield name, lambda question, weights=weights: searched(question, weights)  # type: ignore[misc]
    snapshot.graph = without_alike(snapshot.graph)
    yield "no names alike", lambda question: searched(question, DEFAULT_WEIGHTS)


def without_alike(graph: Graph) -> Graph:
    """The graph in which entities lead with no weight to passages about what is called alike."""
    rows = graph.passages.folded()
    assert rows.weights is not None
    first = rows.offsets[:-1] + graph.owner_count.folded()
    behind = np.arange(len(rows.values)) >= np.repeat(first, rows.counts())
    weights = np.where(behind & (rows.weights == np.float32(ALIKE)), np.float32(0), rows.weights)
    table = LayeredRows.flat(replace(rows, weights=weights), len(graph.moves_of["passages"]))
    return replace(graph, passages=table)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--lower", action="store_true", help="ask every question in lower case")
    arguments = parser.parse_args()
    questions = [question for question in read_questions(arguments.dataset) if question.answerable]
    if arguments.lower:
        questions = [replace(question, question=question.question.lower()) for question in questions]
    with GraphMemory.open(arguments.store, create=False) as memory:
        memory.search(questions[0].question)
        snapshot, embedder = memory._reading(), memory._embedding.for_search()
        embed = None if embedder is None else lru_cache(maxsize=None)(embedder.embed)
        if embed is not None:
            print(f"a question becomes a vector in {embedding(questions, embed):.1f} ms")
        for question in questions:
            search(snapshot, embed, question.question, DEPTH)
        header = "   ".join(f"{name:20}" for name in ("recall@5", "recall@8", "all_gold@8"))
        print(f"{'way':28} {header}   ms (p50)")
        for name, ask in ways(snapshot, embed):
            print(f"{name:28} {measured(questions, ask)}", flush=True)


if __name__ == "__main__":
    main()
