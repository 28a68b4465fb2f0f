"""How well passages and statements fit the question, asked only of those that the search touches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from rank_bm25 import BM25Plus

from graphmem.folding import words
from graphmem.model import FloatArray
from graphmem.store import Kind, Snapshot

__all__ = ["DenseRelevance", "LexicalRelevance", "Relevance", "bm25_shares"]

Positions = NDArray[np.int64]


class Relevance(Protocol):
    """Scores in [0, 1] for positions in a snapshot; statements are sentences first, then triples."""

    def statements(self, positions: Positions) -> FloatArray:
        """The fit of each statement."""
        ...

    def passages(self, positions: Positions) -> FloatArray:
        """The fit of each passage."""
        ...


def bm25_shares(question: str, texts: Sequence[str]) -> FloatArray:
    """BM25 scores of a small pool of texts as shares of the best one; zeros where no word is shared."""
    asked = set(words(question))
    # Other words count as length alone: kept apart, they would be most of the work.
    pool = [[word if word in asked else "" for word in words(text)] or [""] for text in texts]
    said = sorted(asked & set().union(*pool))
    if not said:
        return np.zeros(len(pool), dtype=np.float32)
    # BM25+ adds a floor for every document; taking the least score away leaves zero for "nothing in common".
    scores = np.asarray(BM25Plus(pool).get_scores(said), dtype=np.float32)
    scores -= scores.min()
    return scores / scores.max() if scores.max() > 0 else scores


class DenseRelevance:
    """Cosine of each text's vector with a question vector of unit length, shape (dimension,)."""

    def __init__(self, snapshot: Snapshot, vector: FloatArray) -> None:
        self._snapshot = snapshot
        self._vector = vector

    def statements(self, positions: Positions) -> FloatArray:
        """The fit of each statement."""
        count = self._snapshot.sentence_count
        sentences = positions < count
        if sentences.all():
            return self._fit("sentence", positions)
        scores = np.zeros(len(positions), dtype=np.float32)
        scores[sentences] = self._fit("sentence", positions[sentences])
        scores[~sentences] = self._fit("triple", positions[~sentences] - count)
        return scores

    def passages(self, positions: Positions) -> FloatArray:
        """The fit of each passage, of its vector alone: the best of its sentences says little more and costs five times as
        many vectors."""
        return self._fit("passage", positions)

    def _fit(self, kind: Kind, positions: Positions) -> FloatArray:
        scores: FloatArray = np.vecdot(self._snapshot.vectors(kind, positions), self._vector)
        return np.maximum(scores, 0.0)


class LexicalRelevance:
    """The same without any model: BM25 over the texts at hand."""

    def __init__(self, snapshot: Snapshot, question: str) -> None:
        self._snapshot = snapshot
        self._question = question

    def statements(self, positions: Positions) -> FloatArray:
        """The fit of each statement, relative to the best of those asked for."""
        count = self._snapshot.sentence_count
        sentences = iter(self._snapshot.sentences([p for p in positions if p < count]))
        triples = iter(self._snapshot.triples([p - count for p in positions if p >= count]))
        return bm25_shares(
            self._question, [next(sentences).text if p < count else next(triples).text for p in positions]
        )

    def passages(self, positions: Positions) -> FloatArray:
        """The fit of each passage, relative to the best of those asked for."""
        return bm25_shares(self._question, [record.passage.text for record in self._snapshot.passages(positions)])
