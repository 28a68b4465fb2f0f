"""An answer without a language model: the values that the proof bound, and the sentences that state them, word for word."""

from __future__ import annotations

from collections.abc import Iterable

from graphmem.model import Answer, Citation, Evidence, SearchResult, Span
from graphmem.read.evidence import proof_places, unsettled

__all__ = ["ExtractiveReader"]

_NEAREST = 2
"""Sentences shown where nothing is settled."""


class ExtractiveReader:
    """Says only what a sentence of the documents says, and where nothing is proved, says that."""

    def read(self, result: SearchResult) -> Answer:
        """The answer of the proof with its sentences; else the nearest evidence, which is no answer."""
        if result.overview:
            return _overview(result)
        if result.proof.verdict == "insufficient":
            return _unsettled(result)
        citations = _cited(result, proof_places(result))
        short = result.proof.answer
        quotes = " ".join(f"{citation.quote} [{citation.marker}]" for citation in citations)
        lead = f"{short}." if short and short[-1] not in ".!?" else short
        return Answer(result.question, f"{lead} {quotes}".strip(), short, citations, True, result)


def _overview(result: SearchResult) -> Answer:
    """Topic by topic what the documents say, word for word; nothing of it is proved."""
    citations = _cited(
        result, [(quote.passage_id, quote.span) for branch in result.overview for quote in branch.quotes]
    )
    markers = iter(citations)
    lines = []
    for branch in result.overview:
        quotes = " ".join(f"{quote.text} [{next(markers).marker}]" for quote in branch.quotes)
        lines.append(f"{branch.name}: {quotes}")
    return Answer(result.question, "\n".join(lines), "", citations, False, result)


def _unsettled(result: SearchResult) -> Answer:
    if not result.evidence:
        text = "The documents hold nothing about this."
        return Answer(result.question, text, "", (), False, result)
    nearest = [(item.passage_id, item.span) for item in result.evidence[:_NEAREST]]
    citations = _cited(result, nearest)
    quotes = " ".join(f"{citation.quote} [{citation.marker}]" for citation in citations)
    text = f"{unsettled(result)} Nearest: {quotes}"
    return Answer(result.question, text, "", citations, False, result)


def _cited(result: SearchResult, places: Iterable[tuple[str, Span]]) -> tuple[Citation, ...]:
    known: dict[tuple[str, Span], Evidence] = {(item.passage_id, item.span): item for item in result.evidence}
    found = [known[place] for place in places if place in known]
    return tuple(
        Citation(marker, item.passage_id, item.source, item.span, item.text)
        for marker, item in enumerate(found, start=1)
    )
