"""Words are found alike in texts of plain letters and in others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmem.folding import fold, tokenize


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_letters_are_read_as_any_others(text: str) -> None:
    assert tokenize(text) == tokenize(f"{text} é")[:-1]


@given(st.text(st.characters(max_codepoint=0x23FF)))
def test_european_letters_are_read_as_any_others(text: str) -> None:
    assert tokenize(text) == tokenize(f"{text} 東")[:-1]
    assert fold(text) == fold(f"{text} 東").removesuffix("東").rstrip()


def test_every_european_letter_is_read_as_in_any_other_text() -> None:
    for start in range(0, 0x2400, 16):
        text = " ".join(f"a{chr(code)}b {chr(code)}" for code in range(start, start + 16))
        assert tokenize(text) == tokenize(f"{text} 東")[:-1]


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
