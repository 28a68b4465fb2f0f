"""Amounts, measures and dates as intervals, and what one says of another.

"More than 10", "2 kg", "May 1841" and "the 19th century" are sets of values; the relation between two of them is that
between the sets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import inf, nextafter

import regex

from graphmem.natlog.relations import Relation

__all__ = [
    "MONTHS",
    "Quantity",
    "are_different_units",
    "calendar_date",
    "quantities_of",
    "quantity_relation",
    "spelt_number",
    "value_of",
]

_WORDS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen".split()
    )
}
_WORDS |= {word: 10 * n for n, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)}
_FACTORS = {"dozen": 12, "hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_ORDINALS = {
    word: number
    for number, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
        "sixteenth seventeenth eighteenth nineteenth twentieth".split(),
        start=1,
    )
} | {"twenty-first": 21}
MONTHS = {
    name: number
    for number, name in enumerate(
        "january february march april may june july august september october november december".split(), start=1
    )
}
_MONTHS = MONTHS | {name[:3]: number for name, number in MONTHS.items()} | {"sept": 9}
_UNITS: dict[str, tuple[str, float]] = {}
for _dimension, _names in {
    "gram": "1e-3 mg milligram, 1 g gram gramme, 1e3 kg kilogram kilo, 1e6 tonne, 453.59237 pound lb, 28.349523 ounce oz",
    "metre": "1e-3 mm millimetre millimeter, 1e-2 cm centimetre centimeter, 1 m metre meter, 1e3 km kilometre kilometer, "
    "1609.344 mile, 0.3048 foot feet ft, 0.0254 inch inches, 0.9144 yard, 1852 knot",
    "second": "1 second, 60 minute, 3600 hour, 86400 day, 604800 week",
    "month": "1 month, 12 year, 120 decade",
    "litre": "1e-3 ml millilitre milliliter, 1 litre liter",
    "hectare": "1 hectare, 100 km² km2, 1e-4 m² m2, 0.40468564 acre",
    "percent": "1 % percent, 1 per-cent",
}.items():
    for _group in _names.split(","):
        _factor, *_spelt = _group.split()
        _UNITS |= {
            form: (_dimension, float(_factor))
            for name in _spelt
            for form in (name, f"{name}s" if len(name) > 2 else name)
        }
"""Units by word: their dimension, and how many of its base unit they are (SI brochure, 9th edition; pounds, ounces, feet
and miles after the international agreement of 1959)."""

_FRACTIONS = {
    (*part, *article): value
    for part, value in ((("half",), 0.5), (("a", "quarter", "of"), 0.25), (("quarter",), 0.25))
    for article in (("an",), ("a",), ())
}
_FRACTIONAL = {fraction[0] for fraction in _FRACTIONS}
_AT_LEAST = (("at", "least"), ("no", "less", "than"), ("no", "fewer", "than"), ("not", "less", "than"))
_AT_MOST = (("at", "most"), ("up", "to"), ("no", "more", "than"), ("not", "more", "than"))
_ABOVE = (("more", "than"), ("over",))
_BELOW = (("fewer", "than"), ("less", "than"), ("under",))
_BOUNDS = {
    **dict.fromkeys(_AT_LEAST, ">="),
    **dict.fromkeys(_AT_MOST, "<="),
    **dict.fromkeys(_ABOVE, ">"),
    **dict.fromkeys(_BELOW, "<"),
    ("exactly",): "=",
    ("before",): "<",
    ("after",): ">",
    ("since",): "since",
    ("until",): "until",
    ("by",): "<=",
    ("in",): "",
    ("on",): "",
    ("during",): "",
}
_BEGINNINGS = {bound[0] for bound in _BOUNDS} | _MONTHS.keys() | _ORDINALS.keys() | _FRACTIONAL
_DATE_WORDS = frozenset("before after since until by in on during".split())
_BEFORE_YEARS = frozenset(
    "in of by since during from until to before after around and year early late mid circa".split()
)
_ISO = regex.compile(r"(1\d{3}|20\d{2})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_ORDINAL_ENDS = ("st", "nd", "rd", "th")
_EPSILON = 1e-9


@dataclass(frozen=True, slots=True)
class Quantity:
    """The values from ``low`` to ``high``, both included, that words ``start`` to ``end`` of a sentence speak of.

    ``unit`` is a dimension ("gram"), "date" (days since the year 0, months of 31 days; "since" and "until" for the ends
    of a stretch), or "" for a count.
    """

    start: int
    end: int
    low: float
    high: float
    unit: str


@lru_cache(maxsize=4096)
def value_of(word: str) -> float | None:
    """The number that a word writes, ``None`` where it writes none."""
    if word in _WORDS or word in _FACTORS:
        return float(_WORDS.get(word) or _FACTORS.get(word) or 0)
    tens, _, ones = word.replace("-", " ").partition(" ")
    if _WORDS.get(tens, 0) >= 20 and 0 < _WORDS.get(ones, 0) < 10:
        return float(_WORDS[tens] + _WORDS[ones])
    bare = word.rstrip("%").replace(",", "")
    try:
        return float(bare) if bare[:1].isdigit() else None
    except ValueError:
        return None


def spelt_number(number: int) -> str:
    """A number below a hundred in words ("twenty-four"), "" for another."""
    names = {value: word for word, value in _WORDS.items()}
    ones = number % 10
    return names.get(number) or (f"{names[number - ones]}-{names[ones]}" if 20 < number < 100 else "")


def calendar_date(quantity: Quantity) -> tuple[int, int, int] | None:
    """Year, month and day of one day, or year, month and 0 of one month; ``None`` for anything else."""
    if quantity.unit != "date" or not 0 <= quantity.high - quantity.low <= 30:
        return None
    months, day = divmod(int(quantity.low), 31)
    year, month = divmod(months, 12)
    if quantity.high == quantity.low:
        return year, month + 1, day + 1
    return (year, month + 1, 0) if day == 0 and quantity.high - quantity.low == 30 else None


@lru_cache(maxsize=4096)
def quantities_of(words: tuple[str, ...]) -> tuple[Quantity, ...]:
    """The quantities of a sentence, in order, without overlap."""
    found: list[Quantity] = []
    at = 0
    while at < len(words):
        quantity = _quantity(words, at) if _may_begin(words[at]) else None
        if quantity is None:
            at += 1
        else:
            found.append(quantity)
            at = quantity.end
    return tuple(found)


@lru_cache(maxsize=65536)
def _may_begin(word: str) -> bool:
    """Whether a quantity may begin with a word: most words are told by themselves."""
    return word in _BEGINNINGS or value_of(word) is not None


def are_different_units(one: str, other: str) -> bool:
    """Whether two words are units of one dimension that measure differently ("days", "years")."""
    first, second = _UNITS.get(one), _UNITS.get(other)
    return first is not None and second is not None and first != second


def quantity_relation(one: Quantity, other: Quantity) -> Relation:
    """The relation between two sets of values; independence between those of different dimensions."""
    if one.unit != other.unit:
        return Relation.INDEPENDENCE
    (a, b), (c, d) = (one.low, one.high), (other.low, other.high)
    margin = _EPSILON * max(1.0, *(abs(edge) for edge in (a, b, c, d) if abs(edge) < inf))
    if _near(a, c, margin) and _near(b, d, margin):
        return Relation.EQUIVALENCE
    if a >= c - margin and b <= d + margin:
        return Relation.FORWARD
    if c >= a - margin and d <= b + margin:
        return Relation.REVERSE
    covering = min(a, c) <= 0 and max(b, d) == inf
    step = 1 if not one.unit else margin
    if b < c or d < a:
        touching = min(abs(c - b), abs(a - d)) <= step
        return Relation.NEGATION if covering and touching else Relation.ALTERNATION
    return Relation.COVER if covering else Relation.INDEPENDENCE


def _near(one: float, other: float, margin: float) -> bool:
    return one == other or abs(one - other) <= margin


def _quantity(words: Sequence[str], at: int) -> Quantity | None:
    bound, start = "", at
    for length in (3, 2, 1):
        key = tuple(words[at : at + length])
        if len(key) == length and key in _BOUNDS:
            bound, start = _BOUNDS[key], at + length
            break
    if start > at and start < len(words) and words[start] == "the":
        start += 1
    date = _date(words, start)
    if date is not None:
        low, high, end = date
        if bound in ("since", "until"):
            # What lasted until 1888 did not last until 1895: an end of a stretch, and no set of moments.
            return Quantity(at, end, low, high, bound)
        return Quantity(at, end, *_within(low, high, bound, 1.0), "date")
    if words[at] in _DATE_WORDS:
        return None
    number = _number(words, start)
    if number is None:
        return None
    value, end = number
    unit, factor, end = _unit(words, end)
    if not bound and value == 1 and not unit and words[start] == "one":
        # "one" alone counts nothing: "the one who", "one day".
        return None
    step = 1.0 if not unit and value.is_integer() else 0.0
    low, high = _within(value * factor, value * factor, bound, step)
    return Quantity(at, end, max(low, 0.0), high, unit)


def _within(low: float, high: float, bound: str, step: float) -> tuple[float, float]:
    above = high + step if step else nextafter(high, inf)
    below = low - step if step else nextafter(low, -inf)
    return {
        ">": (above, inf),
        ">=": (low, inf),
        "<": (-inf, below),
        "<=": (-inf, high),
    }.get(bound, (low, high))


def _number(words: Sequence[str], at: int) -> tuple[float, int] | None:
    """The number that begins at a word, and where it ends: "two hundred and five", "1.5 million"."""
    if at < len(words) and words[at] in _FRACTIONAL:
        for fraction, value in _FRACTIONS.items():
            behind = at + len(fraction)
            if tuple(words[at:behind]) == fraction and behind < len(words):
                return (value, behind) if words[behind] in _UNITS or words[behind] in _FACTORS else None
    if at >= len(words) or (first := value_of(words[at])) is None:
        return None
    total, current, end = 0.0, first, at + 1
    while end < len(words):
        if words[end] in _FACTORS:
            current *= _FACTORS[words[end]]
            if current >= 1_000:
                total, current = total + current, 0.0
            end += 1
        elif words[end] in _WORDS and words[at] not in _FACTORS and not words[end - 1][0].isdigit():
            current, end = current + _WORDS[words[end]], end + 1
        elif words[end] == "and" and words[end - 1] in _FACTORS and end + 1 < len(words) and words[end + 1] in _WORDS:
            end += 1
        else:
            break
    return total + current, end


def _unit(words: Sequence[str], at: int) -> tuple[str, float, int]:
    if words[at - 1].endswith("%"):
        return "percent", 1.0, at
    if at < len(words) and words[at] in _UNITS:
        dimension, factor = _UNITS[words[at]]
        return dimension, factor, at + 1
    return "", 1.0, at


def _date(words: Sequence[str], at: int) -> tuple[float, float, int] | None:
    """First and last day of the date that begins at a word, and where it ends."""
    word = words[at] if at < len(words) else ""
    if (written := _ISO.fullmatch(word)) is not None:
        return _days(int(written[1]), int(written[2]), int(written[3]), at + 1)
    month = _past(words, _past(words, at + 1, *_ORDINAL_ENDS), "of")
    if word.isdigit() and 1 <= int(word) <= 31 and month + 1 < len(words) and words[month] in _MONTHS:
        year = _year(words, month + 1)
        return None if year is None else _days(year, _MONTHS[words[month]], int(word), month + 2)
    if word in _MONTHS:
        day = words[at + 1] if at + 1 < len(words) else ""
        after = _past(words, _past(words, at + 2, *_ORDINAL_ENDS), ",")
        if day.isdigit() and int(day) <= 31 and (year := _year(words, after)) is not None:
            return _days(year, _MONTHS[word], int(day), after + 1)
        year = _year(words, at + 1)
        return None if year is None else _days(year, _MONTHS[word], 0, at + 2)
    number = int(word) if word.isdigit() else _ORDINALS.get(word, 0)
    behind = at + 2 if at + 1 < len(words) and words[at + 1] in _ORDINAL_ENDS else at + 1
    if (
        0 < number <= 30
        and behind < len(words)
        and words[behind] == "century"
        and (word in _ORDINALS or behind > at + 1)
    ):
        return _day(100 * number - 99, 1, 1), _day(100 * number, 12, 31), behind + 1
    year = _year(words, at)
    if year is None:
        return None
    if at + 1 < len(words) and words[at + 1] == "s" and year % 10 == 0:
        return _day(year, 1, 1), _day(year + (99 if year % 100 == 0 else 9), 12, 31), at + 2
    # "1841 soldiers" is no date: a year stands behind its preposition, or ends the phrase.
    if at and words[at - 1] in _BEFORE_YEARS:
        return _days(year, 0, 0, at + 1)
    return None


def _past(words: Sequence[str], at: int, *skipped: str) -> int:
    return at + 1 if at < len(words) and words[at] in skipped else at


def _year(words: Sequence[str], at: int) -> int | None:
    word = words[at] if at < len(words) else ""
    return int(word) if len(word) == 4 and word.isdigit() and 1000 <= int(word) <= 2100 else None


def _days(year: int, month: int, day: int, end: int) -> tuple[float, float, int]:
    return _day(year, month or 1, day or 1), _day(year, month or 12, day or 31), end


def _day(year: int, month: int, day: int) -> float:
    return float((year * 12 + month - 1) * 31 + day - 1)
