"""Two values held against each other: dates, numbers, places."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from graphmem.folding import fold, tokenize
from graphmem.natlog.peoples import shared_countries
from graphmem.natlog.quantities import MONTHS
from graphmem.natlog.words import family

__all__ = ["TO", "agrees", "compared", "is_functional"]

TO = " – "
"""What stands between two dates that something lasted."""
_NUMBER = regex.compile(r"-?\d+(?:,\d{3})*(?:\.\d+)?")
_PEOPLE = regex.compile(r"(?:ese|ish|ian|ean|can|ench|man|tch|eek|aqi|eli)$")
_CENTURY = regex.compile(r"\b(\d{1,2})(?:st|nd|rd|th) century\b")
_FUNCTIONAL = frozenset(
    family(word)
    for word in "born die sink found founded establish build design compose draft open publish pass paint draw discover invent "
    "launch close capital father mother finish complete end begin demolish bury wreck kill".split()
)
"""Families of relations that have one value: what is born once is not born elsewhere."""
_APART = frozenset("and or in on at by from with near before after during until since".split())
_COUNTRIES = frozenset({"country", "nationality"})
_TIMES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9}


def compared(kind: str, relation: str, sides: Sequence[str], values: Sequence[str]) -> str:
    """The side that wins ("earliest", "latest", "longest", "most", "least"), or "yes" and "no" ("same"); "" where nothing wins.

    ``relation`` is what the values are to the sides.
    """
    if kind == "same":
        shared = shared_countries(*values) if relation in _COUNTRIES else ""
        if shared:
            return {"all": "yes", "none": "no"}.get(shared, "")
        one, other = (set(fold(value).replace("-", " ").split()) for value in values)
        # "Riga" may be short for "Riga, Latvia"; a people is told whole.
        if one and other and (one == other if relation in _COUNTRIES else one <= other or other <= one):
            return "yes"
        # A town and a country differ without excluding each other; two peoples do exclude each other.
        return "no" if one.isdisjoint(other) and all(_PEOPLE.search(value) for value in values) else ""
    read = {"earliest": _date, "latest": _date, "longest": _lasted}.get(kind, _number)
    keys = [read(value) for value in values]
    if None in keys or keys[0] == keys[1]:
        return ""
    ordered = sorted(range(len(keys)), key=lambda index: keys[index] or ())
    return sides[ordered[0] if kind in ("earliest", "least") else ordered[-1]]


def agrees(comparison: str, found: str, claimed: str) -> bool:
    """Whether a value found is the one claimed, or lies before or after it."""
    if comparison in ("before", "after"):
        one, other = _date(found), _date(claimed)
        if one is None or other is None:
            return False
        return one[0] < other[0] if comparison == "before" else one[0] > other[0]
    if (century := _CENTURY.search(claimed)) is not None:
        year = _date(found)
        return year is not None and (year[0] - 1) // 100 + 1 == float(century.group(1))
    told, meant = (set(fold(value).removeprefix("the ").split()) for value in (found, claimed))
    # Who is called "Vane" may be "Elena Vane", and not "Vane and Stern", nor "Vane in 1890".
    return bool(told and meant) and (meant <= told or (told <= meant and _APART.isdisjoint(meant - told)))


def is_functional(relation: str) -> bool:
    """Whether one thing has one value for a relation, so that another value excludes it."""
    return any(family(word) in _FUNCTIONAL for word, _, _ in tokenize(relation))


def _date(text: str) -> tuple[float, ...] | None:
    """Year, month and day, as far as they are told."""
    year = regex.search(r"\b\d{3,4}\b", text)
    if year is None:
        return None
    month = next((number for name, number in MONTHS.items() if name in fold(text).split()), 0)
    day = regex.search(r"\b\d{1,2}\b", text)
    return (float(year.group()), float(month), float(day.group()) if day is not None and month else 0.0)


def _lasted(text: str) -> tuple[float, ...] | None:
    """Years from the one date to the other."""
    first, last = (_date(part) for part in (*text.split(TO), "", "")[:2])
    if first is None or last is None:
        return None
    return (sum((b - a) * share for a, b, share in zip(first, last, (1.0, 1 / 12, 1 / 372), strict=True)),)


def _number(text: str) -> tuple[float, ...] | None:
    match = _NUMBER.search(text)
    if match is None:
        return None
    value = float(match.group().replace(",", ""))
    for word, factor in _TIMES.items():
        if word in text.lower():
            value *= factor
    return (value,)
