"""What grows while a store is written: ``python benchmarks/growth.py FOLDER --passages 10000 100000 [--words]``.

The stores are those of ``benchmarks/scale.py``, made under FOLDER unless they are there already; with ``--words`` they are
other ones, without vectors, and passages are compared by their words. Of each the indexes are made anew and the hierarchy is
derived, in a process of its own, which prints processor seconds, the most memory of its own that it had meanwhile beyond what
opening the store took, and what mending cost after one passage had been forgotten. The largest index of hnswlib, which holds its
vectors in memory, is told apart from what publishing takes. Pages of mapped files are not counted: the system takes them back
when it needs them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from corpora import Corpus, Invented
from numpy.typing import NDArray
from scale import BATCH, put, resident

from graphmem.hierarchy import derive_hierarchy
from graphmem.store import Store
from graphmem.store.indexes import build_indexes
from graphmem.store.name_vectors import NameVectors
from graphmem.store.vectors import INDEX

MEASURES = {
    "index_mb": "hnswlib in MB",
    "published_mb": "publishing in MB",
    "seconds": "derived in s",
    "ms_per_passage": "ms a passage",
    "peak_mb": "deriving in MB",
    "mend_seconds": "mended in s",
}
LOOK_SECONDS = 0.02
DIMENSION = 96


def put_words(store: Store, corpus: Corpus) -> None:
    """Write passages without vectors and publish them."""
    with store.write() as writer:
        for start in range(0, corpus.count, BATCH):
            for number in range(start, min(corpus.count, start + BATCH)):
                document, passages, extractions = corpus.put(number)
                rows = writer.put(document, passages, str(number))
                for row, extraction in zip(rows, extractions, strict=True):
                    writer.complete(row, extraction, None)
            writer.commit()
        writer.publish()


class Watch:
    """The most memory of its own that the process has had."""

    def __init__(self) -> None:
        self.peak = resident()[0]
        threading.Thread(target=self._look, daemon=True).start()

    def _look(self) -> None:
        while True:
            self.peak = max(self.peak, resident()[0])
            time.sleep(LOOK_SECONDS)


def timed(work: Callable[[], object]) -> float:
    """Processor seconds that something takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def measure(folder: Path) -> dict[str, float]:
    """Figures of one store; names are keys of ``MEASURES``."""
    snapshot = Store.open(folder).snapshot()
    before, watch = resident()[0], Watch()
    derived: dict[str, NDArray[np.generic]] = {}
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        made, first, second = (Path(scratch) / name for name in ("indexes", "first", "second"))
        for each in (made, first, second):
            each.mkdir()
        connection, settings = snapshot._connection, {"dimension": str(snapshot.dimension)}
        names = NameVectors(connection, snapshot.dimension)
        build_indexes(connection, snapshot.generation, settings, made, None, names, lambda work: work())
        published, watch.peak = watch.peak - before, resident()[0]
        index = max((path.stat().st_size for path in made.rglob(INDEX)), default=0) / 2**20
        seconds = timed(lambda: derived.update(derive_hierarchy(snapshot, None, first)))
        peak = watch.peak - before
        # A row that no passage has stands for one that is gone, and makes its passage one that has come.
        rows = np.array(derived["rows"])
        rows[len(rows) // 2] = -1
        mend = timed(lambda: derive_hierarchy(snapshot, {**derived, "rows": rows}, second))
    return {
        "index_mb": index,
        "published_mb": published - index,
        "seconds": seconds,
        "ms_per_passage": 1000 * seconds / snapshot.passage_count,
        "peak_mb": peak,
        "mend_seconds": mend,
    }


def main() -> None:
    """Make the stores, measure each in a process of its own, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--passages", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--words", action="store_true")
    parser.add_argument("--only", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    name = "words-{}" if arguments.words else "{}"
    if arguments.only:
        print(json.dumps(measure(arguments.folder / name.format(arguments.only))))
        return
    figures = []
    for count in arguments.passages:
        folder = arguments.folder / name.format(count)
        if not (folder / "store.db").exists():
            corpus = Invented(count, DIMENSION)
            if arguments.words:
                put_words(Store.open(folder), corpus)
            else:
                dict(put(Store.open(folder), corpus, range(count)))
        command = [sys.executable, __file__, str(arguments.folder), "--only", str(count)]
        command += ["--words"] if arguments.words else []
        single = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=single)
        figures.append(json.loads(done.stdout))
    print(f"{'':18}" + "".join(f"{count:>12,}" for count in arguments.passages))
    for key, told in MEASURES.items():
        print(f"{told:18}" + "".join(f"{figure[key]:12.3f}" for figure in figures))
    for key, told in (("published_mb", "publishing"), ("peak_mb", "deriving")) if len(figures) > 1 else ():
        grown = (figures[-1][key] - figures[0][key]) * 2**20 / (arguments.passages[-1] - arguments.passages[0])
        print(f"{grown:,.0f} bytes more memory for each further passage, {told}")


if __name__ == "__main__":
    main()
