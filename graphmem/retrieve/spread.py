"""Spreading over the local graph: the best chain to each passage, and Personalized PageRank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from graphmem.retrieve.local_graph import Edges
from graphmem.retrieve.scores import Scores
from graphmem.store import ascending

__all__ = ["Chains", "best_chains", "personalized_pagerank"]

_RESIDUAL = 1e-7
"""Mass below which a passage does not hand on what it has: hundreds of them together change no fifth digit."""


@dataclass(frozen=True, slots=True)
class Chains:
    """The best way to each passage that some chain reaches: its value, and the row of its last edge, beside
    ``value.positions``, -1 where there is none."""

    value: Scores
    edge: NDArray[np.int64]

    @classmethod
    def none(cls) -> Self:
        """Nothing is reached."""
        return cls(Scores.none(), np.zeros(0, dtype=np.int64))

    def last_edges(self, positions: NDArray[np.int64]) -> NDArray[np.int64]:
        """The rows of the last edges of the best chains to some passages, -1 where there is none."""
        if not len(self.edge):
            return np.full(len(positions), -1)
        place = self.value.positions.searchsorted(positions)
        edges = self.edge.take(place, mode="clip")
        edges[self.value.positions.take(place, mode="clip") != positions] = -1
        return edges


def best_chains(edges: Edges, seeds: Scores, *, hops: int, decay: float) -> Chains:
    """The chain of greatest product of seed and edge weights to each passage, over at most ``hops`` edges.

    Every edge after the first multiplies by ``decay`` as well. A passage's worth is its best chain, not the sum over
    all: sums let hubs win.
    """
    nodes, source, target = edges.ends
    best = np.zeros(len(nodes), dtype=np.float32)
    last = np.full(len(nodes), -1, dtype=np.int64)
    front = seeds.at(nodes)
    for length in range(hops):
        value = front[source] * edges.weight * np.float32(decay if length else 1.0)
        reached = np.zeros(len(nodes), dtype=np.float32)
        np.maximum.at(reached, target, value)
        rows = ((value > best[target]) & (value == reached[target])).nonzero()[0]
        # Of equal chains the first stays: it is written last.
        last[target[rows[::-1]]] = rows[::-1]
        best = np.maximum(best, reached)
        front = reached
    return Chains(Scores(nodes, best), last)


def personalized_pagerank(
    edges: Edges, personalization: Scores, *, damping: float, residual: float = _RESIDUAL
) -> tuple[Scores, Scores]:
    """Personalized PageRank of the passages of a local graph by residual push (Andersen, Chung and Lang 2006).

    ``personalization`` is the restart mass, normalised here to sum 1. A passage hands on ``damping`` of its mass along
    its edges in proportion to their weights, but no more of it than the weights add up to: a passage whose statements
    have nothing to do with the question keeps its mass from everyone. Mass not handed on returns to the restart.

    Every passage that holds more than ``residual`` hands it on, all of them at once, until none does; the rest, which
    would come to ``damping / (1 - damping)`` of itself at most, is folded into the rank where it lies. So the ranks are
    wrong by at most that share of ``residual`` times the number of passages. Returns the rank of each passage, summing
    to 1, and the part of it that came along edges; nothing without restart mass.
    """
    total = float(personalization.values.sum(dtype=np.float64))
    if total <= 0.0:
        return Scores.none(), Scores.none()
    nodes, source, target = edges.ends
    weight = edges.weight.astype(np.float64)
    share = damping * weight / np.maximum(np.bincount(source, weight, minlength=len(nodes)), 1.0)[source]
    waiting, came = personalization.at(nodes).astype(np.float64) / total, np.zeros(len(nodes))
    while np.count_nonzero(pushes := waiting > residual):
        pushed = waiting * pushes
        arrived = np.bincount(target, pushed[source] * share, minlength=len(nodes))
        waiting += arrived - pushed
        came += arrived
    # Whoever hands all on gets the restart anew for what does not come back: the same as dividing by the sum.
    whole = 1.0 + float(came.sum())
    # Seeds may have no edge at all.
    reached = ascending(np.concatenate((nodes, personalization.positions[personalization.values > 0])))
    part = np.zeros(len(reached))
    part[reached.searchsorted(nodes)] = came / whole
    ranks = personalization.at(reached).astype(np.float64) / (total * whole) + part
    return Scores(reached, ranks.astype(np.float32)), Scores(reached, part.astype(np.float32))
