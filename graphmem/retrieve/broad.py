"""Broad questions, coarse to fine: from the topics that speak to the question a few sentences each.

The sentences are chosen for breadth: like the question, of a passage and a topic that are like it, one a passage, none
like another, and rather short, so that more of them have room. Together they are as long as the passages of a narrow search
would be, so that breadth costs a reader nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from graphmem.folding import tokenize
from graphmem.hierarchy import (
    Hierarchy,
    central_and_diverse,
    normalised,
    passage_vectors,
    sentence_vectors,
    word_vectors,
)
from graphmem.model import Branch, Evidence, FloatArray, Hit, Scope, SearchResult
from graphmem.natlog.words import FUNCTION_WORDS, content_stems
from graphmem.retrieve.linking import link_names, without
from graphmem.retrieve.search import search
from graphmem.store import Snapshot, concatenated_ranges

__all__ = ["overview", "search_in_scope"]

_SAID = 0.6
"""The share of a question's words that a sentence says which is at hand for it."""
_TOPICS = 40
"""Topics that are looked into: those nearest to the question."""
_PASSAGE, _TOPIC = 1.5, 0.3
"""What the fit of its passage and of its topic count beside a sentence's own."""
_CENTRAL = 200
"""Sentences at most for a question about the collection itself."""
_SHORTEST = 4
"""Words of the shortest sentence that is worth quoting."""
_LIKE = 0.1 / (1 + _PASSAGE + _TOPIC)
"""What a sentence loses for being like one that was chosen before it (maximal marginal relevance)."""
_LENGTH = 0.5
"""The power of its length that the worth of a sentence is divided by (budgeted selection: Lin and Bilmes 2010)."""
_EMPTY = FUNCTION_WORDS | frozenset(
    "documents document articles article texts text files notes collection corpus library archive papers pages records "
    "these those all overview summarise summarize summary outline survey give tell me us about describe discuss explain "
    "list main major key important themes theme topics topic kinds kind sorts types type in common general what learn we "
    "say said told known does do mean contain cover deal whole so your my story stories".split()
)

Embed = Callable[[tuple[str, ...]], FloatArray]
Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Pool:
    """Sentences to choose from: position, passage, topic, words and fit in [-1, 1] of each, shape (n,), and vectors of
    shape (n, d).
    """

    sentences: Positions
    passages: Positions
    topics: Positions
    words: Positions
    fit: FloatArray
    vectors: FloatArray


def search_in_scope(snapshot: Snapshot, embed: Embed | None, question: str, k: int, scope: Scope) -> SearchResult:
    """Answer a question from passages ("local"), from topics all over the collection ("global"), or as it asks ("auto").

    A question that is proved or refuted is narrow, whatever it looks like, and so is one whose words one sentence says
    ("Who sowed the peas?"). Raises :class:`QuestionError`.
    """
    result = search(snapshot, embed, question, k)
    broad = result.trace.breadth.broad and result.proof.verdict == "insufficient" and not _is_said(result)
    if scope == "local" or (scope == "auto" and not broad):
        return result
    branches = overview(snapshot, Hierarchy.read(snapshot), embed, result.question, round(k * snapshot.mean_words))
    evidence = tuple(quote for branch in branches for quote in branch.quotes)
    return replace(result, hits=_hits(snapshot, branches, k), evidence=evidence, overview=branches)


def _is_said(result: SearchResult) -> bool:
    """Whether a sentence says nearly all words of the question that mean something, two or more."""
    wanted = content_stems(result.question)
    least = max(2, math.ceil(_SAID * len(wanted)))
    return any(
        len(wanted & (content_stems(item.text) | content_stems(item.refers))) >= least for item in result.evidence
    )


def _hits(snapshot: Snapshot, branches: tuple[Branch, ...], k: int) -> tuple[Hit, ...]:
    quoted = [(quote, branch) for branch in branches for quote in branch.quotes]
    quoted.sort(key=lambda pair: (-pair[0].score, pair[0].passage_id))
    records = snapshot.passages(snapshot.position(quote.passage_id) for quote, _ in quoted[:k])
    return tuple(
        record.as_hit(rank, quote.score, (f"speaks for the topic '{branch.name}'",))
        for rank, ((quote, branch), record) in enumerate(zip(quoted, records, strict=False), start=1)
    )


def topical_words(question: str) -> str:
    """The words of a question that say what it is about: "" for one about the collection itself."""
    return " ".join(question[start:end] for word, start, end in tokenize(question) if word not in _EMPTY)


def overview(
    snapshot: Snapshot, hierarchy: Hierarchy, embed: Embed | None, question: str, words: int
) -> tuple[Branch, ...]:
    """The topics that speak to a broad question, best first, with sentences of ``words`` words in all at most.

    A question about the collection itself has no words of its own to be compared with: it is answered by what is most
    central in each topic.
    """
    # Names in a broad question are those of half the collection: what is asked of them tells more.
    residual = without(question, [link.span for link in link_names(snapshot.graph, question)])
    topical = topical_words(residual) or topical_words(question)
    vector = _question_vector(snapshot, embed, question, topical) if topical else None
    pool = _pool(snapshot, hierarchy, vector)
    rows = _like(pool, words) if vector is not None else _central(hierarchy, pool, words)
    fits = hierarchy.centroids @ (vector if vector is not None else hierarchy.centroids[0].astype(np.float32))
    chosen: dict[int, list[int]] = {}
    for row in rows:
        chosen.setdefault(int(pool.topics[row]), []).append(row)
    branches = []
    for topic, quoted in chosen.items():
        node = hierarchy.nodes[topic]
        branches.append(Branch(node.id, node.name, round(float(fits[topic]), 6), _quoted(snapshot, pool, quoted)))
    return tuple(branches)


def _question_vector(snapshot: Snapshot, embed: Embed | None, question: str, topical: str) -> FloatArray:
    texts = (question, topical)
    vectors = word_vectors(snapshot, texts) if embed is None or not snapshot.dimension else embed(texts)
    mean: FloatArray = normalised(vectors.mean(axis=0, keepdims=True))[0]
    return mean


def _pool(snapshot: Snapshot, hierarchy: Hierarchy, vector: FloatArray | None) -> _Pool:
    topics = hierarchy.topics
    if vector is None:
        sizes = np.bincount(hierarchy.topic_of, minlength=len(hierarchy.nodes))[topics]
        prior = (sizes / max(int(sizes.max(initial=1)), 1)).astype(np.float32)
    else:
        prior = hierarchy.centroids[topics] @ vector
    best = np.lexsort((topics, -prior))[:_TOPICS]
    prior_of = np.zeros(len(hierarchy.nodes), dtype=np.float32)
    prior_of[topics[best]] = prior[best]
    passages = np.flatnonzero(np.isin(hierarchy.topic_of, topics[best]))
    sentences, _ = concatenated_ranges(snapshot.passage_sentences, passages)
    owners = snapshot.passages_of("sentence", sentences)
    of = hierarchy.topic_of[owners].astype(np.int64)
    vectors = sentence_vectors(snapshot, sentences)
    wanted = hierarchy.centroids[of] if vector is None else np.broadcast_to(vector, vectors.shape)
    own = np.einsum("nd,nd->n", vectors, wanted)
    whole = np.einsum("nd,nd->n", passage_vectors(snapshot, passages)[np.searchsorted(passages, owners)], wanted)
    fit = (own + _PASSAGE * whole + _TOPIC * prior_of[of]) / (1 + _PASSAGE + _TOPIC)
    words = np.array([len(tokenize(record.text)) for record in snapshot.sentences(sentences)], dtype=np.int64)
    return _Pool(sentences, owners, of, words, fit.astype(np.float32), vectors)


def _like(pool: _Pool, words: int) -> Iterator[int]:
    """Rows of the pool that the words allow, always the one that is worth most for its length."""
    free = pool.words > 0
    cost = np.maximum(pool.words, 1) ** _LENGTH
    likeness = np.zeros(len(free), dtype=np.float32)
    while words >= _SHORTEST and (free := free & (pool.words <= words)).any():
        best = int(np.argmax(np.where(free, (pool.fit - _LIKE * likeness) / cost, -np.inf)))
        words -= int(pool.words[best])
        yield best
        free = free & (pool.passages != pool.passages[best])
        likeness = np.maximum(likeness, pool.vectors @ pool.vectors[best])


def _central(hierarchy: Hierarchy, pool: _Pool, words: int) -> Iterator[int]:
    """Rows of the pool that the words allow, theme by theme in turn; one that is too long leaves room for the next."""
    themes = hierarchy.nodes.parent[pool.topics].astype(np.int64)
    for row in central_and_diverse(pool.vectors, pool.fit, themes, _CENTRAL):
        if 0 < pool.words[row] <= words:
            words -= int(pool.words[row])
            yield row


def _quoted(snapshot: Snapshot, pool: _Pool, rows: list[int]) -> tuple[Evidence, ...]:
    records = snapshot.sentences(pool.sentences[rows])
    passages = snapshot.passages(record.passage for record in records)
    return tuple(
        Evidence(passage.passage.id, record.span, record.text, round(float(pool.fit[row]), 6), passage.source)
        for row, record, passage in zip(rows, records, passages, strict=True)
    )
