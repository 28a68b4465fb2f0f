"""Sentences as the words that the calculus moves about: lower case, "n't" and "'s" words of their own, the latter for the bare
apostrophe of "the boys' boat" as well."""

from __future__ import annotations

from functools import lru_cache

import regex

from graphmem.folding import fold

__all__ = ["without_asides", "words_of"]

_WORD = regex.compile(
    r"\d{4}-\d{2}-\d{2}(?!\d)|\d+(?:[.,]\d+)*%?|[\p{L}\p{M}]+(?:['’\-][\p{L}\p{M}]+)*(?:(?<=s)['’](?=\s+\p{L}))?|[,;:]"
)
_OPENING = regex.compile(r"(?<![\p{L}\p{M}\d])['‘]\p{L}")
"""A quotation mark, which an apostrophe behind a word may close."""
_ASIDE = regex.compile(r"\([^()]*\)")
_SPLIT = {
    "can't": ("can", "not"),
    "cannot": ("can", "not"),
    "won't": ("will", "not"),
    "shan't": ("shall", "not"),
    "i'm": ("i", "am"),
    "it's": ("it", "is"),
    "that's": ("that", "is"),
    "he's": ("he", "is"),
    "she's": ("she", "is"),
    "there's": ("there", "is"),
    "i've": ("i", "have"),
    "we've": ("we", "have"),
    "they've": ("they", "have"),
    "you've": ("you", "have"),
} | {f"{every}{one}": (every, "person") for every in ("no", "every", "some", "any") for one in ("body", "one")}


@lru_cache(maxsize=8192)
def words_of(sentence: str) -> tuple[str, ...]:
    """The words and commas of a sentence."""
    found: list[str] = []
    for match in _WORD.finditer(sentence):
        word = match.group().replace("’", "'").casefold()
        if word in _SPLIT:
            found += _SPLIT[word]
        elif word.endswith("n't"):
            found += [word[:-3], "not"]
        elif word.endswith("'s"):
            found += [fold(word[:-2]) or word[:-2], "'s"]
        elif word.endswith("'"):
            owner = fold(word[:-1]) or word[:-1]
            found += [owner] if _OPENING.search(sentence, 0, match.start()) else [owner, "'s"]
        else:
            found.append(word if word in ",;:" or word[0].isdigit() else fold(word) or word)
    return _with_persons([word for word in found if word])


@lru_cache(maxsize=8192)
def without_asides(text: str) -> str:
    """A text with room in the place of its brackets: "Riga (founded 1201) is a city" says that Riga is a city."""
    plain = _ASIDE.sub(lambda aside: " " * len(aside.group()), text)
    return text if plain == text else without_asides(plain)


def _with_persons(words: list[str]) -> tuple[str, ...]:
    """ "No one" and "every body" as "no person" and "every person"; "no one of them" stays."""
    return tuple(
        "person"
        if word in ("one", "body") and words[at - 1 : at] in (["no"], ["every"]) and words[at + 1 : at + 2] != ["of"]
        else word
        for at, word in enumerate(words)
    )
