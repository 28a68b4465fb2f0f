"""How the graph writes each name: as the passage does that is surest to be about it, else as it is mentioned first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from graphmem.model import Extraction
from graphmem.store.facts import Facts, Label, Reading, names_of
from graphmem.store.moves import Moves, Rows, Strings

__all__ = ["Extractions", "label_entities"]

Positions = NDArray[np.int64]
Extractions = Callable[[int], Extraction]
"""What was extracted from the passage at a position."""
_Told = tuple[float, str, int]
"""How sure a passage is, how it writes the name, and where the passage stands."""


def label_entities(
    old: Facts,
    passages: Moves,
    reading: Reading,
    extraction: Extractions,
    keys: Strings,
    number_of: Mapping[str, int],
    entities: Moves,
    owners: Rows,
    said: Rows,
) -> tuple[Strings, NDArray[np.float64], Positions]:
    """How each entity is written, how sure that is (0 for a mere mention), and by which passage, shapes (entities,).

    ``number_of`` are the entities that the new passages name. Of equally sure passages the greatest spelling counts, so
    that it does not matter which came first.
    """
    source = passages.now(len(old.titles))[old.label_passage]
    passage = entities.items(source, np.full(len(keys), -1, dtype=np.int64))
    weight = entities.items(old.label_weight, np.full(len(keys), -1.0))
    changed: dict[int, _Told] = {}
    old_number = entities.items(np.arange(len(old.keys)), np.full(len(keys), -1))
    lost = set(np.flatnonzero((passage < 0) & (old_number >= 0)).tolist())
    for number, sources in _sources(sorted(lost), owners, said):
        told = (_told(names_of(extraction(at)), keys[number], at) for at in sources)
        changed[number] = max(told, key=lambda label: (label[0], label[1], -label[2]))
    for at, owned, mentioned in zip(passages.new().tolist(), reading.owned, reading.said, strict=True):
        for key in {**owned, **mentioned}:
            number = number_of[key]
            label = _told((owned, mentioned), key, at)
            known = changed.get(number)
            if known is None and old_number[number] >= 0:
                known = (float(weight[number]), old.labels[int(old_number[number])], int(passage[number]))
            if known is None or _better(label, known):
                changed[number] = label
    rows = entities.without(np.array(sorted(changed), dtype=np.int64))
    for number, (sure, _, at) in changed.items():
        weight[number], passage[number] = sure, at
    # A label of old stays where nothing better came; new entities all have one by now.
    texts = Strings.of(changed[number][1] for number in rows.new().tolist())
    return Strings(rows.rows(old.labels.rows, texts.rows)), weight, passage


def _told(names: tuple[dict[str, Label], dict[str, str]], key: str, at: int) -> _Told:
    owned, said = names
    return (*owned[key], at) if key in owned else (0.0, said[key], at)


def _better(one: _Told, other: _Told) -> bool:
    if one[0] == other[0] == 0:
        return one[2] < other[2]
    return (one[0], one[1], -one[2]) > (other[0], other[1], -other[2])


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
