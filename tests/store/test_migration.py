"""A store of an older version is opened, brought up to date, and answers as before."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from graphmem import GraphMemory
from graphmem.store import SCHEMA_VERSION

QUESTION = "Who founded Norhaven?"


def test_a_store_from_before_language_models(tmp_path: Path, corpus: Path) -> None:
    with GraphMemory.open(tmp_path / "s", embedder=None) as memory:
        memory.index([corpus])
        expected = memory.search(QUESTION).hits
    database = tmp_path / "s" / "store.db"
    with sqlite3.connect(database) as connection:
        connection.execute("DROP TABLE completions")
        connection.execute("UPDATE meta SET value = '1' WHERE key = 'schema_version'")
    connection.close()
    with GraphMemory.open(tmp_path / "s", embedder=None) as memory:
        assert memory.search(QUESTION).hits == expected
        assert memory.stats().schema_version == SCHEMA_VERSION
        memory.remove(*memory.documents())
        assert memory.check().problems == ()
    with sqlite3.connect(database) as connection:
        assert connection.execute("SELECT count(*) FROM completions").fetchone() == (0,)
        found = connection.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
    connection.close()
    assert found == (str(SCHEMA_VERSION),)
