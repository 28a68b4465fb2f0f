"""The country that a sentence says somebody or something is of: by its people ("a British film"), or by the last and widest of
the places that it is in or from ("a village in the Central District of Chadegan County, Iran")."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import regex

from graphmem.folding import fold
from graphmem.model import Span
from graphmem.natlog.lexicon import is_place
from graphmem.natlog.peoples import is_country, is_people

__all__ = ["origin_in"]

_RUN = r"\p{Lu}[\p{L}\p{M}]*(?:[-–/ ]\p{Lu}[\p{L}\p{M}]*)*"
_COPULA = regex.compile(r"\b(?:is|was|are|were)\s+")
_BRACKET = regex.compile(r"\([^()]*\)")
_CALLED = regex.compile(
    rf"(?:(?:the|an?|one of the)\s+)?(?:(?:\p{{Ll}}[\p{{Ll}}\-]*|\d{{4}}),?\s+){{0,4}}({_RUN})(?=,?\s+\p{{Ll}})"
)
_PART = regex.compile(r"[\p{L}\p{M}]+")
_SIDES = frozenset("north south east west northern southern eastern western".split())
_ENDS = regex.compile(
    r";|\.\s(?!\p{Lu})|,?\s+(?:who|which|that|where|and|but|when|by|with|known|named|written|directed|born)\b"
)
_HEAD = regex.compile(r"([\p{Ll}\-]+)(?:\s+(?:located|situated))?\s+(in|on|of|from|at|near|off)\s")
_NAME = r"(?:(?:\p{Lu}\.){2,}|(?:St|Mt|Ft)\.|\p{Lu}[\p{L}\p{M}'’]*)"
_PLACES = regex.compile(
    r"(?:\b(?:in|on|of|from|at|near|off)(?:\s+the)?(?:\s+\p{Ll}+){0,2}|,)\s+"
    rf"({_NAME}(?:[\s\-](?:of\s+(?:the\s+)?)?{_NAME})*)"
)


@lru_cache(maxsize=4096)
def origin_in(text: str) -> Span | None:
    """Where a sentence names the country of its subject; ``None`` where it names none."""
    # What stands in brackets is said by the way, and keeps its room.
    plain = _BRACKET.sub(lambda bracket: " " * len(bracket.group()), text)
    copula = _COPULA.search(plain)
    if copula is None:
        return None
    called = _CALLED.match(plain, copula.end())
    if called is not None and _is_of_peoples(called.group(1)):
        return called.span(1)
    end = _ENDS.search(plain, copula.end())
    return _last_place(plain, copula.end(), len(plain) if end is None else end.start())


def _is_of_peoples(run: str) -> bool:
    """Whether capitalised words name peoples and nothing else: "South Korean", "Anglo-American", not "Roman Catholic"."""
    parts = [fold(part) for part in _PART.findall(run)]
    return is_people(fold(run)) or (is_people(parts[-1]) and all(is_people(part) or part in _SIDES for part in parts))


def _last_place(text: str, start: int, end: int) -> Span | None:
    head = _HEAD.search(text, start, end)
    if head is None or (head.group(2) != "from" and not is_place(head.group(1))):
        # Who paints in France need not be French.
        return None
    found = list(_named(text, head.start(2), end))
    known = [span for span in found if is_country(fold(text[span[0] : span[1]]))]
    if known:
        return known[-1]
    return found[-1] if found and is_country(fold(text[slice(*found[-1])])) is None else None


def _named(text: str, start: int, end: int) -> Iterator[Span]:
    """Names that follow each other by prepositions and commas."""
    at = start
    while (match := _PLACES.search(text, at, end)) is not None:
        yield match.span(1)
        at = match.end(1)
