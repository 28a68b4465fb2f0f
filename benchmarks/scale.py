"""What grows with the store: ``python benchmarks/scale.py FOLDER --passages 10000 100000``.

For each size a store is made under FOLDER, unless it is there already, out of invented passages: words and names by
Zipf's law, names that lead from passage to passage, and random unit vectors around the centres of topics, so that no
embedding model is needed and none is measured. Rows go in through the store's own writer. Then each store is opened in
a process of its own, which prints what it took, and one document is added to it. "Over everything" is what retrieval
that ranks the whole store pays for the same question at the least: the cosine with every sentence and passage, and
igraph's Personalized PageRank over all passages and entities from 20 seeds, without a proof and without reading a text.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import igraph
import numpy as np
from numpy.typing import NDArray

from graphmem.model import Document, Extraction, FloatArray, Mention, Name, Passage
from graphmem.retrieve import search
from graphmem.store import Kind, PassageVectors, Snapshot, Store

SYLLABLES = [a + b for a in "b d f g k l m n p r s t v z".split() for b in "a e i o u ar en il or um".split()]
VOCABULARY = 50_000
SENTENCES, WORDS = 3, 12
PER_TOPIC = 100
BATCH = 2_000
QUESTIONS = 60
MEASURES = {
    "open_ms": "opening",
    "first_ms": "first query",
    "p50_ms": "search p50",
    "p95_ms": "search p95",
    "whole_ms": "over everything",
    "private_mb": "private memory",
    "mapped_mb": "mapped memory",
    "bytes_per_passage": "disk a passage",
    "add_ms": "add a document",
}


def word(number: int) -> str:
    """The invented word of a number: no two are the same."""
    text = ""
    number += len(SYLLABLES)
    while number:
        number, rest = divmod(number, len(SYLLABLES))
        text += SYLLABLES[rest]
    return text


def name(number: int) -> str:
    """The invented name of passage ``number``: two words, of which the first is shared with a few others."""
    return f"{word(number // 8).title()} {word(number * 7 + 3).title()}"


class Corpus:
    """Passages 0 to ``count``, each the same whenever it is asked for."""

    def __init__(self, count: int, dimension: int) -> None:
        generator = np.random.default_rng(7)
        self.count = count
        self.centres = generator.standard_normal((count // PER_TOPIC + 1, dimension)).astype(np.float32)
        odds = 1 / np.arange(1, VOCABULARY + 1)
        self.cumulative = np.cumsum(odds / odds.sum())

    def vectors(self, number: int) -> FloatArray:
        """Of a passage and its sentences, shape (1 + SENTENCES, dimension)."""
        generator = np.random.default_rng((1, number))
        # What is told together lies together: one sentence is far less unlike another than two topics are.
        topic = self.centres[number * 31 % len(self.centres)]
        around = topic + 0.8 * generator.standard_normal(topic.shape)
        rows = around + 0.5 * generator.standard_normal((1 + SENTENCES, len(topic)))
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    def mentioned(self, number: int) -> NDArray[np.int64]:
        """The passages whose names the sentences of a passage say, shape (SENTENCES,): most of them near, some famous."""
        generator = np.random.default_rng((2, number))
        near = (number + generator.integers(1, 200, SENTENCES)) % self.count
        famous = np.minimum(generator.zipf(1.3, SENTENCES) - 1, self.count - 1)
        return np.where(generator.random(SENTENCES) < 0.6, near, famous).astype(np.int64)

    def words(self, number: int) -> list[list[str]]:
        """The words of each sentence."""
        drawn = np.searchsorted(self.cumulative, np.random.default_rng((3, number)).random((SENTENCES, WORDS)))
        return [[word(int(value)) for value in row] for row in drawn]

    def passage(self, number: int) -> tuple[Document, Passage, Extraction]:
        """A document of one passage, and what is found in it."""
        title = name(number)
        texts, spans, mentions = [], [], [Mention(title, (0, len(title)), "name")]
        at = 0
        for words, other in zip(self.words(number), self.mentioned(number).tolist(), strict=True):
            half = WORDS // 2
            start = f"{title if at == 0 else 'The'} {' '.join(words[:half])} "
            text = f"{start}{name(other)} {' '.join(words[half:])}."
            mentions.append(Mention(name(other), (at + len(start), at + len(start) + len(name(other))), "name"))
            texts.append(text)
            spans.append((at, at + len(text)))
            at += len(text) + 1
        text = " ".join(texts)
        document = Document(f"d{number:08d}", title, text, "", whole=True)
        passage = Passage(f"{document.id}#0", document.id, 0, title, "", text, (0, len(text)), tuple(spans))
        return document, passage, Extraction((Name(title, "title", 1.0),), tuple(mentions))

    def question(self, number: int) -> tuple[str, FloatArray]:
        """A question about what a passage leads to, and the vectors of it and of it without its names, shape (2, d)."""
        words = self.words(number)[1]
        vectors = self.vectors(number)
        return f"What {words[0]} {words[5]} did {name(number)} {words[7]}?", vectors[[2, 2]]


def put(store: Store, corpus: Corpus, numbers: range) -> None:
    """Write passages and publish them."""
    empty = np.zeros((0, corpus.centres.shape[1]), dtype=np.float32)
    with store.write() as writer:
        writer.set_settings({"dimension": str(corpus.centres.shape[1]), "embedder_id": "invented"})
        for start in range(numbers.start, numbers.stop, BATCH):
            batch = range(start, min(numbers.stop, start + BATCH))
            for number in batch:
                document, passage, _ = corpus.passage(number)
                writer.put(document, [passage], str(number))
            for number, pending in zip(batch, writer.pending(len(batch)), strict=True):
                vectors = corpus.vectors(number)
                extraction = corpus.passage(number)[2]
                writer.complete(pending.rowid, extraction, PassageVectors(vectors[:1], vectors[1:], empty))
            writer.commit()
        writer.publish()


def resident() -> tuple[float, float]:
    """Memory of this process in MB: its own, and pages of files that it looks at."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    sizes = {line.split(":")[0]: float(line.split()[1]) / 1024 for line in lines if line.startswith("Rss")}
    return sizes["RssAnon"], sizes["RssFile"]


def measure(folder: Path, corpus: Corpus) -> Iterator[tuple[str, float]]:
    """Figures of one store; names are keys of ``MEASURES``, and the parts of a search."""
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    asked = [corpus.question(int(n)) for n in np.random.default_rng(5).integers(0, corpus.count, QUESTIONS)]
    before = resident()
    start = time.perf_counter()
    snapshot = Store.open(folder).snapshot()
    yield "open_ms", (time.perf_counter() - start) * 1000
    times: list[float] = []
    parts: dict[str, list[float]] = {}
    for text, vectors in asked:
        start = time.perf_counter()
        result = search(snapshot, lambda texts, v=vectors: v, text, 8)  # type: ignore[misc]
        times.append((time.perf_counter() - start) * 1000)
        for part, spent in result.trace.timings_ms.items():
            parts.setdefault(part, []).append(spent)
    yield "first_ms", times[0]
    yield "p50_ms", statistics.median(times[1:])
    yield "p95_ms", float(np.percentile(times[1:], 95))
    after = resident()
    yield "private_mb", after[0] - before[0]
    yield "mapped_mb", after[1] - before[1]
    yield "bytes_per_passage", size / corpus.count
    for part, values in parts.items():
        yield f"  {part}", statistics.median(values[1:])
    yield "whole_ms", over_everything(snapshot, asked[0][1][0])
    snapshot.close()
    start = time.perf_counter()
    put(Store.open(folder), corpus, range(corpus.count, corpus.count + 1))
    yield "add_ms", (time.perf_counter() - start) * 1000
    with Store.open(folder).write() as writer:
        writer.remove(corpus.passage(corpus.count)[0].id)
        writer.publish()


def over_everything(snapshot: Snapshot, vector: FloatArray) -> float:
    """Milliseconds, the median of five, for ranking the whole store by cosine and PageRank."""
    kinds: dict[Kind, int] = {"passage": snapshot.passage_count, "sentence": snapshot.sentence_count}
    matrices = [snapshot.vectors(kind, np.arange(count)) for kind, count in kinds.items()]
    graph = snapshot.graph
    entities = np.repeat(np.arange(graph.entity_count), np.diff(graph.passage_indptr))
    edges = np.column_stack((graph.entity_passages.astype(np.int64), entities + snapshot.passage_count))
    whole = igraph.Graph(n=snapshot.passage_count + graph.entity_count, edges=edges)
    weights = graph.passage_weights.astype(float).tolist()
    times = []
    for _ in range(5):
        start = time.perf_counter()
        passages, _ = (matrix @ vector for matrix in matrices)
        reset = np.zeros(whole.vcount())
        seeds = np.argpartition(-passages, 20)[:20]
        reset[seeds] = passages[seeds]
        whole.personalized_pagerank(damping=0.5, reset=reset.tolist(), weights=weights)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def main() -> None:
    """Make the stores, measure each in a process of its own, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--passages", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--dimension", type=int, default=96)
    parser.add_argument("--only", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.only:
        corpus = Corpus(arguments.only, arguments.dimension)
        print(json.dumps(dict(measure(arguments.folder / str(arguments.only), corpus))))
        return
    figures = []
    for count in arguments.passages:
        folder = arguments.folder / str(count)
        if not (folder / "store.db").exists():
            start = time.perf_counter()
            put(Store.open(folder), Corpus(count, arguments.dimension), range(count))
            print(f"{count:,} passages stored in {time.perf_counter() - start:.1f} s", flush=True)
        command = [sys.executable, __file__, str(arguments.folder), "--only", str(count)]
        command += ["--dimension", str(arguments.dimension)]
        # Several threads make products this small slower, ours and the others'.
        single = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=single)
        figures.append(json.loads(done.stdout))
    print(f"{'':18}" + "".join(f"{count:>12,}" for count in arguments.passages))
    for key in [*MEASURES, *(key for key in figures[0] if key.startswith("  "))]:
        print(f"{MEASURES.get(key, key):18}" + "".join(f"{figure.get(key, 0):12.1f}" for figure in figures))


if __name__ == "__main__":
    main()
