"""Arrays of one generation out of those of the one before: what stays is copied in long stretches, the rest put between.

Everything derived is numbered in canonical order, so a document in the middle moves all that comes after it. Numbers
are cheap to move, texts are dear to read again: that is why adding a document costs a copy and not a rebuild.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["GrowingStrings", "Moves", "Rows", "Strings", "ascending", "concatenated_ranges", "offsets_of", "ranges"]

T = TypeVar("T", bound=np.generic)
Positions = NDArray[np.int64]
_STRETCH = 10_000
_BLOCK = 1 << 20
_NONE = np.zeros(0, dtype=np.int64)


def offsets_of(counts: Sequence[int] | NDArray[Any]) -> Positions:
    """Where rows of so many items begin in a CSR layout, and where the last one ends."""
    offsets = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(np.asarray(counts, dtype=np.int64), out=offsets[1:])
    return offsets


def ascending(numbers: Positions) -> Positions:
    """Numbers in order, each once; for a few hundred of them faster than numpy's own ``unique``, which hashes them."""
    ordered = np.sort(numbers)
    first = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return ordered[first]


def ranges(begins: Positions, counts: Positions) -> tuple[Positions, Positions]:
    """So many numbers from each beginning on, end to end, and where each range starts among them."""
    starts = counts.cumsum() - counts
    items = np.repeat(begins - starts, counts)
    items += np.arange(len(items))
    return items, starts


def concatenated_ranges(offsets: Positions, rows: Positions) -> tuple[Positions, Positions]:
    """Indices of all items of some rows of a CSR layout, and where each row starts among them."""
    begins = offsets[rows]
    return ranges(begins, offsets[rows + 1] - begins)


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of numbers of different length (CSR): row *i* is ``values[offsets[i] : offsets[i + 1]]``; every number may have a
    weight."""

    offsets: Positions
    values: NDArray[Any]
    weights: NDArray[Any] | None = None

    @classmethod
    def of(cls, rows: Sequence[Sequence[float]], kind: type[np.generic]) -> Self:
        """From lists."""
        offsets = offsets_of([len(row) for row in rows])
        values = np.fromiter((value for row in rows for value in row), dtype=kind, count=int(offsets[-1]))
        return cls(offsets, values)

    @classmethod
    def end_to_end(cls, first: Rows, second: Rows) -> Rows:
        """The rows of one after those of another."""
        offsets = np.concatenate((first.offsets, first.offsets[-1] + second.offsets[1:]))
        values = np.concatenate((first.values, second.values))
        weights = None
        if first.weights is not None and second.weights is not None:
            weights = np.concatenate((first.weights, second.weights))
        return cls(offsets, values, weights)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def counts(self) -> Positions:
        """The length of each row."""
        return np.diff(self.offsets)

    def row(self, number: int) -> list[int]:
        """The values of one row."""
        values: list[int] = self.values[self.offsets[number] : self.offsets[number + 1]].tolist()
        return values

    def take(self, numbers: Positions) -> NDArray[Any]:
        """The values of some rows, end to end."""
        taken: NDArray[Any] = self.values[concatenated_ranges(self.offsets, numbers)[0]]
        return taken

    def some(self, numbers: Positions) -> Rows:
        """Some rows, in the order asked for."""
        items, starts = concatenated_ranges(self.offsets, numbers)
        weights = None if self.weights is None else self.weights[items]
        return Rows(np.append(starts, len(items)), self.values[items], weights)

    def places_of(self, numbers: Positions, count: int) -> Positions:
        """Where some numbers, of ``count`` that there are, stand among all values."""
        wanted = np.zeros(count, dtype=bool)
        wanted[numbers] = True
        blocks = range(0, len(self.values), _BLOCK)
        found = [first + wanted[self.values[first : first + _BLOCK]].nonzero()[0] for first in blocks]
        return np.concatenate([_NONE, *found])

    def rows_of(self, places: Positions) -> Positions:
        """The row that each of some places among all values lies in."""
        return np.searchsorted(self.offsets, places, side="right") - 1


@dataclass(frozen=True, slots=True)
class Moves:
    """What becomes of ``count`` numbered things: which are ``gone``, and at which numbers ``new`` ones stand among those that
    stay, which keep their order; both ascending."""

    count: int
    gone: Positions
    new: Positions

    @classmethod
    def first(cls, count: int) -> Self:
        """So many things where there was none."""
        return cls(0, _NONE, np.arange(count))

    @classmethod
    def none(cls, count: int) -> Self:
        """All stay where they are."""
        return cls(count, _NONE, _NONE)

    @classmethod
    def edit(cls, count: int, gone: Positions, inserted: Sequence[int] | Positions) -> Self:
        """Drop some, and put one new thing before each of some old numbers, ascending."""
        places = np.asarray(inserted, dtype=np.int64)
        return cls(count, gone, places - np.searchsorted(gone, places) + np.arange(len(places)))

    def __len__(self) -> int:
        return self.count - len(self.gone) + len(self.new)

    def keeps(self) -> bool:
        """Whether anything old stays."""
        return len(self.gone) < self.count

    def changes(self) -> bool:
        """Whether anything comes or goes."""
        return len(self.gone) + len(self.new) > 0

    def now(self, numbers: NDArray[np.integer[Any]]) -> Positions:
        """The new number of each of some old things, -1 where it is gone, and for -1 itself."""
        before = np.searchsorted(self.gone, numbers)
        kept = numbers - before
        found = kept + np.searchsorted(self._ahead(), kept, side="right")
        if len(self.gone):
            found[self.gone[np.minimum(before, len(self.gone) - 1)] == numbers] = -1
        return found

    def table(self) -> NDArray[np.int32]:
        """The new number of every old thing, -1 where it is gone, shape (count,)."""
        numbers = np.full(self.count, -1, dtype=np.int32)
        at = 0
        for start, count in self.runs():
            if start >= 0:
                numbers[start : start + count] = np.arange(at, at + count)
            at += count
        return numbers

    def before(self, numbers: NDArray[np.integer[Any]]) -> Positions:
        """The old number of each of some things; for new ones -1, -2 and so on in their order."""
        ahead = np.searchsorted(self.new, numbers)
        kept = numbers - ahead
        found = kept + np.searchsorted(self._behind(), kept, side="right")
        if len(self.new):
            fresh = self.new[np.minimum(ahead, len(self.new) - 1)] == numbers
            found[fresh] = -1 - ahead[fresh]
        return found

    def before_one(self, number: int) -> int:
        """The same for a single thing, without the arrays that many are worth."""
        ahead = int(self.new.searchsorted(number))
        if ahead < len(self.new) and self.new[ahead] == number:
            return -1 - ahead
        kept = number - ahead
        return kept + int(self._behind().searchsorted(kept, side="right")) if len(self.gone) else kept

    def of_parts(self, old: Positions, added: Sequence[int] | Positions) -> Moves:
        """Moves of the parts of things: ``old`` are the offsets of the old ones' parts, ``added`` the counts of new ones'."""
        counts = np.asarray(added, dtype=np.int64)
        gone, _ = concatenated_ranges(old, self.gone)
        kept = self.new - np.arange(len(self.new))
        # What stands before a new thing: the parts of the old ones up to there, but for those that are gone.
        until = kept + np.searchsorted(self._behind(), kept, side="left")
        lost = np.cumsum(np.append(0, old[self.gone + 1] - old[self.gone]))[np.searchsorted(self.gone, until)]
        starts = old[until] - lost + np.cumsum(counts) - counts
        new = np.repeat(starts - (np.cumsum(counts) - counts), counts) + np.arange(int(counts.sum()))
        return Moves(int(old[-1]), gone, new)

    def beside(self, other: Moves) -> Moves:
        """Moves of these things and, numbered after them, of others."""
        gone, new = (self.gone, other.gone + self.count), (self.new, other.new + len(self))
        return Moves(self.count + other.count, np.concatenate(gone), np.concatenate(new))

    def without(self, numbers: Positions) -> Moves:
        """The same, with some new numbers counted as new things."""
        before = self.before(numbers)
        if not (before >= 0).any():
            return self
        gone, new = (self.gone, before[before >= 0]), (self.new, numbers[before >= 0])
        return Moves(self.count, np.sort(np.concatenate(gone)), np.sort(np.concatenate(new)))

    def followed_by(self, step: Moves) -> Moves:
        """Both, one after the other."""
        if not len(self):
            # One array for all tables of a first generation.
            return step if not self.count else Moves(self.count, np.arange(self.count), step.new)
        lost, stay = self.before(step.gone), step.now(self.new)
        gone, new = (self.gone, lost[lost >= 0]), (stay[stay >= 0], step.new)
        return Moves(self.count, np.sort(np.concatenate(gone)), np.sort(np.concatenate(new)))

    def items(self, old: NDArray[T], added: NDArray[T]) -> NDArray[T]:
        """An array with one item a thing, in the new order."""
        if not self.count:
            # All of it is new, as in a first generation, and need not be there twice.
            return added
        pieces, at = [added[:0]], 0
        for start, count in self.runs():
            if start >= 0:
                pieces.append(old[start : start + count])
            else:
                pieces.append(added[at : at + count])
                at += count
        return np.concatenate(pieces)

    def rows(self, old: Rows, added: Rows) -> Rows:
        """Rows with one row a thing, in the new order."""
        counts = added.counts()
        parts = self.of_parts(old.offsets, counts)
        weights = None
        if old.weights is not None and added.weights is not None:
            weights = parts.items(old.weights, added.weights)
        return Rows(offsets_of(self.items(old.counts(), counts)), parts.items(old.values, added.values), weights)

    def _ahead(self) -> Positions:
        """How many of those that stay stand before each new one."""
        return self.new - np.arange(len(self.new))

    def _behind(self) -> Positions:
        """How many of those that stay stood before each that is gone."""
        return self.gone - np.arange(len(self.gone))

    def runs(self) -> Iterator[tuple[int, int]]:
        """Stretches in the new order: (first old number, count), the first -1 for new things."""
        ahead, behind, kept = self._ahead(), self._behind(), self.count - len(self.gone)
        cuts = np.unique(np.concatenate(([0, kept], ahead, behind)))
        fresh = np.searchsorted(ahead, cuts, side="right") - np.searchsorted(ahead, cuts)
        starts = cuts + np.searchsorted(behind, cuts, side="right")
        lengths = np.diff(cuts, append=kept)
        for start, length, added in zip(starts.tolist(), lengths.tolist(), fresh.tolist(), strict=True):
            if added:
                yield -1, added
            if length:
                yield start, length


class GrowingStrings:
    """Texts as UTF-8, one after the other."""

    def __init__(self) -> None:
        self._block, self._ends = bytearray(), array("q", [0])

    def append(self, text: bytes) -> None:
        self._block += text
        self._ends.append(len(self._block))

    def rows(self) -> Rows:
        """What has come, in no memory but its own."""
        return Rows(np.frombuffer(self._ends, dtype=np.int64), np.frombuffer(self._block, dtype=np.uint8))


@dataclass(frozen=True, slots=True)
class Strings:
    """Texts in one block of bytes, mapped into memory; ascending where they are looked up."""

    rows: Rows

    @classmethod
    def of(cls, texts: Iterable[str]) -> Self:
        """From texts, in their order."""
        return cls.of_bytes(text.encode("utf-8") for text in texts)

    @classmethod
    def of_bytes(cls, texts: Iterable[bytes]) -> Self:
        """From texts as UTF-8; none is held on its own."""
        growing = GrowingStrings()
        for text in texts:
            growing.append(text)
        return cls(growing.rows())

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, number: int) -> str:
        # Single numbers are read through a view, which gives Python's own.
        offsets = self.rows.offsets.data
        return str(self.rows.values.data[offsets[number] : offsets[number + 1]], "utf-8")

    def some(self, numbers: Positions) -> Iterator[str]:
        """The texts of some numbers."""
        starts, ends = self.rows.offsets[numbers].tolist(), self.rows.offsets[numbers + 1].tolist()
        block = self.rows.values.data
        return (str(block[start:end], "utf-8") for start, end in zip(starts, ends, strict=True))

    def without(self, left_out: NDArray[np.bool_]) -> Strings:
        """The others, in their order."""
        if not left_out.any():
            return self
        kept = np.flatnonzero(~left_out)
        return Strings(Rows(offsets_of(self.rows.counts()[kept]), self.rows.take(kept)))

    def encoded(self, first: int = 0, end: int | None = None) -> Iterator[bytes]:
        """All texts in order, or those from one number up to another, as UTF-8, read a stretch at a time."""
        last = len(self) if end is None else end
        for start in range(first, last, _STRETCH):
            offsets = self.rows.offsets[start : min(start + _STRETCH, last) + 1]
            block = self.rows.values[offsets[0] : offsets[-1]].tobytes()
            yield from (block[a:b] for a, b in pairwise((offsets - offsets[0]).tolist()))

    def lower_bound(self, text: str) -> int:
        """How many texts come before one, by binary search; the order of UTF-8 is that of Python's texts."""
        return self._lower_bound(text.encode("utf-8"), 0, len(self))

    def _lower_bound(self, target: bytes, low: int, high: int) -> int:
        offsets, block = self.rows.offsets.data, self.rows.values.data
        while low < high:
            middle = (low + high) // 2
            if block[offsets[middle] : offsets[middle + 1]].tobytes() < target:
                low = middle + 1
            else:
                high = middle
        return low

    def find(self, text: str) -> int | None:
        """The number of a text, ``None`` where it is not among them."""
        at = self.lower_bound(text)
        return at if at < len(self) and self[at] == text else None

    def find_all(self, texts: Iterable[bytes]) -> Iterator[tuple[int, bool]]:
        """For each of some ascending texts, as UTF-8, how many of these come before it, and whether it is the next."""
        offsets, block = self.rows.offsets.data, self.rows.values.data
        low = 0
        for text in texts:
            # Neighbours lie near to each other: the search goes on from the last, in steps that double.
            step, high = 1, low
            while high < len(self) and block[offsets[high] : offsets[high + 1]].tobytes() < text:
                low, high, step = high + 1, high + step, 2 * step
            low = self._lower_bound(text, low, min(high, len(self)))
            yield low, low < len(self) and block[offsets[low] : offsets[low + 1]] == text

    def edited(self, gone: Positions, added: Strings) -> tuple[Strings, Moves]:
        """Without some, and with others, which come ascending and are none of the old ones."""
        moves = Moves.edit(len(self), gone, [place for place, _ in self.find_all(added.encoded())])
        return Strings(moves.rows(self.rows, added.rows)), moves
