"""What grows with the store: ``python benchmarks/scale.py FOLDER --passages 10000 100000 1000000``.

For each size a store is made under FOLDER, unless it is there already, out of invented passages: words and names by
Zipf's law, names that lead from passage to passage, and random unit vectors around the centres of topics, so that no
embedding model is needed and none is measured. ``--from corpus.jsonl`` takes the passages of a data set instead, over and
over with their names permuted, so that the graph grows like a real one; the vectors are invented all the same.

Rows go in through the store's own writer. Then each store is opened in a process of its own, which prints what it took,
and one document is added to it. "The HippoRAG way" is what retrieval that ranks the whole store pays for the same
question at the least: the cosine with every passage and every fact (the sentences stand for those), and igraph's
Personalized PageRank (prpack) over the graph of all passages and entities with restart mass on all passages (Gutiérrez
et al. 2025), without a proof and without reading a text.

``--json FILE`` keeps the figures, ``--draw FOLDER`` draws their curves (``docs/scale-*.svg``).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import igraph
import numpy as np
from corpora import Corpus, Invented, Permuted
from curves import drawn

from graphmem.model import FloatArray
from graphmem.retrieve import search
from graphmem.store import Kind, PassageVectors, Snapshot, Store

BATCH = 2_000
QUESTIONS = 60
ADDED = 3
MEASURES = {
    "open_ms": "opening",
    "first_ms": "first query",
    "p50_ms": "search p50",
    "p95_ms": "search p95",
    "whole_ms": "HippoRAG way p50",
    "ratio": "HippoRAG way / ours",
    "add_ms": "add a document",
    "private_mb": "private memory",
    "mapped_mb": "mapped memory",
    "bytes_per_passage": "disk a passage",
    "store_s": "storing rows",
    "publish_s": "publishing",
    "publish_mb": "private, publishing",
}
PICTURES = {
    "time": ("Milliseconds", {"p50_ms": "search", "first_ms": "first query", "add_ms": "add one", "whole_ms": "HippoRAG way"}),
    "memory": ("Memory", {"private_mb": "searching", "publish_mb": "publishing"}),
}  # fmt: skip


class Peak:
    """The most private memory that this process has while it goes on, in MB; pages of mapped files do not count."""

    def __init__(self) -> None:
        self.most = 0.0
        self._done = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while not self._done.wait(0.05):
            self.most = max(self.most, resident()[0])

    def __enter__(self) -> Peak:
        self._watcher.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._done.set()
        self._watcher.join()


def put(store: Store, corpus: Corpus, numbers: range, place: str) -> Iterator[tuple[str, float]]:
    """Write documents and publish them, the vectors in a ``place``; how long both took, and the memory of publishing."""
    empty = np.zeros((0, corpus.centres.shape[1]), dtype=np.float32)
    start = time.perf_counter()
    with store.write() as writer:
        dimension = str(corpus.centres.shape[1])
        writer.set_settings({"dimension": dimension, "embedder_id": "invented", "vectors": place})
        for first in range(numbers.start, numbers.stop, BATCH):
            for number in range(first, min(numbers.stop, first + BATCH)):
                document, passages, extractions = corpus.put(number)
                rows = writer.put(document, passages, str(number))
                for row, passage, extraction in zip(rows, passages, extractions, strict=True):
                    vectors = corpus.vectors(number, len(passage.sentences))
                    writer.complete(row, extraction, PassageVectors(vectors[:1], vectors[1:], empty))
            writer.commit()
        yield "store_s", time.perf_counter() - start
        start = time.perf_counter()
        with Peak() as peak:
            writer.publish()
        yield "publish_s", time.perf_counter() - start
        yield "publish_mb", peak.most


def resident() -> tuple[float, float]:
    """Memory of this process in MB: its own, and pages of files that it looks at."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    sizes = {line.split(":")[0]: float(line.split()[1]) / 1024 for line in lines if line.startswith("Rss")}
    return sizes["RssAnon"], sizes["RssFile"]


def measure(folder: Path, corpus: Corpus, place: str) -> Iterator[tuple[str, float]]:
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
    yield "p50_ms", (typical := statistics.median(times[1:]))
    yield "p95_ms", float(np.percentile(times[1:], 95))
    after = resident()
    yield "private_mb", after[0] - before[0]
    yield "mapped_mb", after[1] - before[1]
    yield "bytes_per_passage", size / snapshot.passage_count
    for part, values in parts.items():
        yield f"  {part}", statistics.median(values[1:])
    yield "whole_ms", (whole := over_everything(snapshot, [vectors[0] for _, vectors in asked[:5]]))
    yield "ratio", whole / typical
    snapshot.close()
    spent = []
    # Others than those that an earlier run has added.
    first = corpus.count + ADDED * Store.open(folder).generation()
    for number in range(first, first + ADDED):
        start = time.perf_counter()
        dict(put(Store.open(folder), corpus, range(number, number + 1), place))
        spent.append((time.perf_counter() - start) * 1000)
    yield "add_ms", statistics.median(spent)


def over_everything(snapshot: Snapshot, vectors: list[FloatArray]) -> float:
    """Milliseconds, the median over some questions, for ranking the whole store by cosine and PageRank."""
    kinds: dict[Kind, int] = {"passage": snapshot.passage_count, "sentence": snapshot.sentence_count}
    matrices = [snapshot.vectors(kind, np.arange(count)) for kind, count in kinds.items()]
    graph = snapshot.graph
    leads, mentions = graph.passages.folded(), graph.mentions.folded()
    entities = np.repeat(np.arange(graph.entity_count), leads.counts())
    edges = np.column_stack((leads.values.astype(np.int64), entities + snapshot.passage_count))
    whole = igraph.Graph(n=snapshot.passage_count + graph.entity_count, edges=edges)
    weights = leads.weights.astype(float).tolist()
    times = []
    for vector in vectors:
        start = time.perf_counter()
        passages, facts = (matrix @ vector for matrix in matrices)
        reset = np.zeros(whole.vcount())
        # Every passage restarts with a twentieth of its likeness, and the entities of the best facts with theirs.
        reset[: len(passages)] = 0.05 * np.maximum(passages, 0.0)
        for fact in np.argpartition(-facts, 20)[:20].tolist():
            reset[mentions.values[mentions.offsets[fact] : mentions.offsets[fact + 1]] + len(passages)] += facts[fact]
        whole.personalized_pagerank(damping=0.5, reset=reset.tolist(), weights=weights, implementation="prpack")
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def made(source: Path | None, count: int, dimension: int) -> Corpus:
    return Invented(count, dimension) if source is None else Permuted(source, count, dimension)


def main() -> None:
    """Make the stores, measure each in a process of its own, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--passages", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--dimension", type=int, default=96)
    parser.add_argument("--from", dest="source", type=Path, help="a corpus.jsonl of which the passages are repeated")
    parser.add_argument("--vectors", choices=["memory", "disk"], default="memory")
    parser.add_argument("--json", type=Path, help="a file for the figures")
    parser.add_argument("--draw", type=Path, help="a folder for pictures of the curves")
    parser.add_argument("--only", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.only:
        corpus = made(arguments.source, arguments.only, arguments.dimension)
        print(json.dumps(dict(measure(arguments.folder / str(arguments.only), corpus, arguments.vectors))))
        return
    figures: dict[int, dict[str, float]] = {}
    for count in arguments.passages:
        folder = arguments.folder / str(count)
        stored = arguments.folder / f"{count}.json"
        if not (folder / "store.db").exists():
            corpus = made(arguments.source, count, arguments.dimension)
            took = dict(put(Store.open(folder), corpus, range(count), arguments.vectors))
            stored.write_text(json.dumps(took), encoding="utf-8")
            print(f"{count:,} documents: {took}", flush=True)
        command = [sys.executable, __file__, str(arguments.folder), "--only", str(count)]
        command += ["--dimension", str(arguments.dimension), "--vectors", arguments.vectors]
        command += ["--from", str(arguments.source)] if arguments.source else []
        # Several threads make products this small slower, ours and the others'.
        single = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=single)
        known = json.loads(stored.read_text(encoding="utf-8")) if stored.exists() else {}
        figures[count] = json.loads(done.stdout) | known
    report(figures, arguments.json, arguments.draw)


def report(figures: dict[int, dict[str, float]], target: Path | None, pictures: Path | None) -> None:
    """Print the table; keep the figures and draw them where that is asked for."""
    sizes = list(figures)
    print(f"{'':20}" + "".join(f"{count:>12,}" for count in sizes))
    for key in [*MEASURES, *(key for key in figures[sizes[0]] if key.startswith("  "))]:
        values = [figures[count].get(key) for count in sizes]
        print(f"{MEASURES.get(key, key):20}" + "".join(f"{'-' if v is None else f'{v:,.1f}':>12}" for v in values))
    if target is not None:
        target.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    for name, (title, lines) in PICTURES.items() if pictures is not None else ():
        known = {label: [figures[count].get(key, 0.0) for count in sizes] for key, label in lines.items()}
        curves = {label: values for label, values in known.items() if min(values) > 0}
        if curves and pictures is not None:
            picture = drawn(title, sizes, curves, "ms" if name == "time" else "MB")
            (pictures / f"scale-{name}.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
