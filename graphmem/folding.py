"""Words and names made comparable: case, accents, width and possessives folded, no script emptied."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import regex

__all__ = ["Token", "fold", "tokenize"]

Token = tuple[str, int, int]
"""A folded word and its span in the text that it was read from."""

# Scripts written without spaces match character by character; everything else word by word.
_UNSPACED = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Khmer}\p{Lao}\p{Myanmar}"
_WORD = regex.compile(rf"[{_UNSPACED}]\p{{M}}*|[[\p{{L}}\p{{N}}\p{{M}}]--[{_UNSPACED}]]+", regex.V1)
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
    tokens: list[Token] = []
    for match in _WORD.finditer(text):
        start, end = match.span()
        if end - start == 1 and text[start] in "sS" and tokens and start and text[start - 1] in "'’":
            continue
        tokens.append((_fold_word(match.group()), start, end))
    return tuple(tokens)


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """The comparable form of a name: its folded words joined by one space ("Élan Vital's" → "elan vital")."""
    return " ".join(word for word, _, _ in tokenize(text))
