"""Who is somebody's, where a sentence only mentions it: "His wife, Mia Krag, was born in Lund", "Ivo, son of Olaf Stern"."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import regex

from graphmem.folding import fold
from graphmem.model import Evidence, Span
from graphmem.natlog.lexicon import is_kind
from graphmem.natlog.reference import may_mean
from graphmem.natlog.tokens import without_asides
from graphmem.natlog.words import bare_name, same_name

__all__ = ["owned_by", "owner_beside", "parents_in"]

_WORD = r"\p{Lu}[\p{L}\p{M}\-]*(?:\.(?=\s\p{Lu}))?"
_NAME = rf"{_WORD}(?:\s+(?:(?:of|the|de|la|von|van)\s+)?{_WORD})*"
_NAMES = regex.compile(_NAME)
_OWNED = regex.compile(
    rf"(?:\b([Hh]is|[Hh]er|[Ii]ts|[Tt]heir)|({_NAME})['’]s?)\s+(?:\p{{Ll}}+\s+)??(\p{{Ll}}[\p{{Ll}}\-]+)"
    rf"(?:\s+({_NAME})|,\s+({_NAME})(?=[,;.]))"
)
"""An owner, what it is to the owner, and its name; behind a comma the name is closed by another."""
_CHILD = regex.compile(
    r"(?:,\s+|\b(?:was|is)\s+)(?:(?:the|an?)\s+)?(?:\p{Ll}+\s+)?(?:son|daughter|child)\s+of\s+"
    rf"(?:the\s+)?(?:\p{{Ll}}+\s+){{0,3}}({_NAME})(?:\s+and\s+(?:his\s+wife,?\s+)?(?:the\s+)?(?:\p{{Ll}}+\s+){{0,3}}({_NAME}))?"
)
_BESIDE = regex.compile(rf"({_NAME})\s+and\s+(?:his|her|its|their)\s+(?:\p{{Ll}}+\s+)?\p{{Ll}}[\p{{Ll}}\-]+,?\s+$")
_OF_OTHERS = regex.compile(r"\b(?:of|by|with|to|for)\s+(?:the\s+)?(?:\p{Ll}+\s+){0,2}\p{Lu}")


def owned_by(key: str, noun: str, item: Evidence) -> Iterator[Span]:
    """Where a sentence names whoever is the ``noun`` ("wife", "assistant") of a bare name."""
    for pronoun, owner, called, span in _owned_in(item.text):
        by_law = called.endswith("-in-law") and called != noun
        if by_law or (called != noun and not is_kind(called, noun)):
            continue
        if same_name(bare_name(owner), key) if owner else _means(item, pronoun, key, span):
            yield span


@lru_cache(maxsize=4096)
def parents_in(text: str) -> tuple[Span, ...]:
    """The names of those whose child a sentence says its subject is: the father, and the mother where both are told; none
    where it may say so of somebody else ("the wife of Ivo, son of Olaf")."""
    plain = without_asides(text)
    match = _CHILD.search(plain)
    if match is None or _OF_OTHERS.search(plain, 0, match.start()):
        return ()
    return tuple(match.span(group) for group in (1, 2) if match.group(group))


@lru_cache(maxsize=4096)
def _owned_in(text: str) -> tuple[tuple[str, str, str, Span], ...]:
    found = _OWNED.finditer(text)
    return tuple(
        ((m.group(1) or "").lower(), m.group(2) or "", m.group(3), m.span(4) if m.group(4) else m.span(5))
        for m in found
    )


def owner_beside(text: str, at: int) -> str:
    """Who stands right before a possessive and a noun that end at a place: "Hans Eide" of "Hans Eide and his wife Berta"; ""
    where nobody does."""
    match = _BESIDE.search(text, 0, at)
    return "" if match is None else str(match.group(1))


def _means(item: Evidence, pronoun: str, key: str, span: Span) -> bool:
    """Whether a possessive before a place stands for a name: for the first one of the sentence, else for whom it is about."""
    beside = owner_beside(item.text, span[0])
    if beside:
        return same_name(bare_name(beside), key)
    named = _NAMES.search(item.text, 0, span[0])
    opening = fold(item.text).partition(" ")[0]
    if named is not None and fold(named.group()) not in ("his", "her", "its", "their", "he", "she", "it", "they"):
        return same_name(bare_name(named.group()), key)
    return may_mean(item, opening if opening in ("he", "she", "it", "they") else pronoun, key)
