"""Numbers, years and the intervals that they fall into."""

from __future__ import annotations

from functools import lru_cache

from graphmem.natlog.relations import Relation

__all__ = ["number_relation", "value_of"]

_WORDS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen twenty".split()
    )
} | {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "dozen": 12}
_WORDS |= {"hundred": 100, "thousand": 1000, "million": 1_000_000}


@lru_cache(maxsize=4096)
def value_of(word: str) -> float | None:
    """The number that a word writes, ``None`` where it writes none."""
    if word in _WORDS and word != "one":
        return float(_WORDS[word])
    bare = word.rstrip("%").replace(",", "")
    try:
        return float(bare) if bare[:1].isdigit() else None
    except ValueError:
        return None


def number_relation(one: str, other: str) -> Relation | None:
    """Two numbers are the same or exclude each other; ``None`` where one of the words is no number."""
    first, second = value_of(one), value_of(other)
    if first is None or second is None:
        return None
    return Relation.EQUIVALENCE if first == second else Relation.ALTERNATION
