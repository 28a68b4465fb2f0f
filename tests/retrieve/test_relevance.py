"""BM25 over a small pool: the question's words alone make the difference."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from rank_bm25 import BM25Plus

from graphmem.folding import tokenize
from graphmem.retrieve.relevance import bm25_shares

TEXT = st.lists(st.sampled_from("grey gull sails the harbour, Élan 1841".split()), min_size=1, max_size=8).map(" ".join)


@given(TEXT, st.lists(TEXT, min_size=1, max_size=6))
def test_shares_are_those_of_all_the_words(question: str, texts: list[str]) -> None:
    pool = [[word for word, _, _ in tokenize(text)] for text in texts]
    scores = BM25Plus(pool).get_scores(sorted({word for word, _, _ in tokenize(question)}))
    scores = scores - scores.min()
    expected = scores / scores.max() if scores.max() > 1e-6 else np.zeros(len(texts))
    np.testing.assert_allclose(bm25_shares(question, texts), expected, atol=1e-4)


def test_nothing_in_common_is_nothing() -> None:
    assert bm25_shares("gull", ["the harbour", ""]).tolist() == [0.0, 0.0]
    assert bm25_shares("", ["the harbour"]).tolist() == [0.0]
    assert bm25_shares("gull", []).tolist() == []
