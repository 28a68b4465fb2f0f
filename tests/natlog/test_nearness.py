"""Words that a model finds near each other: only abstract ones, only where nothing else settles it, and only in support."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from graphmem.model import FloatArray
from graphmem.natlog import Nearness, entail
from graphmem.natlog.lexicon import is_abstract, is_nearly


def alike(texts: Sequence[str]) -> FloatArray:
    """Everything is near everything."""
    return np.ones((len(texts), 1), dtype=np.float32)


def apart(texts: Sequence[str]) -> FloatArray:
    """Only what is the same is near."""
    found = np.zeros((len(texts), 64), dtype=np.float32)
    found[np.arange(len(texts)), [sum(map(ord, text)) % 64 for text in texts]] = 1.0
    return found


NEAR = [
    ("The garrison saw no choice but to surrender.", "The garrison saw no chance but to surrender."),
    ("He has no interest in politics.", "He has no desire in politics."),
]


@pytest.mark.parametrize(("premise", "hypothesis"), NEAR)
def test_abstract_words_stand_for_each_other_where_the_sentences_are_near(premise: str, hypothesis: str) -> None:
    assert entail([premise], hypothesis).verdict == "insufficient"
    assert entail([premise], hypothesis, Nearness(apart)).verdict == "insufficient"
    proof = entail([premise], hypothesis, Nearness(alike))
    assert (proof.verdict, proof.relation) == ("supported", "≡")
    assert [step.source for step in proof.steps if step.premise != step.hypothesis] == ["embedding"]
    assert 0 < proof.score < 1


@pytest.mark.parametrize(
    ("premise", "hypothesis"),
    [
        ("I never play the flute.", "I never play the guitar."),
        ("Ivo has a car.", "Ivo has a truck."),
        ("Elena lives in Riga.", "Elena lives in Tallinn."),
        ("Nobody came on Sunday.", "Nobody came on Tuesday."),
        ("He may not leave today.", "He may not leave tomorrow."),
        ("The hikes are strenuous.", "The hikes are amazing."),
        ("Ivo sang.", "Ivo paid."),
        ("Exactly two men had a choice.", "Exactly two men had a chance."),
    ],
)
def test_things_names_times_and_deeds_do_not_nor_does_anything_that_is_counted(premise: str, hypothesis: str) -> None:
    assert entail([premise], hypothesis, Nearness(alike)).verdict != "supported"


def test_what_the_lexicon_settles_stays_and_nothing_is_refuted_by_nearness() -> None:
    settled = ["A dog barks."], "An animal barks."
    assert entail(*settled, Nearness(alike)) == entail(*settled)
    assert (
        entail(["He has no interest in politics."], "He has a desire in politics.", Nearness(alike)).verdict
        != "refuted"
    )


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("hope", True),
        ("reasons", True),
        ("car", False),
        ("king", False),
        ("sunday", False),
        ("sing", False),
        ("xyzzy", False),
    ],
)
def test_what_is_abstract(word: str, expected: bool) -> None:
    assert is_abstract(word) == expected


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [
        ("wish", "desire", True),
        ("guarantee", "assurance", True),
        ("obstacle", "impediment", True),
        ("desire", "wish", False),
        ("theft", "crime", False),
        ("waltz", "dance", False),
        ("apartment", "housing", False),
        ("college", "educational institution", False),
        ("xyzzy", "desire", False),
    ],
)
def test_what_is_nearly_the_same(lower: str, upper: str, expected: bool) -> None:
    assert is_nearly(lower, upper) == expected


def test_one_of_a_few_kinds_stands_for_the_kind_where_the_sentences_are_near() -> None:
    nobody = ["Tom has no wish to study."], "Tom has no desire to study."
    assert entail(*nobody).verdict == entail(*nobody, Nearness(apart)).verdict == "insufficient"
    proof = entail(*nobody, Nearness(alike))
    assert (proof.verdict, proof.relation) == ("supported", "≡")
    assert entail(["Nobody was charged with theft."], "Nobody was charged with a crime.", Nearness(alike)).verdict != (
        "supported"
    )


def test_only_pairs_that_may_be_joined_are_embedded() -> None:
    asked: list[Sequence[str]] = []

    def counting(texts: Sequence[str]) -> FloatArray:
        asked.append(texts)
        return alike(texts)

    nearness = Nearness(counting)
    entail(["I never play the flute."], "I never play the guitar.", nearness)
    assert not asked
    for _ in range(2):
        entail(["He has no interest in politics."], "He has no desire in politics.", nearness)
    assert len(asked) == 1
