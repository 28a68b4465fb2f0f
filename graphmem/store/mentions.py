"""Which entities a statement or a title names: the longest match at each word, and the names within it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from graphmem.folding import tokenize
from graphmem.store.facts import Word
from graphmem.store.moves import Strings

__all__ = ["Names"]


class Names:
    """All entities by their folded names; ``ordinary`` says of which single words the name is an ordinary word as well, and
    ``owned`` which entities a passage is about.

    Names are looked up by their first words as these turn up, or taken up all at once where most of them will.
    """

    def __init__(self, keys: Strings, ordinary: NDArray[np.bool_], owned: NDArray[np.bool_], *, most: bool) -> None:
        self._keys, self._ordinary, self._owned = keys, ordinary, owned
        self._names: dict[str, int] = {}
        self._longest: dict[str, int] = {}
        self._most = most
        if most:
            for entity, key in enumerate(keys.encoded()):
                self._take(entity, key.decode("utf-8"))

    def _take(self, entity: int, key: str) -> None:
        first, *others = key.split(" ")
        self._names[key] = entity
        # In the order of their names the longer ones need not come last.
        self._longest[first] = max(self._longest.get(first, 0), 1 + len(others))

    def _longest_from(self, word: str) -> int:
        """How many words the longest name has that begins with a word."""
        if word not in self._longest and not self._most:
            self._longest[word] = 0
            # The exclamation mark comes next after the space that words are joined by.
            for entity in range(self._keys.lower_bound(word), self._keys.lower_bound(f"{word}!")):
                self._take(entity, self._keys[entity])
        return self._longest.get(word, 0)

    def in_statement(self, statement: Sequence[Word]) -> list[int]:
        """Entities that a statement mentions, ascending.

        Where no passage is about a name, those within it that one is about are mentioned as well: West Chicago in "West
        Chicago High School".
        """
        words = [word for word, _, _ in statement]
        found: set[int] = set()
        at, count = 0, len(words)
        while at < count:
            for length in range(min(self._longest_from(words[at]), count - at), 0, -1):
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
            for end in range(min(len(name), start + self._longest_from(name[start])), start + 1, -1):
                entity = self._names.get(" ".join(name[start:end]))
                if entity is not None and self._owned[entity]:
                    yield entity

    def in_title(self, title: str) -> list[int]:
        """Entities named by a part of a title, ascending: Greece in "Economy of Greece"."""
        words = [word for word, _, _ in tokenize(title)]
        found: set[int] = set()
        at = 0
        while at < len(words):
            for length in range(min(self._longest_from(words[at]), len(words) - at), 0, -1):
                entity = self._names.get(" ".join(words[at : at + length]))
                if length < len(words) and entity is not None and (length > 1 or not self._ordinary[entity]):
                    found.add(entity)
                    at += length - 1
                    break
            at += 1
        return sorted(found)
