"""The question's own piece of the graph: grown passage by passage, with edges that depend on the question.

A passage leads to the entities that its statements mention, the stronger the better the statement fits the question;
an entity leads to the passages that have to do with it, the stronger the better the *passage* fits the question among
those of the same entity, and the weaker the more there are. Edges are directed: from what mentions to what is about.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graphmem.model import FloatArray
from graphmem.retrieve.relevance import Relevance, concatenated_ranges
from graphmem.retrieve.weights import Weights
from graphmem.store import Graph, Snapshot

__all__ = ["Edge", "LocalGraph"]

_ENTITIES_PER_HOP = 100
_PASSAGES_PER_ENTITY = 256
"""A hub leads to this many of its passages at most: first to those that are about it, then in store order."""


@dataclass(frozen=True, slots=True)
class Edge:
    """From a passage, through a statement that mentions an entity, to another passage; ``weight`` in [0, 1]."""

    source: int
    statement: int
    entity: int
    target: int
    weight: float


class LocalGraph:
    """Edges out of the passages that have been expanded so far."""

    def __init__(self, snapshot: Snapshot, relevance: Relevance, linked: frozenset[int], weights: Weights) -> None:
        self._snapshot = snapshot
        self._graph: Graph = snapshot.graph
        self._relevance = relevance
        self._linked = linked
        self._weights = weights
        self._leads: dict[int, tuple[NDArray[np.int32], FloatArray]] = {}
        self.edges: list[Edge] = []
        self.expanded: set[int] = set()

    def lead(self, entity: int) -> tuple[NDArray[np.int32], FloatArray]:
        """Passages that an entity leads to, and how strongly."""
        if entity not in self._leads:
            self._leads[entity] = self._weigh(entity)
        return self._leads[entity]

    def _weigh(self, entity: int) -> tuple[NDArray[np.int32], FloatArray]:
        passages, weights = self._graph.passages_of(entity)
        count, owners = len(passages), int(self._graph.owner_count[entity])
        if count == 0:
            return passages, np.zeros(0, dtype=np.float32)
        passages, weights = passages[:_PASSAGES_PER_ENTITY], weights[:_PASSAGES_PER_ENTITY]
        fit = self._relevance.passages(passages.astype(np.int64))
        fit = fit / max(float(fit.max()), 1e-6)
        # Names can be shared: an owner competes with the other owners, a mention with everything that mentions.
        held = 1 / (1 + self._weights.fan_out * np.log(max(owners, 1)))
        shared = 1 / (1 + self._weights.fan_out * np.log(count))
        scale = np.where(
            np.arange(len(passages)) < owners,
            held * (0.5 + 0.5 * fit),
            shared * fit**self._weights.relevance_power,
        )
        return passages, (weights * scale).astype(np.float32)

    def expand(self, passages: list[int], values: dict[int, float]) -> None:
        """Add the edges out of some passages, through the entities most strongly reached from their ``values``."""
        new = [p for p in passages if p not in self.expanded]
        self.expanded.update(new)
        mentions = self._mentions(np.array(new, dtype=np.int64))
        reach: dict[int, float] = {}
        for (passage, entity), (_, fit) in mentions.items():
            reach[entity] = max(reach.get(entity, 0.0), values[passage] * fit)
        chosen = set(sorted(reach, key=lambda entity: (-reach[entity], entity))[:_ENTITIES_PER_HOP])
        for (passage, entity), (statement, fit) in mentions.items():
            if entity not in chosen:
                continue
            targets, strengths = self.lead(entity)
            self.edges += [
                Edge(passage, statement, entity, int(target), fit * float(strength))
                for target, strength in zip(targets, strengths, strict=True)
                if target != passage
            ]

    def _mentions(self, passages: NDArray[np.int64]) -> dict[tuple[int, int], tuple[int, float]]:
        """For each passage and entity, the statement of it that mentions the entity and fits best, and its fit."""
        best: dict[tuple[int, int], tuple[int, float]] = {}
        for offsets, first in (
            (self._snapshot.passage_sentences, 0),
            (self._snapshot.passage_triples, self._snapshot.sentence_count),
        ):
            items, starts = concatenated_ranges(offsets, passages)
            statements = items + first
            fits = self._relevance.statements(statements)
            owner = np.repeat(passages, np.diff(np.append(starts, len(items))))
            for passage, statement, fit in zip(owner.tolist(), statements.tolist(), fits.tolist(), strict=True):
                for entity in self._graph.entities_of(statement).tolist():
                    known = best.get((passage, entity))
                    if entity not in self._linked and fit > 0 and (known is None or fit > known[1]):
                        best[passage, entity] = (statement, fit)
        return best
