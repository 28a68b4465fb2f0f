"""The lexicon's tables, unpacked at the first question and kept."""

from __future__ import annotations

import zlib
from array import array
from functools import lru_cache
from importlib.resources import files

__all__ = ["Lexicon", "lexicon"]

_ENDINGS = (
    ("s", ""), ("ses", "s"), ("xes", "x"), ("zes", "z"), ("ches", "ch"), ("shes", "sh"), ("men", "man"), ("ies", "y"),
    ("es", "e"), ("es", ""), ("ed", "e"), ("ed", ""), ("ing", "e"), ("ing", ""),
    ("er", ""), ("est", ""), ("er", "e"), ("est", "e"),
)  # fmt: skip
"""Endings and what stands for them in the lemma (WordNet's ``morphy``)."""


class Lexicon:
    """Lemma → synsets, synset → hypernyms and (of a place) what it is part of, lemma → antonyms.

    The last two bits of a synset are its part of speech.
    """

    def __init__(self) -> None:
        packed = files("graphmem.natlog.lexicon").joinpath("wordnet.z").read_bytes()
        text, _, body = zlib.decompress(packed).partition(b"\0\0")
        words, _, irregular = text.decode("utf-8").partition("\0")
        values = array("i")
        values.frombytes(body)
        tables, at = [], 1
        for _table in range(values[0]):
            length = values[at]
            tables.append(values[at + 1 : at + 1 + length])
            at += 1 + length
        self.number = {word: number for number, word in enumerate(words.split("\n"))}
        self._irregular: dict[str, list[str]] = {}
        for line in irregular.split("\n"):
            form, _, lemma = line.partition("\t")
            self._irregular.setdefault(form, []).append(lemma)
        self._sense_first, self._senses, *edges, self._antonym_first, self._antonyms = tables
        self._up_first, self._ups, self._around_first, self._around = edges

    def lemmas(self, word: str) -> frozenset[str]:
        """The lemmas that a word, lower case, may be a form of; "cell phone" and "play-wright" are forms of what is also
        written as one word."""
        found = self._forms(word)
        if "-" in word or " " in word:
            found |= self._forms(word.replace("-", " ")) | self._forms(word.replace("-", "").replace(" ", ""))
        return found

    def _forms(self, word: str) -> frozenset[str]:
        found = {word} if word in self.number else set()
        found.update(self._irregular.get(word, ()))
        if not self._irregular.get(word):
            for ending, instead in _ENDINGS:
                if word.endswith(ending) and word[: -len(ending)] + instead in self.number:
                    found.add(word[: -len(ending)] + instead)
        return frozenset(found)

    def irregular(self, word: str) -> list[str]:
        """The lemmas that a word is an irregular form of."""
        return self._irregular.get(word, [])

    def senses(self, lemma: str) -> array[int]:
        """Synsets of a lemma, most frequent first."""
        number = self.number[lemma]
        return self._senses[self._sense_first[number] : self._sense_first[number + 1]]

    def antonyms(self, lemma: str) -> array[int]:
        """Numbers of the lemmas that mean the opposite."""
        number = self.number[lemma]
        return self._antonyms[self._antonym_first[number] : self._antonym_first[number + 1]]

    def parents(self, synsets: frozenset[int]) -> frozenset[int]:
        """The synsets right above some."""
        first = self._up_first
        return frozenset(up for s in synsets for up in self._ups[first[s >> 2] : first[(s >> 2) + 1]])

    def around(self, synsets: frozenset[int]) -> frozenset[int]:
        """The places that some places are part of, and those that these are part of."""
        first, seen, front = self._around_first, frozenset[int](), synsets
        while front:
            front = frozenset(up for s in front for up in self._around[first[s >> 2] : first[(s >> 2) + 1]]) - seen
            seen |= front
        return seen

    def above(self, synsets: frozenset[int]) -> frozenset[int]:
        """Some synsets and all above them."""
        seen = front = synsets
        while front:
            front = self.parents(front) - seen
            seen |= front
        return seen


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The one lexicon; takes about a tenth of a second at the first call."""
    return Lexicon()
