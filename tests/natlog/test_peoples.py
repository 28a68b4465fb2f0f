"""Peoples and their places: two wordings of one thing, and which countries are the same."""

from __future__ import annotations

import pytest

from graphmem.natlog import entail
from graphmem.natlog.peoples import as_peoples, is_country, is_language, shared_countries

SAME = [
    ("Clara Vane was a composer from Norway.", "Clara Vane was a Norwegian composer."),
    ("No people from Germany came.", "No Germans came."),
    ("He visited a city in Germany.", "He visited a German city."),
    ("She stayed on an island in Greece.", "She stayed on a Greek island."),
    ("She was the queen of Denmark.", "She was the Danish queen."),
    ("Elena is from Italy.", "Elena is Italian."),
    ("No citizens of Sweden voted.", "No Swedes voted."),
    ("He is from the United States.", "He is American."),
]


@pytest.mark.parametrize(("place", "people"), SAME)
def test_a_people_and_its_place_say_the_same_in_both_directions(place: str, people: str) -> None:
    assert entail([place], people).verdict == "supported"
    assert entail([people], place).verdict == "supported"


@pytest.mark.parametrize(
    ("premise", "hypothesis"),
    [
        ("The invasion of Norway began in May.", "The Norwegian invasion began in May."),
        ("She met a painter in Norway.", "She met a Norwegian painter."),
        ("A ship with sailors from France sank.", "A French ship sank."),
        ("She studied in Germany.", "She studied German."),
        ("Ivo is a painter from Sweden.", "Ivo is a Norwegian painter."),
        ("Elena is not from Italy.", "Elena is Italian."),
        ("Ann was an English teacher.", "Ann was English."),
        ("Lia is a singer who performs Irish songs.", "Lia is Irish."),
    ],
)
def test_what_only_comes_near_a_people_does_not(premise: str, hypothesis: str) -> None:
    assert entail([premise], hypothesis).verdict != "supported"


def test_the_proof_shows_which_people_stands_for_which_place() -> None:
    proof = entail(["Clara Vane was a composer from Norway."], "Clara Vane was a Norwegian composer.")
    assert ("from Norway", "≡", "Norwegian") in [(step.premise, step.relation, step.hypothesis) for step in proof.steps]
    assert "a composer from Norway' says the same as" in proof.summary
    proof = entail(["Elena is Italian."], "Elena is from Italy.")
    assert ("Italian", "≡", "from Italy") in [(step.premise, step.relation, step.hypothesis) for step in proof.steps]


def test_the_article_goes_with_the_people_and_what_needs_no_other_words_stays() -> None:
    sentence = "Carlo was a director from Italy."
    assert as_peoples(sentence, "Carlo was an Italian director.") == "Carlo was an Italian director."
    assert as_peoples(sentence, "Carlo was a French director.") == sentence
    assert as_peoples("He polished a shoe.", "He has Polish shoes.") == "He polished a shoe."


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("American", "the United States", "all"),
        ("Riga, Latvia", "Latvian", "all"),
        ("Russia", "Estonia", "none"),
        ("French", "German", "none"),
        ("Argentine-American", "American", "some"),
        ("Argentine- American", "American", "some"),
        ("Italian and French", "Italy", "some"),
        ("Harl", "Norway", ""),
        ("Harl and Norway", "Norway", ""),
    ],
)
def test_countries_are_compared_as_countries(one: str, other: str, expected: str) -> None:
    assert shared_countries(one, other) == shared_countries(other, one) == expected


def test_what_is_no_country_is_told_from_what_may_be_one() -> None:
    assert is_country("norway") is True
    assert is_country("riga") is False
    assert is_country("isfahan province") is False
    assert is_country("norhaven") is None


def test_a_language_is_taught_and_a_people_is_not() -> None:
    assert is_language("english", "teacher")
    assert not is_language("english", "painter")
    assert not is_language("tall", "teacher")
