"""Words and names made comparable: case, accents, width and possessives folded, no script emptied."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

import regex

__all__ = ["Token", "fold", "tokenize", "words"]

Token = tuple[str, int, int]
"""A folded word and its span in the text that it was read from."""

# Scripts written without spaces match character by character; everything else word by word.
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Khmer}\p{Lao}\p{Myanmar}"
_WORD = regex.compile(rf"[{_UNSPACED}]\p{{M}}*|[[\p{{L}}\p{{N}}\p{{M}}]--[{_UNSPACED}]]+", regex.V1)
# The same in text of ASCII alone, which is most of it, without looking anything up in tables of Unicode.
_ASCII_WORD = re.compile(r"[a-z0-9]+")
# And in that of European letters and signs, none of which is a mark of its own: ``re`` knows what a letter is as well.
_EUROPEAN = re.compile(
    r"[\0-\u02ff\u0370-\u0482\u048a-\u052f\u1e00-\u1fff\u2000-\u206f\u20a0-\u20bf\u2100-\u214f\u2190-\u23ff]*"
)
_EUROPEAN_WORD = re.compile(r"[^\W_]+")
# Letters that Unicode does not decompose, spelt as people type them without their keyboard.
_UNDECOMPOSED = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"}
)


@lru_cache(maxsize=65536)
def _fold_word(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word).casefold().translate(_UNDECOMPOSED)
    # Only marks on Latin, Greek and Cyrillic letters are typing habits; elsewhere (Indic, Arabic) they are letters.
    bare = "".join(c for c in decomposed if not "\u0300" <= c <= "\u036f")
    return unicodedata.normalize("NFC", bare) or word


@lru_cache(maxsize=8192)
def tokenize(text: str) -> tuple[Token, ...]:
    """The words of a text, folded, each with its span; a possessive ``'s`` is no word."""
    if text.isascii():
        tokens = [(match[0], match.start(), match.end()) for match in _ASCII_WORD.finditer(text.lower())]
    else:
        found = _written(text)
        tokens = [(_fold_word(word), *span) for word, span in zip(found, _spans(text, found), strict=True)]
    return (*tokens[:1], *(token for token in tokens[1:] if token[0] != "s" or not _is_possessive(text, token)))


def _written(text: str) -> list[str]:
    """The words of a text that is not of ASCII alone, as they are written."""
    word = _EUROPEAN_WORD if _EUROPEAN.fullmatch(text) else _WORD
    return word.findall(text)


def _spans(text: str, found: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Where each word stands: the first place behind the one before, since no letter stands between two words."""
    end = 0
    for word in found:
        start = text.find(word, end)
        end = start + len(word)
        yield start, end


def _is_possessive(text: str, token: Token) -> bool:
    _, start, end = token
    return end - start == 1 and text[start] in "sS" and text[start - 1] in "'’"


@lru_cache(maxsize=8192)
def words(text: str) -> tuple[str, ...]:
    """The words of :func:`tokenize` without their spans, which costs a third."""
    return _words(text)


def _words(text: str) -> tuple[str, ...]:
    lower = text.lower()
    if "'s" in lower or "’s" in lower:
        return tuple(word for word, _, _ in tokenize(text))
    return tuple(_ASCII_WORD.findall(lower)) if text.isascii() else tuple(map(_fold_word, _written(text)))


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """The comparable form of a name: its folded words joined by one space ("Élan Vital's" → "elan vital")."""
    return " ".join(_words(text))
