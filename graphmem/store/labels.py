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
from graphmem.store.facts import Reading, names_of
from graphmem.store.layered import Course, LayeredItems, LayeredRows, LayeredStrings
from graphmem.store.moves import Moves, Strings
from graphmem.store.pieces import Label, Labels, best_label, is_better
from graphmem.store.tables import Facts

__all__ = ["Extractions", "label_entities"]

Positions = NDArray[np.int64]
Extractions = Callable[[int], Extraction]
"""What was extracted from the passage at a position."""
_NUMBER = itemgetter(0)


def label_entities(
    old: Facts,
    passages: Course,
    reading: Reading,
    extraction: Extractions,
    keys: LayeredStrings,
    numbers: Positions,
    entities: Course,
    owners: LayeredRows,
    said: LayeredRows,
) -> tuple[LayeredStrings, LayeredItems, LayeredItems]:
    """How each entity is written, how sure that is (0 for a mere mention), and by which passage.

    ``numbers`` are the entities that the new passages name, ascending. Of equally sure
    passages the greatest spelling counts, so that it does not matter which came first.
    """
    step, at = entities.step, passages.step.new
    lost: dict[int, Label] = {}
    for number, sources in _sources(_unlabelled(old, passages.step, step), owners, said):
        for place in sources:
            label = _told(extraction(place), keys[number], place)
            if number not in lost or is_better(label, lost[number]):
                lost[number] = label
    before = step.before(numbers)
    there = np.flatnonzero(before >= 0)
    weights = dict(zip(there.tolist(), old.label_weight.some(before[there]).tolist(), strict=True))
    places = passages.step.now(old.label_passage.some(before[there]))
    written = dict(zip(there.tolist(), places.tolist(), strict=True))

    def offered() -> Iterator[tuple[int, Label]]:
        for row, (number, (sure, text, among)) in enumerate(zip(numbers.data, reading.labels, strict=True)):
            label = (sure, text, int(at[among]))
            if row in weights and number not in lost:
                known = weights[row], old.graph.labels[int(before[row])], written[row]
                if not is_better(label, known):
                    continue
            yield number, label

    # A label of old stays where nothing better came; new entities all have one by now.
    changed, better = array("q"), Labels()
    for number, same in groupby(heapq.merge(sorted(lost.items()), offered(), key=_NUMBER), key=_NUMBER):
        changed.append(number)
        better.append(best_label(label for _, label in same))
    moves = step.without(np.frombuffer(changed, dtype=np.int64))
    return (
        old.graph.labels.edited(moves, Strings(better.texts.rows())),
        old.label_weight.edited(moves, np.frombuffer(better.weights, dtype=np.float64)),
        old.label_passage.edited(moves, np.frombuffer(better.passages, dtype=np.int64), passages),
    )


def _unlabelled(old: Facts, passages: Moves, entities: Moves) -> list[int]:
    """The entities that stay of those that a passage wrote which is gone."""
    if not len(passages.gone):
        return []
    now = entities.table()
    found: list[int] = now[(passages.now(old.label_passage.folded()) < 0) & (now >= 0)].tolist()
    return found


def _told(extraction: Extraction, key: str, at: int) -> Label:
    owned, said = names_of(extraction)
    return (*owned[key], at) if key in owned else (0.0, said[key], at)


def _sources(numbers: list[int], owners: LayeredRows, said: LayeredRows) -> Iterable[tuple[int, list[int]]]:
    """The passages that decide how each of some entities is written: all that are about it, else the first that names it."""
    if not numbers:
        return
    all_owners, all_said = owners.folded(), said.folded()
    wanted = np.zeros(max(int(rows.values.max(initial=0)) for rows in (all_owners, all_said)) + 1, dtype=bool)
    wanted[numbers] = True
    found: dict[int, list[int]] = {}
    for rows, every in ((all_owners, True), (all_said, False)):
        at = np.flatnonzero(wanted[rows.values])
        places = rows.rows_of(at)
        for entity, place in zip(rows.values[at].tolist(), places.tolist(), strict=True):
            if every or entity not in found:
                found.setdefault(entity, []).append(place)
    yield from ((number, found[number]) for number in numbers)
