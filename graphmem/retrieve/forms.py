"""The dates and numbers of a question in the other ways to write them: 5 April 2021 is 2021-04-05.

A day is a name of its own: passages that say it, however they write it, are found by it as by a name.
"""

from __future__ import annotations

from collections.abc import Iterator

from graphmem.folding import fold
from graphmem.natlog.quantities import MONTHS, calendar_date, quantities_of, spelt_number, value_of
from graphmem.natlog.tokens import words_of
from graphmem.store import Snapshot

__all__ = ["days_in", "other_forms", "passages_of_day"]

_MONTH_NAMES = {number: name for name, number in MONTHS.items()}
_MOST = 64
"""A day that more passages say leads nowhere."""

Forms = tuple[str, ...]
"""Ways to write one day, as folded words joined by a space."""


def other_forms(question: str) -> str:
    """The dates and numbers of a question as they may be written elsewhere, in words that it has not, "" for none."""
    words = words_of(question)
    forms: list[str] = []
    dated: set[int] = set()
    for quantity in quantities_of(words):
        date = calendar_date(quantity)
        if date is not None:
            year, month, day = date
            forms += _day_forms(*date) if day else [f"{year} {month:02} {_MONTH_NAMES[month]}"]
        if quantity.unit == "date":
            dated.update(range(quantity.start, quantity.end))
    for at, word in enumerate(words):
        if at not in dated:
            forms += _number_forms(word)
    # A word that is there already is not looked for twice.
    there = set(fold(question).split())
    return " ".join(word for word in dict.fromkeys(fold(" ".join(forms)).split()) if word not in there)


def days_in(question: str) -> list[Forms]:
    """The days that a question names."""
    dates = map(calendar_date, quantities_of(words_of(question)))
    return [_day_forms(*date) for date in dates if date is not None and date[2]]


def passages_of_day(snapshot: Snapshot, forms: Forms) -> list[int]:
    """The passages that say a day in one of its forms, ascending; none for a day that stands everywhere."""
    places = sorted({place for form in forms for place in snapshot.having(form.split()).tolist()})
    if len(places) > _MOST:
        return []
    passages = [record.passage for record in snapshot.passages(places)]
    texts = [f" {fold(f'{passage.title} {passage.heading} {passage.text}')} " for passage in passages]
    return [place for place, text in zip(places, texts, strict=True) if any(f" {form} " in text for form in forms)]


def _day_forms(year: int, month: int, day: int) -> Forms:
    name = _MONTH_NAMES[month]
    ordinal = f"{day}{'th' if 10 < day < 14 else {1: 'st', 2: 'nd', 3: 'rd'}.get(day % 10, 'th')}"
    days = [f"{number} {written}" for number in (day, ordinal) for written in (name, name[:3])]
    days += [f"{written} {number}" for number in (day, ordinal) for written in (name, name[:3])]
    return (f"{year} {month:02} {day:02}", *(f"{form} {year}" for form in [*days, f"{ordinal} of {name}"]))


def _number_forms(word: str) -> Iterator[str]:
    value = value_of(word)
    if value is None or not value.is_integer() or word.endswith("%") or value < 2:
        return
    number = int(value)
    yield str(number)
    yield f"{number:,}"
    yield spelt_number(number)
