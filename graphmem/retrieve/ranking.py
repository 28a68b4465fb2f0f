"""The order of the best passages: each by what it adds to those before it.

After maximal marginal relevance (Carbonell and Goldstein 1998), over names instead of words: once some passages about a
name of the question stand at the top, a further one has less to say than the passage that the chain leads to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from graphmem.model import FloatArray
from graphmem.retrieve.scores import Scores
from graphmem.retrieve.weights import Weights

__all__ = ["RERANKED", "rank_by_gain"]

RERANKED = 50
"""Passages that are put in order, or twice as many as are asked for where that is more."""


def rank_by_gain(
    scores: Scores,
    ranked: Sequence[int],
    named: Mapping[int, tuple[int, float]],
    fit: FloatArray,
    count: int,
    weights: Weights,
) -> tuple[list[int], list[float]]:
    """The first ``count`` of the passages ``ranked``, one after the other by what each still adds, and how much that is,
    never increasing.

    ``named`` says which entity of the question a passage has to do with, and how much of its score that gives; every
    passage that has been placed for the same entity takes a share of it away. ``fit``, shape (n,), is the likeness of
    the n passages to what is asked.
    """
    worth = scores.at(np.array(ranked, dtype=np.int64))
    factors = 1 - weights.fit + weights.fit * fit / max(float(fit.max(initial=0.0)), 1e-6)
    entity = np.array([named.get(position, (-1, 0.0))[0] for position in ranked])
    given = np.array([named.get(position, (-1, 0.0))[1] for position in ranked])
    gains = factors * worth
    order: list[int] = []
    added: list[float] = []
    for _ in range(min(count, len(ranked))):
        best = int(gains.argmax())
        order.append(ranked[best])
        added.append(float(gains[best]))
        if entity[best] >= 0:
            again = entity == entity[best]
            lost = given[again] * (1 - weights.named_again)
            gains[again] -= factors[again] * lost
            given[again] -= lost
        gains[best] = -np.inf
    return order, added
