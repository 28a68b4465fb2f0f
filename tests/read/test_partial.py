"""JSON that is still being written."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from graphmem.read.partial import complete_part

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


def begins(part: object, whole: object) -> bool:
    """Whether ``part`` is ``whole`` without some of its end."""
    if isinstance(part, dict) and isinstance(whole, dict):
        keys = list(whole)[: len(part)]
        return list(part) == keys and all(begins(part[key], whole[key]) for key in keys)
    if isinstance(part, list) and isinstance(whole, list):
        return len(part) <= len(whole) and all(begins(a, b) for a, b in zip(part, whole, strict=False))
    return part == whole and type(part) is type(whole)


@given(st.dictionaries(st.text(max_size=4), values, max_size=4), st.booleans(), st.data())
def test_every_beginning_gives_what_is_complete(whole: dict[str, object], ascii_: bool, data: st.DataObject) -> None:
    text = json.dumps(whole, ensure_ascii=ascii_)
    assert complete_part(text) == whole
    cut = data.draw(st.integers(0, len(text)))
    assert begins(complete_part(text[:cut]), whole)


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    assert isinstance(complete_part(text), dict)
    assert isinstance(complete_part('{"a": ' + text), dict)


def test_a_member_is_there_as_soon_as_it_ends() -> None:
    assert complete_part('{"settled": false, "missing": "Who') == {"settled": False}
    assert complete_part('{"settled": false, "missing": "Who?",') == {"settled": False, "missing": "Who?"}
    assert complete_part('{"a": [{"b": 1}, {"b": 2') == {"a": [{"b": 1}]}
