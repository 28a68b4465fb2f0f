"""Names and words that are gathered in pieces are those that would have been gathered at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphmem.store import pieces
from graphmem.store.mentions import Names
from graphmem.store.moves import Strings
from graphmem.store.pieces import Label, NamePieces, Numbered, WordPieces, best_label

WORD = st.sampled_from("a ab b ba élan the of c1 \u4e2d".split())
NAME = st.lists(WORD, min_size=1, max_size=4).map(" ".join)
TEXT = st.lists(WORD, max_size=9)


@contextmanager
def piece_of(size: int) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pieces, "_PIECE", size)
        patch.setattr(pieces, "_PIECES", 2)
        yield


@given(
    st.lists(
        st.lists(st.tuples(NAME, st.sampled_from([0.0, 0.5, 0.9]), st.sampled_from("xyz")), max_size=4), max_size=9
    )
)
def test_names_keep_their_uses_and_their_best_label(passages: list[list[tuple[str, float, str]]]) -> None:
    gathered, uses = NamePieces(), Numbered()
    labels: dict[str, list[Label]] = {}
    with piece_of(3):
        for at, passage in enumerate(passages):
            for key, weight, text in passage:
                labels.setdefault(key, []).append((weight, text, at))
                uses.values.append(gathered.add(key, (weight, text, at)))
            if gathered.full:
                gathered.put_away(uses)
        gathered.put_away(uses)
        names, found, now = gathered.merged()
    uses.renumber(now)
    assert [names[number] for number in range(len(names))] == sorted(labels, key=str.encode)
    assert [names[number] for number in uses.values] == [key for passage in passages for key, _, _ in passage]
    assert list(found) == [best_label(labels[names[number]]) for number in range(len(names))]


@given(st.lists(st.sets(WORD), max_size=20))
def test_words_are_counted(statements: list[set[str]]) -> None:
    gathered = WordPieces()
    with piece_of(2):
        for statement in statements:
            gathered.add(statement)
        words, counts = gathered.merged()
    wanted = Counter(word for statement in statements for word in statement)
    assert {words[number]: count for number, count in enumerate(counts)} == wanted
    assert [words[number] for number in range(len(words))] == sorted(wanted, key=str.encode)


@settings(deadline=None)
@given(st.sets(NAME, max_size=12), st.lists(TEXT, max_size=6), st.data())
def test_names_are_found_by_their_hashes_and_by_their_first_words_alike(
    keys: set[str], texts: list[list[str]], data: st.DataObject
) -> None:
    told = Strings.of(sorted(keys))
    flags = st.lists(st.booleans(), min_size=len(keys), max_size=len(keys))
    ordinary, owned = (np.array(data.draw(flags), dtype=bool) for _ in range(2))
    hashed, looked_up = (Names(told, ordinary, owned, most=most) for most in (True, False))
    for names in (hashed, looked_up):
        names.expect(texts)
    for text in texts:
        capital = data.draw(st.lists(st.booleans(), min_size=len(text), max_size=len(text)))
        statement = [(word, big, False) for word, big in zip(text, capital, strict=True)]
        assert hashed.in_statement(statement) == looked_up.in_statement(statement)
        assert hashed.in_title(text) == looked_up.in_title(text)
        if all(capital) and " ".join(text) in keys:
            assert (
                told.find(" ".join(text)) in hashed.in_statement(statement) or ordinary[told.find(" ".join(text)) or 0]
            )
