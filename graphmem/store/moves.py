"""Arrays of one generation out of those of the one before: what stays is copied in long stretches, the rest put between.

Everything derived is numbered in canonical order, so a document in the middle moves all that comes after it. Numbers
are cheap to move, texts are dear to read again: that is why adding a document costs a copy and not a rebuild.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby, pairwise
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["GrowingStrings", "Moves", "Rows", "Strings", "ascending", "concatenated_ranges", "offsets_of"]

T = TypeVar("T", bound=np.generic)
Positions = NDArray[np.int64]
_STRETCH = 10_000


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


def concatenated_ranges(offsets: Positions, rows: Positions) -> tuple[Positions, Positions]:
    """Indices of all items of some rows of a CSR layout, and where each row starts among them."""
    begins = offsets[rows]
    counts = offsets[rows + 1] - begins
    starts = counts.cumsum() - counts
    items = np.repeat(begins - starts, counts)
    items += np.arange(len(items))
    return items, starts


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of numbers of different length (CSR): row *i* is ``values[offsets[i] : offsets[i + 1]]``."""

    offsets: Positions
    values: NDArray[Any]

    @classmethod
    def of(cls, rows: Sequence[Sequence[float]], kind: type[np.generic]) -> Self:
        """From lists."""
        offsets = offsets_of([len(row) for row in rows])
        values = np.fromiter((value for row in rows for value in row), dtype=kind, count=int(offsets[-1]))
        return cls(offsets, values)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def counts(self) -> Positions:
        """The length of each row."""
        return np.diff(self.offsets)

    def owners(self) -> Positions:
        """The row of each value."""
        return np.repeat(np.arange(len(self)), self.counts())

    def row(self, number: int) -> list[int]:
        """The values of one row."""
        values: list[int] = self.values[self.offsets[number] : self.offsets[number + 1]].tolist()
        return values

    def take(self, numbers: Positions) -> NDArray[Any]:
        """The values of some rows, end to end."""
        taken: NDArray[Any] = self.values[concatenated_ranges(self.offsets, numbers)[0]]
        return taken

    def rows_of(self, places: Positions) -> Positions:
        """The row that each of some places among all values lies in."""
        return np.searchsorted(self.offsets, places, side="right") - 1

    def renumbered(self, now: Positions) -> Rows:
        """Rows of numbers of things that have new numbers."""
        return Rows(self.offsets, now.astype(np.int32)[self.values])


@dataclass(frozen=True, slots=True)
class Moves:
    """What becomes of numbered things: ``runs`` are (first old number, count) in the new order, -1 for new things."""

    runs: tuple[tuple[int, int], ...]

    @classmethod
    def edit(cls, keep: NDArray[np.bool_], inserted: Iterable[int]) -> Self:
        """Drop what is not kept, and put one new thing before each of some old numbers, ascending."""
        runs: list[tuple[int, int]] = []
        edges = np.flatnonzero(np.diff(keep, prepend=False, append=False)).tolist()
        kept = list(zip(edges[::2], edges[1::2], strict=True))
        at = 0
        for place, same in groupby(chain(inserted, (len(keep),))):
            while at < len(kept) and kept[at][0] < place:
                start, stop = kept[at]
                runs.append((start, min(stop, place) - start))
                if stop <= place:
                    at += 1
                else:
                    kept[at] = (place, stop)
                    break
            runs.append((-1, sum(1 for _ in same)))
        # The last one stood for the end.
        runs.append((-1, runs.pop()[1] - 1))
        return cls(_joined(runs))

    def __len__(self) -> int:
        return sum(count for _, count in self.runs)

    def keeps(self) -> bool:
        """Whether anything old stays."""
        return any(start >= 0 for start, _ in self.runs)

    def now(self, old_count: int) -> Positions:
        """The new number of each old thing, -1 where it is gone."""
        numbers = np.full(old_count, -1, dtype=np.int64)
        at = 0
        for start, count in self.runs:
            if start >= 0:
                numbers[start : start + count] = np.arange(at, at + count)
            at += count
        return numbers

    def gone(self, old_count: int) -> Positions:
        """The old numbers of what goes."""
        return np.flatnonzero(self.now(old_count) < 0)

    def new(self) -> Positions:
        """The new numbers of what is new."""
        ends = np.cumsum([count for _, count in self.runs]).tolist()
        stretches = [np.arange(end - n, end) for (start, n), end in zip(self.runs, ends, strict=True) if start < 0]
        return np.concatenate(stretches) if stretches else np.zeros(0, dtype=np.int64)

    def of_parts(self, old: Positions, added: Sequence[int]) -> Moves:
        """Moves of the parts of things: ``old`` are the offsets of the old ones' parts, ``added`` the counts of new ones'."""
        runs: list[tuple[int, int]] = []
        sums = offsets_of(added)
        at = 0
        for start, count in self.runs:
            if start >= 0:
                runs.append((int(old[start]), int(old[start + count] - old[start])))
            else:
                runs.append((-1, int(sums[at + count] - sums[at])))
                at += count
        return Moves(_joined(runs))

    def then(self, other: Moves, old_count: int) -> Moves:
        """Moves of these things and, numbered after them, of others; ``old_count`` is how many of these there were."""
        return Moves(self.runs + tuple((a + old_count if a >= 0 else a, n) for a, n in other.runs))

    def without(self, numbers: Positions) -> Moves:
        """The same, with some new numbers counted as new things."""
        runs: list[tuple[int, int]] = []
        at, cut = 0, np.unique(numbers)
        for start, count in self.runs:
            inside = cut[np.searchsorted(cut, at) : np.searchsorted(cut, at + count)] - at
            if start < 0:
                runs.append((start, count))
            else:
                for low, high in pairwise([-1, *inside.tolist(), count]):
                    runs += [(start + low + 1, high - low - 1), (-1, int(high < count))]
            at += count
        return Moves(_joined(runs))

    def items(self, old: NDArray[T], added: NDArray[T]) -> NDArray[T]:
        """An array with one item a thing, in the new order."""
        pieces, at = [], 0
        for start, count in self.runs:
            if start >= 0:
                pieces.append(old[start : start + count])
            else:
                pieces.append(added[at : at + count])
                at += count
        if not at or len(pieces) > 1:
            return np.concatenate(pieces) if pieces else added[:0]
        # All of it is new, as in a first generation, and need not be there twice.
        return pieces[0]

    def rows(self, old: Rows, added: Rows) -> Rows:
        """Rows with one row a thing, in the new order."""
        offsets = offsets_of(self.items(old.counts(), added.counts()))
        return Rows(offsets, self.of_parts(old.offsets, added.counts().tolist()).items(old.values, added.values))


def _joined(runs: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Runs without empty ones, neighbours that go on made one."""
    joined: list[tuple[int, int]] = []
    for start, count in runs:
        if not count:
            continue
        if joined:
            before, length = joined[-1]
            if (start < 0 and before < 0) or (start >= 0 and before >= 0 and before + length == start):
                joined[-1] = (before, length + count)
                continue
        joined.append((start, count))
    return tuple(joined)


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

    def encoded(self) -> Iterator[bytes]:
        """All texts in order, as UTF-8, read a stretch at a time."""
        for start in range(0, len(self), _STRETCH):
            offsets = self.rows.offsets[start : start + _STRETCH + 1]
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

    def edited(self, keep: NDArray[np.bool_], added: Strings) -> tuple[Strings, Moves]:
        """Without those that are not kept, and with others, which come ascending and are none of the old ones."""
        moves = Moves.edit(keep, (place for place, _ in self.find_all(added.encoded())))
        return Strings(moves.rows(self.rows, added.rows)), moves
