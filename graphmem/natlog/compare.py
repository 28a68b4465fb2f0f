"""Two values held against each other: dates, numbers, places."""

from __future__ import annotations

from collections.abc import Sequence

import regex

from graphmem.folding import fold

__all__ = ["compared"]

_MONTHS = {
    name: number
    for number, name in enumerate(
        "january february march april may june july august september october november december".split(), start=1
    )
}
_NUMBER = regex.compile(r"-?\d+(?:,\d{3})*(?:\.\d+)?")
_PEOPLE = regex.compile(r"(?:ese|ish|ian|ean|can|ench|man|tch|eek|aqi|eli)$")
_TIMES = {"hundred": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9}


def compared(kind: str, sides: Sequence[str], values: Sequence[str]) -> str:
    """The side that wins ("earliest", "latest", "most", "least"), or "yes" and "no" ("same"); "" where nothing wins."""
    if kind == "same":
        one, other = (set(fold(value).split()) for value in values)
        if one and other and (one <= other or other <= one):
            return "yes"
        # A town and a country differ without excluding each other; two peoples do exclude each other.
        return "no" if all(_PEOPLE.search(value) for value in values) else ""
    keys = [_date(value) if kind in ("earliest", "latest") else _number(value) for value in values]
    if None in keys or keys[0] == keys[1]:
        return ""
    ordered = sorted(range(len(keys)), key=lambda index: keys[index] or ())
    return sides[ordered[0] if kind in ("earliest", "least") else ordered[-1]]


def _date(text: str) -> tuple[float, ...] | None:
    """Year, month and day, as far as they are told."""
    year = regex.search(r"\b\d{3,4}\b", text)
    if year is None:
        return None
    month = next((number for name, number in _MONTHS.items() if name in fold(text).split()), 0)
    day = regex.search(r"\b\d{1,2}\b", text)
    return (float(year.group()), float(month), float(day.group()) if day is not None and month else 0.0)


def _number(text: str) -> tuple[float, ...] | None:
    match = _NUMBER.search(text)
    if match is None:
        return None
    value = float(match.group().replace(",", ""))
    for word, factor in _TIMES.items():
        if word in text.lower():
            value *= factor
    return (value,)
