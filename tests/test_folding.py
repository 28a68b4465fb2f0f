"""Words are found alike in texts of plain letters and in others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmem.folding import fold, tokenize


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_letters_are_read_as_any_others(text: str) -> None:
    assert tokenize(text) == tokenize(f"{text} é")[:-1]


@given(st.text())
def test_every_word_has_its_span(text: str) -> None:
    for word, start, end in tokenize(text):
        assert 0 <= start < end <= len(text)
        assert fold(text[start:end]) == word or not text[start:end].isalnum()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The Gull's S-3 sails", ["the", "gull", "s", "3", "sails"]),
        ("snake_case, MiXeD", ["snake", "case", "mixed"]),
        ("Élan Vital’s Łódź", ["elan", "vital", "lodz"]),
        ("東京 2020", ["東", "京", "2020"]),
    ],
)
def test_words_are_folded(text: str, words: list[str]) -> None:
    assert [word for word, _, _ in tokenize(text)] == words
