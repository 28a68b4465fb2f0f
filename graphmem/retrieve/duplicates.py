"""The second copy of a passage must not push out the second hop."""

from __future__ import annotations

from collections.abc import Sequence

from graphmem.folding import words
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
    texts: list[set[str]] = []
    pool = list(ranked[: 2 * k])
    for position, record in zip(pool, snapshot.passages(pool), strict=True):
        if len(kept) == k:
            break
        text = set(words(record.passage.text))
        if any(_similar(text, other) for other in texts):
            copies.append(position)
        else:
            kept.append(position)
            texts.append(text)
    compared = {*kept, *copies}
    return kept + copies + [p for p in ranked if p not in compared]


def _similar(one: set[str], other: set[str]) -> bool:
    if min(len(one), len(other)) < _SAME * max(len(one), len(other)):
        return False
    shared = len(one & other)
    return shared >= _SAME * (len(one) + len(other) - shared)
