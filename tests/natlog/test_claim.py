"""Questions become chains of steps from a name, or two that are compared."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmem.natlog import parse_question

CHAINS = {
    "Where was the director of film Quiet Harbour born?": [("director", "Quiet Harbour"), ("born", 0)],
    "Who founded the company that built the Grey Gull?": [("built by", "Grey Gull"), ("founded by", 0)],
    "What is the place of birth of the composer of Ice?": [("composer", "Ice"), ("place of birth", 0)],
    "Who is Sisra Vale's mother-in-law?": [("spouse", "Sisra Vale"), ("mother", 0)],
    "When did Lothar Rye's mother die?": [("mother", "Lothar Rye"), ("die", 0)],
    "How long is the river Aske?": [("length", "Aske")],
    "Who was the mayor of Ostermouth in 1913?": [("mayor in 1913", "Ostermouth")],
    "What is the population of the state where Marl Field is located?": [("state", "Marl Field"), ("population", 0)],
    "Who was in charge of the country Ostermouth is in?": [("country", "Ostermouth"), ("in charge", 0)],
    "When did the mill open in the city where the Vell Tower is found?": [("city", "Vell Tower"), ("mill open in", 0)],
    "Which country is Ivo Stern from?": [("country", "Ivo Stern")],
    "In which country is Marrow located?": [("country", "Marrow")],
    "What nationality is the director of film Blue Road?": [("director", "Blue Road"), ("nationality", 0)],
}


@pytest.mark.parametrize("question", CHAINS)
def test_chains(question: str) -> None:
    (branch,) = parse_question(question).branches
    assert [(step.relation, step.anchor) for step in branch] == CHAINS[question]


def test_a_known_name_goes_on_to_the_end_of_its_number() -> None:
    (branch,) = parse_question("When was version 4.3 released?", [(9, 18)]).branches
    assert [(step.relation, step.anchor) for step in branch] == [("released", "version 4.3")]


@pytest.mark.parametrize(
    ("question", "kind", "last", "expected"),
    [
        ("Who was born first, Elena Vane or Ivo Stern?", "earliest", "born", "choice"),
        ("Which film has the director who is younger, Ox or Ash?", "latest", "born", "choice"),
        ("Who lived longer, Elena Vane or Ivo Stern?", "longest", "lived", "choice"),
        ("Which film came out first, Ox or Ash?", "earliest", "released", "choice"),
        ("Which is longer, the Aske or the Little Aske?", "most", "length", "choice"),
        ("Are Marrow and Sundhythe located in the same country?", "same", "country", "yes-no"),
        (
            "Do director of film Ox and director of film Ash share the same nationality?",
            "same",
            "nationality",
            "yes-no",
        ),
        ("Are the directors of films Ox and Ash from the same country?", "same", "country", "yes-no"),
        ("Does Elena Vane have the same nationality as Ivo Stern?", "same", "nationality", "yes-no"),
        ("Did Elena Vane die in the same town as Ivo Stern?", "same", "died in", "yes-no"),
    ],
)
def test_comparisons(question: str, kind: str, last: str, expected: str) -> None:
    claim = parse_question(question)
    assert (claim.comparison, claim.expected) == (kind, expected)
    assert len(claim.branches) == 2
    assert {branch[-1].relation for branch in claim.branches} == {last}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("When was X1 built?", "date"),
        ("Where is Xa?", "place"),
        ("Who is Xa?", "person"),
        ("How many Xs has Ya?", "number"),
    ],
)
def test_expected_types(question: str, expected: str) -> None:
    assert parse_question(question).expected == expected


def test_statements_and_yes_no_questions_have_no_slot() -> None:
    assert parse_question("Ulf Stone founded Norhaven.").hypothesis == "Ulf Stone founded Norhaven"
    assert parse_question("Was Norhaven founded in 1204?").hypothesis == "Norhaven was founded in 1204"
    # What is asked of one thing is a step with the value that it is held against.
    asked = parse_question("Was Norhaven founded in 1204?")
    assert (asked.question, asked.claimed) == ("Was Norhaven founded in 1204?", "1204")
    assert parse_question("Did Ivo Stern meet Elena Vane?").branches == ((),)


@given(st.text(max_size=80))
def test_any_text_is_some_claim(text: str) -> None:
    claim = parse_question(text)
    assert claim.question == " ".join(text.split())
    for branch in claim.branches:
        for number, step in enumerate(branch):
            assert isinstance(step.anchor, str) or 0 <= step.anchor < number
