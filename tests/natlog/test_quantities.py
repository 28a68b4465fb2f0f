"""Amounts, measures and dates as sets of values, held against sets that are counted out."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmem.natlog.quantities import (
    Quantity,
    calendar_date,
    quantities_of,
    quantity_relation,
    spelt_number,
    value_of,
)
from graphmem.natlog.relations import Relation, relation_of
from graphmem.natlog.tokens import words_of

LARGEST = 12
UNIVERSE = frozenset(range(LARGEST + 1))
BOUNDS = {
    "at least": lambda n: frozenset(range(n, LARGEST + 1)),
    "more than": lambda n: frozenset(range(n + 1, LARGEST + 1)),
    "at most": lambda n: frozenset(range(n + 1)),
    "fewer than": lambda n: frozenset(range(n)),
    "exactly": lambda n: frozenset((n,)),
}


def only(text: str) -> Quantity:
    (quantity,) = quantities_of(words_of(text))
    return quantity


@given(st.sampled_from(sorted(BOUNDS)), st.integers(2, 9), st.sampled_from(sorted(BOUNDS)), st.integers(2, 9))
def test_the_relation_of_two_bounds_is_that_of_the_sets_of_counts(one: str, m: int, other: str, n: int) -> None:
    """Counted out over 0 to 12 boats; bounds stay within, so no set is empty or everything."""
    expected = relation_of(BOUNDS[one](m), BOUNDS[other](n), UNIVERSE)
    assert quantity_relation(only(f"{one} {m} boats"), only(f"{other} {n} boats")) is expected


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        ("in 1841", "in the 19th century", Relation.FORWARD),
        ("on 2021-03-04", "on March 4th, 2021", Relation.EQUIVALENCE),
        ("on the 4th of March 2021", "on 4 Mar 2021", Relation.EQUIVALENCE),
        ("on 2021-03-04", "in March 2021", Relation.FORWARD),
        ("on 2021-03-04", "on 2021-04-03", Relation.ALTERNATION),
        ("in the nineteenth century", "in 1841", Relation.REVERSE),
        ("in the 1840s", "in 1841", Relation.REVERSE),
        ("12 May 1841", "in May 1841", Relation.FORWARD),
        ("May 12, 1841", "12 May 1841", Relation.EQUIVALENCE),
        ("before 1850", "in 1851", Relation.ALTERNATION),
        ("after 1850", "after 1840", Relation.FORWARD),
        ("until 1888", "until 1895", Relation.ALTERNATION),
        ("since May 1850", "since 1850", Relation.FORWARD),
        ("2 kg", "2000 g", Relation.EQUIVALENCE),
        ("3 weeks", "21 days", Relation.EQUIVALENCE),
        ("1.5 million", "more than 1 million", Relation.FORWARD),
        ("two hundred and five boats", "205 boats", Relation.EQUIVALENCE),
        ("twenty-one boats", "21 boats", Relation.EQUIVALENCE),
        ("2 kg", "2 km", Relation.INDEPENDENCE),
        ("12 boats", "14 boats", Relation.ALTERNATION),
        ("1 mile", "1609.344 metres", Relation.EQUIVALENCE),
    ],
)
def test_dates_and_measures_are_compared_as_intervals(one: str, other: str, relation: Relation) -> None:
    assert quantity_relation(only(one), only(other)) is relation


@pytest.mark.parametrize("text", ["one of them", "the boat", "in the second house", "before she came"])
def test_what_is_no_quantity_is_none(text: str) -> None:
    assert quantities_of(words_of(text)) == ()


@given(st.integers(0, 10**12))
def test_a_number_in_digits_is_its_value(number: int) -> None:
    assert value_of(f"{number:,}") == number


@given(st.dates(min_value=date(1000, 1, 1), max_value=date(2099, 12, 31)))
def test_a_day_is_read_back_as_it_was_written(day: date) -> None:
    assert calendar_date(only(f"on {day.isoformat()}")) == (day.year, day.month, day.day)
    assert calendar_date(only(f"in {day:%B} {day.year}")) == (day.year, day.month, 0)


@given(st.integers(2, 99))
def test_a_number_in_words_is_that_number(number: int) -> None:
    assert value_of(spelt_number(number)) == number
    assert spelt_number(100 + number) == ""
