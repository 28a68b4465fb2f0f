"""What two sentences only write differently, and what they do not."""

from __future__ import annotations

import pytest

from graphmem.natlog import entail
from graphmem.natlog.spelling import corrected, spelt_alike


@pytest.mark.parametrize("wrong", ["collge", "colege", "collegge", "collagq", "clolege"])
def test_a_word_that_is_none_is_the_one_it_differs_from_by_a_letter(wrong: str) -> None:
    expected = "college" if wrong != "collagq" else wrong
    assert corrected(("a", wrong), ("the", "college"), f"a {wrong}") == ("a", expected)


@pytest.mark.parametrize(
    ("word", "other", "sentence"),
    [
        ("marlow", "marrow", "By Marlow."),
        ("collage", "college", "a collage"),
        ("wrod", "word", "a wrod"),
    ],
)
def test_names_real_words_and_short_ones_stay(word: str, other: str, sentence: str) -> None:
    assert corrected((word,), (other,), sentence) == (word,)


def test_a_slip_does_not_hide_what_a_sentence_says() -> None:
    assert entail(["I don't usually work."], "I don't usally work.").verdict == "supported"
    assert entail(["Ivo Marlow built it."], "Ivo Marrow built it.").verdict != "supported"


def test_compounds_and_others_are_written_alike() -> None:
    assert spelt_alike(("a", "bank-account"), ("a", "bank", "account")) == ("a", "bank", "account")
    assert spelt_alike(("of", "others"), ("of", "other", "women")) == ("of", "other")
    assert spelt_alike(("of", "others"), ("of", "women")) == ("of", "others")
    assert entail(["She spoke with other women."], "She spoke with others.").verdict == "supported"
    assert entail(["She spoke with others."], "She spoke with other women.").verdict == "insufficient"
