"""Run by ``test_concurrency.py`` and ``benchmarks/concurrency.py``: reads a store until a file appears, and finds no
fault."""

from __future__ import annotations

import sys
from pathlib import Path

from conftest import WordEmbedder

from graphmem import GraphMemory


def main(store: Path, end: Path) -> None:
    looks, generations = 0, set()
    while not end.exists():
        with GraphMemory.open(store, create=False, embedder=WordEmbedder()) as memory:
            for _ in range(5):
                snapshot = memory._reading()
                records = snapshot.passages(range(snapshot.passage_count))
                versions = {record.passage.text.split("Version")[1].split()[0] for record in records}
                assert len(versions) == 1, versions
                (version,) = versions
                assert len(records) == 8
                # The indexes are those of the rows.
                positions, _ = snapshot.match(f"version{version}", 10)
                assert len(positions) == 8, positions
                assert len(memory.search("Who met Person3 in Town3?").hits) == 8
                looks += 1
                generations.add(snapshot.generation)
    print(looks, len(generations))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
