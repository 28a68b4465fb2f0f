"""The sentences of the best passages that speak to the question."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graphmem.model import Evidence
from graphmem.retrieve.query import Query
from graphmem.retrieve.relevance import bm25_shares, concatenated_ranges
from graphmem.store import Snapshot

__all__ = ["select_evidence"]

_PER_PASSAGE = 3
_LEXICAL_SHARE = 0.3


def select_evidence(
    snapshot: Snapshot, query: Query, ranked: Sequence[int], scores: Sequence[float]
) -> tuple[Evidence, ...]:
    """Up to three sentences of each passage, strongest first.

    A sentence scores the fit of its words (BM25 over this pool) and of its meaning, times the share that its passage
    has of the best passage's score. The first sentence of a passage is always among them: it says what the passage
    is about.
    """
    passages = np.array(ranked, dtype=np.int64)
    if not len(passages):
        return ()
    positions, starts = concatenated_ranges(snapshot.passage_sentences, passages)
    records = snapshot.sentences(positions)
    meaning = query.relevance.statements(positions)
    words = bm25_shares(query.residual, [record.text for record in records])
    fit = (1 - _LEXICAL_SHARE) * meaning + _LEXICAL_SHARE * words
    found: list[Evidence] = []
    ends = [*starts[1:].tolist(), len(positions)]
    of_passage = zip(snapshot.passages(passages), snapshot.extractions(passages), starts.tolist(), ends, strict=True)
    for row, (passage, extraction, start, end) in enumerate(of_passage):
        share = scores[row] / scores[0] if scores[0] > 0 else 1.0
        about = tuple(name.text for name in extraction.names)
        order = sorted(range(start, end), key=lambda item: (-float(fit[item]), item))[:_PER_PASSAGE]
        if start < end and start not in order:
            order[-1] = start
        for item in order:
            first, last = span = records[item].span
            found.append(
                Evidence(
                    passage.passage.id,
                    span,
                    records[item].text,
                    float(fit[item]) * (0.5 + 0.5 * share),
                    passage.source,
                    about,
                    tuple(m for m in extraction.mentions if first <= m.span[0] < last),
                    tuple(t for t in extraction.triples if t.sentence == span),
                )
            )
    return tuple(sorted(found, key=lambda evidence: (-evidence.score, evidence.passage_id, evidence.span)))
