"""What a terminal obeys never reaches it, and nothing else is changed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmem.visible import drop_controls, json_text, one_line, storable, visible

TEXTS = st.text(
    st.characters(codec=None) | st.sampled_from("\x1b\x9b\x07\r\n\t\u202e\u2066\u2028\ud800\ufffe"), max_size=60
)
OBEYED = {
    *map(chr, range(0x20)),
    *map(chr, range(0x7F, 0xA0)),
    *"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
}


@given(TEXTS)
def test_nothing_is_obeyed(text: str) -> None:
    for shown in (visible(text), drop_controls(text), json_text({text: text}, indent=1)):
        assert not OBEYED.intersection(shown.replace("\r\n", "\n")) - {"\n", "\t"}
        shown.encode("utf-8")
    assert not OBEYED.intersection(one_line(text))
    assert len(one_line(text)) == len(storable(text)) == len(text)
    storable(text).encode("utf-8")


@given(st.text(st.characters(categories=["L", "M", "N", "P", "Z"], exclude_characters="\u2028\u2029"), max_size=60))
def test_words_of_every_script_stay(text: str) -> None:
    assert visible(text) == drop_controls(text) == one_line(text) == storable(text) == text


@given(TEXTS)
def test_json_means_the_same(text: str) -> None:
    assert json.loads(json_text([text])) == [text]


@pytest.mark.parametrize(
    ("text", "shown"),
    [("\x1b[2J", "\\x1b[2J"), ("\u202eabc", "\\u202eabc"), ("a\r\nb\rc", "a\r\nb\\x0dc"), ("🏳️‍🌈", "🏳️‍🌈")],
)
def test_how_it_is_spelt(text: str, shown: str) -> None:
    assert visible(text) == shown
