"""The sentences of the best passages that speak to the question, and those that an open part of the claim asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np

from graphmem.folding import fold
from graphmem.model import Evidence, Extraction
from graphmem.natlog import says
from graphmem.natlog.reference import referents, says_pronoun
from graphmem.retrieve.query import Query
from graphmem.retrieve.relevance import bm25_shares
from graphmem.retrieve.scores import best_first
from graphmem.store import PassageRecord, SentenceRecord, Snapshot, concatenated_ranges

__all__ = ["EvidencePool", "aimed_at", "all_evidence"]

_PER_PASSAGE = 3
_LEXICAL_SHARE = 0.3
_AIMED_PASSAGES, _AIMED_STATEMENTS = 12, 200
"""Passages and statements of a name that are read for an open part of the claim."""
_FIRST = 0.1
"""What the first sentence of a passage about the name counts at least."""
_AIMED = 8
"""Sentences kept for it."""

Scored = Callable[[float], Evidence]
"""A sentence with all but its score, which every hop gives it anew."""


class EvidencePool:
    """The sentences that a search reads, hop after hop, as evidence: what one hop has read, the next has at hand."""

    def __init__(self, snapshot: Snapshot, query: Query) -> None:
        self._snapshot = snapshot
        self._query = query
        self._ranked: list[int] = []
        self._fitting: list[tuple[int, int, float]] = []
        self._known: dict[int, Scored] = {}

    def select(self, ranked: Sequence[int], scores: Sequence[float]) -> list[Evidence]:
        """Up to three sentences of each passage, strongest first.

        A sentence scores the fit of its words (BM25 over this pool) and of its meaning, times the share that its passage
        has of the best passage's score. The first sentence of a passage is always among them: it says what the passage
        is about.
        """
        if ranked != self._ranked:
            self._ranked, self._fitting = list(ranked), self._best_fitting(ranked)
        shares = [score / scores[0] if scores[0] > 0 else 1.0 for score in scores]
        found = self._scored({at: fit * (0.5 + 0.5 * shares[rank]) for rank, at, fit in self._fitting})
        return sorted(found, key=lambda evidence: (-evidence.score, evidence.passage_id, evidence.span))

    def _best_fitting(self, ranked: Sequence[int]) -> list[tuple[int, int, float]]:
        """The best sentences of each passage: its rank, the position of the sentence, its fit."""
        positions, starts = concatenated_ranges(self._snapshot.passage_sentences, np.array(ranked, dtype=np.int64))
        meaning = self._query.relevance.statements(positions)
        texts = [one.text for record in self._snapshot.passages(ranked) for one in record.sentences]
        words = bm25_shares(f"{self._query.residual} {self._query.forms}", texts)
        fit = ((1 - _LEXICAL_SHARE) * meaning + _LEXICAL_SHARE * words).tolist()
        at, first = positions.tolist(), [*starts.tolist(), len(positions)]
        found: list[tuple[int, int, float]] = []
        for rank, (start, end) in enumerate(pairwise(first)):
            order = sorted(range(start, end), key=fit.__getitem__, reverse=True)[:_PER_PASSAGE]
            if start < end and start not in order:
                order[-1] = start
            found += [(rank, at[item], fit[item]) for item in order]
        return found

    def aimed(self, entity: int, relation: str) -> list[Evidence]:
        """Sentences about an entity that say an open relation: from the passages about it, and wherever it is mentioned.

        The first sentences of the passages about it are among them: they tell its dates and its people without a word for them.
        """
        snapshot, allowed = self._snapshot, self._snapshot.allowed
        owners = snapshot.graph.passages_of(entity)[0].astype(np.int64)
        owners = (owners if allowed is None else owners[allowed[owners]])[:_AIMED_PASSAGES]
        inside, starts = concatenated_ranges(snapshot.passage_sentences, owners)
        firsts = set(inside[starts[starts < len(inside)]].tolist())
        # Statements come in order, sentences before triples.
        mentioned = snapshot.graph.statements_of(entity)
        mentioned = mentioned[mentioned < snapshot.sentence_count]
        if allowed is not None:
            mentioned = mentioned[allowed[snapshot.passages_of("sentence", mentioned)]]
        positions = sorted({*inside.tolist(), *mentioned[:_AIMED_STATEMENTS].tolist()})
        records = snapshot.sentences(positions)
        fits = {p: max(says(relation, r.text), _FIRST * (p in firsts)) for p, r in zip(positions, records, strict=True)}
        return self._scored({p: fits[p] for p in best_first(fits)[:_AIMED] if fits[p] > 0})

    def _scored(self, scores: Mapping[int, float]) -> list[Evidence]:
        new = [position for position in scores if position not in self._known]
        self._known.update(zip(new, _as_evidence(self._snapshot, new), strict=True))
        return [self._known[position](score) for position, score in scores.items()]


def all_evidence(snapshot: Snapshot, position: int) -> tuple[Evidence, ...]:
    """Every sentence of the passage at a position, in order, with score 0."""
    positions, _ = concatenated_ranges(snapshot.passage_sentences, np.array([position], dtype=np.int64))
    return tuple(evidence(0.0) for evidence in _as_evidence(snapshot, positions.tolist()))


def aimed_at(snapshot: Snapshot, name: str) -> int | None:
    """The entity of a name that the proof has bound, ``None`` where the store knows none."""
    key = fold(name)
    for form in (key, key.removeprefix("the "), fold(name.partition(" (")[0])):
        entity = snapshot.graph.find(form)
        if entity is not None:
            return entity
    return None


def _as_evidence(snapshot: Snapshot, positions: Sequence[int]) -> Iterator[Scored]:
    """Sentences with what is known of them."""
    records = snapshot.sentences(positions)
    owners = [record.passage for record in records]
    return map(_scored, records, snapshot.passages(owners), snapshot.extractions(owners))


def _scored(record: SentenceRecord, passage: PassageRecord, extraction: Extraction) -> Scored:
    id_, span, text, source = passage.passage.id, record.span, record.text, passage.source
    first, last = span
    about = tuple([name.text for name in extraction.names])
    mentions = tuple([m for m in extraction.mentions if first <= m.span[0] < last])
    triples = tuple([t for t in extraction.triples if t.sentence == span])
    refers = _referent(passage, record) if says_pronoun(text) else ""
    return lambda score: Evidence(id_, span, text, score, source, about, mentions, triples, refers)


def _referent(record: PassageRecord, sentence: SentenceRecord) -> str:
    """Who or what a pronoun in a sentence of a passage stands for."""
    passage, texts = record.passage, tuple([one.text for one in record.sentences])
    return referents(texts, passage.heading or passage.title)[passage.sentences.index(sentence.span)]
