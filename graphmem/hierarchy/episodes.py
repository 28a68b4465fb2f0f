"""Events in ordered text: cut where a document turns to something else, kept in their order.

After EM-LLM (Fountas et al. 2024): a boundary lies where the next passage is a surprise, and is then moved to where the
likeness within the events on both sides is greatest against the likeness across.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np
from numpy.typing import NDArray

from graphmem.hierarchy.incidence import Incidence
from graphmem.hierarchy.likeness import Vectors, batches
from graphmem.store import Snapshot, told_date

__all__ = ["Timeline", "cut_events", "timeline_of"]

_WINDOW = 4
"""Passages before, whose mean the next one is compared with, and how far a boundary may be moved."""
_SURPRISE = 1.0
"""Standard deviations above a document's mean surprise that make a boundary."""
_NAMES = 0.5
"""What the change of names counts against that of meaning."""
_BLOCK = 2048

Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Timeline:
    """Columns, shape (passages,). ``order`` holds all positions, sequence by sequence; the others go by position: ``event``
    is the number of a passage's episode, ``series`` a number that stays with its sequence, ``day`` the day of a dated one
    (from the year 1 on, 0 for none).
    """

    order: NDArray[np.int64]
    event: NDArray[np.int64]
    series: NDArray[np.int64]
    day: NDArray[np.int32]


def timeline_of(
    snapshot: Snapshot,
    vectors: Vectors,
    incidence: Incidence,
    old: Timeline | None,
    before: Positions,
    now: Positions,
) -> Timeline:
    """All passages in their order, cut into events.

    The passages of a document are a sequence; dated documents of one folder (a date such as 2024-05-01 in their
    metadata, id or title) are one sequence together, by date. An event is a stretch of one sequence. Sequences that
    neither lost nor got a passage keep the events of ``old``: ``before`` is the place of each passage there, -1 for none,
    and ``now`` the position of each passage from there, -1 where it is gone.
    """
    count = snapshot.passage_count
    series, day = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int32)
    event = np.zeros(count, dtype=np.int64)
    new = before < 0
    touched = np.zeros(0, dtype=np.int64)
    if old is not None:
        series[~new], day[~new], event[~new] = (column[before[~new]] for column in (old.series, old.day, old.event))
        touched = old.series[now < 0]
    _date_documents(snapshot, new, series, day)
    touched = np.union1d(touched, series[new])
    _, first, which = np.unique(series, return_index=True, return_inverse=True)
    order = np.lexsort((day, first[which]))
    # Events get new numbers below; until then those that are cut anew lie beyond all others.
    free = int(event.max(initial=-1)) + 1
    cut_anew = np.flatnonzero(np.isin(series[order], touched))
    cut_anew = order[cut_anew]
    ends = np.append(np.flatnonzero(np.diff(which[cut_anew])) + 1, len(cut_anew))
    for start, end in pairwise(chain((0,), map(int, ends))):
        sequence = cut_anew[start:end]
        # Most documents of a large store are short: what has no inside is not cut.
        cuts = cut_events(vectors, sequence, _novelty(incidence, sequence)) if len(sequence) > 2 else []
        event[sequence] = free + np.searchsorted(cuts, np.arange(len(sequence)), side="right")
        free += len(cuts) + 1
    changed = (np.diff(event[order], prepend=-1) != 0) | (np.diff(which[order], prepend=-1) != 0)
    event[order] = np.cumsum(changed) - 1
    return Timeline(order, event, series, day)


def _date_documents(
    snapshot: Snapshot, new: NDArray[np.bool_], series: NDArray[np.int64], day: NDArray[np.int32]
) -> None:
    """Fill in series and days of new passages: the first passage's row stands for a document, a digest for a folder."""
    starts = np.flatnonzero(np.diff(snapshot.document_of, prepend=-1))
    fresh = starts[new[starts]]
    numbers, days = np.empty(len(starts), dtype=np.int64), np.zeros(len(starts), dtype=np.int32)
    numbers[:] = snapshot.passage_rows[starts]
    for batch in batches(fresh):
        documents = snapshot.document_of[batch]
        for document, record in zip(documents.tolist(), snapshot.passages(batch), strict=True):
            passage = record.passage
            if found := told_date(record.metadata, passage.document_id, passage.title):
                days[document] = found.toordinal()
                numbers[document] = -_digest(record.passage.document_id.rpartition("/")[0])
    series[new], day[new] = numbers[snapshot.document_of[new]], days[snapshot.document_of[new]]


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=7).digest(), "big") + 1


def _novelty(incidence: Incidence, sequence: Positions) -> NDArray[np.float64]:
    """The share of each passage's names that those right before it do not say, shape (n,)."""
    found = np.empty(len(sequence))
    for first in range(0, len(sequence), _BLOCK):
        start = max(0, first - _WINDOW)
        block = sequence[start : first + _BLOCK]
        told = incidence.some(block)
        counts, names = told.counts(), told.values
        place = np.repeat(np.arange(len(block)), counts)
        order = np.lexsort((place, names))
        name, place = names[order], place[order]
        again = (np.diff(name, prepend=-1) == 0) & (np.diff(place, prepend=0) <= _WINDOW)
        new = np.bincount(place[~again], minlength=len(block)) / np.maximum(counts, 1)
        found[first : first + _BLOCK] = new[first - start :]
    return found


def cut_events(vectors: Vectors, sequence: Positions, novelty: NDArray[np.float64]) -> list[int]:
    """Where new events begin in one sequence of passages: increasing places in 1 … n - 1.

    ``sequence``, shape (n,), are the passages' positions in ``vectors``, ``novelty``, shape (n,), is the share of names that
    are new at each.
    """
    count = len(sequence)
    if count < 3:
        return []
    surprise = _surprise(vectors, sequence) + _NAMES * novelty[1:]
    limit = float(surprise.mean() + _SURPRISE * surprise.std())
    peaks = (np.flatnonzero(surprise > limit + 1e-9) + 1).tolist()
    cuts: list[int] = []
    for index, peak in enumerate(peaks):
        before, after = cuts[-1] if cuts else 0, peaks[index + 1] if index + 1 < len(peaks) else count
        low, high = max(before + 1, peak - _WINDOW), min(after - 1, peak + _WINDOW)
        if low <= high:
            gains = _gains(vectors, sequence[before:after], low - before, high - before)
            cuts.append(max(range(low, high + 1), key=lambda place: (gains[place - low], -abs(place - peak))))
    return cuts


def _surprise(vectors: Vectors, sequence: Positions) -> NDArray[np.float64]:
    """How unlike the mean of those right before it each passage but the first is, shape (n - 1,)."""
    found = np.empty(len(sequence) - 1)
    for at in range(1, len(sequence), _BLOCK):
        start = max(0, at - _WINDOW)
        block = vectors[sequence[start : at + _BLOCK]].astype(np.float64)
        sums = np.concatenate((np.zeros((1, block.shape[1])), np.cumsum(block, axis=0)))
        places = np.arange(at - start, len(block))
        before = sums[places] - sums[np.maximum(places - _WINDOW, 0)]
        norms = np.maximum(np.linalg.norm(before, axis=1), 1e-9)
        found[at - 1 : at - 1 + len(places)] = 1.0 - np.einsum("nd,nd->n", block[places], before) / norms
    return found


def _gains(vectors: Vectors, stretch: Positions, low: int, high: int) -> list[float]:
    """For boundaries at ``low`` … ``high``: mean likeness within the parts on both sides, less that across.

    The products of all pairs add up to the product of the sums, so that a long stretch needs no matrix of them.
    """
    one, between, other = (_sum(vectors, part) for part in np.split(stretch, [low, high]))
    other = other + between
    gains: list[float] = []
    for place, vector in enumerate([None, *vectors[stretch[low:high]].astype(np.float64)], start=low):
        if vector is not None:
            one, other = one + vector, other - vector
        here, there = place, len(stretch) - place
        within = (one @ one + other @ other) / (here**2 + there**2)
        gains.append(float(within - one @ other / (here * there)))
    return gains


def _sum(vectors: Vectors, positions: Positions) -> NDArray[np.float64]:
    total: NDArray[np.float64] = vectors[positions[:0]].sum(axis=0, dtype=np.float64)
    for batch in batches(positions):
        total += vectors[batch].sum(axis=0, dtype=np.float64)
    return total
