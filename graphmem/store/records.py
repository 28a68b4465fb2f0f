"""What the store hands out: rows in the canonical order of (document id, ordinal)."""

from __future__ import annotations

from dataclasses import dataclass

from graphmem.model import Document, Extraction, FloatArray, Hit, Mention, Passage, Span, Triple
from graphmem.store.rows import mentions_from

__all__ = [
    "PassageRecord",
    "PassageVectors",
    "PendingPassage",
    "SentenceRecord",
    "TripleRecord",
]


@dataclass(frozen=True, slots=True)
class PendingPassage:
    """A passage that still has to be embedded, and extracted where ``extraction`` is ``None``."""

    rowid: int
    document: Document
    passage: Passage
    extraction: Extraction | None


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """Unit vectors of a passage, shape (1, d), of its n sentences, (n, d), and of its m triples, (m, d)."""

    passage: FloatArray
    sentences: FloatArray
    triples: FloatArray


@dataclass(frozen=True, slots=True)
class SentenceRecord:
    """A sentence: the position of its passage, its span in the document, its text."""

    passage: int
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class PassageRecord:
    """A passage with its sentences and where it comes from; metadata and extraction are still the JSON of their row."""

    passage: Passage
    sentences: tuple[SentenceRecord, ...]
    source: str
    metadata: str
    extraction: tuple[str | None, str | None, str | None]

    @property
    def mentions(self) -> tuple[Mention, ...]:
        """What the passage mentions, read without the rest of its extraction."""
        return mentions_from(self.extraction[1])

    def as_hit(self, rank: int, score: float, why: tuple[str, ...]) -> Hit:
        """The passage as a search returns it."""
        passage = self.passage
        return Hit(
            rank, score, passage.id, passage.document_id, passage.title, passage.text, self.source, passage.span, why
        )


@dataclass(frozen=True, slots=True)
class TripleRecord:
    """A triple: the position of its passage, and ``text``, its three parts as one short sentence."""

    passage: int
    triple: Triple
    text: str
