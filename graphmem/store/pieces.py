"""Names and words on their way into arrays: gathered in pieces of bounded size, sorted, and merged.

What a Python dictionary holds of a name takes ten times the name; a piece that is put away is a block of bytes.
"""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import groupby, pairwise
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from graphmem.store.moves import GrowingStrings, Strings

__all__ = ["Label", "Labels", "NamePieces", "Numbered", "WordPieces", "best_label", "counted_words", "is_better"]

_PIECE = 1 << 14
"""Names, or words, that are held as Python objects."""
_PIECES = 8
_FIRST = itemgetter(0)

Label = tuple[float, str, int]
"""How sure a passage is to be about a name, 0 where it only mentions it; how it writes the name; where it stands."""


def is_better(one: Label, other: Label) -> bool:
    """Whether a name is written as one passage does rather than another: as the surest, the greatest spelling of those,
    the first passage; of mere mentions as the first."""
    if one[0] == other[0] == 0:
        return one[2] < other[2]
    return (one[0], one[1], -one[2]) > (other[0], other[1], -other[2])


def best_label(labels: Iterable[Label]) -> Label:
    """The best of some labels of a name, the first of equal ones."""
    return reduce(lambda best, label: label if is_better(label, best) else best, labels)


class Numbered:
    """Numbers of names, one after the other: those of the piece that they came with, then those of all names."""

    def __init__(self) -> None:
        self.values = array("i")
        self._ends = [0]

    def put_away(self, rank: NDArray[np.int32]) -> None:
        """What has come since the last time gets the numbers of its sorted piece."""
        fresh = np.frombuffer(self.values, dtype=np.int32)[self._ends[-1] :]
        fresh[:] = rank[fresh]
        self._ends.append(self._ends[-1] + len(fresh))

    def renumber(self, now: Sequence[array[int]]) -> None:
        """Each piece's numbers become those of the merged names."""
        whole = np.frombuffer(self.values, dtype=np.int32)
        for piece, (start, end) in zip(now, pairwise(self._ends), strict=True):
            whole[start:end] = np.frombuffer(piece, dtype=np.int32)[whole[start:end]]


class NamePieces:
    """Names that passages use, with the best way to write each."""

    def __init__(self) -> None:
        self._number: dict[str, int] = {}
        self._labels: list[Label] = []
        self._pieces: list[tuple[Strings, array[float], array[int], Strings]] = []

    @property
    def full(self) -> bool:
        """Whether it is time to put the names away."""
        return len(self._labels) >= _PIECE

    def add(self, key: str, label: Label) -> int:
        """The number of a folded name, in its piece, that a passage writes as the label tells."""
        number = self._number.setdefault(key, len(self._number))
        if number == len(self._labels):
            self._labels.append(label)
        elif is_better(label, self._labels[number]):
            self._labels[number] = label
        return number

    def put_away(self, *uses: Numbered) -> None:
        """Turn what is held into arrays; ``uses`` of the names are numbered as these are sorted."""
        ordered = sorted(self._number)
        old = [self._number[key] for key in ordered]
        labels = [self._labels[number] for number in old]
        rank = np.empty(len(old), dtype=np.int32)
        rank[old] = np.arange(len(old))
        for numbers in uses:
            numbers.put_away(rank)
        weights, passages = array("d", (label[0] for label in labels)), array("q", (label[2] for label in labels))
        self._pieces.append((Strings.of(ordered), weights, passages, Strings.of(label[1] for label in labels)))
        self._number.clear()
        self._labels.clear()

    def merged(self) -> tuple[Strings, Labels, list[array[int]]]:
        """All names ascending, the best label of each, and what the numbers of each piece become."""
        now = [array("i") for _ in self._pieces]
        names, labels = GrowingStrings(), Labels()
        for number, (key, same) in enumerate(groupby(heapq.merge(*map(self._told, range(len(now)))), key=_FIRST)):
            written: list[Label] = []
            for _, which, label in same:
                now[which].append(number)
                written.append(label)
            names.append(key)
            labels.append(best_label(written))
        return Strings(names.rows()), labels, now

    def _told(self, which: int) -> Iterator[tuple[bytes, int, Label]]:
        names, weights, passages, texts = self._pieces[which]
        for key, weight, text, passage in zip(names.encoded(), weights, texts.encoded(), passages, strict=True):
            yield key, which, (weight, text.decode("utf-8"), passage)


class Labels:
    """Labels as columns."""

    def __init__(self) -> None:
        self.weights, self.passages, self.texts = array("d"), array("q"), GrowingStrings()

    def append(self, label: Label) -> None:
        self.weights.append(label[0])
        self.texts.append(label[1].encode("utf-8"))
        self.passages.append(label[2])

    def __iter__(self) -> Iterator[Label]:
        texts = Strings(self.texts.rows()).encoded()
        for weight, text, passage in zip(self.weights, texts, self.passages, strict=True):
            yield weight, text.decode("utf-8"), passage


class WordPieces:
    """Words, and how many statements have each."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._pieces: list[tuple[Strings, array[int]]] = []

    def add(self, words: Iterable[str]) -> None:
        """The words of a statement, each once."""
        for word in words:
            self._counts[word] = self._counts.get(word, 0) + 1
        if len(self._counts) > _PIECE:
            self._put_away()

    def _put_away(self) -> None:
        ordered = sorted(self._counts)
        self._pieces.append((Strings.of(ordered), array("q", (self._counts[word] for word in ordered))))
        self._counts.clear()
        if len(self._pieces) > _PIECES:
            # Pieces of a text share most of their words.
            self._pieces = [counted_words(self._pieces)]

    def merged(self) -> tuple[Strings, array[int]]:
        """All words ascending, and how many statements have each."""
        self._put_away()
        return counted_words(self._pieces)


def counted_words(pieces: Sequence[tuple[Strings, array[int]]]) -> tuple[Strings, array[int]]:
    """Ascending words of several pieces, their counts added up; a word whose count comes to nothing is there all the same."""
    words, counts = GrowingStrings(), array("q")
    told = (zip(names.encoded(), numbers, strict=True) for names, numbers in pieces)
    for word, same in groupby(heapq.merge(*told), key=_FIRST):
        words.append(word)
        counts.append(sum(count for _, count in same))
    return Strings(words.rows()), counts
