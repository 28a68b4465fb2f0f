"""Broad questions, coarse to fine: from the themes to the topics that speak to the question, and from each a few sentences.

The sentences are chosen for breadth: like the question, unlike each other, from many topics, one a passage. Together
they are as long as the passages of a narrow search would be, so that scope costs a reader nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graphmem.folding import tokenize
from graphmem.hierarchy import Hierarchy, normalised, sentence_vectors, word_vectors
from graphmem.model import Branch, Evidence, FloatArray
from graphmem.retrieve.relevance import concatenated_ranges
from graphmem.retrieve.scope import topical_words
from graphmem.store import Snapshot

__all__ = ["overview"]

_TOPICS = 40
"""Topics that are looked into: those nearest to the question."""
_THEME, _TOPIC = 0.2, 0.3
"""What the fit of its theme and of its topic counts beside a sentence's own."""
_LIKE = 0.4
"""What a sentence loses for being like one that was chosen before it (maximal marginal relevance)."""
_AGAIN = 0.03
"""What it loses for each sentence of its topic that was chosen before it."""

Embed = Callable[[tuple[str, ...]], FloatArray]
Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Pool:
    """Sentences to choose from: position, passage, topic and fit of each, shape (n,), vectors of shape (n, d)."""

    sentences: Positions
    passages: Positions
    topics: Positions
    fit: FloatArray
    vectors: FloatArray


def overview(
    snapshot: Snapshot, hierarchy: Hierarchy, embed: Embed | None, question: str, words: int
) -> tuple[Branch, ...]:
    """The topics that speak to a broad question, best first, with sentences of ``words`` words in all at most.

    A question about the collection itself has no words of its own to be compared with: it is answered by what is most
    central in each topic.
    """
    topical = topical_words(question)
    vector = _question_vector(snapshot, embed, question, topical)
    pool = _pool(snapshot, hierarchy, vector if topical else None)
    fits = hierarchy.centroids @ (vector if topical else hierarchy.centroids[0])
    chosen: dict[int, list[int]] = {}
    for row in _chosen(snapshot, pool, words):
        chosen.setdefault(int(pool.topics[row]), []).append(row)
    branches = []
    for topic, rows in chosen.items():
        node = hierarchy.nodes[topic]
        branches.append(Branch(node.id, node.name, round(float(fits[topic]), 6), _quoted(snapshot, pool, rows)))
    return tuple(branches)


def _question_vector(snapshot: Snapshot, embed: Embed | None, question: str, topical: str) -> FloatArray:
    texts = (question, topical or question)
    vectors = word_vectors(snapshot, texts) if embed is None or not snapshot.dimension else embed(texts)
    mean: FloatArray = normalised(vectors.mean(axis=0, keepdims=True))[0]
    return mean


def _pool(snapshot: Snapshot, hierarchy: Hierarchy, vector: FloatArray | None) -> _Pool:
    topics = np.array([number for number, node in enumerate(hierarchy.nodes) if node.level == "topic"], dtype=np.int64)
    parents = np.array([hierarchy.nodes[number].parent for number in topics], dtype=np.int64)
    if vector is None:
        sizes = np.bincount(hierarchy.topic_of, minlength=len(hierarchy.nodes))[topics]
        prior = sizes / max(int(sizes.max(initial=1)), 1) * _TOPIC
    else:
        fits = hierarchy.centroids @ vector
        prior = _THEME * fits[parents] + _TOPIC * fits[topics]
    best = np.lexsort((topics, -prior))[:_TOPICS]
    prior_of = np.zeros(len(hierarchy.nodes), dtype=np.float32)
    prior_of[topics[best]] = prior[best]
    passages = np.flatnonzero(np.isin(hierarchy.topic_of, topics[best]))
    sentences, _ = concatenated_ranges(snapshot.passage_sentences, passages)
    owners = snapshot.sentence_passage[sentences]
    of = hierarchy.topic_of[owners]
    vectors = sentence_vectors(snapshot, sentences)
    own = np.einsum("nd,nd->n", vectors, hierarchy.centroids[of]) if vector is None else vectors @ vector
    return _Pool(sentences, owners, of, (own + prior_of[of]).astype(np.float32), vectors)


def _chosen(snapshot: Snapshot, pool: _Pool, words: int) -> list[int]:
    """Rows of the pool, one by one the best that is left, until the words are used up."""
    value = pool.fit.copy()
    likeness = np.zeros(len(value), dtype=np.float32)
    taken: Counter[int] = Counter()
    chosen: list[int] = []
    while len(value):
        turns = np.array([taken[topic] for topic in pool.topics.tolist()], dtype=np.float32)
        best = int(np.argmax(value - _LIKE * likeness - _AGAIN * turns))
        if value[best] == -np.inf:
            break
        length = len(tokenize(snapshot.sentences([int(pool.sentences[best])])[0].text))
        value[pool.passages == pool.passages[best]] = -np.inf
        if length > words or not length:
            continue
        words -= length
        chosen.append(best)
        taken[int(pool.topics[best])] += 1
        likeness = np.maximum(likeness, pool.vectors @ pool.vectors[best])
    return chosen


def _quoted(snapshot: Snapshot, pool: _Pool, rows: list[int]) -> tuple[Evidence, ...]:
    records = snapshot.sentences(pool.sentences[rows])
    passages = snapshot.passages(record.passage for record in records)
    return tuple(
        Evidence(passage.passage.id, record.span, record.text, round(float(pool.fit[row]), 6), passage.source)
        for row, record, passage in zip(rows, records, passages, strict=True)
    )
