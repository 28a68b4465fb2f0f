"""Other ways to rank the passages of a store, for comparison: BM25, dense, both fused, and PageRank over static edges."""

from __future__ import annotations

from collections.abc import Callable

import igraph
import numpy as np
from numpy.typing import NDArray

from graphmem.model import FloatArray
from graphmem.retrieve.linking import link_names
from graphmem.store import Snapshot

__all__ = ["BASELINES"]

_POOL = 100
_DAMPING, _PASSAGE_SHARE, _FACTS = 0.5, 0.05, 5
"""Damping, the weight of passages in the reset, and the facts that a question starts from: those of HippoRAG 2."""

Embed = Callable[[tuple[str, ...]], FloatArray]
Ranker = Callable[[str, int], list[int]]
Positions = NDArray[np.int64]


def lexical(snapshot: Snapshot, _: Embed) -> Ranker:
    """BM25 over passages."""
    return lambda question, k: snapshot.match(question, k)[0].tolist()


def dense(snapshot: Snapshot, embed: Embed) -> Ranker:
    """The passages whose vectors are nearest to the question's."""
    return lambda question, k: snapshot.nearest("passage", embed((question,)), k)[0][0].tolist()


def fused(snapshot: Snapshot, embed: Embed) -> Ranker:
    """The sum of both scores, each scaled to [0, 1] among its best 100."""

    def rank(question: str, k: int) -> list[int]:
        near, cosines = snapshot.nearest("passage", embed((question,)), _POOL)
        total: dict[int, float] = {}
        for positions, scores in ((near[0], cosines[0]), snapshot.match(question, _POOL)):
            low, high = (float(scores.min()), float(scores.max())) if len(scores) else (0.0, 0.0)
            for position, score in zip(positions.tolist(), scores.tolist(), strict=True):
                total[position] = total.get(position, 0.0) + (score - low) / max(high - low, 1e-9)
        return sorted(total, key=lambda position: (-total[position], position))[:k]

    return rank


def static_pagerank(snapshot: Snapshot, embed: Embed) -> Ranker:
    """After HippoRAG 2 (Gutiérrez et al. 2025): igraph's Personalized PageRank over an undirected graph of entities and
    passages whose edges know nothing of the question.

    The reset holds every passage by its likeness to the question, at a twentieth, and the entities of the five nearest
    given triples; where there are none, those that the question names, as in HippoRAG (2024). A model that filters
    facts is not asked, and there are no edges between synonyms.
    """
    graph, passages = snapshot.graph, snapshot.passage_count
    count = graph.entity_count
    leads, mentions = graph.passages.folded(), graph.mentions.folded()
    entity = np.repeat(np.arange(count), leads.counts())
    facts = [mentions.row(triple) for triple in range(snapshot.sentence_count, len(mentions))]
    joined = [(one, other) for names in facts for at, one in enumerate(names) for other in names[at + 1 :]]
    edges = np.column_stack([entity, count + leads.values]).tolist() + joined
    network = igraph.Graph(n=count + passages, edges=edges)
    everything = snapshot.vectors("passage", np.arange(passages))
    spread = np.maximum(leads.counts(), 1)

    def rank(question: str, k: int) -> list[int]:
        vector = embed((question,))
        near, cosines = snapshot.nearest("triple", vector, _FACTS)
        reset = np.zeros(count + passages)
        for position, cosine in zip(near[0].tolist(), cosines[0].tolist(), strict=True):
            if position >= 0:
                names = facts[position]
                reset[names] += max(cosine, 0.0) / spread[names]
        if not reset.any():
            names = [link.entity for link in link_names(graph, question)]
            reset[names] = 1.0 / spread[names]
        likeness = everything @ vector[0]
        likeness = (likeness - likeness.min()) / max(float(np.ptp(likeness)), 1e-9)
        reset[:count] /= max(float(reset.max()), 1e-12)
        reset[count:] = _PASSAGE_SHARE * likeness
        ranks = np.array(network.personalized_pagerank(damping=_DAMPING, reset=reset, directed=False))[count:]
        best: list[int] = np.argsort(-ranks, kind="stable")[:k].tolist()
        return best

    return rank


BASELINES = {
    "BM25": lexical,
    "dense": dense,
    "BM25 and dense": fused,
    "PageRank, static edges": static_pagerank,
}
