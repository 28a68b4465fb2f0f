"""Extraction without a language model: names, mentions and triples by rules of English and of typography."""

from __future__ import annotations

from graphmem.extract.mentions import mentions_of
from graphmem.extract.names import names_of
from graphmem.extract.triples import extract_triples
from graphmem.model import Document, Extraction, Passage

__all__ = ["NullExtractor", "PatternExtractor"]


class PatternExtractor:
    """The default extractor: needs no model, invents nothing, and every span is exact."""

    id = "pattern-3"

    def extract(self, document: Document, passage: Passage) -> Extraction:
        """Names, mentions and triples of one passage."""
        return Extraction(names_of(document, passage), mentions_of(passage), tuple(extract_triples(document, passage)))


class NullExtractor:
    """``--extractor none``: the titles alone, for a store that is searched by vectors and words."""

    id = "none-1"

    def extract(self, document: Document, passage: Passage) -> Extraction:
        """The names of one passage."""
        return Extraction(names_of(document, passage))
