"""The second copy of a passage must not push out the second hop."""

from __future__ import annotations

from collections.abc import Sequence

from graphmem.folding import tokenize
from graphmem.store import Snapshot

__all__ = ["demote_duplicates"]

_SAME = 0.9
"""Jaccard similarity of the word sets from which two passages say the same."""


def demote_duplicates(snapshot: Snapshot, ranked: Sequence[int], k: int) -> list[int]:
    """The ranking with every near copy of a better passage moved behind the first ``k`` others; nothing is dropped.

    Only as many passages are compared as it takes to fill ``k`` places, ``2 k`` at the most.
    """
    kept: list[int] = []
    copies: list[int] = []
    words_of: list[set[str]] = []
    pool = list(ranked[: 2 * k])
    for position, record in zip(pool, snapshot.passages(pool), strict=True):
        if len(kept) == k:
            break
        words = {word for word, _, _ in tokenize(record.passage.text)}
        if any(_similar(words, other) for other in words_of):
            copies.append(position)
        else:
            kept.append(position)
            words_of.append(words)
    compared = {*kept, *copies}
    return kept + copies + [p for p in ranked if p not in compared]


def _similar(one: set[str], other: set[str]) -> bool:
    if min(len(one), len(other)) < _SAME * max(len(one), len(other)):
        return False
    shared = len(one & other)
    return shared >= _SAME * (len(one) + len(other) - shared)
