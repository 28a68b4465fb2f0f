"""The second copy of a passage must not push out the second hop."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from graphmem.folding import words
from graphmem.store import Snapshot

__all__ = ["demote_duplicates"]

_SAME = 0.9
"""Jaccard similarity of the word sets from which two passages say the same."""


def demote_duplicates(snapshot: Snapshot, ranked: Sequence[int], k: int) -> list[int]:
    """The first ``k`` of a ranking, with every near copy of a better passage moved behind all others."""
    kept: list[int] = []
    copies: list[int] = []
    texts: list[frozenset[str]] = []
    for position, record in zip(ranked, snapshot.passages(ranked), strict=True):
        if len(kept) == k:
            break
        text = _vocabulary(record.passage.text)
        if any(_similar(text, other) for other in texts):
            copies.append(position)
        else:
            kept.append(position)
            texts.append(text)
    return (kept + copies)[:k]


@lru_cache(maxsize=1024)
def _vocabulary(text: str) -> frozenset[str]:
    return frozenset(words(text))


def _similar(one: frozenset[str], other: frozenset[str]) -> bool:
    if len(one) < _SAME * len(other) or len(other) < _SAME * len(one):
        return False
    shared = len(one & other)
    return shared >= _SAME * (len(one) + len(other) - shared)
