"""Where a sentence says somebody or something is: one place within the other ("a village in the Central District of Chadegan
County, Iran"), and the country that it is of, by the last and widest of them or by its people ("a British film")."""

from __future__ import annotations

from functools import lru_cache

import regex

from graphmem.folding import fold
from graphmem.model import Span
from graphmem.natlog.factuality import NEGATIONS
from graphmem.natlog.lexicon import is_kind, is_known, is_place, is_region, names_country
from graphmem.natlog.peoples import is_country, is_language, is_people
from graphmem.natlog.tokens import without_asides, words_of

__all__ = ["HOLDING", "is_kind_of", "location_in", "location_of", "origin_in", "places_in"]

_RUN = r"\p{Lu}[\p{L}\p{M}]*(?:(?:\s?[-–]\s?|[/ ])\p{Lu}[\p{L}\p{M}]*)*"
_COPULA = regex.compile(r"\b(?:is|was|are|were)\s+")
_CALLED = regex.compile(
    r"(?:(?:the|an?|one of the)\s+)?(?:(?!(?:of|to|in|on|by|for|from|at|with|and|as|the|not|never|no|neither|who|which|that)\b)"
    r"(?:\p{Ll}[\p{Ll}\-]*|\p{N}{4}|\p{N}+(?:st|nd|rd|th)-century|\p{Lu}\p{Ll}+-\s?born),?\s+){0,4}"
    rf"({_RUN})(?:,?\s+(?!\p{{Ll}}+(?:\s\p{{Ll}}+)?['’]s?\b)(\p{{Ll}}+)|\s*[.,;]|$)"
)
"""What somebody is called; the Danish painter's son need not be Danish."""
_STANDS = regex.compile(r"\b(?:is|was|are|were|lies|lay|stands|stood)\b(?:\s+(?:located|situated)\b)?")
_PART = regex.compile(r"[\p{L}\p{M}]+")
HOLDING = frozenset("country state county city town village province district region continent municipality".split())
"""Kinds of places that hold others."""
_SETTLEMENTS = frozenset("city town village place".split())
_LISTED = frozenset("state province continent".split())
_SIDES = frozenset("north south east west northern southern eastern western".split())
_ENDS = regex.compile(
    r";|\.\s(?!\p{Lu})|,?\s+(?:who|which|that|where|and|but|when|by|with|known|named|written|directed|born)\b"
)
_HEAD = regex.compile(r"([\p{Ll}\-]+)(?:\s+(?:located|situated))?\s+(in|on|from|at|near|off|of)\s")
_CLAUSE = regex.compile(r",\s+(?:which|who|whose)\s[^,;]*,(?=\s+(?:is|was|are|were|lies|stands)\b)")
_OPENING = regex.compile(r"(?:\s+(?:located|situated))?\s+(?:in|on|at|near|off|of|from)\s+(?:the\s+)?")
_BETWEEN = regex.compile(r"\b(?:border|boundary|frontier)\b")
_NAME = r"(?:(?:\p{Lu}\.){2,}|(?:St|Mt|Ft)\.|\p{Lu}[\p{L}\p{M}'’]*)"
_PLACE = regex.compile(
    r"(?:\s+\p{Ll}+){0,2}\s*(?:,?\s*\b(?:in|on|of|from|at|near|off)(?:\s+the)?(?:\s+\p{Ll}+){0,2}|,)\s+"
    rf"({_NAME}(?:[\s\-](?:of\s+(?:the\s+)?)?{_NAME})*)"
)


@lru_cache(maxsize=4096)
def origin_in(text: str) -> Span | None:
    """Where a sentence names the country of its subject; ``None`` where it names none."""
    plain = _plain(text)
    copula = _COPULA.search(plain)
    if copula is None:
        return None
    head = _HEAD.search(plain, copula.end(), _end(plain, copula.end()))
    is_there = head is not None and is_place(head.group(1))
    found = places_in(plain, copula.end()) if head is not None and (is_there or head.group(2) == "from") else []
    is_one = [is_people(name) or is_country(name) for name in (fold(text[slice(*span)]) for span in found)]
    known = found[len(found) - 1 - is_one[::-1].index(True)] if True in is_one else None
    # A French restaurant in Boston is American; who paints in France need not be French.
    if is_there and known is not None:
        return known
    called = _CALLED.match(plain, copula.end())
    length = 0 if called is None else _peoples(called.group(1))
    if called is not None and length and not is_language(fold(called.group(1)), called.group(2) or ""):
        return called.start(1), called.start(1) + length
    # What the lexicon does not know may be the name of a country; where somebody is from, it may be of anything.
    return known or (found[-1] if found and is_one[-1] is None and is_there else None)


def location_in(text: str) -> list[Span]:
    """The names of the places that a sentence says its subject is in, the narrowest first; none where it says it of none."""
    plain = _plain(text)
    verb = _STANDS.search(plain)
    head = None if verb is None else _HEAD.search(plain, verb.start(), _end(plain, verb.end()))
    if verb is None or head is None or not (head.start(1) <= verb.end() or is_place(head.group(1))):
        return []
    denied = not NEGATIONS.isdisjoint(words_of(plain[verb.start() : head.end()]))
    return [] if denied else places_in(plain, verb.start())


def places_in(text: str, start: int) -> list[Span]:
    """The names of places that follow each other behind the first preposition from a place in a text on, the narrowest first."""
    return _chain(text, start)[1]


def location_of(text: str, start: int, kind: str = "") -> Span | None:
    """Where a text says something is, from a place in it on: all of it ("the foot of Mount Orrin, in Vell"), without an article,
    or the narrowest place of a kind, of countries the widest."""
    begin, found = _chain(text, start)
    if not kind:
        return (begin, found[-1][1]) if found else None
    fitting = [span for span in found if is_kind_of(text, span, kind)]
    return fitting[-1 if kind == "country" else 0] if fitting else None


def _chain(text: str, start: int) -> tuple[int, list[Span]]:
    """Where the first phrase of a place begins, and the names of the places."""
    plain = _plain(text)
    end = _end(plain, start)
    head = _HEAD.search(plain, start, end)
    found: list[Span] = []
    at = end if head is None else head.end(1)
    if head is not None and head.group(2) == "of" and (head.group(1) in _SIDES or not is_region(head.group(1))):
        # The church of St Mary is not in St Mary, nor is what lies east of it.
        named = _PLACE.match(plain, at, end)
        at = end if named is None else named.end()
    opening = _OPENING.match(plain, at, end)
    begin = at if opening is None else opening.end()
    while (match := _PLACE.match(plain, at, end)) is not None and not _BETWEEN.search(match.group()):
        found.append(match.span(1))
        at = match.end(1)
    return begin, found


def is_kind_of(text: str, span: Span, kind: str) -> bool:
    """Whether a name in a text is of a kind of place: "Isfahan Province", "the county of Kent" and "the Telavi district" tell it,
    and the lexicon knows countries, states and towns."""
    name, before, behind = (fold(part).split() for part in (text[slice(*span)], text[: span[0]], text[span[1] :]))
    whole = " ".join(name)
    country = is_country(whole)
    if kind == "country":
        return country is True
    if kind in name or before[-2:] == [kind, "of"] or behind[:1] == [kind]:
        return True
    if kind in _SETTLEMENTS:
        return country is None or is_kind(whole, "municipality")
    return kind in _LISTED and country is not True and is_kind(whole, kind)


def _plain(text: str) -> str:
    """A text with room in the place of its brackets and relative clauses between commas."""
    return _CLAUSE.sub(lambda clause: " " * len(clause.group()), without_asides(text))


def _end(text: str, start: int) -> int:
    """Where what is said of a verb ends."""
    match = _ENDS.search(text, start)
    return len(text) if match is None else match.start()


def _peoples(run: str) -> int:
    """How many letters at the beginning of capitalised words name peoples or a country: all of "South Korean" and
    "Anglo-American", "Indian" of "Indian Tamil", none of "Roman Catholic" and "British Army"."""
    parts = [(fold(match.group()), match.end()) for match in _PART.finditer(run)]
    for count in range(len(parts), 0, -1):
        words = [word for word, _ in parts[:count]]
        whole = " ".join(words)
        named = is_people(whole) or names_country(whole)
        if named or (is_people(words[-1]) and all(is_people(word) or word in _SIDES for word in words)):
            more = [word for word, _ in parts[count:]]
            is_name = bool(more) and is_known(" ".join((whole, *more)))
            return parts[count - 1][1] if not is_name and all(map(_is_nobodys, more)) else 0
    return 0


def _is_nobodys(word: str) -> bool:
    """Whether a word behind a people's only says more of what is of that people, and both are no name together."""
    return not is_known(word) or any(is_kind(word, kind) for kind in ("person", "language", "film"))
