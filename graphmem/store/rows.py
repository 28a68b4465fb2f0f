"""How documents and extractions lie in SQLite rows, and how they come back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from graphmem.model import Document, FloatArray, Mention, Name, Passage, Section, Span, Triple

__all__ = [
    "DOCUMENT_COLUMNS",
    "PASSAGE_COLUMNS",
    "document_from",
    "document_row",
    "dump",
    "mentions_from",
    "names_from",
    "packed",
    "passage_from",
    "passage_row",
    "triples_from",
    "unpacked",
]

DOCUMENT_COLUMNS = "d.id, d.title, d.source, d.text, d.sections, d.metadata, d.whole"
PASSAGE_COLUMNS = "p.ordinal, p.heading, p.start, p.end, p.sentences"


def dump(value: object) -> str:
    """Compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def document_row(document: Document) -> tuple[str, str, str, str, str, str, bool]:
    """Values of :data:`DOCUMENT_COLUMNS`."""
    sections = [(s.title, s.level, s.span) for s in document.sections]
    return (
        document.id,
        document.title,
        document.source,
        document.text,
        dump(sections),
        dump(dict(sorted(document.metadata.items()))),
        document.whole,
    )


def document_from(row: Sequence[object]) -> Document:
    """A document from values of :data:`DOCUMENT_COLUMNS`."""
    id_, title, source, text, sections, metadata, whole = row
    return Document(
        str(id_),
        str(title),
        str(text),
        str(source),
        tuple(Section(t, level, _span(span)) for t, level, span in json.loads(str(sections))),
        json.loads(str(metadata)),
        bool(whole),
    )


def passage_row(passage: Passage) -> tuple[int, str, int, int, str]:
    """Values of :data:`PASSAGE_COLUMNS`."""
    return (passage.ordinal, passage.heading, *passage.span, dump(passage.sentences))


def passage_from(document_id: str, title: str, text: str, row: Sequence[object]) -> Passage:
    """A passage from values of :data:`PASSAGE_COLUMNS` and its own text."""
    ordinal, heading, start, end, sentences = row
    return Passage(
        f"{document_id}#{ordinal}",
        document_id,
        int(str(ordinal)),
        title,
        str(heading),
        text,
        (int(str(start)), int(str(end))),
        tuple(_span(span) for span in json.loads(str(sentences))),
    )


def names_from(value: str) -> tuple[Name, ...]:
    """Names from their JSON."""
    return tuple(Name(*item) for item in json.loads(value))


def mentions_from(value: str) -> tuple[Mention, ...]:
    """Mentions from their JSON."""
    return tuple(Mention(text, _span(span), kind) for text, span, kind in json.loads(value))


def triples_from(value: str) -> tuple[Triple, ...]:
    """Triples from their JSON."""
    return tuple(
        Triple(s, p, o, _span(sentence), (_maybe(a), _maybe(b), _maybe(c)), confidence, source)
        for s, p, o, sentence, (a, b, c), confidence, source in json.loads(value)
    )


def _span(value: Sequence[int]) -> Span:
    return (value[0], value[1])


def _maybe(value: Sequence[int] | None) -> Span | None:
    return None if value is None else _span(value)


def packed(vectors: FloatArray) -> bytes:
    """Vectors, shape (n, dimension), in half precision: the fourth digit of a cosine is not worth twice the disk."""
    return np.ascontiguousarray(vectors, dtype="<f2").tobytes()


def unpacked(data: bytes, dimension: int) -> NDArray[np.float16]:
    """Vectors of :func:`packed`, shape (n, dimension)."""
    return np.frombuffer(data, dtype="<f2").reshape(-1, dimension)


def connect(path: str, *, read_only: bool = False) -> sqlite3.Connection:
    """Open a database in autocommit mode, so that transactions are where the code says they are."""
    mode = "ro" if read_only else "rwc"
    connection = sqlite3.connect(
        f"file:{path}?mode={mode}", uri=True, isolation_level=None, timeout=30, check_same_thread=False
    )
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")
    return connection
