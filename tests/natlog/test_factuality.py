"""What leaves open whether something happened, to whom it did, and whether it is still so."""

from __future__ import annotations

import pytest

from graphmem.natlog.factuality import is_aside, is_certain, is_over


@pytest.mark.parametrize("before", ["The ship was", "She had", "In 1890 the tower was", "He went to Riga and was"])
def test_a_fact_is_told_as_one(before: str) -> None:
    assert is_certain(before)


@pytest.mark.parametrize(
    "before", ["The tower was possibly", "A plan to", "She was nearly", "It was to be", "He may have", "If it had been"]
)
def test_a_hedge_or_a_plan_is_not(before: str) -> None:
    assert not is_certain(before)


def test_what_the_claim_hedges_as_well_is_allowed() -> None:
    assert is_certain("It may have been", ("may",))
    assert is_certain("It was to be", ("was", "to", "be"))
    assert not is_certain("It may have been", ("might",))


def test_a_relative_clause_is_of_its_own_noun() -> None:
    assert is_aside("Rook Castle was built on the ruins of a tower that had been ")
    assert not is_aside("Rook Castle, which was ")
    assert not is_aside("Rook Castle was ")
    assert not is_aside("The castle was sold by the men that owned it, and was ")


def test_what_was_before_is_over() -> None:
    assert is_over("before that it was".split())
    assert is_over("until 1950 vik".split())
    assert is_over(["it"], ["owned", "first", "by"])
    assert is_over("in 1998 when hugo".split(), ["was", "mayor"])
    assert not is_over("when the pump".split(), ["is", "hot"])
    assert not is_over("since then it has".split())
    assert not is_over(("until 1950 it belonged to sala and since then it has").split())
