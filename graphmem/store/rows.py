"""How documents and extractions lie in SQLite rows, and how they come back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from graphmem.model import Document, Extraction, FloatArray, Mention, Name, Passage, Section, Span, Triple

__all__ = [
    "DOCUMENT_COLUMNS",
    "PASSAGE_COLUMNS",
    "are_unit",
    "document_from",
    "document_row",
    "dump",
    "extraction_from",
    "extraction_row",
    "mentions_from",
    "packed",
    "passage_from",
    "passage_row",
    "text_key",
    "unpacked",
]

DOCUMENT_COLUMNS = "d.id, d.title, d.source, d.text, d.sections, d.metadata, d.whole"
PASSAGE_COLUMNS = "p.ordinal, p.heading, p.text, p.start, p.end, p.sentences"


def dump(value: object) -> str:
    """Compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def text_key(text: str) -> str:
    """A short hash that stands for a text."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


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


def passage_row(passage: Passage) -> tuple[int, str, str, int, int, str]:
    """Values of :data:`PASSAGE_COLUMNS`."""
    return (passage.ordinal, passage.heading, passage.text, *passage.span, dump(passage.sentences))


def passage_from(document_id: str, title: str, row: Sequence[object]) -> Passage:
    """A passage from values of :data:`PASSAGE_COLUMNS`."""
    ordinal, heading, text, start, end, sentences = row
    return Passage(
        f"{document_id}#{ordinal}",
        document_id,
        int(str(ordinal)),
        title,
        str(heading),
        str(text),
        (int(str(start)), int(str(end))),
        tuple([(a, b) for a, b in json.loads(str(sentences))]),
    )


def extraction_row(extraction: Extraction) -> tuple[str, str, str]:
    """The columns ``names``, ``mentions`` and ``triples``."""
    return (
        dump([(n.text, n.kind, n.weight) for n in extraction.names]),
        dump([(m.text, m.span, m.kind) for m in extraction.mentions]),
        dump(
            [
                (t.subject, t.predicate, t.object, t.sentence, t.spans, t.confidence, t.source)
                for t in extraction.triples
            ]
        ),
    )


def extraction_from(row: Sequence[object]) -> Extraction:
    """An extraction from the columns ``names``, ``mentions`` and ``triples``; an empty one where they are null."""
    if row[0] is None:
        return Extraction()
    names, mentions, triples = map(str, row)
    return Extraction(
        tuple([Name(*item) for item in json.loads(names)]),
        mentions_from(mentions),
        tuple(
            [
                Triple(s, p, o, (start, end), (_maybe(a), _maybe(b), _maybe(c)), confidence, source)
                for s, p, o, (start, end), (a, b, c), confidence, source in json.loads(triples)
            ]
        ),
    )


def mentions_from(column: str | None) -> tuple[Mention, ...]:
    """Mentions from the column of them alone; none where it is null."""
    if column is None:
        return ()
    return tuple([Mention(text, (start, end), kind) for text, (start, end), kind in json.loads(column)])


def _span(value: Sequence[int]) -> Span:
    return (value[0], value[1])


def _maybe(value: Sequence[int] | None) -> Span | None:
    return None if value is None else (value[0], value[1])


def packed(vectors: FloatArray) -> bytes:
    """Vectors, shape (n, dimension), in half precision: the fourth digit of a cosine is not worth twice the disk."""
    return np.ascontiguousarray(vectors, dtype="<f2").tobytes()


def are_unit(vectors: NDArray[np.float16]) -> bool:
    """Whether all rows are of length 1, or 0 as that of a text without a word may be; what is damaged seldom is."""
    with np.errstate(invalid="ignore"):
        norms = np.linalg.norm(vectors.astype(np.float64), axis=1)
    return bool(np.all((np.abs(norms - 1) < 0.01) | (norms == 0)))


def unpacked(data: bytes, dimension: int) -> NDArray[np.float16]:
    """Vectors of :func:`packed`, shape (n, dimension)."""
    return np.frombuffer(data, dtype="<f2").reshape(-1, dimension)
