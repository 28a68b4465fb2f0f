"""The lexicon's tables, unpacked at the first question and kept."""

from __future__ import annotations

import zlib
from array import array
from collections import Counter
from functools import cached_property, lru_cache
from importlib.resources import files

__all__ = ["Lexicon", "lexicon"]

_ENDINGS = {
    "n": (
        ("s", ""), ("ses", "s"), ("xes", "x"), ("zes", "z"), ("ches", "ch"), ("shes", "sh"), ("oes", "o"), ("men", "man"),
        ("ies", "y"),
    ),
    "v": (("s", ""), ("ies", "y"), ("es", "e"), ("es", ""), ("ed", "e"), ("ed", ""), ("ing", "e"), ("ing", "")),
    "a": (("er", ""), ("est", ""), ("er", "e"), ("est", "e")),
}  # fmt: skip
"""Endings of each part of speech and what stands for them in the lemma (WordNet's ``morphy``): a mother is no moth, nor is
a king made of "k"."""
_BY_LETTER = {
    letter: [(part, *pair) for part, pairs in _ENDINGS.items() for pair in pairs if pair[0][-1] == letter]
    for letter in {ending[-1] for pairs in _ENDINGS.values() for ending, _ in pairs}
}
"""The same by the last letter, since most words end in none of them."""
_SHORTEST = 3
"""Letters that a lemma has at least whose form is a lemma itself: gas is no plural of Georgia."""


class Lexicon:
    """Lemma → synsets, synset → hypernyms, (of a place) what it is part of and (of a people) its place, lemma → antonyms.

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
        # Asked for again and again, by itself and as the first word of each phrase that it may begin.
        self._forms = lru_cache(maxsize=65536)(self._forms_of)
        self.number = {word: number for number, word in enumerate(words.split("\n"))}
        self._irregular: dict[str, list[str]] = {}
        for line in irregular.split("\n"):
            form, _, lemma = line.partition("\t")
            self._irregular.setdefault(form, []).append(lemma)
        self._sense_first, self._senses, *edges, self._antonym_first, self._antonyms, (self._first_added,) = tables
        self._up_first, self._ups, self._around_first, self._around, self._of_first, self._of = edges

    def lemmas(self, word: str) -> frozenset[str]:
        """The lemmas that a word, lower case, may be a form of; "cell phone" and "play-wright" are forms of what is also
        written as one word."""
        found = self._forms(word)
        if "-" in word or " " in word:
            found |= self._forms(word.replace("-", " ")) | self._forms(word.replace("-", "").replace(" ", ""))
        return found

    def _forms_of(self, word: str) -> frozenset[str]:
        found = {word} if word in self.number else set()
        found.update(self._irregular.get(word, ()))
        if not self._irregular.get(word) and not word.endswith("ss"):
            found.update(
                lemma
                for part, ending, instead in _BY_LETTER.get(word[-1:], ())
                if word.endswith(ending)
                and (part != "a" or not found)
                and self._has(lemma := word[: -len(ending)] + instead, part)
                and (len(lemma) >= _SHORTEST or word not in self.number)
            )
        first, space, rest = word.partition(" ")
        if space:
            # "Turned off" is a form of "turn off".
            found.update(phrase for lemma in self._forms(first) if (phrase := f"{lemma} {rest}") in self.number)
        return frozenset(found)

    def _has(self, lemma: str, part: str) -> bool:
        return lemma in self.number and any("nvar"[synset & 3] == part for synset in self.senses(lemma))

    def irregular(self, word: str) -> list[str]:
        """The lemmas that a word is an irregular form of."""
        return self._irregular.get(word, [])

    def senses(self, lemma: str) -> array[int]:
        """Synsets of a lemma, most frequent first."""
        number = self.number[lemma]
        return self._senses[self._sense_first[number] : self._sense_first[number + 1]]

    def is_added(self, synset: int) -> bool:
        """Whether a synset is none of WordNet's, but of the table of everyday language."""
        return synset >> 2 >= self._first_added

    def antonyms(self, lemma: str) -> array[int]:
        """Numbers of the lemmas that mean the opposite."""
        number = self.number[lemma]
        return self._antonyms[self._antonym_first[number] : self._antonym_first[number + 1]]

    def parents(self, synsets: frozenset[int]) -> frozenset[int]:
        """The synsets right above some."""
        first = self._up_first
        return frozenset(up for s in synsets for up in self._ups[first[s >> 2] : first[(s >> 2) + 1]])

    @cached_property
    def kinds(self) -> Counter[int]:
        """Of each synset the number of those right below it."""
        return Counter(self._ups)

    def around(self, synsets: frozenset[int]) -> frozenset[int]:
        """The places that some places are part of, and those that these are part of."""
        first, seen, front = self._around_first, frozenset[int](), synsets
        while front:
            front = frozenset(up for s in front for up in self._around[first[s >> 2] : first[(s >> 2) + 1]]) - seen
            seen |= front
        return seen

    def places(self, synset: int) -> array[int]:
        """The places that a people, or what is called after one, is of."""
        return self._of[self._of_first[synset >> 2] : self._of_first[(synset >> 2) + 1]]

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
