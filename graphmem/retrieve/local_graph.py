"""The question's own piece of the graph: grown passage by passage, with edges that depend on the question.

A passage leads to the entities that its statements mention, the stronger the better the statement fits the question;
an entity leads to the passages that have to do with it, the stronger the better the *passage* fits the question among
those of the same entity, and the weaker the more there are. Edges are directed: from what mentions to what is about.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from graphmem.model import FloatArray
from graphmem.retrieve.relevance import Relevance
from graphmem.retrieve.scores import Scores
from graphmem.retrieve.weights import Weights
from graphmem.store import Graph, Snapshot, ascending, concatenated_ranges

__all__ = ["Edges", "LocalGraph"]

_ENTITIES_PER_HOP = 30
_PASSAGES_PER_ENTITY = 64
"""A hub leads to this many of its passages at most: first to those that are about it, then in store order."""

Positions = NDArray[np.int64]


@dataclass(frozen=True)
class Edges:
    """Columns of shape (n,): from a passage, through a statement that mentions an entity, to another passage.

    ``weight`` lies in [0, 1].
    """

    source: Positions
    statement: Positions
    entity: Positions
    target: Positions
    weight: FloatArray

    @classmethod
    def none(cls) -> Self:
        """No edges."""
        empty = np.zeros(0, dtype=np.int64)
        return cls(empty, empty, empty, empty, np.zeros(0, dtype=np.float32))

    def __len__(self) -> int:
        return len(self.source)

    @cached_property
    def ends(self) -> tuple[Positions, Positions, Positions]:
        """The passages at either end, ascending, and the number that the source and the target of each edge have there."""
        nodes = ascending(np.concatenate((self.source, self.target)))
        return nodes, nodes.searchsorted(self.source), nodes.searchsorted(self.target)

    def __add__(self, other: Edges) -> Edges:
        return Edges(*(np.concatenate((getattr(self, f.name), getattr(other, f.name))) for f in fields(self)))


class LocalGraph:
    """Edges out of the passages that have been expanded so far."""

    def __init__(self, snapshot: Snapshot, relevance: Relevance, linked: frozenset[int], weights: Weights) -> None:
        self._snapshot = snapshot
        self._graph: Graph = snapshot.graph
        self._relevance = relevance
        self._linked = np.array(sorted(linked), dtype=np.int64)
        self._weights = weights
        self.edges = Edges.none()
        self.expanded: set[int] = set()

    def leads(self, entities: Positions) -> tuple[Positions, Positions, FloatArray]:
        """Where entities lead: for each passage that one has to do with, the entity's row, the passage, the strength."""
        begins, counts = self._graph.passages.where(entities)
        allowed = self._snapshot.allowed
        row, place = _counted(np.minimum(counts, _PASSAGES_PER_ENTITY) if allowed is None else counts)
        at = begins[row] + place
        passages = self._graph.passages.values(at).astype(np.int64)
        if allowed is not None:
            # Those that may be found are counted, not those that stand before them.
            kept = allowed[passages].nonzero()[0]
            kept = kept[_counted(np.bincount(row[kept], minlength=len(entities)))[1] < _PASSAGES_PER_ENTITY]
            row, place, at, passages = row[kept], place[kept], at[kept], passages[kept]
        if not len(passages):
            return row, passages, np.zeros(0, dtype=np.float32)
        fit = self._relevance.passages(passages)
        most = np.zeros(len(entities), dtype=np.float32)
        np.maximum.at(most, row, fit)
        fit /= np.maximum(most[row], 1e-6)
        # Names can be shared: an owner competes with the other owners, a mention with everything that mentions.
        owners = self._graph.owner_count.some(entities)
        held, shared = (np.maximum(number, 1.0) ** -self._weights.fan_out for number in (owners, counts))
        scale = np.where(
            place < owners[row],
            held[row] * (0.5 + 0.5 * fit),
            shared[row] * fit**self._weights.relevance_power,
        )
        return row, passages, (self._graph.passages.weights(at) * scale).astype(np.float32)

    def expand(self, passages: list[int], values: Scores) -> int:
        """Add the edges out of some passages, through the entities most strongly reached from them; how many.

        ``values`` say how strongly each passage has been reached.
        """
        new = np.array([p for p in passages if p not in self.expanded], dtype=np.int64)
        self.expanded.update(new.tolist())
        source, entity, statement, fit = self._mentions(new)
        if not len(source):
            return 0
        names = ascending(entity)
        which = names.searchsorted(entity)
        reach = np.zeros(len(names), dtype=np.float32)
        np.maximum.at(reach, which, values.at(source) * fit)
        chosen = np.sort(np.lexsort((names, -reach))[:_ENTITIES_PER_HOP])
        row, target, strength = self.leads(names[chosen])
        # Each mention of a chosen entity, paired with every passage that the entity leads to.
        counts = np.bincount(row, minlength=len(chosen))
        first = np.cumsum(counts) - counts
        slot = np.full(len(names), -1)
        slot[chosen] = np.arange(len(chosen))
        mention = (slot[which] >= 0).nonzero()[0]
        slots = slot[which[mention]]
        pair = np.repeat(mention, counts[slots])
        ends = np.cumsum(counts[slots])
        lead = np.arange(len(pair)) + np.repeat(first[slots] - (ends - counts[slots]), counts[slots])
        apart = target[lead] != source[pair]
        pair, lead = pair[apart], lead[apart]
        self.edges += Edges(
            source[pair], statement[pair], entity[pair], target[lead], (fit[pair] * strength[lead]).astype(np.float32)
        )
        return len(pair)

    def _mentions(self, passages: Positions) -> tuple[Positions, Positions, Positions, FloatArray]:
        """For each passage and entity, the statement of it that mentions the entity and fits best, and its fit."""
        statements, owners = self._statements(passages)
        # What is asked may be said in words that are nothing like the question's: no name is lost for that.
        least = np.float32(self._weights.unlike)
        fits = least + (1 - least) * self._relevance.statements(statements)
        mentions = self._graph.mentions.some(statements)
        row = np.repeat(np.arange(len(statements)), mentions.counts())
        entity = mentions.values.astype(np.int64)
        kept = (fits[row] > 0) & (entity != self._linked[:, None]).all(axis=0)
        row, entity = row[kept], entity[kept]
        owner, fit = owners[row], fits[row]
        order = np.lexsort((row, -fit, entity, owner))
        owner, entity, row, fit = owner[order], entity[order], row[order], fit[order]
        best = np.ones(len(owner), dtype=bool)
        best[1:] = (owner[1:] != owner[:-1]) | (entity[1:] != entity[:-1])
        return owner[best], entity[best], statements[row[best]], fit[best]

    def _statements(self, passages: Positions) -> tuple[Positions, Positions]:
        """Sentences and triples of some passages as statements, and the passage of each."""
        statements, owners = [], []
        for offsets, first in (
            (self._snapshot.passage_sentences, 0),
            (self._snapshot.passage_triples, self._snapshot.sentence_count),
        ):
            items, _ = concatenated_ranges(offsets, passages)
            statements.append(items + first)
            owners.append(np.repeat(passages, offsets[passages + 1] - offsets[passages]))
        return np.concatenate(statements), np.concatenate(owners)


def _counted(counts: Positions) -> tuple[Positions, Positions]:
    """So many places in each row: the row of each, and its number within it."""
    row = np.repeat(np.arange(len(counts)), counts)
    return row, np.arange(len(row)) - (np.cumsum(counts) - counts)[row]
