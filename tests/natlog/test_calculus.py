"""The calculus: relations from sets, joins from relations, projection, contexts, and derivations."""

from __future__ import annotations

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmem.natlog import LABELS, entail
from graphmem.natlog.derive import VERDICTS
from graphmem.natlog.lexicon import lexical_relation
from graphmem.natlog.projection import composed, project
from graphmem.natlog.relations import Relation, join, relation_of
from graphmem.natlog.scope import contexts_of
from graphmem.natlog.tokens import words_of

R = Relation
RELATIONS = st.sampled_from(list(R))
CONTEXTS = st.sampled_from(["up", "down", "flat"])
# MacCartney and Manning 2009, table 2, where it gives one relation; a space where more than one can follow.
ORDER = "≡⊑⊒^|⌣#"
TABLE = ("≡⊑⊒^|⌣#", "⊑⊑#||##", "⊒#⊒⌣#⌣#", "^⌣|≡⊒⊑#", "|#|⊑#⊑#", "⌣⌣#⊒⊒##", "#######")


def test_the_join_table_is_the_published_one() -> None:
    for row, first in enumerate(ORDER):
        for column, second in enumerate(ORDER):
            assert join(R(first), R(second)) == R(TABLE[row][column]), (first, second)


def test_joins_hold_for_all_sets_of_a_larger_universe() -> None:
    universe = frozenset(range(5))
    sets = [frozenset(c) for n in range(1, 5) for c in combinations(range(5), n)]
    for x, y, z in product(sets, sets, sets):
        joined = join(relation_of(x, y, universe), relation_of(y, z, universe))
        assert joined in (R.INDEPENDENCE, relation_of(x, z, universe))


@given(RELATIONS, RELATIONS)
def test_the_order_of_two_sides_can_be_turned(one: Relation, other: Relation) -> None:
    turned = {R.FORWARD: R.REVERSE, R.REVERSE: R.FORWARD}

    def back(r: Relation) -> Relation:
        return turned.get(r, r)

    assert join(back(other), back(one)) == back(join(one, other))


@given(RELATIONS, CONTEXTS, CONTEXTS)
def test_contexts_within_contexts(relation: Relation, inner: str, outer: str) -> None:
    step_by_step = project(project(relation, inner), outer)  # type: ignore[arg-type]
    assert step_by_step == project(relation, composed([inner, outer]))  # type: ignore[list-item]


@given(RELATIONS)
def test_independence_is_left_by_no_way(relation: Relation) -> None:
    assert join(R.INDEPENDENCE, relation) == R.INDEPENDENCE
    assert VERDICTS[join(R.INDEPENDENCE, relation)] == "insufficient"


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("some dogs bark", "uuu"),
        ("no dogs bark", "udd"),
        ("every dog barks", "udu"),
        ("most dogs bark loudly", "ufuu"),
        ("every dog that does not bark sleeps", "udddduu"),
        ("tom does not like dogs", "uuudd"),
        ("exactly three dogs bark", "ufff"),
        ("nobody lives without water", "udddu"),
        ("if it rains , we stay", "udduuu"),
        ("not only dogs bark", "uuuu"),
    ],
)
def test_contexts(sentence: str, expected: str) -> None:
    assert "".join(context[0] for context in contexts_of(words_of(sentence))) == expected


@pytest.mark.parametrize(
    ("one", "other", "relation"),
    [
        ("dog", "animal", R.FORWARD),
        ("animal", "dogs", R.REVERSE),
        ("big", "large", R.EQUIVALENCE),
        ("hot", "cold", R.ALTERNATION),
        ("ran", "running", R.EQUIVALENCE),
        ("dog", "xyzzy", R.INDEPENDENCE),
    ],
)
def test_words(one: str, other: str, relation: Relation) -> None:
    assert lexical_relation(one, other) == relation


@pytest.mark.parametrize(
    ("premise", "hypothesis", "label"),
    [
        ("A dog barked.", "An animal barked.", "entailment"),
        ("An animal barked.", "A dog barked.", "neutral"),
        ("No animal barked.", "No dog barked.", "entailment"),
        ("No dog barked.", "No animal barked.", "neutral"),
        ("A brown dog barked loudly.", "A dog barked.", "entailment"),
        ("A dog barked.", "No dog barked.", "contradiction"),
        ("Tom does not own a dog.", "Tom does not own a brown dog.", "entailment"),
        ("Tom does not own a dog.", "Tom owns a dog.", "contradiction"),
        ("Every dog barked.", "Some dog barked.", "entailment"),
        ("Some dogs barked.", "All dogs barked.", "neutral"),
        ("Ten ships sank.", "Twelve ships sank.", "contradiction"),
        ("Every animal that did not bark slept.", "Every dog that did not bark slept.", "entailment"),
        ("She sang.", "She sang or danced.", "entailment"),
        ("She sang and danced.", "She danced.", "entailment"),
        ("The ship was painted.", "The harbour was closed.", "neutral"),
    ],
)
def test_entailment(premise: str, hypothesis: str, label: str) -> None:
    assert LABELS[entail([premise], hypothesis).verdict] == label


@given(
    st.lists(
        st.sampled_from("the no every dog cat barked sat and or not if , old on mat".split()), min_size=1, max_size=12
    )
)
def test_a_sentence_entails_itself(words: list[str]) -> None:
    sentence = " ".join(words)
    proof = entail([sentence], sentence)
    assert (proof.verdict, proof.relation) == ("supported", "≡")


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_two_texts_have_some_relation(premise: str, hypothesis: str) -> None:
    assert entail([premise], hypothesis).relation in ORDER


def test_no_premise_proves_nothing() -> None:
    assert entail([], "A dog barked.").verdict == "insufficient"
