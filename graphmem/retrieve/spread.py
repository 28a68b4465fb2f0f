"""Spreading over the local graph: the best chain to each passage, and Personalized PageRank."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graphmem.model import FloatArray
from graphmem.retrieve.local_graph import Edges

__all__ = ["Chains", "best_chains", "personalized_pagerank"]

_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class Chains:
    """The best way to each passage of the store, shape (passages,): its value, 0 where there is none, and the row of
    its last edge, -1 where there is none."""

    value: FloatArray
    edge: NDArray[np.int64]

    def reached(self) -> list[int]:
        """The passages that some chain reaches, best first; ties by position."""
        found = np.flatnonzero(self.value > 0)
        ordered: list[int] = found[np.lexsort((found, -self.value[found]))].tolist()
        return ordered


def best_chains(edges: Edges, seeds: FloatArray, *, hops: int, decay: float) -> Chains:
    """The chain of greatest product of seed and edge weights to each passage, over at most ``hops`` edges.

    ``seeds`` has the shape (passages of the store,). Every edge after the first multiplies by ``decay`` as well. A
    passage's worth is its best chain, not the sum over all: sums let hubs win.
    """
    best = np.zeros(len(seeds), dtype=np.float32)
    last = np.full(len(seeds), -1, dtype=np.int64)
    front = seeds
    for length in range(hops):
        value = front[edges.source] * edges.weight * np.float32(decay if length else 1.0)
        reached = np.zeros(len(seeds), dtype=np.float32)
        np.maximum.at(reached, edges.target, value)
        rows = np.flatnonzero((value > 0) & (value == reached[edges.target]) & (value > best[edges.target]))
        targets, first = np.unique(edges.target[rows], return_index=True)
        best[targets], last[targets] = reached[targets], rows[first]
        front = reached
    return Chains(best, last)


def personalized_pagerank(
    edges: Edges, personalization: FloatArray, *, damping: float, tolerance: float = 1e-9
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Personalized PageRank of the passages of a local graph by power iteration.

    ``personalization`` is the restart mass, shape (passages of the store,), normalised here to sum 1. A passage hands
    on ``damping`` of its mass along its edges in proportion to their weights, but no more of it than the weights add
    up to: a passage whose statements have nothing to do with the question keeps its mass from everyone. Mass not
    handed on returns to the restart. Returns the rank of each passage, summing to 1, and the part of it that came
    along edges; zeros without restart mass. (Page et al. 1999; Haveliwala 2002 for the personalization vector.)
    """
    count = len(personalization)
    ranks, came = np.zeros(count), np.zeros(count)
    nodes = np.unique(np.concatenate((edges.source, edges.target, np.flatnonzero(personalization > 0))))
    restart = personalization[nodes].astype(np.float64)
    if restart.sum() <= 0:
        return ranks, came
    restart /= restart.sum()
    source, target = np.searchsorted(nodes, edges.source), np.searchsorted(nodes, edges.target)
    weight = edges.weight.astype(np.float64)
    out = np.bincount(source, weight, minlength=len(nodes))
    share = damping * weight / np.maximum(out[source], 1.0)
    rank: NDArray[np.float64] = restart.copy()
    moved: NDArray[np.float64] = np.zeros(len(nodes))
    for _ in range(_ROUNDS):
        moved = np.asarray(np.bincount(target, rank[source] * share, minlength=len(nodes)), dtype=np.float64)
        previous, rank = rank, np.asarray(moved + (1.0 - moved.sum()) * restart, dtype=np.float64)
        if np.abs(rank - previous).sum() < tolerance:
            break
    ranks[nodes], came[nodes] = rank, moved
    return ranks, came
