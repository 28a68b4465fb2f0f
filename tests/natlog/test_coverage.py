"""How much of a question the evidence speaks of."""

from __future__ import annotations

import pytest

from graphmem.model import Evidence, Mention, Triple
from graphmem.natlog import coverage, parse_question, prove

QUESTION = "Where was the designer of the Grey Gull born?"


def sentence(passage: str, about: str, text: str, *triple: str) -> Evidence:
    spans = (None, None, (text.index(triple[2]), text.index(triple[2]) + len(triple[2]))) if triple else (None,) * 3
    triples = (Triple(triple[0], triple[1], triple[2], (0, len(text)), spans, 0.9, "pattern"),) if triple else ()
    mentions = (Mention(triple[2], spans[2], "name"),) if triple and spans[2] is not None else ()
    return Evidence(passage, (0, len(text)), text, 0.5, "s", (about,), mentions, triples)


SHIP = sentence("ship", "Grey Gull", "She was designed by Elena Vane.", "Grey Gull", "was designed by", "Elena Vane")
DESIGNER = sentence("designer", "Elena Vane", "Elena Vane was a shipbuilder.")
STRANGER = sentence("stranger", "Ivo Stern", "Ivo Stern was a painter.")


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [([], 0.0), ([STRANGER], 0.0), ([SHIP], 0.0), ([SHIP, STRANGER], 0.0), ([SHIP, DESIGNER], 1.0)],
)
def test_the_deepest_name_known_must_be_spoken_of(evidence: list[Evidence], expected: float) -> None:
    claim = parse_question(QUESTION)
    assert coverage(claim, prove(claim, evidence), evidence) == expected


def test_of_a_comparison_each_side_counts() -> None:
    claim = parse_question("Which was built first, the Grey Gull or the Silver Tern?")
    assert 0 < coverage(claim, prove(claim, [SHIP]), [SHIP]) < 1


def test_of_a_comparison_what_is_found_for_one_side_is_asked_of_the_other() -> None:
    claim = parse_question("Who was born first, Elena Vane or Ivo Stern?")
    text = "Elena Vane was born in 1841."
    mention = Mention("1841", (23, 27), "date")
    born = Evidence("vane", (0, len(text)), text, 0.5, "s", ("Elena Vane",), (mention,))
    proof = prove(claim, [born, STRANGER])
    assert [binding.branch for binding in proof.bindings] == [0]
    assert coverage(claim, proof, [born, STRANGER]) == 0.5


def test_two_passages_on_one_name_of_the_question_are_no_chain() -> None:
    claim = parse_question("Which railways opened their doors in the land that Port Orrin is a harbour of?")
    harbour = named("harbour", "Port Orrin", "Port Orrin is a harbour.", "Port Orrin")
    again = named("again", "Old Yards", "Port Orrin had a yard once.", "Port Orrin")
    assert coverage(claim, prove(claim, [harbour, again]), [harbour, again]) == 0.0


def named(passage: str, about: str, text: str, *names: str) -> Evidence:
    places = [(text.index(name), text.index(name) + len(name)) for name in names]
    mentions = tuple(Mention(name, place, "name") for name, place in zip(names, places, strict=True))
    return Evidence(passage, (0, len(text)), text, 0.5, "s", (about,), mentions)


YARD = named("yard", "Marrow and Sons", "Marrow and Sons moved to Italy in 1860.", "Marrow and Sons", "Italy")
COUNTRY = named("country", "Italian Railways", "The Italian Railways were founded in 1862.", "Italian Railways")
ELSEWHERE = named("elsewhere", "Danish Railways", "The Danish Railways were founded in 1847.", "Danish Railways")


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [([YARD], 0.0), ([YARD, ELSEWHERE], 0.0), ([COUNTRY, ELSEWHERE], 0.0), ([YARD, COUNTRY], 1.0)],
)
def test_where_nothing_is_bound_two_passages_must_share_a_name(evidence: list[Evidence], expected: float) -> None:
    claim = parse_question("Which railways opened their doors in the land where Marrow and Sons had gone to live?")
    proof = prove(claim, evidence)
    assert not proof.bindings
    assert coverage(claim, proof, evidence) == expected
