"""What can still be read of a damaged ``store.db``, row by row, and put into a new store."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphmem.errors import StoreError
from graphmem.model import Document, Extraction, Passage
from graphmem.store.check import passage_problems
from graphmem.store.indexes import KINDS
from graphmem.store.records import PassageVectors
from graphmem.store.rows import (
    DOCUMENT_COLUMNS,
    PASSAGE_COLUMNS,
    are_unit,
    document_from,
    extraction_from,
    passage_from,
    unpacked,
)
from graphmem.store.writer import Writer

__all__ = ["Rescued", "rescue"]

_BLOCK = 1024
_LAST_ROW = 1 << 20
"""How far rows are looked for where the database cannot say how many it has had."""
_MOST_ROWS = 1 << 32
"""What is said to be more is damage."""


@dataclass(frozen=True, slots=True)
class Rescued:
    """How many ``documents`` and ``passages`` were saved; ``pending`` passages have still to be embedded.

    The ids of documents that are ``incomplete`` (indexing them again completes them), and of those ``lost``, as far as
    they can still be read.
    """

    documents: int
    passages: int
    pending: int
    incomplete: tuple[str, ...]
    lost: tuple[str, ...]


@dataclass(slots=True)
class _Saved:
    passage: Passage
    extraction: Extraction | None
    vectors: PassageVectors | None


def rescue(database: Path, writer: Writer) -> Rescued:
    """Put every document that can be read into a new, empty store, with all of it that is still consistent.

    A passage whose extraction or vectors cannot be read becomes pending. Raises :class:`StoreError` where not even the
    tables can be found.
    """
    damaged = sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True)
    try:
        # Else a file that was cut short is not opened at all.
        damaged.execute("PRAGMA writable_schema = ON")
        damaged.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.DatabaseError as error:
        damaged.close()
        raise StoreError(f"nothing of {database} can be read ({error}): restore it from a backup") from error
    try:
        return _rescued(damaged, writer)
    finally:
        damaged.close()


def _rescued(damaged: sqlite3.Connection, writer: Writer) -> Rescued:
    settings = _settings(damaged)
    dimension = int(settings.get("dimension", "0") or 0)
    writer.set_settings(settings)
    passages: dict[object, list[int]] = defaultdict(list)
    for row, document_row in _rows(damaged, "passages", "document"):
        passages[document_row].append(row)
    saved: set[str] = set()
    count = done = 0
    incomplete: list[str] = []
    for row, died, content_hash, *columns in _rows(damaged, "documents", f"died, content_hash, {DOCUMENT_COLUMNS}"):
        document = _document(columns)
        if died is not None or document is None or document.id in saved:
            continue
        found = (_passage(damaged, each, document, dimension) for each in passages[row])
        kept = sorted((each for each in found if each is not None), key=lambda each: each.passage.ordinal)
        whole = _is_whole(document, [each.passage for each in kept])
        # Without its hash the next run of index takes the document for a changed one.
        places = writer.put(document, [each.passage for each in kept], str(content_hash) if whole else "")
        for place, each in zip(places, kept, strict=True):
            if each.extraction is not None and (each.vectors is not None or not dimension):
                writer.complete(place, each.extraction, each.vectors)
                done += 1
        writer.commit()
        saved.add(document.id)
        count += len(kept)
        if not whole:
            incomplete.append(document.id)
    lost = tuple(id_ for id_ in _ids(damaged) if id_ not in saved)
    return Rescued(len(saved), count, count - done, tuple(incomplete), lost)


def _settings(damaged: sqlite3.Connection) -> dict[str, str]:
    for key in ("next", "settings"):
        try:
            (value,) = damaged.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
            return {str(name): str(setting) for name, setting in json.loads(value).items()}
        except (sqlite3.DatabaseError, TypeError, ValueError, AttributeError):
            continue
    return {}


def _rows(damaged: sqlite3.Connection, table: str, columns: str) -> Iterator[tuple[Any, ...]]:
    """Every row that can be read, its number first: a block that fails is halved until only the bad rows are left out."""
    alias = table[0]
    query = f"SELECT {alias}.rowid, {columns} FROM {table} {alias} WHERE {alias}.rowid BETWEEN ? AND ?"
    last = _last_row(damaged, table)
    for first in range(1, last + 1, _BLOCK):
        waiting = [(first, min(first + _BLOCK - 1, last))]
        while waiting:
            low, high = waiting.pop()
            try:
                yield from damaged.execute(query, (low, high)).fetchall()
            except sqlite3.DatabaseError:
                if low < high:
                    middle = (low + high) // 2
                    waiting += [(middle + 1, high), (low, middle)]


def _last_row(damaged: sqlite3.Connection, table: str) -> int:
    for query, values in (
        ("SELECT seq FROM sqlite_sequence WHERE name = ?", (table,)),
        (f"SELECT max(rowid) FROM {table}", ()),
    ):
        try:
            (value,) = damaged.execute(query, values).fetchone()
            if isinstance(value, int) and 0 <= value < _MOST_ROWS:
                return value
        except (sqlite3.DatabaseError, TypeError):
            continue
    return _LAST_ROW


def _document(columns: Sequence[object]) -> Document | None:
    try:
        return document_from(columns)
    except (ValueError, TypeError, KeyError):
        return None


def _passage(damaged: sqlite3.Connection, row: int, document: Document, dimension: int) -> _Saved | None:
    query = f"SELECT names, mentions, triples, {PASSAGE_COLUMNS} FROM passages p WHERE p.rowid = ?"
    try:
        *extracted, ordinal, heading, text, start, end, sentences = damaged.execute(query, (row,)).fetchone()
        passage = passage_from(document.id, document.title, (ordinal, heading, text, start, end, sentences))
        if any(passage_problems(document.text, passage, Extraction())):
            return None
    except (sqlite3.DatabaseError, ValueError, TypeError, IndexError):
        return None
    try:
        extraction = None if extracted[0] is None else extraction_from(extracted)
        if extraction is None or any(passage_problems(document.text, passage, extraction)):
            return _Saved(passage, None, None)
    except (ValueError, TypeError, IndexError, KeyError):
        return _Saved(passage, None, None)
    return _Saved(passage, extraction, _vectors(damaged, row, passage, extraction, dimension))


def _vectors(
    damaged: sqlite3.Connection, row: int, passage: Passage, extraction: Extraction, dimension: int
) -> PassageVectors | None:
    if not dimension:
        return None
    wanted = dict(zip(KINDS, (1, len(passage.sentences), len(extraction.statements)), strict=True))
    try:
        found = {
            kind: unpacked(data, dimension)
            for kind, data in damaged.execute("SELECT kind, data FROM vectors WHERE passage = ?", (row,))
        }
    except (sqlite3.DatabaseError, ValueError, TypeError):
        return None
    if {kind: len(matrix) for kind, matrix in found.items()} != wanted or not all(map(are_unit, found.values())):
        return None
    return PassageVectors(*(found[kind].astype("f4") for kind in KINDS))


def _is_whole(document: Document, passages: Sequence[Passage]) -> bool:
    """Whether the passages are numbered without a gap, and cover every word of the text but those of its headings."""
    headings = {word for section in document.sections for word in re.findall(r"\w+", section.title)}
    at = 0
    between = []
    for passage in passages:
        between.append(document.text[at : passage.span[0]])
        at = passage.span[1]
    between.append(document.text[at:])
    uncovered = {word for part in between for word in re.findall(r"\w+", part)}
    return [passage.ordinal for passage in passages] == list(range(len(passages))) and uncovered <= headings


def _ids(damaged: sqlite3.Connection) -> list[str]:
    """Ids of the living documents, from an index of the table, which may be sound where the table is not."""
    try:
        return [
            str(id_)
            for (id_,) in damaged.execute("SELECT id FROM documents INDEXED BY live_documents WHERE died IS NULL")
        ]
    except sqlite3.DatabaseError:
        return []
