"""Spreading over the local graph: the best chain to each passage, and Personalized PageRank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graphmem.retrieve.local_graph import Edge

__all__ = ["Chain", "best_chains", "personalized_pagerank"]


@dataclass(frozen=True, slots=True)
class Chain:
    """The best way to a passage: its value, the last edge, and the number of edges."""

    value: float
    edge: Edge
    length: int


def best_chains(edges: Sequence[Edge], seeds: Mapping[int, float], *, hops: int, decay: float) -> dict[int, Chain]:
    """The chain of greatest product of seed and edge weights to each passage, over at most ``hops`` edges.

    Every edge after the first multiplies by ``decay`` as well. A passage's worth is its best chain, not the sum over
    all: sums let hubs win.
    """
    best: dict[int, Chain] = {}
    front: dict[int, float] = dict(seeds)
    for length in range(1, hops + 1):
        reached: dict[int, Chain] = {}
        for edge in edges:
            value = front.get(edge.source, 0.0) * edge.weight * (decay if length > 1 else 1.0)
            known = reached.get(edge.target)
            if value > 0 and (known is None or value > known.value):
                reached[edge.target] = Chain(value, edge, length)
        for target, chain in reached.items():
            if target not in best or chain.value > best[target].value:
                best[target] = chain
        front = {target: chain.value for target, chain in reached.items()}
    return best


def personalized_pagerank(
    edges: Sequence[Edge], personalization: Mapping[int, float], *, damping: float, tolerance: float = 1e-9
) -> tuple[dict[int, float], dict[int, float]]:
    """Personalized PageRank of the passages of a local graph by power iteration.

    ``personalization`` is the restart mass, normalised here to sum 1. A passage hands on ``damping`` of its mass along
    its edges in proportion to their weights, but no more of it than the weights add up to: a passage whose statements
    have nothing to do with the question keeps its mass from everyone. Mass not handed on returns to the restart.
    Returns the rank of each passage, summing to 1, and the part of it that came along edges.
    (Page et al. 1999; Haveliwala 2002 for the personalization vector.)
    """
    nodes = sorted({edge.source for edge in edges} | {edge.target for edge in edges} | set(personalization))
    number = {node: index for index, node in enumerate(nodes)}
    restart = np.array([personalization.get(node, 0.0) for node in nodes])
    if restart.sum() <= 0:
        return {}, {}
    restart /= restart.sum()
    source = np.array([number[edge.source] for edge in edges], dtype=np.int64)
    target = np.array([number[edge.target] for edge in edges], dtype=np.int64)
    weight = np.array([edge.weight for edge in edges])
    out = np.bincount(source, weight, minlength=len(nodes)) if len(edges) else np.zeros(len(nodes))
    share = weight / np.maximum(out[source], 1.0)
    rank: NDArray[np.float64] = restart.copy()
    moved: NDArray[np.float64] = np.zeros(len(nodes))
    for _ in range(200):
        moved = damping * np.bincount(target, rank[source] * share, minlength=len(nodes))
        previous, rank = rank, np.asarray(moved + (1.0 - moved.sum()) * restart, dtype=np.float64)
        if np.abs(rank - previous).sum() < tolerance:
            break
    return dict(zip(nodes, rank.tolist(), strict=True)), dict(zip(nodes, moved.tolist(), strict=True))
