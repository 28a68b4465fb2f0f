"""The order of the best passages: what each adds to those before it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graphmem.retrieve.ranking import rank_by_gain
from graphmem.retrieve.scores import Scores
from graphmem.retrieve.weights import DEFAULT_WEIGHTS

ITEM = st.tuples(
    st.floats(0.0, 5.0, width=32), st.floats(0.0, 1.0, width=32), st.none() | st.integers(0, 2), st.floats(0.0, 1.0)
)


@given(st.lists(ITEM, min_size=1, max_size=12), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_each_place_goes_to_the_passage_that_adds_most(
    items: list[tuple[float, float, int | None, float]], fit: float, again: float
) -> None:
    weights = replace(DEFAULT_WEIGHTS, fit=fit, named_again=again)
    worth = {n: value for n, (value, _, _, _) in enumerate(items)}
    named = {n: (entity, share * value) for n, (value, _, entity, share) in enumerate(items) if entity is not None}
    likeness = np.array([item[1] for item in items], dtype=np.float32)
    order, gains = rank_by_gain(Scores.of(worth), list(worth), named, likeness, len(items), weights)
    assert sorted(order) == list(worth)
    assert all(one >= other - 1e-5 for one, other in pairwise(gains))
    for place, (position, gain) in enumerate(zip(order, gains, strict=True)):
        entity, given_by_name = named.get(position, (-1, 0.0))
        before = sum(named.get(other, (-2, 0.0))[0] == entity for other in order[:place])
        factor = 1 - fit + fit * float(likeness[position]) / max(float(likeness.max()), 1e-6)
        expected = factor * (worth[position] - given_by_name * (1 - again**before))
        assert abs(gain - expected) < 1e-3


def test_the_third_passage_about_a_name_gives_way_to_where_a_chain_leads() -> None:
    scores = Scores.of({0: 3.0, 1: 2.9, 2: 2.8, 3: 1.5})
    order, _ = rank_by_gain(
        scores, [0, 1, 2, 3], {0: (7, 2.8), 1: (7, 2.7), 2: (7, 2.7)}, np.ones(4, dtype=np.float32), 4, DEFAULT_WEIGHTS
    )
    assert order == [0, 1, 3, 2]
