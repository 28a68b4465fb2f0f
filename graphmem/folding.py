"""Words and names made comparable: case, accents, width and possessives folded, no script emptied."""

from __future__ import annotations

import re
import unicodedata
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
        tokens = [(_fold_word(match[0]), match.start(), match.end()) for match in _WORD.finditer(text)]
    return (*tokens[:1], *(token for token in tokens[1:] if token[0] != "s" or not _is_possessive(text, token)))


def _is_possessive(text: str, token: Token) -> bool:
    _, start, end = token
    return end - start == 1 and text[start] in "sS" and text[start - 1] in "'’"


@lru_cache(maxsize=8192)
def words(text: str) -> tuple[str, ...]:
    """The words of :func:`tokenize` without their spans, which costs a third."""
    return _words(text)


def _words(text: str) -> tuple[str, ...]:
    lower = text.lower()
    if text.isascii() and "'s" not in lower:
        return tuple(_ASCII_WORD.findall(lower))
    return tuple(word for word, _, _ in tokenize(text))


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """The comparable form of a name: its folded words joined by one space ("Élan Vital's" → "elan vital")."""
    return " ".join(_words(text))
