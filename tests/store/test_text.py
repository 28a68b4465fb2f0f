"""BM25 through postings gives what rank_bm25 gives by looking at every document."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from rank_bm25 import BM25Plus

from graphmem.folding import tokenize
from graphmem.store.text import TextIndex, build_text

TEXT = st.lists(st.sampled_from("ship sail Norhaven river the a 1841 北 gull".split()), min_size=1, max_size=12).map(
    " ".join
)


@given(st.lists(TEXT, min_size=1, max_size=12), TEXT)
def test_scores_are_those_of_rank_bm25(texts: list[str], question: str) -> None:
    words = [[word for word, _, _ in tokenize(text)] for text in texts]
    expected = BM25Plus(words, delta=0).get_scores([word for word, _, _ in tokenize(question)])
    positions, scores = TextIndex(build_text(texts)).match(question, len(texts))
    found = np.zeros(len(texts))
    found[positions] = scores
    touched = [i for i, row in enumerate(words) if set(row) & {word for word, _, _ in tokenize(question)}]
    np.testing.assert_allclose(found[touched], expected[touched], rtol=1e-5, atol=1e-6)
    assert sorted(positions.tolist()) == touched
