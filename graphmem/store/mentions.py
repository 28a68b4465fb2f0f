"""Which entities a statement or a title names: the longest match at each word and the names within it, and where a name
could match at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphmem.store.facts import CAPITAL, FIRST, FLAG_BITS
from graphmem.store.moves import Rows

__all__ = ["Names", "rows_with"]

Positions = NDArray[np.int64]
_Key = tuple[int, ...]


class Names:
    """Those of all entities that begin with one of some words; ``owned`` are the entities that a passage is about."""

    def __init__(self, key_words: Rows, firsts: Positions, lower: NDArray[np.bool_], owned: NDArray[np.bool_]) -> None:
        self._lower, self._owned = lower, owned
        self._names: dict[_Key, int] = {}
        self._longest: dict[int, int] = {}
        wanted = np.zeros(len(lower), dtype=bool)
        wanted[firsts] = True
        offsets, words = key_words.offsets, key_words.values
        for entity in np.flatnonzero(wanted[words[offsets[:-1]]]).tolist():
            key = tuple(words[offsets[entity] : offsets[entity + 1]].tolist())
            self._names[key] = entity
            self._longest[key[0]] = max(self._longest.get(key[0], 0), len(key))

    def in_statement(self, tokens: Sequence[int]) -> list[int]:
        """Entities that a statement mentions, ascending; ``tokens`` are its words with their flags.

        Where no passage is about a name, those within it that one is about are mentioned as well: West Chicago in "West
        Chicago High School".
        """
        words = tuple(token >> FLAG_BITS for token in tokens)
        found: set[int] = set()
        at, count = 0, len(words)
        while at < count:
            for length in range(min(self._longest.get(words[at], 0), count - at), 0, -1):
                entity = self._names.get(words[at : at + length])
                if entity is None:
                    continue
                if length == 1:
                    # A capital at the start of a sentence is no evidence, and a bare number is no name.
                    named = tokens[at] & CAPITAL and not (tokens[at] & FIRST and self._lower[words[at]])
                else:
                    named = any(token & CAPITAL for token in tokens[at : at + length])
                if named:
                    found.add(entity)
                    if not self._owned[entity]:
                        found.update(self._within(words[at : at + length]))
                    at += length - 1
                    break
            at += 1
        return sorted(found)

    def _within(self, name: _Key) -> Iterator[int]:
        """Entities of two words or more that stand in a longer name: a word alone would be half of a person's name."""
        for start in range(len(name) - 1):
            for end in range(min(len(name), start + self._longest.get(name[start], 0)), start + 1, -1):
                entity = self._names.get(name[start:end])
                if entity is not None and self._owned[entity]:
                    yield entity

    def in_title(self, title: Sequence[int]) -> list[int]:
        """Entities named by a part of a title, ascending: Greece in "Economy of Greece"."""
        words = tuple(title)
        found: set[int] = set()
        at = 0
        while at < len(words):
            for length in range(min(self._longest.get(words[at], 0), len(words) - at), 0, -1):
                entity = self._names.get(words[at : at + length])
                if length < len(words) and entity is not None and (length > 1 or not self._lower[words[at]]):
                    found.add(entity)
                    at += length - 1
                    break
            at += 1
        return sorted(found)


def rows_with(rows: Rows, words: NDArray[Any], phrases: Iterable[_Key], vocabulary: int) -> Positions:
    """The rows in which one of some phrases stands; ``words`` are the words of the rows' values."""
    uses = np.bincount(words, minlength=vocabulary)
    by_rarest: Mapping[int, list[tuple[int, _Key]]] = _by_rarest(phrases, uses)
    if not by_rarest:
        return np.zeros(0, dtype=np.int64)
    wanted = np.zeros(vocabulary, dtype=bool)
    wanted[list(by_rarest)] = True
    hits = np.flatnonzero(wanted[words])
    hits = hits[np.argsort(words[hits], kind="stable")]
    edges = np.searchsorted(words[hits], np.arange(vocabulary + 1)) if len(hits) else np.zeros(vocabulary + 1, np.int64)
    found: list[Positions] = []
    for word, items in by_rarest.items():
        places = hits[edges[word] : edges[word + 1]]
        own = rows.rows_of(places)
        for offset, phrase in items:
            starts = places - offset
            fits = (starts >= rows.offsets[own]) & (starts + len(phrase) <= rows.offsets[own + 1])
            starts, kept = starts[fits], own[fits]
            for step, part in enumerate(phrase):
                same = words[starts + step] == part
                starts, kept = starts[same], kept[same]
            found.append(kept)
    return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)


def _by_rarest(phrases: Iterable[_Key], uses: Positions) -> dict[int, list[tuple[int, _Key]]]:
    """Phrases by the word of theirs that is used least, with its place in them."""
    grouped: dict[int, list[tuple[int, _Key]]] = {}
    for phrase in phrases:
        place = min(range(len(phrase)), key=lambda at: (int(uses[phrase[at]]), at))
        if uses[phrase[place]]:
            grouped.setdefault(phrase[place], []).append((place, phrase))
    return grouped
