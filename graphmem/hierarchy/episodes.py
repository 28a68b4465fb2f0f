"""Events in ordered text: cut where a document turns to something else, kept in their order.

After EM-LLM (Fountas et al. 2024): a boundary lies where the next passage is a surprise, and is then moved to where the
likeness within the events on both sides is greatest against the likeness across.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import regex
from numpy.typing import NDArray

from graphmem.model import FloatArray
from graphmem.store import PassageRecord, Snapshot

__all__ = ["cut_events", "timeline_of"]

_WINDOW = 4
"""Passages before, whose mean the next one is compared with, and how far a boundary may be moved."""
_SURPRISE = 1.0
"""Standard deviations above a document's mean surprise that make a boundary."""
_NAMES = 0.5
"""What the change of names counts against that of meaning."""
_DATE = regex.compile(r"(?<!\d)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)")

Positions = NDArray[np.int64]


def timeline_of(snapshot: Snapshot, vectors: FloatArray) -> tuple[Positions, Positions]:
    """All passages in their order, and the event of each position; both of shape (passages,).

    The passages of a document are a sequence; dated documents of one folder (a date such as 2024-05-01 in their
    metadata, id or title) are one sequence together, by date. An event is a stretch of one sequence.
    """
    indptr, entities, _ = snapshot.entities_by_passage
    names = [frozenset(entities[a:b].tolist()) for a, b in pairwise(indptr.tolist())]
    timeline: list[int] = []
    events = np.zeros(snapshot.passage_count, dtype=np.int64)
    number = 0
    for sequence in _sequences(snapshot):
        cuts = cut_events(vectors[sequence], [names[position] for position in sequence])
        for first, last in pairwise([0, *cuts, len(sequence)]):
            events[sequence[first:last]] = number
            number += 1
        timeline += sequence
    return np.array(timeline, dtype=np.int64), events


def _sequences(snapshot: Snapshot) -> list[list[int]]:
    starts = np.flatnonzero(np.diff(snapshot.document_of, prepend=-1)).tolist()
    sequences: list[list[int]] = []
    dated: dict[str, list[tuple[str, list[int]]]] = {}
    records = snapshot.passages(starts)
    for record, (start, end) in zip(records, pairwise([*starts, snapshot.passage_count]), strict=True):
        date, members = _date(record), list(range(start, end))
        if date:
            dated.setdefault(record.passage.document_id.rpartition("/")[0], []).append((date, members))
        else:
            sequences.append(members)
    for group in dated.values():
        sequences.append([position for _, members in sorted(group) for position in members])
    return sequences


def _date(record: PassageRecord) -> str:
    told = json.loads(record.metadata).get("date", "")
    for text in (str(told), record.passage.document_id, record.passage.title):
        match = _DATE.search(text)
        if match is not None:
            return match.group()
    return ""


def cut_events(vectors: FloatArray, names: Sequence[frozenset[int]]) -> list[int]:
    """Where new events begin in one sequence of passages: increasing places in 1 … n - 1."""
    count = len(vectors)
    if count < 3:
        return []
    surprise = np.array([_surprise(vectors, names, place) for place in range(1, count)])
    limit = float(surprise.mean() + _SURPRISE * surprise.std())
    peaks = [place for place in range(1, count) if surprise[place - 1] > limit + 1e-9]
    cuts: list[int] = []
    for index, peak in enumerate(peaks):
        low = cuts[-1] + 1 if cuts else 1
        high = peaks[index + 1] - 1 if index + 1 < len(peaks) else count - 1
        choices = range(max(low, peak - _WINDOW), min(high, peak + _WINDOW) + 1)
        before, after = cuts[-1] if cuts else 0, peaks[index + 1] if index + 1 < len(peaks) else count
        if choices:
            cuts.append(
                max(choices, key=lambda place: (_gain(vectors[before:after], place - before), -abs(place - peak)))
            )
    return cuts


def _surprise(vectors: FloatArray, names: Sequence[frozenset[int]], place: int) -> float:
    before = vectors[max(0, place - _WINDOW) : place].mean(axis=0)
    norm = max(float(np.linalg.norm(before)), 1e-9)
    told = frozenset().union(*names[max(0, place - _WINDOW) : place])
    new = len(names[place] - told) / len(names[place]) if names[place] else 0.0
    return 1.0 - float(vectors[place] @ before) / norm + _NAMES * new


def _gain(vectors: FloatArray, place: int) -> float:
    """Mean likeness within the stretches on both sides of a boundary, less that across it.

    The products of all pairs add up to the product of the sums, so that a long stretch needs no matrix of them.
    """
    one, other = vectors[:place].sum(axis=0, dtype=np.float64), vectors[place:].sum(axis=0, dtype=np.float64)
    here, there = place, len(vectors) - place
    within = (one @ one + other @ other) / (here**2 + there**2)
    return float(within - one @ other / (here * there))
