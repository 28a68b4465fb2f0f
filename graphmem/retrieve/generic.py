"""Whether a question is about things in general: it speaks of kinds, or of the whole place, and of nothing in particular.

"How did newcomers find their place?" has no wording of a broad question, but names nobody, counts nothing and points at
nothing with a singular "the"; what it speaks of is in the plural, or all of the country.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import regex

from graphmem.folding import Token, tokenize
from graphmem.model import Span
from graphmem.natlog.lexicon import is_a
from graphmem.natlog.lexicon.data import lexicon
from graphmem.natlog.words import FUNCTION_WORDS

__all__ = ["is_generic"]

_ASKS = regex.compile(
    r"^(?:and\s+|so\s+)?(?:(?:in|for|from|to|of|on|at|by|with)\s+)?(?:what|which|who|whom|whose|how|why|where)\b"
    r"|^(?:are|were)\s+there\b|^(?:can|could|would|will)\s+you\b|^(?:give|show|help|i|i'm|i’m|let|please)\b",
    regex.IGNORECASE,
)
_PARTICULAR = frozenset(
    "he she him her his hers it its that whose first second third fourth fifth last next only same name named called "
    "two three four five six seven eight nine ten earliest latest".split()
)
"""Words that single something out."""
_WHOLE = frozenset(
    "region area place country county province district island coast shore sea ocean land landscape world nature part "
    "countryside city town village community society public state government past present future history century era age "
    "culture economy environment climate weather war peace time day year life work trade religion law education art "
    "people population everyone anyone everybody family man woman book text".split()
)
"""What "the" does not single out where there is but one of it, and what is general without a plural."""
_MANY = frozenset("people men women children everyone anyone everybody".split())
_SPAN = 3
"""Words that may stand between "the" and its noun, that noun included."""


def is_generic(question: str, names: list[Span]) -> bool:
    """Whether a question, in which ``names`` are linked to entities, is about things in general."""
    words = tokenize(question)
    if not _ASKS.search(question) or any(_is_particular(question, words, place, names) for place in range(len(words))):
        return False
    general = [word for word, start, _ in words[1:] if not _inside(start, names)]
    # Right behind "who" and "what" an "s" is a verb's: "what lies there?"
    behind = general[1:] if words[0][0] in {"what", "who"} and not is_a(general[0] if general else "", "a") else general
    return any(_is_plural(word) for word in behind) or any(word in _WHOLE for word in general)


def _is_particular(question: str, words: Sequence[Token], place: int, names: list[Span]) -> bool:
    word, start, _ = words[place]
    if _inside(start, names):
        return False
    if word in _PARTICULAR or any(letter.isdigit() for letter in word):
        return True
    if _is_superlative(word):
        return True
    # A name that the store does not know is one all the same.
    if place and question[start].isupper() and word != "i":
        return question[:start].rstrip()[-1:] not in {".", "?", "!", ":"}
    return word in {"the", "this"} and not _is_many(words[place + 1 : place + 1 + _SPAN])


def _is_many(words: Sequence[Token]) -> bool:
    """Whether the noun behind "the" is a plural, the whole, or something of many things ("the mood of")."""
    for place, (word, _, _) in enumerate(words):
        if word in FUNCTION_WORDS:
            return word == "of"
        if _is_plural(word) or word in _WHOLE:
            return True
        following = words[place + 1][0] if place + 1 < len(words) else ""
        if is_a(word, "n") and not (is_a(word, "a") or is_a(following, "n")):
            return following == "of" or following == "and"
    return False


@lru_cache(maxsize=4096)
def _is_plural(word: str) -> bool:
    if word in _MANY:
        return True
    if not word.endswith("s") or word in FUNCTION_WORDS:
        return False
    return any(lemma != word and is_a(lemma, "n") for lemma in lexicon().lemmas(word))


def _is_superlative(word: str) -> bool:
    # "Harvest" and "interest" are words of their own.
    if not word.endswith("est") or word in lexicon().lemmas(word):
        return False
    return any(is_a(stem, "a") for stem in (word[:-3], word[:-2], word[:-4], f"{word[:-4]}y"))


def _inside(place: int, spans: list[Span]) -> bool:
    return any(start <= place < end for start, end in spans)
