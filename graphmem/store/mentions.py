"""Which entities a statement or a title names: the longest match at each word, and the names within it."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

import numpy as np
import xxhash
from numpy.typing import NDArray

from graphmem.store.facts import Word
from graphmem.store.layered import LayeredStrings

__all__ = ["Names"]

Numbers = NDArray[np.int32]
_MANY = 64


class Names:
    """All entities by their folded names; ``ordinary`` says of which single words the name is an ordinary word as well, and
    ``owned`` which entities a passage is about.

    They are looked up by their first words as these turn up; where ``most`` of them will, each batch of texts has to be
    told beforehand (:meth:`expect`), and finds its names by their hashes: as Python objects all of them would not fit.
    """

    def __init__(
        self, keys: LayeredStrings, ordinary: NDArray[np.bool_], owned: NDArray[np.bool_], *, most: bool
    ) -> None:
        self._keys, self._ordinary, self._owned = keys, ordinary, owned
        self._names: dict[str, int] = {}
        self._longest: dict[str, int] = {}
        """How many words the longest name has that begins with a word, or with two."""
        self._frequent: set[str] = set()
        """Words that many names begin with: those are taken up by their first two."""
        self._hashes = _Hashes(keys) if most else None

    def expect(self, texts: Iterable[Sequence[str]]) -> None:
        """Take up the names that some texts, given by their folded words, may have."""
        if self._hashes is None:
            return
        held = list(texts)
        self._longest = longest = self._hashes.longest({word for words in held for word in words})
        pairs = {f"{one} {other}" for words in held for one, other in pairwise(words) if longest.get(one, 0) > 1}
        longest |= self._hashes.longest(pairs)
        runs = {
            " ".join(words[at:end])
            for words in held
            for at in range(len(words))
            for end in range(at + 1, at + self._longest_at(words, at) + 1)
        }
        self._names = self._hashes.entities(runs)

    def _longest_at(self, words: Sequence[str], at: int) -> int:
        """How many words the longest name may have that stands in a text from a word on."""
        word = words[at]
        if self._hashes is None and word not in self._longest:
            self._take(word)
        longest = self._longest.get(word, 0)
        if longest > 1:
            if at + 1 == len(words):
                return 1
            pair = f"{word} {words[at + 1]}"
            if word in self._frequent and pair not in self._longest:
                self._take(pair)
            longest = min(self._longest.get(pair, 1), len(words) - at)
        return longest

    def _take(self, start: str) -> None:
        """Take up the names that begin with a word, or with two; of a word that many begin with only that name itself."""
        # The exclamation mark comes next after the space that words are joined by.
        first, end = self._keys.lower_bound(start), self._keys.lower_bound(f"{start}!")
        self._longest[start] = int(" " in start)
        if end - first > _MANY and " " not in start:
            self._frequent.add(start)
            self._longest[start], end = 2, first + (self._keys[first] == start)
        entities = np.arange(first, end)
        for entity, key in zip(entities.tolist(), self._keys.some(entities), strict=True):
            self._names[key] = entity
            count = key.count(" ") + 1
            # In the order of their names the longer ones need not come last.
            for beginning in (start, " ".join(key.split(" ", 2)[:2])):
                self._longest[beginning] = max(self._longest.get(beginning, 0), count)

    def in_statement(self, statement: Sequence[Word]) -> list[int]:
        """Entities that a statement mentions, ascending.

        Where no passage is about a name, those within it that one is about are mentioned as well: West Chicago in "West
        Chicago High School".
        """
        words = [word for word, _, _ in statement]
        found: set[int] = set()
        at, count = 0, len(words)
        while at < count:
            for length in range(self._longest_at(words, at), 0, -1):
                entity = self._names.get(words[at] if length == 1 else " ".join(words[at : at + length]))
                if entity is None:
                    continue
                if length == 1:
                    # A capital at the start of a sentence is no evidence, and a bare number is no name.
                    named = statement[at][1] and not (at == 0 and self._ordinary[entity])
                else:
                    named = any(capital for _, capital, _ in statement[at : at + length])
                if named:
                    found.add(entity)
                    if not self._owned[entity]:
                        found.update(self._within(words[at : at + length]))
                    at += length - 1
                    break
            at += 1
        return sorted(found)

    def _within(self, name: Sequence[str]) -> Iterator[int]:
        """Entities of two words or more that stand in a longer name: a word alone would be half of a person's name."""
        for start in range(len(name) - 1):
            for end in range(start + self._longest_at(name, start), start + 1, -1):
                entity = self._names.get(" ".join(name[start:end]))
                if entity is not None and self._owned[entity]:
                    yield entity

    def in_title(self, words: Sequence[str]) -> list[int]:
        """Entities named by a part of a title, given by its folded words, ascending: Greece in "Economy of Greece"."""
        found: set[int] = set()
        at = 0
        while at < len(words):
            for length in range(self._longest_at(words, at), 0, -1):
                entity = self._names.get(" ".join(words[at : at + length]))
                if length < len(words) and entity is not None and (length > 1 or not self._ordinary[entity]):
                    found.add(entity)
                    at += length - 1
                    break
            at += 1
        return sorted(found)


class _Hashes:
    """All names by 64 bits that stand for each, and for the one or two words that it begins with."""

    def __init__(self, keys: LayeredStrings) -> None:
        self._keys = keys
        names, starts, counts = array("Q"), array("Q"), array("i")
        for first, same in groupby(keys.encoded(), key=_first_word):
            most = 0
            for pair, group in groupby(same, key=_first_two):
                longest = 0
                for key in group:
                    names.append(xxhash.xxh3_64_intdigest(key))
                    longest = max(longest, key.count(b" ") + 1)
                if pair != first:
                    starts.append(xxhash.xxh3_64_intdigest(pair))
                    counts.append(longest)
                most = max(most, longest)
            starts.append(xxhash.xxh3_64_intdigest(first))
            counts.append(most)
        self._names = _sorted(names, np.arange(len(names), dtype=np.int32))
        self._starts = _sorted(starts, np.frombuffer(counts, dtype=np.int32))

    def longest(self, starts: Iterable[str]) -> dict[str, int]:
        """How many words the longest name has that begins with each of some words or pairs; none for those that begin none."""
        return _looked_up(starts, *self._starts)

    def entities(self, texts: Iterable[str]) -> dict[str, int]:
        """Those of some texts that are names, and their entities."""
        found = _looked_up(texts, *self._names)
        return {name: entity for name, entity in found.items() if self._keys[entity] == name}


def _first_word(key: bytes) -> bytes:
    return key.partition(b" ")[0]


def _first_two(key: bytes) -> bytes:
    return b" ".join(key.split(b" ", 2)[:2])


def _sorted(hashes: array[int], values: Numbers) -> tuple[NDArray[np.uint64], Numbers]:
    told = np.frombuffer(hashes, dtype=np.uint64)
    order = np.argsort(told)
    return told[order], values[order]


def _looked_up(texts: Iterable[str], hashes: NDArray[np.uint64], values: Numbers) -> dict[str, int]:
    asked = list(texts)
    told = np.fromiter((xxhash.xxh3_64_intdigest(text.encode("utf-8")) for text in asked), np.uint64, len(asked))
    if not len(hashes):
        return {}
    at = np.minimum(np.searchsorted(hashes, told), len(hashes) - 1)
    there = np.flatnonzero(hashes[at] == told)
    return {asked[place]: value for place, value in zip(there.tolist(), values[at[there]].tolist(), strict=True)}
