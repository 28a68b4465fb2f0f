"""How the graph writes each name: as the passage does that is surest to be about it, else as it is mentioned first."""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from graphmem.model import Extraction
from graphmem.store.facts import Facts, Reading, names_of
from graphmem.store.moves import Moves, Rows, Strings
from graphmem.store.pieces import Label, Labels, best_label, is_better

__all__ = ["Extractions", "label_entities"]

Positions = NDArray[np.int64]
Extractions = Callable[[int], Extraction]
"""What was extracted from the passage at a position."""
_NUMBER = itemgetter(0)


def label_entities(
    old: Facts,
    passages: Moves,
    reading: Reading,
    extraction: Extractions,
    keys: Strings,
    numbers: Positions,
    entities: Moves,
    owners: Rows,
    said: Rows,
) -> tuple[Strings, NDArray[np.float64], Positions]:
    """How each entity is written, how sure that is (0 for a mere mention), and by which passage, shapes (entities,).

    ``numbers`` are the entities that the new passages name, ascending. Of equally sure
    passages the greatest spelling counts, so that it does not matter which came first.
    """
    source = passages.now(len(old.inside))[old.label_passage]
    passage = entities.items(source, np.full(len(keys), -1, dtype=np.int64))
    weight = entities.items(old.label_weight, np.full(len(keys), -1.0))
    old_number = entities.items(np.arange(len(old.keys)), np.full(len(keys), -1))
    at = passages.new()
    lost: dict[int, Label] = {}
    alone = np.flatnonzero((passage < 0) & (old_number >= 0)) if (source < 0).any() else source[:0]
    for number, sources in _sources(alone.tolist(), owners, said):
        for place in sources:
            label = _told(extraction(place), keys[number], place)
            if number not in lost or is_better(label, lost[number]):
                lost[number] = label

    def offered() -> Iterator[tuple[int, Label]]:
        for number, (sure, text, among) in zip(numbers.data, reading.labels, strict=True):
            label, before = (sure, text, int(at[among])), int(old_number[number])
            if before >= 0 and number not in lost:
                known = (float(weight[number]), old.labels[before], int(passage[number]))
                if not is_better(label, known):
                    continue
            yield number, label

    # A label of old stays where nothing better came; new entities all have one by now.
    changed, better = array("q"), Labels()
    for number, same in groupby(heapq.merge(sorted(lost.items()), offered(), key=_NUMBER), key=_NUMBER):
        changed.append(number)
        better.append(best_label(label for _, label in same))
    numbered = np.frombuffer(changed, dtype=np.int64)
    weight[numbered], passage[numbered] = better.weights, better.passages
    return Strings(entities.without(numbered).rows(old.labels.rows, better.texts.rows())), weight, passage


def _told(extraction: Extraction, key: str, at: int) -> Label:
    owned, said = names_of(extraction)
    return (*owned[key], at) if key in owned else (0.0, said[key], at)


def _sources(numbers: list[int], owners: Rows, said: Rows) -> Iterable[tuple[int, list[int]]]:
    """The passages that decide how each of some entities is written: all that are about it, else the first that names it."""
    if not numbers:
        return
    wanted = np.zeros(max(int(rows.values.max(initial=0)) for rows in (owners, said)) + 1, dtype=bool)
    wanted[numbers] = True
    found: dict[int, list[int]] = {}
    for rows, every in ((owners, True), (said, False)):
        at = np.flatnonzero(wanted[rows.values])
        places = rows.rows_of(at)
        for entity, place in zip(rows.values[at].tolist(), places.tolist(), strict=True):
            if every or entity not in found:
                found.setdefault(entity, []).append(place)
    yield from ((number, found[number]) for number in numbers)
