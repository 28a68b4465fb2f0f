"""Events in ordered text: cut where a document turns to something else, kept in their order.

After EM-LLM (Fountas et al. 2024): a boundary lies where the next passage is a surprise, and is then moved to where the
likeness within the events on both sides is greatest against the likeness across.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from graphmem.model import FloatArray

__all__ = ["cut_events", "events_of"]

_WINDOW = 4
"""Passages before, whose mean the next one is compared with, and how far a boundary may be moved."""
_SURPRISE = 1.0
"""Standard deviations above a document's mean surprise that make a boundary."""
_NAMES = 0.5
"""What the change of names counts against that of meaning."""

Positions = NDArray[np.int64]


def events_of(document_of: Positions, vectors: FloatArray, names: Sequence[frozenset[int]]) -> Positions:
    """The event of each passage, numbered in canonical order; an event never leaves its document.

    ``document_of`` has the shape (n,), ``vectors`` (n, d), and ``names`` holds the entities of each passage.
    """
    events = np.zeros(len(document_of), dtype=np.int64)
    starts = np.flatnonzero(np.diff(document_of, prepend=-1)).tolist()
    number = 0
    for start, end in pairwise([*starts, len(document_of)]):
        cuts = cut_events(vectors[start:end], names[start:end])
        for first, last in pairwise([0, *cuts, end - start]):
            events[start + first : start + last] = number
            number += 1
    return events


def cut_events(vectors: FloatArray, names: Sequence[frozenset[int]]) -> list[int]:
    """Where new events begin in one sequence of passages: increasing places in 1 … n - 1."""
    count = len(vectors)
    if count < 3:
        return []
    surprise = np.array([_surprise(vectors, names, place) for place in range(1, count)])
    limit = float(surprise.mean() + _SURPRISE * surprise.std())
    peaks = [place for place in range(1, count) if surprise[place - 1] > limit + 1e-9]
    cuts: list[int] = []
    similar = vectors @ vectors.T
    for index, peak in enumerate(peaks):
        low = cuts[-1] + 1 if cuts else 1
        high = peaks[index + 1] - 1 if index + 1 < len(peaks) else count - 1
        choices = range(max(low, peak - _WINDOW), min(high, peak + _WINDOW) + 1)
        before, after = cuts[-1] if cuts else 0, peaks[index + 1] if index + 1 < len(peaks) else count
        if choices:
            cuts.append(max(choices, key=lambda place: (_gain(similar, before, place, after), -abs(place - peak))))
    return cuts


def _surprise(vectors: FloatArray, names: Sequence[frozenset[int]], place: int) -> float:
    before = vectors[max(0, place - _WINDOW) : place].mean(axis=0)
    norm = max(float(np.linalg.norm(before)), 1e-9)
    told = frozenset().union(*names[max(0, place - _WINDOW) : place])
    new = len(names[place] - told) / len(names[place]) if names[place] else 0.0
    return 1.0 - float(vectors[place] @ before) / norm + _NAMES * new


def _gain(similar: FloatArray, before: int, place: int, after: int) -> float:
    """Mean likeness within the stretches on both sides of a boundary, less that across it."""
    one, other = slice(before, place), slice(place, after)
    within = np.concatenate((similar[one, one].ravel(), similar[other, other].ravel()))
    return float(within.mean() - similar[one, other].mean())
