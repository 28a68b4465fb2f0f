"""Tables of numbered things that grow by a little at a time: a large base that is linked, and beside it what has changed since.

A row stays in the base for as long as it says the same. What is new, and what is otherwise than before, lies in a small layer
over it, as in a log-structured merge tree (O'Neil et al. 1996) of two levels; where everything stands now is told by the
numbers that have come and gone. A reader sees rows by their present numbers, and in them present numbers of what they speak
of. A layer that has outgrown its share is folded in, which costs a copy of everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import tee
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from graphmem.store.moves import Moves, Rows, Strings, ranges

__all__ = [
    "ADDED",
    "BASE",
    "Arrays",
    "Course",
    "LayeredItems",
    "LayeredRows",
    "LayeredStrings",
    "read_moves",
    "written_moves",
]

BASE, ADDED = "base", "added"
"""The folders of bases and of the layers over them."""

Positions = NDArray[np.int64]
Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Course:
    """How things of a kind have moved: up to the generation before (``so_far``), and in this one (``step``)."""

    so_far: Moves
    step: Moves

    @cached_property
    def whole(self) -> Moves:
        """From the base until now."""
        return self.so_far.followed_by(self.step)


@dataclass(frozen=True, slots=True)
class LayeredRows:
    """Rows of numbers, one row a thing. ``moves`` are those of the base's things, what is otherwise than in the base counted as
    new; ``of`` those of what the numbers in the base stand for."""

    moves: Moves
    base: Rows
    added: Rows
    of: Moves

    @classmethod
    def flat(cls, rows: Rows, of: int) -> Self:
        """With nothing over the base, which speaks of so many things."""
        return cls(Moves.none(len(rows)), rows, _empty(rows), Moves.none(of))

    @classmethod
    def read(cls, name: str, base: Arrays, added: Arrays, of: Moves) -> Self:
        """From the arrays of a base and of its layer; ``of`` are the moves of what the numbers stand for."""
        rows = _read_rows(name, base)
        return cls(read_moves(name, added, len(rows)), rows, _read_rows(name, added) if added else _empty(rows), of)

    def layer(self, name: str) -> dict[str, NDArray[Any]]:
        """The arrays of the layer."""
        return {**written_moves(name, self.moves), **_written_rows(name, self.added)}

    def whole(self, name: str) -> dict[str, NDArray[Any]]:
        """The arrays of a new base."""
        return _written_rows(name, self.folded())

    def weight(self) -> tuple[int, int]:
        """The bytes of the base and of the layer."""
        return _bytes(self.base), _bytes(self.added)

    def __len__(self) -> int:
        return len(self.moves)

    def size(self) -> int:
        """How many numbers there are in all rows."""
        if not self.moves.changes():
            return len(self.base.values)
        lost = self.moves.gone
        return (
            len(self.base.values)
            + len(self.added.values)
            - int((self.base.offsets[lost + 1] - self.base.offsets[lost]).sum())
        )

    def where(self, numbers: Positions) -> tuple[Positions, Positions]:
        """The place where each of some rows begins, and its length; the places are those that :meth:`values` knows."""
        if not self.moves.changes():
            begins = self.base.offsets[numbers]
            return begins, self.base.offsets[numbers + 1] - begins
        at = self.moves.before(numbers)
        begins, ends = np.empty(len(at), dtype=np.int64), np.empty(len(at), dtype=np.int64)
        for rows, mine, row, first in (
            (self.base, at >= 0, at, 0),
            (self.added, at < 0, -1 - at, len(self.base.values)),
        ):
            begins[mine] = first + rows.offsets[row[mine]]
            ends[mine] = first + rows.offsets[row[mine] + 1]
        return begins, ends - begins

    def values(self, places: Positions) -> NDArray[Any]:
        """The numbers at some places."""
        if not self.moves.changes():
            values = self.base.values[places]
            return self.of.now(values) if self.of.changes() else values
        found = _at(places, self.base.values, self.added.values)
        below = places < len(self.base.values)
        found[below] = self.of.now(found[below])
        return found

    def weights(self, places: Positions) -> NDArray[Any]:
        """The weights at some places."""
        assert self.base.weights is not None
        assert self.added.weights is not None
        return _at(places, self.base.weights, self.added.weights) if self.moves.changes() else self.base.weights[places]

    def some(self, numbers: Positions) -> Rows:
        """Some rows, in the order asked for."""
        begins, counts = self.where(numbers)
        places, starts = ranges(begins, counts)
        return Rows(
            np.append(starts, len(places)),
            self.values(places),
            None if self.base.weights is None else self.weights(places),
        )

    def holding(self, numbers: Positions) -> tuple[Positions, Positions]:
        """Where some numbers stand, at the price of looking at all: the rows, and the places in them as :meth:`values` knows
        them."""
        before = self.of.before(numbers)
        base = self.base.places_of(before[before >= 0], self.of.count)
        rows = self.moves.now(self.base.rows_of(base))
        there = rows >= 0
        added = self.added.places_of(numbers, len(self.of))
        over = self.moves.new[self.added.rows_of(added)]
        return np.concatenate((rows[there], over)), np.concatenate((base[there], len(self.base.values) + added))

    def row(self, number: int) -> Rows:
        """One row, by itself."""
        if self.moves.changes() or self.of.changes():
            return self.some(np.array([number]))
        inside = slice(int(self.base.offsets[number]), int(self.base.offsets[number + 1]))
        weights = None if self.base.weights is None else self.base.weights[inside]
        return Rows(np.array([0, inside.stop - inside.start]), self.base.values[inside], weights)

    def counts(self) -> Positions:
        """The length of every row."""
        return self.moves.items(self.base.counts(), self.added.counts())

    def folded(self) -> Rows:
        """All rows, in memory of their own unless nothing has changed."""
        if not self.moves.count:
            return self.added
        if not self.moves.changes() and not self.of.changes():
            return self.base
        values = self.of.table()[self.base.values] if self.of.changes() else self.base.values
        return self.moves.rows(replace(self.base, values=values), self.added)

    def edited(self, step: Moves, rows: Rows, of: Course) -> LayeredRows:
        """After a step, in which what has changed counts as new, and ``rows`` are those of the new."""
        if len(self.added):
            stays, order = _kept(self.moves, step)
            kept = self.added.some(stays)
            kept = replace(kept, values=of.step.now(kept.values).astype(rows.values.dtype))
            rows = Rows.end_to_end(kept, rows).some(order)
        return LayeredRows(self.moves.followed_by(step), self.base, rows, of.whole)


@dataclass(frozen=True, slots=True)
class LayeredItems:
    """One number a thing; ``of`` is what they stand for, if anything."""

    moves: Moves
    base: NDArray[Any]
    added: NDArray[Any]
    of: Moves | None = None

    @classmethod
    def flat(cls, items: NDArray[Any], of: int | None = None) -> Self:
        """With nothing over the base."""
        return cls(Moves.none(len(items)), items, items[:0], None if of is None else Moves.none(of))

    @classmethod
    def read(cls, name: str, base: Arrays, added: Arrays, of: Moves | None = None) -> Self:
        """From the arrays of a base and of its layer; ``of`` are the moves of what the numbers stand for."""
        items = base[name]
        return cls(read_moves(name, added, len(items)), items, added.get(name, items[:0]), of)

    def layer(self, name: str) -> dict[str, NDArray[Any]]:
        """The arrays of the layer."""
        return {**written_moves(name, self.moves), name: self.added}

    def whole(self, name: str) -> dict[str, NDArray[Any]]:
        """The array of a new base."""
        return {name: self.folded()}

    def weight(self) -> tuple[int, int]:
        """The bytes of the base and of the layer."""
        return self.base.nbytes, self.added.nbytes

    def __len__(self) -> int:
        return len(self.moves)

    def __getitem__(self, number: int) -> Any:
        if not self.moves.changes() and self.of is None:
            return self.base[number]
        return self.some(np.array([number]))[0]

    def some(self, numbers: Positions) -> NDArray[Any]:
        """The numbers of some things."""
        if not self.moves.changes():
            return self._moved(self.base[numbers])
        at = self.moves.before(numbers)
        found = np.empty(len(at), dtype=self.base.dtype)
        found[at >= 0] = self._moved(self.base[at[at >= 0]])
        found[at < 0] = self.added[-1 - at[at < 0]]
        return found

    def _moved(self, values: NDArray[Any]) -> NDArray[Any]:
        return values if self.of is None or not self.of.changes() else self.of.now(values).astype(values.dtype)

    def folded(self) -> NDArray[Any]:
        """All of them."""
        return self.moves.items(self._moved(self.base), self.added)

    def edited(self, step: Moves, items: NDArray[Any], of: Course | None = None) -> LayeredItems:
        """After a step, in which what has changed counts as new, and ``items`` are those of the new."""
        if len(self.added):
            stays, order = _kept(self.moves, step)
            kept = self.added[stays] if of is None else of.step.now(self.added[stays]).astype(items.dtype)
            items = np.concatenate((kept, items))[order]
        return LayeredItems(self.moves.followed_by(step), self.base, items, None if of is None else of.whole)


@dataclass(frozen=True, slots=True)
class LayeredStrings:
    """Texts, one a thing; ascending where they are looked up."""

    moves: Moves
    base: Strings
    added: Strings

    @classmethod
    def flat(cls, texts: Strings) -> Self:
        """With nothing over the base."""
        return cls(Moves.none(len(texts)), texts, Strings(_empty(texts.rows)))

    @classmethod
    def read(cls, name: str, base: Arrays, added: Arrays) -> Self:
        """From the arrays of a base and of its layer."""
        texts = _read_rows(name, base)
        more = _read_rows(name, added) if added else _empty(texts)
        return cls(read_moves(name, added, len(texts)), Strings(texts), Strings(more))

    def layer(self, name: str) -> dict[str, NDArray[Any]]:
        """The arrays of the layer."""
        return {**written_moves(name, self.moves), **_written_rows(name, self.added.rows)}

    def whole(self, name: str) -> dict[str, NDArray[Any]]:
        """The arrays of a new base."""
        return _written_rows(name, self.folded().rows)

    def weight(self) -> tuple[int, int]:
        """The bytes of the base and of the layer."""
        return _bytes(self.base.rows), _bytes(self.added.rows)

    def __len__(self) -> int:
        return len(self.moves)

    def __getitem__(self, number: int) -> str:
        if not self.moves.changes():
            return self.base[number]
        at = self.moves.before_one(number)
        return self.base[at] if at >= 0 else self.added[-1 - at]

    def some(self, numbers: Positions) -> Iterator[str]:
        """The texts of some numbers."""
        at = self.moves.before(numbers)
        old, new = self.base.some(at[at >= 0]), self.added.some(-1 - at[at < 0])
        return (next(old if number >= 0 else new) for number in at.tolist())

    def encoded(self) -> Iterator[bytes]:
        """All texts in order, as UTF-8."""
        added = self.added.encoded()
        for start, count in self.moves.runs():
            if start >= 0:
                yield from self.base.encoded(start, start + count)
            else:
                yield from (next(added) for _ in range(count))

    def lower_bound(self, text: str) -> int:
        """How many texts come before one."""
        below = self.base.lower_bound(text)
        return below - int(np.searchsorted(self.moves.gone, below)) + self.added.lower_bound(text)

    def find(self, text: str) -> int | None:
        """The number of a text, ``None`` where it is not among them."""
        at = self.lower_bound(text)
        return at if at < len(self) and self[at] == text else None

    def find_all(self, texts: Iterable[bytes]) -> Iterator[tuple[int, bool]]:
        """For each of some ascending texts, as UTF-8, how many of these come before it, and whether it is the next."""
        one, other = tee(texts)
        gone, lost = self.moves.gone, set(self.moves.gone.tolist())
        for (below, old), (ahead, new) in zip(self.base.find_all(one), self.added.find_all(other), strict=True):
            yield below - int(np.searchsorted(gone, below)) + ahead, new or (old and below not in lost)

    def folded(self) -> Strings:
        """All of them, in a block of their own unless nothing has changed."""
        if not self.moves.count:
            return self.added
        return Strings(self.moves.rows(self.base.rows, self.added.rows)) if self.moves.changes() else self.base

    def edited(self, step: Moves, texts: Strings) -> LayeredStrings:
        """After a step, in which what has changed counts as new, and ``texts`` are those of the new."""
        if len(self.added):
            stays, order = _kept(self.moves, step)
            texts = Strings(Rows.end_to_end(self.added.rows.some(stays), texts.rows).some(order))
        return LayeredStrings(self.moves.followed_by(step), self.base, texts)


def _at(places: Positions, base: NDArray[Any], added: NDArray[Any]) -> NDArray[Any]:
    """The items at some places of two arrays, of which one comes after the other."""
    below = places < len(base)
    found = np.empty(len(places), dtype=base.dtype)
    found[below], found[~below] = base[places[below]], added[places[~below] - len(base)]
    return found


def _kept(moves: Moves, step: Moves) -> tuple[Positions, Positions]:
    """Which of what has been added so far stays in a step, and the order of these and then what is new by their numbers."""
    place = step.now(moves.new)
    stays = np.flatnonzero(place >= 0)
    return stays, np.argsort(np.concatenate((place[stays], step.new)))


def _bytes(rows: Rows) -> int:
    return rows.offsets.nbytes + rows.values.nbytes + (0 if rows.weights is None else rows.weights.nbytes)


def _empty(rows: Rows) -> Rows:
    weights = None if rows.weights is None else rows.weights[:0]
    return Rows(np.zeros(1, dtype=np.int64), rows.values[:0], weights)


@runtime_checkable
class Table(Protocol):
    """What all kinds of tables have in common."""

    def layer(self, name: str) -> dict[str, NDArray[Any]]: ...

    def whole(self, name: str) -> dict[str, NDArray[Any]]: ...

    def weight(self) -> tuple[int, int]: ...


def named_tables(holder: object) -> dict[str, Table]:
    """The tables among the fields of something, by their names."""
    told = ((name, getattr(holder, name)) for name in type(holder).__annotations__)
    return {name: value for name, value in told if isinstance(value, Table)}


def read_moves(name: str, added: Arrays, count: int) -> Moves:
    """What has been written of some moves; none of so many things where nothing has."""
    if f"{name}_moves" not in added:
        return Moves.none(count)
    count, gone, *_ = (told := added[f"{name}_moves"])[:2].tolist()
    return Moves(count, told[2 : 2 + gone], told[2 + gone :])


def written_moves(name: str, moves: Moves) -> dict[str, NDArray[Any]]:
    """Moves as an array: how many things there were and how many are gone, which, and where the new ones are."""
    return {f"{name}_moves": np.concatenate(([moves.count, len(moves.gone)], moves.gone, moves.new))}


def _read_rows(name: str, arrays: Arrays) -> Rows:
    return Rows(arrays[f"{name}_offsets"], arrays[f"{name}_values"], arrays.get(f"{name}_weights"))


def _written_rows(name: str, rows: Rows) -> dict[str, NDArray[Any]]:
    arrays = {f"{name}_offsets": rows.offsets, f"{name}_values": rows.values}
    return arrays if rows.weights is None else {**arrays, f"{name}_weights": rows.weights}
