"""The one way into the store: documents are put and removed, their passages completed, and all of it published."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from graphmem.errors import StoreError
from graphmem.model import Document, Extraction, Passage
from graphmem.store.name_vectors import Embed
from graphmem.store.records import PassageVectors, PendingPassage
from graphmem.store.rows import (
    DOCUMENT_COLUMNS,
    PASSAGE_COLUMNS,
    document_from,
    document_row,
    dump,
    extraction_from,
    extraction_row,
    packed,
    passage_from,
    passage_row,
    text_key,
)

__all__ = ["BUSY_SECONDS", "Writer", "cut_journal", "read_meta"]

BUSY_SECONDS = 30
"""How long a connection waits for another's transaction."""
_COPIED = "ordinal, heading, text, start, end, sentences"

Publish = Callable[[sqlite3.Connection, int, str, Embed | None, Callable[[], None]], None]
"""Writes the derived files of a generation and its edition, and calls back for the instant of publication."""


def read_meta(connection: sqlite3.Connection, key: str, default: str | None = None) -> str:
    """One value of the ``meta`` table; raises :class:`StoreError` where it is missing and there is no default."""
    row = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    if row is None and default is not None:
        return default
    if row is None:
        raise StoreError(f"the store has no '{key}' in its meta table: it is not a graphmem store, or a damaged one")
    return str(row[0])


def cut_journal(connection: sqlite3.Connection) -> None:
    """Write the journal back and cut it, since it holds what was removed as well.

    Readers may be in the way, and are not waited for: each of them does the same at its next question and at its end.
    """
    connection.execute("PRAGMA busy_timeout = 0")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")


class Writer:
    """Works on the next generation; nothing of it is seen by a reader before :meth:`publish`.

    Changes are kept from :meth:`commit` on, even if the process dies before it publishes.
    """

    def __init__(self, connection: sqlite3.Connection, publish: Publish) -> None:
        self._connection = connection
        self._publish = publish
        self._generation = int(read_meta(connection, "generation")) + 1
        self._document: tuple[int, Document] | None = None
        connection.execute("CREATE TEMP TABLE seen (id TEXT PRIMARY KEY, content_hash TEXT) WITHOUT ROWID")

    @staticmethod
    def unpublished(connection: sqlite3.Connection) -> bool:
        """Whether changes were committed after the last published generation."""
        generation = int(read_meta(connection, "generation"))
        # Two questions, since each has an index of its own.
        query = (
            "SELECT EXISTS (SELECT 1 FROM documents WHERE born > ?) OR EXISTS (SELECT 1 FROM documents WHERE died > ?)"
        )
        return bool(connection.execute(query, (generation, generation)).fetchone()[0])

    @staticmethod
    def unscrubbed(connection: sqlite3.Connection) -> bool:
        """Whether something of deleted rows may still lie in the file."""
        return bool(read_meta(connection, "remnants", ""))

    # --- what is there --------------------------------------------------------------------------------

    def settings(self) -> dict[str, str]:
        """Settings of the generation being written: those last set, else those published."""
        return dict(json.loads(read_meta(self._connection, "next")))

    def set_settings(self, settings: Mapping[str, str]) -> None:
        """Settings that are published with this generation."""
        self._begin()
        self._connection.execute("UPDATE meta SET value = ? WHERE key = 'next'", (dump(dict(settings)),))

    def note_seen(self, document_id: str, content_hash: str) -> str | None:
        """Note that a run has met a document; the hash that it had when this writer first met it, ``None`` the first time."""
        # On the disk, since a run may meet a great many.
        row = self._connection.execute("SELECT content_hash FROM seen WHERE id = ?", (document_id,)).fetchone()
        if row is None:
            self._connection.execute("INSERT INTO seen VALUES (?, ?)", (document_id, content_hash))
        return None if row is None else str(row[0])

    def unseen(self) -> Iterator[tuple[str, str]]:
        """Id and source of the documents that the run has not met."""
        return self._connection.execute(
            "SELECT id, source FROM documents WHERE died IS NULL AND id NOT IN (SELECT id FROM seen)"
        )

    def known(self, document_id: str) -> str | None:
        """The hash of the document of an id, ``None`` where there is none."""
        row = self._connection.execute(
            "SELECT content_hash FROM documents WHERE id = ? AND died IS NULL", (document_id,)
        ).fetchone()
        return None if row is None else str(row[0])

    def states(self) -> dict[str, int]:
        """Passages of the generation being written, by state."""
        # Nearly all of a large store is done: what is not is looked up, the rest counted in an index.
        unfinished = dict(
            self._connection.execute(
                "SELECT p.state, count(*) FROM passages p JOIN documents d ON d.rowid = p.document "
                "WHERE p.state != 'done' AND d.died IS NULL GROUP BY p.state"
            )
        )
        (count,) = self._connection.execute("SELECT count(*) FROM passages").fetchone()
        (dead,) = self._connection.execute(
            "SELECT count(*) FROM documents d JOIN passages p ON p.document = d.rowid WHERE d.died IS NOT NULL"
        ).fetchone()
        states = {"pending": 0, "done": 0, "failed": 0, **unfinished}
        return states | {"done": count - dead - states["pending"] - states["failed"]}

    # --- documents ------------------------------------------------------------------------------------

    def put(self, document: Document, passages: Iterable[Passage], content_hash: str) -> list[int]:
        """Add a document with its passages, all pending, in place of the one with the same id; the passages' rows."""
        self.remove(document.id)
        row = self._connection.execute(
            "INSERT INTO documents (id, title, source, text, sections, metadata, whole, content_hash, born) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*document_row(document), content_hash, self._generation),
        ).lastrowid
        insert = f"INSERT INTO passages (document, {_COPIED}, state) VALUES (?, ?, ?, ?, ?, ?, ?, 'pending')"
        rows = (self._connection.execute(insert, (row, *passage_row(passage))).lastrowid for passage in passages)
        return [number for number in rows if number is not None]

    def remove(self, document_id: str) -> bool:
        """Take a document out; whether it was there."""
        self._begin()
        found = self._connection.execute(
            "SELECT rowid, born FROM documents WHERE id = ? AND died IS NULL", (document_id,)
        ).fetchone()
        if found is None:
            return False
        row, born = found
        if born == self._generation:
            self._bury("rowid = ?", (row,))
        else:
            self._connection.execute("UPDATE documents SET died = ? WHERE rowid = ?", (self._generation, row))
        return True

    def retry(self) -> None:
        """Take up every passage that a published generation left pending or failed, and what failed since."""
        self._begin()
        unfinished = self._connection.execute(
            "SELECT DISTINCT d.rowid FROM passages p JOIN documents d ON d.rowid = p.document "
            "WHERE p.state != 'done' AND d.died IS NULL AND d.born < ? ORDER BY d.rowid",
            (self._generation,),
        ).fetchall()
        for (row,) in unfinished:
            self._renew(row, keep_vectors=True)
        self._connection.execute(
            "UPDATE passages SET state = 'pending', reason = NULL WHERE state = 'failed' AND document IN "
            "(SELECT rowid FROM documents WHERE died IS NULL AND born = ?)",
            (self._generation,),
        )

    def forget_vectors(self) -> None:
        """Make every passage pending again for another embedding model; what was extracted stays."""
        self._begin()
        rows = self._connection.execute("SELECT rowid FROM documents WHERE died IS NULL ORDER BY rowid").fetchall()
        for (row,) in rows:
            self._renew(row, keep_vectors=False)
        self._connection.execute("DELETE FROM names")

    def _renew(self, old: int, *, keep_vectors: bool) -> None:
        """A new version of a document with the same content: a published generation is never changed."""
        columns = DOCUMENT_COLUMNS.replace("d.", "")
        # Two versions cannot be alive at once.
        self._connection.execute("UPDATE documents SET died = ? WHERE rowid = ?", (self._generation, old))
        new = self._connection.execute(
            f"INSERT INTO documents ({columns}, content_hash, born) "
            f"SELECT {columns}, content_hash, ? FROM documents WHERE rowid = ?",
            (self._generation, old),
        ).lastrowid
        state = "CASE state WHEN 'done' THEN 'done' ELSE 'pending' END" if keep_vectors else "'pending'"
        self._connection.execute(
            f"INSERT INTO passages (document, {_COPIED}, names, mentions, triples, state) "
            f"SELECT ?, {_COPIED}, names, mentions, triples, {state} FROM passages WHERE document = ? ORDER BY ordinal",
            (new, old),
        )
        if keep_vectors:
            self._connection.execute(
                "INSERT INTO vectors SELECT n.rowid, v.kind, v.data FROM passages n "
                "JOIN passages o ON o.document = ? AND o.ordinal = n.ordinal JOIN vectors v ON v.passage = o.rowid "
                "WHERE n.document = ? AND n.state = 'done'",
                (old, new),
            )
        # What was born in this generation no reader can be reading.
        self._bury("rowid = ? AND born = died", (old,))

    def _bury(self, which: str, values: Sequence[int]) -> None:
        if self._connection.execute(f"DELETE FROM documents WHERE {which}", values).rowcount:
            self._set_meta("remnants", "1")

    # --- passages -------------------------------------------------------------------------------------

    def pending(self, limit: int, after: int = 0) -> list[PendingPassage]:
        """Up to ``limit`` passages that still have to be extracted and embedded, in the order they came, behind the row
        ``after``."""
        # SQLite takes the index of what is not done only where that is said in so many words.
        rows = self._connection.execute(
            f"SELECT p.rowid, p.document, d.id, d.title, p.names, p.mentions, p.triples, {PASSAGE_COLUMNS} FROM passages p "
            "JOIN documents d ON d.rowid = p.document WHERE p.state = 'pending' AND p.state != 'done' AND d.died IS NULL "
            "AND p.rowid > ? ORDER BY p.rowid LIMIT ?",
            (after, limit),
        ).fetchall()
        return [
            PendingPassage(
                row,
                self._read(document),
                passage_from(id_, title, columns),
                None if names is None else extraction_from((names, mentions, triples)),
            )
            for row, document, id_, title, names, mentions, triples, *columns in rows
        ]

    def _read(self, row: int) -> Document:
        # Passages of one document come together, and it may be long.
        if self._document is None or self._document[0] != row:
            found = self._connection.execute(f"SELECT {DOCUMENT_COLUMNS} FROM documents d WHERE d.rowid = ?", (row,))
            self._document = (row, document_from(found.fetchone()))
        return self._document[1]

    def complete(self, rowid: int, extraction: Extraction, vectors: PassageVectors | None) -> None:
        """Record what was extracted from a passage, and its vectors where there is an embedding model."""
        self._record(rowid, "done", None, extraction, vectors)

    def fail(self, rowid: int, reason: str, extraction: Extraction | None, vectors: PassageVectors | None) -> None:
        """Record why a passage failed, and what was had of it all the same."""
        self._record(rowid, "failed", reason, extraction, vectors)

    def _record(
        self, rowid: int, state: str, reason: str | None, extraction: Extraction | None, vectors: PassageVectors | None
    ) -> None:
        self._begin()
        columns = (None, None, None) if extraction is None else extraction_row(extraction)
        self._connection.execute(
            "UPDATE passages SET names = ?, mentions = ?, triples = ?, state = ?, reason = ? WHERE rowid = ?",
            (*columns, state, reason, rowid),
        )
        if vectors is not None:
            rows = {"passage": vectors.passage, "sentence": vectors.sentences, "triple": vectors.triples}
            self._connection.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)",
                ((rowid, kind, packed(data)) for kind, data in rows.items()),
            )

    # --- what a language model wrote ------------------------------------------------------------------

    def remembered(self, key: str) -> tuple[str, bool] | None:
        """What was written for a request, and whether it was finished; ``None`` where it was never made."""
        row = self._connection.execute("SELECT text, finished FROM completions WHERE key = ?", (key,)).fetchone()
        return None if row is None else (str(row[0]), bool(row[1]))

    def remember(self, key: str, passage_texts: Sequence[str], text: str, finished: bool) -> None:
        """Keep what was written about passages, at once and for as long as documents hold all of them."""
        self._begin()
        about = " ".join(map(text_key, passage_texts))
        self._connection.execute("INSERT OR REPLACE INTO completions VALUES (?, ?, ?, ?)", (key, about, text, finished))
        self.commit()

    def _forget_completions(self) -> None:
        """Drop what was written about passages that are in no document any more."""
        about = [keys for (keys,) in self._connection.execute("SELECT DISTINCT passage FROM completions")]
        if not about:
            return
        there = {text_key(text) for (text,) in self._connection.execute("SELECT text FROM passages")}
        gone = [keys for keys in about if not there.issuperset(keys.split())]
        if gone:
            self._set_meta("remnants", "1")
        self._connection.executemany("DELETE FROM completions WHERE passage = ?", ((keys,) for keys in gone))

    # --- ends -----------------------------------------------------------------------------------------

    def _begin(self) -> None:
        if not self._connection.in_transaction:
            self._connection.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """From here on a crash loses nothing of what was done so far."""
        if self._connection.in_transaction:
            self._connection.execute("COMMIT")

    @property
    def published(self) -> int:
        """The generation that was last published."""
        return self._generation - 1

    def publish(self, embed: Embed | None = None) -> None:
        """Make everything committed the new generation, if there is anything.

        ``embed`` is asked for the vectors of names that are compared with others; without it that waits for the next time.
        """
        self.commit()
        settings, wanted = (read_meta(self._connection, key) for key in ("settings", "next"))
        unembedded = embed is not None and read_meta(self._connection, "unembedded", "")
        if self.unpublished(self._connection) or wanted != settings or unembedded:
            edition = uuid.uuid4().hex
            self._publish(self._connection, self._generation, edition, embed, lambda: self._finish(edition))
            self._generation += 1
        if self.unscrubbed(self._connection):
            self._scrub()
        cut_journal(self._connection)

    def _finish(self, edition: str) -> None:
        """The instant of publication, with which the dead are buried."""
        self._begin()
        self._set_meta("generation", str(self._generation))
        self._set_meta("edition", edition)
        self._set_meta("settings", read_meta(self._connection, "next"))
        self._bury("died <= ?", (self._generation,))
        self._forget_completions()
        self.commit()

    def _scrub(self) -> None:
        """Leave nothing of what was deleted in the file.

        SQLite's ``secure_delete`` overwrites a deleted row where it lies, but not the copies that were left behind
        when rows moved from page to page; a file written anew has none.
        """
        self._connection.execute("VACUUM")
        self._begin()
        self._connection.execute("DELETE FROM meta WHERE key = 'remnants'")
        self.commit()

    def _set_meta(self, key: str, value: str) -> None:
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))
