"""Every invariant of the store, looked at row by row."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from itertools import pairwise

from graphmem.model import Extraction, Passage, Span
from graphmem.store.rows import PASSAGE_COLUMNS, are_unit, extraction_from, passage_from, unpacked

__all__ = ["find_problems", "passage_problems"]

_BYTES_PER_VALUE = 2


def find_problems(connection: sqlite3.Connection, dimension: int) -> Iterator[str]:
    """One sentence for each broken invariant."""
    for (answer,) in connection.execute("PRAGMA integrity_check"):
        if answer != "ok":
            yield f"SQLite reports: {answer}"
    for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
        yield f"row {row} of {table} points to no row of {parent}"
    rows = connection.execute(
        f"SELECT p.rowid, d.id, d.title, d.text, p.names, p.mentions, p.triples, p.state, p.reason, {PASSAGE_COLUMNS} "
        "FROM passages p JOIN documents d ON d.rowid = p.document WHERE d.died IS NULL"
    )
    for row, id_, title, text, names, mentions, triples, state, reason, *columns in rows:
        try:
            passage = passage_from(id_, title, columns)
            extraction = extraction_from((names, mentions, triples))
        except (json.JSONDecodeError, TypeError, ValueError, IndexError, KeyError):
            yield f"passage {id_}#{columns[0]}: its row cannot be read"
            continue
        if state == "failed" and not reason:
            yield f"passage {passage.id}: failed, and nobody says why"
        yield from passage_problems(text, passage, extraction)
        if dimension and state == "done":
            yield from _vector_problems(connection, row, dimension, passage, extraction)


def passage_problems(text: str, passage: Passage, extraction: Extraction) -> Iterator[str]:
    """One sentence for each span that does not hold what it says of the text of the document."""
    start, end = passage.span
    if text[start:end] != passage.text:
        yield f"passage {passage.id}: its span does not hold its text"
    spans = sorted(passage.sentences)
    if any(b > c for (_, b), (c, _) in pairwise(spans)) or any(not start <= a < b <= end for a, b in spans):
        yield f"passage {passage.id}: its sentences overlap or leave it"
    for mention in extraction.mentions:
        if text[slice(*mention.span)] != mention.text:
            yield f"passage {passage.id}: the mention '{mention.text}' is not at its span"
    for triple in extraction.triples:
        parts = zip((triple.subject, triple.predicate, triple.object), triple.spans, strict=True)
        if any(not _stated(text, part, span) for part, span in parts) or not _inside(triple.sentence, passage.span):
            told = f"{triple.subject} | {triple.predicate} | {triple.object}"
            yield f"passage {passage.id}: the triple '{told}' is not at its spans"


def _stated(text: str, part: str, span: Span | None) -> bool:
    return span is None or text[slice(*span)] == part


def _inside(span: Span, outer: Span) -> bool:
    return outer[0] <= span[0] <= span[1] <= outer[1]


def _vector_problems(
    connection: sqlite3.Connection, row: int, dimension: int, passage: Passage, extraction: Extraction
) -> Iterator[str]:
    wanted = {"passage": 1, "sentence": len(passage.sentences), "triple": len(extraction.statements)}
    stored = dict(connection.execute("SELECT kind, data FROM vectors WHERE passage = ?", (row,)))
    for kind, count in wanted.items():
        data = stored.get(kind, b"")
        if len(data) != count * dimension * _BYTES_PER_VALUE:
            yield f"passage {passage.id}: its {kind} vectors are missing or of another size"
        elif not are_unit(unpacked(data, dimension)):
            yield f"passage {passage.id}: its {kind} vectors are damaged"
