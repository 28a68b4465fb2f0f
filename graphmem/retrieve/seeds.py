"""Where spreading starts: passages near in meaning (HNSW), in words (BM25), and those about a name in the question."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from graphmem.retrieve.forms import days_in, passages_of_day
from graphmem.retrieve.local_graph import LocalGraph
from graphmem.retrieve.query import Query
from graphmem.retrieve.scores import Scores, best_first
from graphmem.retrieve.weights import Weights
from graphmem.store import KINDS, Snapshot
from graphmem.store.graph import IN_TEXT

__all__ = ["Seeds", "find_seeds"]

_POOL = 50
"""Passages that the dense and the lexical search each bring; sentences and triples bring twice as many."""


@dataclass(slots=True)
class Seeds:
    """Restart mass by passage position, why each has it, and how much of it which linked entity gives."""

    scores: dict[int, float] = field(default_factory=dict)
    named: dict[int, tuple[int, float]] = field(default_factory=dict)
    why: dict[int, str] = field(default_factory=dict)

    def tell(self, position: int, reason: str) -> None:
        """One more reason for a passage."""
        known = self.why.get(position)
        self.why[position] = f"{known}, {reason}" if known else reason

    def top(self, count: int) -> list[int]:
        """The strongest seeds; ties by position."""
        return best_first(self.scores)[:count]

    def vector(self) -> Scores:
        """The personalization vector."""
        return Scores.of(self.scores)


def _dense(snapshot: Snapshot, query: Query) -> dict[int, float]:
    """Cosine with the question of the nearest passages, each by itself or by its nearest sentence or triple."""
    if query.vector is None:
        return {}
    vector = query.vector[None, :]
    found: dict[int, float] = {}
    for kind in KINDS:
        positions, similarities = snapshot.nearest(kind, vector, _POOL if kind == "passage" else 2 * _POOL)
        there = positions[0] >= 0
        owners = snapshot.passages_of(kind, positions[0][there])
        for passage, similarity in zip(owners.tolist(), similarities[0][there].tolist(), strict=True):
            if similarity > found.get(passage, -2.0):
                found[passage] = similarity
    return found


def find_seeds(snapshot: Snapshot, query: Query, graph: LocalGraph, weights: Weights) -> Seeds:
    """Fuse dense and BM25 scores, each scaled to [0, 1] within its pool, and add the links at their strength."""
    seeds = Seeds()
    dense = _dense(snapshot, query)
    ranked = best_first(dense)[:_POOL]
    floor, best = (dense[ranked[-1]], dense[ranked[0]]) if ranked else (0.0, 0.0)
    for rank, position in enumerate(ranked, start=1):
        share = (dense[position] - floor) / (best - floor) if best > floor else 1.0
        seeds.scores[position] = weights.dense * share
        seeds.why[position] = f"number {rank} in meaning"
    positions, scores = snapshot.match(f"{query.text} {query.forms}", _POOL)
    values = scores.tolist()
    for rank, (position, score) in enumerate(zip(positions.tolist(), values, strict=True), start=1):
        if score > 0:
            seeds.scores[position] = seeds.scores.get(position, 0.0) + weights.lexical * score / values[0]
            seeds.tell(position, f"number {rank} in words")
    base = dict(seeds.scores)
    for link in query.links:
        # A word that is also an ordinary word is half a name.
        strength = weights.link * link.strength * (0.5 if snapshot.graph.ordinary[link.entity] else 1.0)
        reason = f"has to do with '{query.text[slice(*link.span)]}', a name in the question"
        _, targets, leads = graph.leads(np.array([link.entity], dtype=np.int64))
        for position, lead in zip(targets.tolist(), leads.tolist(), strict=True):
            score = base.get(position, 0.0) + strength * lead
            if score > seeds.scores.get(position, 0.0):
                seeds.scores[position] = score
                seeds.named[position] = (link.entity, strength * lead)
                seeds.why[position] = reason
    for day in days_in(query.text):
        said = passages_of_day(snapshot, day)
        for position in said:
            score = base.get(position, 0.0) + weights.link * IN_TEXT / len(said) ** weights.fan_out
            if score > seeds.scores.get(position, 0.0):
                seeds.scores[position] = score
                seeds.tell(position, "says the day that is asked about")
    return seeds
