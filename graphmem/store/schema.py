"""The tables of ``store.db``, and how an older store becomes one of today.

A document row carries the generation it was ``born`` in and, once replaced or removed, the one it ``died`` in: the
rows of generation *g* are those with ``born <= g`` and ``died`` null or ``> g``, whatever a writer is doing meanwhile.
Passages and vectors belong to their document and are never changed once its generation is published. ``names``,
``mentions`` and ``triples`` are null until the passage has been extracted. ``completions`` is what a language model has
written about passages, by a hash of the request; it goes with the first of the passages, whose texts' hashes ``passage``
holds. ``names`` are the vectors of those names that are compared with others.
``AUTOINCREMENT`` keeps ids from ever being used again.

``meta`` holds the settings of the published generation and of the ``next`` one; ``edition``, a random word that changes
with every publication, so that two copies of a store that have gone their own ways never mistake each other's derived
files for their own; ``remnants`` while deleted rows have not been scrubbed from the file; and ``unembedded`` while there
are names to be compared that have no vectors.
"""

from __future__ import annotations

import sqlite3
import uuid

from graphmem.errors import StoreError

__all__ = ["SCHEMA_VERSION", "create", "upgrade"]

SCHEMA_VERSION = 4

_COMPLETIONS = """
CREATE TABLE IF NOT EXISTS completions (
    key TEXT PRIMARY KEY, passage TEXT NOT NULL, text TEXT NOT NULL, finished INTEGER NOT NULL
) WITHOUT ROWID;
"""
_TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE documents (
    rowid INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL, title TEXT NOT NULL, source TEXT NOT NULL, text TEXT NOT NULL,
    sections TEXT NOT NULL, metadata TEXT NOT NULL, whole INTEGER NOT NULL, content_hash TEXT NOT NULL,
    born INTEGER NOT NULL, died INTEGER
);
CREATE INDEX documents_by_id ON documents (id);
CREATE UNIQUE INDEX live_documents ON documents (id) WHERE died IS NULL;
CREATE TABLE passages (
    rowid INTEGER PRIMARY KEY AUTOINCREMENT,
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    ordinal INTEGER NOT NULL, heading TEXT NOT NULL, text TEXT NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL,
    sentences TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ('pending', 'done', 'failed')), reason TEXT,
    names TEXT, mentions TEXT, triples TEXT
);
CREATE INDEX passages_of_document ON passages (document);
CREATE INDEX unfinished_passages ON passages (state) WHERE state != 'done';
CREATE TABLE vectors (
    passage INTEGER NOT NULL REFERENCES passages ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('passage', 'sentence', 'triple')),
    data BLOB NOT NULL,
    PRIMARY KEY (passage, kind)
) WITHOUT ROWID;
"""
_GENERATIONS = """
CREATE INDEX IF NOT EXISTS documents_by_birth ON documents (born);
CREATE INDEX IF NOT EXISTS dead_documents ON documents (died) WHERE died IS NOT NULL;
"""
_NAMES = """
CREATE TABLE IF NOT EXISTS names (name TEXT PRIMARY KEY, data BLOB NOT NULL) WITHOUT ROWID;
"""
_MIGRATIONS = {
    1: _COMPLETIONS,
    2: _GENERATIONS,
    3: f"{_NAMES}INSERT OR REPLACE INTO meta VALUES ('unembedded', '1')",
}
"""What makes a store of a version one of the next."""


def create(connection: sqlite3.Connection) -> None:
    """Lay out a new store, in one transaction; a second process that does the same finds it done."""
    connection.execute("BEGIN IMMEDIATE")
    if connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'meta'").fetchone()[0] == 0:
        for statement in (_TABLES + _COMPLETIONS + _GENERATIONS + _NAMES).split(";"):
            connection.execute(statement)
        rows = {"schema_version": str(SCHEMA_VERSION), "uuid": uuid.uuid4().hex, "generation": "0"}
        connection.executemany("INSERT INTO meta VALUES (?, ?)", [*rows.items(), ("settings", "{}"), ("next", "{}")])
    connection.execute("COMMIT")


def upgrade(connection: sqlite3.Connection, where: str) -> None:
    """Bring an older store up to date; refuse one that a newer graphmem has written."""
    version = _version(connection)
    if version > SCHEMA_VERSION:
        raise StoreError(
            f"the store {where} has schema version {version} and this graphmem knows up to {SCHEMA_VERSION}: "
            "upgrade graphmem, or use another store"
        )
    if version == SCHEMA_VERSION:
        return
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if "readonly" in str(error):
            # Readers need nothing that came later.
            return
        raise
    # Another process may have done it while this one waited.
    for older in range(_version(connection), SCHEMA_VERSION):
        for statement in _MIGRATIONS[older].split(";"):
            connection.execute(statement)
    connection.execute("UPDATE meta SET value = ? WHERE key = 'schema_version'", (str(SCHEMA_VERSION),))
    connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()[0])
