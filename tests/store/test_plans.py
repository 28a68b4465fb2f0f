"""What a writer asks at every turn is looked up, however many documents lie in the store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import WordEmbedder

from graphmem import GraphMemory
from graphmem.store import Store
from graphmem.store.writer import Writer


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        memory.add("Norhaven is a town.", id="town")
        memory.add("Eastport is a harbour.", id="harbour")
    with Store.open(tmp_path / "store").write() as found:
        yield found


def test_no_table_is_read_from_end_to_end(writer: Writer) -> None:
    asked: list[str] = []
    connection = writer._connection
    connection.set_trace_callback(asked.append)
    assert writer.pending(3) == []
    assert writer.states() == {"pending": 0, "done": 2, "failed": 0}
    assert writer.known("town") is not None
    assert writer.known("village") is None
    assert not Writer.unpublished(connection)
    writer.retry()
    writer.remove("town")
    assert writer.states()["done"] == 1
    assert Writer.unpublished(connection)
    connection.set_trace_callback(None)
    for query in {line for line in asked if line.startswith(("SELECT", "UPDATE", "DELETE"))}:
        for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {query}"):
            scans = step.startswith("SCAN") and "INDEX" not in step and "CONSTANT" not in step
            assert not scans, (query, step)
