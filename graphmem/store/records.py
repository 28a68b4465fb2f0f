"""What the store hands out: rows in the canonical order of (document id, ordinal)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graphmem.model import Document, Mention, Name, Passage, Span, Triple

__all__ = ["GraphPassage", "PassageRecord", "PendingPassage", "SentenceRecord", "TripleRecord"]


@dataclass(frozen=True, slots=True)
class GraphPassage:
    """A passage with what was extracted from it, as the graph is built from."""

    position: int
    passage: Passage
    names: tuple[Name, ...]
    mentions: tuple[Mention, ...]
    triples: tuple[Triple, ...]


@dataclass(frozen=True, slots=True)
class PendingPassage:
    """A passage that still has to be extracted and embedded."""

    rowid: int
    document: Document
    passage: Passage


@dataclass(frozen=True, slots=True)
class PassageRecord:
    """A passage with where it comes from."""

    passage: Passage
    source: str
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SentenceRecord:
    """A sentence: the position of its passage, its span in the document, its text."""

    passage: int
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class TripleRecord:
    """A triple: the position of its passage, and ``text``, its three parts as one short sentence."""

    passage: int
    triple: Triple
    text: str
