"""The sentences of the best passages that speak to the question, and those that an open part of the claim asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from graphmem.folding import fold
from graphmem.model import Evidence, Passage, Span
from graphmem.natlog import says
from graphmem.natlog.reference import referents
from graphmem.retrieve.query import Query
from graphmem.retrieve.relevance import bm25_shares
from graphmem.store import Snapshot, concatenated_ranges

__all__ = ["aimed_at", "aimed_evidence", "all_evidence", "select_evidence"]

_PER_PASSAGE = 3
_LEXICAL_SHARE = 0.3
_AIMED_PASSAGES, _AIMED_STATEMENTS = 12, 200
"""Passages and statements of a name that are read for an open part of the claim."""
_AIMED = 8
"""Sentences kept for it."""


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
    words = bm25_shares(f"{query.residual} {query.forms}", [record.text for record in records])
    fit = (1 - _LEXICAL_SHARE) * meaning + _LEXICAL_SHARE * words
    ends = [*starts[1:].tolist(), len(positions)]
    shares = [score / scores[0] if scores[0] > 0 else 1.0 for score in scores]
    kept: dict[int, float] = {}
    for share, start, end in zip(shares, starts.tolist(), ends, strict=True):
        order = sorted(range(start, end), key=lambda item: (-float(fit[item]), item))[:_PER_PASSAGE]
        if start < end and start not in order:
            order[-1] = start
        kept.update((int(positions[item]), float(fit[item]) * (0.5 + 0.5 * share)) for item in order)
    found = _as_evidence(snapshot, kept)
    return tuple(sorted(found, key=lambda evidence: (-evidence.score, evidence.passage_id, evidence.span)))


def all_evidence(snapshot: Snapshot, position: int) -> tuple[Evidence, ...]:
    """Every sentence of the passage at a position, in order, with score 0."""
    positions, _ = concatenated_ranges(snapshot.passage_sentences, np.array([position], dtype=np.int64))
    return tuple(_as_evidence(snapshot, dict.fromkeys(positions.tolist(), 0.0)))


def aimed_at(snapshot: Snapshot, name: str) -> int | None:
    """The entity of a name that the proof has bound, ``None`` where the store knows none."""
    key = fold(name)
    for form in (key, key.removeprefix("the "), fold(name.partition(" (")[0])):
        entity = snapshot.graph.find(form)
        if entity is not None:
            return entity
    return None


def aimed_evidence(snapshot: Snapshot, entity: int, relation: str) -> tuple[Evidence, ...]:
    """Sentences about an entity that say an open relation: from the passages about it, and wherever it is mentioned."""
    owners = snapshot.graph.passages_of(entity)[0].astype(np.int64)
    allowed = snapshot.allowed
    owners = (owners if allowed is None else owners[allowed[owners]])[:_AIMED_PASSAGES]
    inside, _ = concatenated_ranges(snapshot.passage_sentences, owners)
    # Statements come in order, sentences before triples.
    mentioned = snapshot.graph.statements_of(entity)
    mentioned = mentioned[mentioned < snapshot.sentence_count]
    if allowed is not None:
        mentioned = mentioned[allowed[snapshot.sentence_passage[mentioned]]]
    positions = sorted({*inside.tolist(), *mentioned[:_AIMED_STATEMENTS].tolist()})
    fits = {p: says(relation, record.text) for p, record in zip(positions, snapshot.sentences(positions), strict=True)}
    best = sorted((p for p in positions if fits[p] > 0), key=lambda p: (-fits[p], p))[:_AIMED]
    return tuple(_as_evidence(snapshot, {p: fits[p] for p in best}))


def _as_evidence(snapshot: Snapshot, scored: dict[int, float]) -> Iterable[Evidence]:
    records = snapshot.sentences(scored)
    owners = [record.passage for record in records]
    passages, extractions = snapshot.passages(owners), snapshot.extractions(owners)
    of = dict(zip(owners, passages, strict=True))
    meant = {owner: _referents(passage.passage) for owner, passage in of.items()}
    for record, passage, extraction, score in zip(records, passages, extractions, scored.values(), strict=True):
        first, last = record.span
        yield Evidence(
            passage.passage.id,
            record.span,
            record.text,
            score,
            passage.source,
            tuple(name.text for name in extraction.names),
            tuple(m for m in extraction.mentions if first <= m.span[0] < last),
            tuple(t for t in extraction.triples if t.sentence == record.span),
            meant[record.passage][record.span],
        )


def _referents(passage: Passage) -> dict[Span, str]:
    """Whom a pronoun in each sentence of a passage stands for."""
    start = passage.span[0]
    texts = tuple(passage.text[a - start : b - start] for a, b in passage.sentences)
    return dict(zip(passage.sentences, referents(texts, passage.heading or passage.title), strict=True))
