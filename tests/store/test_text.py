"""BM25 through postings gives what rank_bm25 gives by looking at every document."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from rank_bm25 import BM25Plus

from graphmem.folding import tokenize
from graphmem.store.moves import Moves
from graphmem.store.text import TextIndex, change_text

TEXT = st.lists(st.sampled_from("ship sail Norhaven river the a 1841 北 gull".split()), min_size=1, max_size=12).map(
    " ".join
)


TEXTS = st.lists(TEXT, min_size=1, max_size=12)


def built(texts: list[str]) -> dict[str, np.ndarray]:
    return change_text(None, Moves(((-1, len(texts)),)), texts)


@given(TEXTS, TEXT)
def test_scores_are_those_of_rank_bm25(texts: list[str], question: str) -> None:
    words = [[word for word, _, _ in tokenize(text)] for text in texts]
    expected = BM25Plus(words, delta=0).get_scores([word for word, _, _ in tokenize(question)])
    positions, scores = TextIndex(built(texts)).match(question, len(texts))
    found = np.zeros(len(texts))
    found[positions] = scores
    touched = [i for i, row in enumerate(words) if set(row) & {word for word, _, _ in tokenize(question)}]
    np.testing.assert_allclose(found[touched], expected[touched], rtol=1e-5, atol=1e-6)
    assert sorted(positions.tolist()) == touched


@given(TEXTS, TEXT, st.integers(1, 5))
def test_stopping_early_loses_nothing(texts: list[str], question: str, k: int) -> None:
    index = TextIndex(built(texts))
    all_positions, all_scores = index.match(question, len(texts))
    positions, scores = index.match(question, k)
    assert positions.tolist() == all_positions[:k].tolist()
    np.testing.assert_array_equal(scores, all_scores[:k])


@given(TEXTS, st.data())
def test_changed_postings_are_those_made_anew(texts: list[str], data: st.DataObject) -> None:
    keep = data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts)))
    places = sorted(data.draw(st.lists(st.integers(0, len(texts)), max_size=4)))
    added = data.draw(st.lists(TEXT, min_size=len(places), max_size=len(places)))
    final = []
    for number in range(len(texts) + 1):
        final += [text for place, text in zip(places, added, strict=True) if place == number]
        final += texts[number : number + 1] if number < len(texts) and keep[number] else []
    changed = change_text(built(texts), Moves.edit(np.array(keep, dtype=bool), places), added)
    anew = built(final)
    for name in anew.keys() - {"peaks", "peak_mean"}:
        np.testing.assert_array_equal(changed[name], anew[name], err_msg=name)
    question = data.draw(TEXT)
    for one, other in zip(TextIndex(changed).match(question, 2), TextIndex(anew).match(question, 2), strict=True):
        np.testing.assert_array_equal(one, other)
