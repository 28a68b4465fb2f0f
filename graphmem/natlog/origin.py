"""The country that a sentence says somebody or something is of: by its people ("a British film"), or by the last and widest of
the places that it is in or from ("a village in the Central District of Chadegan County, Iran")."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import regex

from graphmem.folding import fold
from graphmem.model import Span
from graphmem.natlog.lexicon import is_known, is_place, lexical_relation, main_part, names_country
from graphmem.natlog.peoples import is_country, is_people
from graphmem.natlog.relations import Relation

__all__ = ["origin_in"]

_RUN = r"\p{Lu}[\p{L}\p{M}]*(?:(?:\s?[-–]\s?|[/ ])\p{Lu}[\p{L}\p{M}]*)*"
_COPULA = regex.compile(r"\b(?:is|was|are|were)\s+")
_BRACKET = regex.compile(r"\([^()]*\)")
_CALLED = regex.compile(
    r"(?:(?:the|an?|one of the)\s+)?(?:(?!(?:of|to|in|on|by|for|from|at|with|and|as|the)\b)"
    r"(?:\p{Ll}[\p{Ll}\-]*|\p{N}{4}|\p{N}+(?:st|nd|rd|th)-century|\p{Lu}\p{Ll}+-\s?born),?\s+){0,4}"
    rf"({_RUN})(?=,?\s+\p{{Ll}}|\s*[.,;]|$)"
)
_PART = regex.compile(r"[\p{L}\p{M}]+")
_SOMEBODY = (Relation.FORWARD, Relation.EQUIVALENCE)
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
    if called is not None and (length := _peoples(called.group(1))):
        return called.start(1), called.start(1) + length
    end = _ENDS.search(plain, copula.end())
    return _last_place(plain, copula.end(), len(plain) if end is None else end.start())


def _peoples(run: str) -> int:
    """How many letters at the beginning of capitalised words name peoples or a country: all of "South Korean" and
    "Anglo-American", "Indian" of "Indian Tamil", none of "Roman Catholic" and "British Army"."""
    parts = [(fold(match.group()), match.end()) for match in _PART.finditer(run)]
    for count in range(len(parts), 0, -1):
        words = [word for word, _ in parts[:count]]
        whole = " ".join(words)
        named = is_people(whole) or names_country(whole)
        if named or (is_people(words[-1]) and all(is_people(word) or word in _SIDES for word in words)):
            return parts[count - 1][1] if all(map(_is_nobodys, (word for word, _ in parts[count:]))) else 0
    return 0


def _is_nobodys(word: str) -> bool:
    """Whether a word behind a people's only says more of what is of that people, and both are no name together."""
    return not is_known(word) or any(
        lexical_relation(word, kind) in _SOMEBODY for kind in ("person", "language", "film")
    )


def _last_place(text: str, start: int, end: int) -> Span | None:
    head = _HEAD.search(text, start, end)
    if head is None or main_part(head.group(1)) != "n" or (head.group(2) != "from" and not is_place(head.group(1))):
        # Who paints in France need not be French.
        return None
    found = list(_named(text, head.start(2), end))
    is_one = [is_country(fold(text[start:end])) for start, end in found]
    if True in is_one:
        return found[len(found) - 1 - is_one[::-1].index(True)]
    # What the lexicon does not know may be the name of a country; where somebody is from, it may be of anything.
    return found[-1] if found and is_one[-1] is None and head.group(2) != "from" else None


def _named(text: str, start: int, end: int) -> Iterator[Span]:
    """Names that follow each other by prepositions and commas."""
    at = start
    while (match := _PLACES.search(text, at, end)) is not None:
        yield match.span(1)
        at = match.end(1)
