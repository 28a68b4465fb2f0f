"""Where entities lead: the statements that mention each, and the passages that have to do with it.

Only entities of what was read, or has gone, lead elsewhere than before; what is new of them is put between what stays. Pairs of
an entity and where it leads are sorted a stretch of entities at a time, so that memory holds a bounded number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graphmem.model import FloatArray
from graphmem.store.graph import ALIKE, IN_TEXT, IN_TITLE
from graphmem.store.layered import Course, LayeredRows
from graphmem.store.moves import Moves, Rows, offsets_of
from graphmem.store.tables import Facts

__all__ = ["Leads", "Read"]

Positions = NDArray[np.int64]
_BLOCK = 1 << 15
_HELD = 1 << 19
"""Pairs of an entity and a passage, or a statement, that are sorted at once."""
_NO_WEIGHTS: FloatArray = np.zeros(0, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Read:
    """What some ``passages`` say that were read: the entities that each is ``about``, with how surely, those in its title and
    those that are ``akin`` to what it is about; and its ``statements``, of the passages ``spoken_in``, with the entities that
    each mentions."""

    passages: Positions
    about: Rows
    titles: Rows
    akin: Rows
    statements: Positions
    spoken_in: Positions
    mentions: Rows


class _Pairs(NamedTuple):
    """Pairs of an entity and where it leads, by rank and then by where; the rank is twice the entity, plus one but for owners."""

    rank: Positions
    value: Positions
    weight: FloatArray | None


class Leads:
    """Where entities lead after a change; how ``passages`` and ``statements`` move counts what was ``read`` as new."""

    def __init__(self, old: Facts, entities: Course, passages: Moves, statements: Moves, read: Read) -> None:
        self._old, self._entities, self._read = old, entities, read
        self._passage_moves, self._statement_moves = passages, statements
        self._touched = np.flatnonzero(self._changed())

    def _changed(self) -> NDArray[np.bool_]:
        """The entities that lead elsewhere than before: those of what goes, of what was read, and new ones."""
        old, read, step = self._old, self._read, self._entities.step
        changed = np.zeros(len(step), dtype=bool)
        owners = old.owners.some(self._passage_moves.gone).values
        said = old.graph.mentions.some(self._statement_moves.gone).values
        titled = old.inside.some(self._passage_moves.gone).values
        for lost in (owners, said, titled, old.alike.partners(owners)[1]):
            now = step.now(lost)
            changed[now[now >= 0]] = True
        for rows in (read.about, read.titles, read.akin, read.mentions):
            changed[rows.values] = True
        changed[step.new] = True
        return changed

    def statements(self, course: Course) -> LayeredRows:
        """The statements that mention each entity, ascending."""
        read, table = self._read, self._old.graph.statements

        def fresh(stretch: slice) -> _Pairs:
            items, place = _within(read.mentions, stretch)
            entity = read.mentions.values[items].astype(np.int64)
            order = np.argsort(entity, kind="stable")
            return _Pairs(2 * entity[order], read.statements[place[order]], None)

        def stayed(before: Positions, entities: Positions) -> _Pairs:
            rows = table.some(before)
            return _Pairs(np.repeat(2 * entities, rows.counts()), self._statement_moves.now(rows.values), None)

        return self._led(table, course, (read.mentions,), fresh, stayed)

    def passages(self, course: Course) -> LayeredRows:
        """The passages that have to do with each entity and how much, its owners first, each ascending."""
        read, table, owner_count = self._read, self._old.graph.passages, self._old.graph.owner_count

        def fresh(stretch: slice) -> _Pairs:
            size = np.int64(max(len(self._passage_moves), 1))
            # Weightiest first: of what is said twice of an entity and a passage, the first counts.
            sources = (read.about, read.passages), (read.titles, read.passages), (read.akin, read.passages)
            found = [(rows, *_within(rows, stretch), of) for rows, of in (*sources, (read.mentions, read.spoken_in))]
            pairs = [rows.values[items] * size + of[place] for rows, items, place, of in found]
            own, titled, akin = np.cumsum([len(each) for each in pairs[:3]])
            code, first = np.unique(np.concatenate(pairs), return_index=True)
            weight = np.where(first < akin, np.float32(ALIKE), np.float32(IN_TEXT))
            weight[first < titled] = IN_TITLE
            assert read.about.weights is not None
            weight[first < own] = read.about.weights[found[0][1]][first[first < own]]
            entity, passage = np.divmod(code, size)
            rank = 2 * entity + (first >= own)
            order = np.lexsort((passage, rank))
            return _Pairs(rank[order], passage[order], weight[order])

        def stayed(before: Positions, entities: Positions) -> _Pairs:
            rows, counts = table.some(before), table.where(before)[1]
            place = np.arange(len(rows.values)) - np.repeat(rows.offsets[:-1], counts)
            others = place >= np.repeat(owner_count.some(before), counts)
            return _Pairs(np.repeat(2 * entities, counts) + others, self._passage_moves.now(rows.values), rows.weights)

        return self._led(table, course, (read.about, read.titles, read.akin, read.mentions), fresh, stayed)

    def _led(
        self,
        table: LayeredRows,
        course: Course,
        sources: Sequence[Rows],
        fresh: Callable[[slice], _Pairs],
        stayed: Callable[[Positions, Positions], _Pairs],
    ) -> LayeredRows:
        """The table with new rows for what has changed: of a stretch of entities, the ``fresh`` pairs of what was read, and those
        that ``stayed``, of entities by their old numbers and their new ones."""
        step = self._entities.step
        counts = np.zeros(len(self._touched), dtype=np.int64)
        values, weights = [table.base.values[:0]], [_NO_WEIGHTS]
        for stretch in _stretches(sources, len(step)):
            inside = slice(*np.searchsorted(self._touched, (stretch.start, stretch.stop)).tolist())
            entities = self._touched[inside]
            before = step.before(entities)
            merged = _merged(stayed(before[before >= 0], entities[before >= 0]), fresh(stretch))
            counts[inside] = np.bincount(np.searchsorted(entities, merged.rank >> 1), minlength=len(entities))
            values.append(merged.value.astype(np.int32))
            if merged.weight is not None:
                weights.append(merged.weight)
        weighted = None if table.base.weights is None else np.concatenate(weights)
        rows = Rows(offsets_of(counts), np.concatenate(values), weighted)
        return table.edited(step.without(self._touched), rows, course)


def _merged(stayed: _Pairs, fresh: _Pairs) -> _Pairs:
    """Both in their order; what stayed at -1 has gone."""
    there = stayed.value >= 0
    rank, value = stayed.rank[there], stayed.value[there]
    size = max(int(value.max(initial=0)), int(fresh.value.max(initial=0))) + 1
    places = np.searchsorted(rank * size + value, fresh.rank * size + fresh.value)
    weight = None
    if stayed.weight is not None and fresh.weight is not None:
        weight = np.insert(stayed.weight[there], places, fresh.weight)
    return _Pairs(np.insert(rank, places, fresh.rank), np.insert(value, places, fresh.value), weight)


def _stretches(sources: Sequence[Rows], count: int) -> Iterator[slice]:
    """Stretches of entities of which ``sources`` have no more than is held at once."""
    if sum(len(rows.values) for rows in sources) <= _HELD:
        yield slice(0, count)
        return
    sums = np.cumsum(sum(np.bincount(rows.values, minlength=count) for rows in sources))
    first = 0
    while first < count:
        before = sums[first - 1] if first else 0
        end = max(first + 1, int(np.searchsorted(sums, before + _HELD, side="right")))
        yield slice(first, end)
        first = end


def _within(rows: Rows, stretch: slice) -> tuple[Positions, Positions]:
    """Where the values stand that lie in a stretch, and their rows."""
    found, places = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for start in range(0, len(rows), _BLOCK):
        offsets = rows.offsets[start : start + _BLOCK + 1]
        values = rows.values[offsets[0] : offsets[-1]]
        inside = offsets[0] + np.flatnonzero((values >= stretch.start) & (values < stretch.stop))
        found.append(inside)
        places.append(start + np.searchsorted(offsets, inside, side="right") - 1)
    return np.concatenate(found), np.concatenate(places)
