"""Stores of every earlier schema are brought up to date, with all that is in them; newer ones are refused.

``schema-N.sql`` is the dump of a store that was written when N was the version, with three of the documents of
``conftest.py`` and the vectors of its embedder.
"""

from __future__ import annotations

import shutil
import sqlite3
import threading
from pathlib import Path

import pytest
from conftest import TEXTS, WordEmbedder

from graphmem import GraphMemory, StoreError
from graphmem.store import SCHEMA_VERSION
from graphmem.store.schema import create

HERE = Path(__file__).parent
DUMPED = ("gull.txt", "norhaven.txt", "vane.txt")


def store_of(version: int, folder: Path) -> Path:
    """A store as a graphmem of that version left it."""
    (folder / "store").mkdir()
    connection = sqlite3.connect(folder / "store" / "store.db")
    connection.executescript((HERE / f"schema-{version}.sql").read_text(encoding="utf-8"))
    connection.close()
    return folder / "store"


def schema(database: Path | str) -> set[str]:
    """All tables and indexes, as they were created."""
    connection = sqlite3.connect(database)
    if database == ":memory:":
        create(connection)
    found = {" ".join(sql.split()) for (sql,) in connection.execute("SELECT sql FROM sqlite_master") if sql}
    connection.close()
    return found


def test_every_earlier_version_has_a_store_to_test_with() -> None:
    assert [version for version in range(1, SCHEMA_VERSION) if not (HERE / f"schema-{version}.sql").exists()] == []


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_an_earlier_store_is_brought_up_to_date(tmp_path: Path, version: int) -> None:
    store = store_of(version, tmp_path)
    with GraphMemory.open(store, embedder=WordEmbedder()) as memory:
        assert memory.stats().schema_version == SCHEMA_VERSION
        assert memory.check().problems == ()
        texts = {id_: document.text for id_ in memory.documents() if (document := memory.document(id_))}
        assert texts == {f"docs/{name}": TEXTS[name] for name in DUMPED}
        assert memory.search("Who founded Norhaven?").hits[0].document_id == "docs/norhaven.txt"
        # And it can be written to.
        memory.add("The Skerry is a river.", id="river")
        memory.remove("docs/vane.txt")
        assert memory.check().problems == ()
    assert schema(store / "store.db") == schema(":memory:")


def test_several_processes_may_upgrade_at_once(tmp_path: Path) -> None:
    store = store_of(1, tmp_path)
    failures: list[BaseException] = []

    def read() -> None:
        try:
            with GraphMemory.open(store, embedder=WordEmbedder()) as memory:
                assert len(memory.documents()) == 3
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=read) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_an_upgrade_that_fails_leaves_the_store_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = store_of(1, tmp_path)
    before = schema(store / "store.db")
    with monkeypatch.context() as patch:
        patch.setattr("graphmem.store.schema._MIGRATIONS", {1: "CREATE TABLE new (x); INSERT INTO nowhere VALUES (1)"})
        with pytest.raises(StoreError, match="nowhere"):
            GraphMemory.open(store)
    assert schema(store / "store.db") == before
    with GraphMemory.open(store, embedder=WordEmbedder()) as memory:
        assert len(memory.documents()) == 3


def test_a_newer_store_is_refused_and_not_touched(tmp_path: Path) -> None:
    store = store_of(1, tmp_path)
    with sqlite3.connect(store / "store.db") as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")
    connection.close()
    before = schema(store / "store.db")
    with pytest.raises(StoreError, match="upgrade graphmem"):
        GraphMemory.open(store)
    assert schema(store / "store.db") == before


def test_vectors_of_another_count_than_their_texts_are_left_out(tmp_path: Path) -> None:
    """An earlier version of the same schema embedded every triple that a pattern reads; none of them is a statement now."""
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        memory.add("Ulf Stone founded Norhaven in 1204.", id="norhaven")
    connection = sqlite3.connect(tmp_path / "store" / "store.db")
    connection.execute(
        "UPDATE vectors SET data = (SELECT CAST(data || data AS BLOB) FROM vectors WHERE kind = 'passage') WHERE kind = 'triple'"
    )
    connection.commit()
    assert connection.execute("SELECT max(length(data)) FROM vectors WHERE kind = 'triple'").fetchone()[0] > 0
    connection.close()
    shutil.rmtree(tmp_path / "store" / "indexes")
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        assert memory.search("Who founded Norhaven?").hits[0].document_id == "norhaven"
