"""Marks of a conversation's frame are taken out of texts, and what a terminal would obey out of what models write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmem.llm import harmless, printable

MARKS = [
    "<|im_start|>",
    "<|eot_id|>",
    "</s>",
    "<s>",
    "[INST]",
    "[/INST]",
    "<start_of_turn>",
    "</evidence>",
    "<tool_call>",
]


@pytest.mark.parametrize("mark", [*MARKS, "<｜User｜>", "<<SYS>>", "<|END_OF_TURN_TOKEN|>"])
def test_marks_are_taken_out(mark: str) -> None:
    assert mark not in harmless(f"before {mark} after")
    assert "before" in harmless(f"before {mark} after")


@given(
    st.lists(st.one_of(st.sampled_from([*MARKS, "<", ">", "|", "/", "s", "<|", "|>", "##x##"]), st.text(max_size=5)))
)
def test_no_mark_is_made_of_what_is_left(parts: list[str]) -> None:
    cleaned = harmless("".join(parts), ["##x##", "<unused>"])
    assert not any(mark in cleaned for mark in [*MARKS, "##x##", "<unused>"])
    assert harmless(cleaned, ["##x##", "<unused>"]) == cleaned


def test_a_nest_of_marks_ends() -> None:
    nest = ""
    for _ in range(200):
        nest = f"<s{nest}>"
    assert "<s>" not in harmless(nest + "<s>")


@given(st.text(alphabet=st.characters()))
def test_a_plain_text_stays_as_it_is(text: str) -> None:
    if not set(text) & set("<>[]|｜"):
        assert harmless(text) == text


@given(st.text(alphabet=st.characters(categories=("L", "Cc", "Cf", "Cs", "Zl", "Zp", "Zs"))))
def test_what_is_printed_is_one_harmless_line(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    shown.encode("utf-8")


def test_escape_sequences() -> None:
    assert printable("a\x1b[31mred\x07\r\n\u202eb\ud800") == "a [31mred b"
