"""Clauses are read as who does what to whom, questions as clauses with a hole, pronouns as the one who can be meant."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphmem.model import Evidence
from graphmem.natlog.asked import readings_of
from graphmem.natlog.clauses import clauses_of
from graphmem.natlog.fill import only_answer
from graphmem.natlog.phrases import Phrase, Word, words_in
from graphmem.natlog.reference import referents


def _text(words: tuple[Word, ...], read: Phrase | None) -> str:
    return "" if read is None else " ".join(word.text for word in words[read.start : read.end])


@pytest.mark.parametrize(
    ("sentence", "verb", "agent", "patient", "rest"),
    [
        ("Mei Tanaka, an engineer from Sapporo, designed the hull.", "designed", "Mei Tanaka", "the hull", ""),
        ("The yard was founded by Nils Hansen in 1923.", "founded", "Nils Hansen", "The yard", "in 1923"),
        ("Dana studied law in Bergen and joined the board in 2016.", "joined", "Dana", "the board", "in 2016"),
        (
            "In 1899 the town council sold the pier to Anna Reed.",
            "sold",
            "the town council",
            "the pier",
            "in 1899; to Anna Reed",
        ),
        ("It was led by the chemist Edith Marlow, who founded it.", "founded", "the chemist Edith Marlow", "it", ""),
        ("The team, led by Olga Reiss, answers questions.", "led", "Olga Reiss", "The team", ""),
        ("The permit for the field test was granted.", "granted", "", "The permit", "for the field test"),
        ("The hall has 740 seats.", "has", "The hall", "740 seats", ""),
    ],
)
def test_a_clause_is_read_as_who_does_what(sentence: str, verb: str, agent: str, patient: str, rest: str) -> None:
    words = words_in(sentence)
    (clause,) = clauses_of(sentence, lambda word: word == verb)
    assert (_text(words, clause.agent), _text(words, clause.patient)) == (agent, patient)
    assert "; ".join(f"{preposition} {_text(words, read)}" for preposition, read in clause.rest) == rest
    assert not clause.denied
    assert not clause.unsure


@pytest.mark.parametrize(
    ("sentence", "verb", "denied", "unsure"),
    [
        ("The pier was never built.", "built", True, False),
        ("The soup contains no gluten.", "contains", True, False),
        ("The port may close in 2030.", "close", False, True),
    ],
)
def test_what_is_denied_or_not_sure_is_told_so(sentence: str, verb: str, denied: bool, unsure: bool) -> None:
    (clause,) = clauses_of(sentence, lambda word: word == verb)
    assert (clause.denied, bool(clause.unsure)) == (denied, unsure)


@pytest.mark.parametrize(
    "sentence", ["He planned to build a second pier.", "The boat that Ivo built was sold by Anna."]
)
def test_what_is_not_understood_is_left_out(sentence: str) -> None:
    assert list(clauses_of(sentence, lambda word: word in ("build", "sold"))) == []


@pytest.mark.parametrize(
    ("question", "verb", "hole", "agent", "patient"),
    [
        ("Who designed the hull?", "designed", "agent", "", "the hull"),
        ("Which supplier did the group choose?", "choose", "patient", "the group", ""),
        ("When was the pier sold?", "sold", "when", "", "the pier"),
        ("In which town does Alan Rusk live?", "live", "where", "Alan Rusk", ""),
        ("Who was the pier sold by?", "sold", "agent", "", "the pier"),
        ("When was the pump first shipped?", "shipped", "when", "", "the pump"),
        ("How often is the filter cleaned?", "cleaned", "often", "", "the filter"),
        ("How heavy is the pump?", "weighs", "measure", "the pump", ""),
        ("Where is the key?", "", "where", "the key", ""),
        ("Does vinegar damage the seals?", "damage", "", "vinegar", "the seals"),
        ("Is the stew vegan?", "", "", "the stew", "vegan"),
        ("who broke the law", "broke", "agent", "", "the law"),
    ],
)
def test_a_question_is_a_clause_with_a_hole(question: str, verb: str, hole: str, agent: str, patient: str) -> None:
    found = [
        (asked.verb, asked.hole, _text(asked.words, asked.agent), _text(asked.words, asked.patient))
        for asked in readings_of(question)
    ]
    assert (verb, hole, agent, patient) in found


@pytest.mark.parametrize("statement", ["Dana leads it.", "", "?", "Who?", "Tell me about Riga."])
def test_what_is_no_question_has_no_hole(statement: str) -> None:
    assert readings_of(statement) == ()


@pytest.mark.parametrize(
    ("sentences", "topic", "expected"),
    [
        (("She leads it.",), "Dana Okafor", "Dana Okafor"),
        (("She leads it.",), "Staff", ""),
        (("Ulf Stone founded the yard.", "He was born in Vell."), "The yard", "Ulf Stone"),
        (("Ann Lee met Bo Ek.", "She was born in Vell."), "", ""),
        (("Ann Lee was born in Vell.", "She married Bo Ek.", "He died in Riga."), "", ""),
        (("In 1955 the fisherman Sven Dahl found a wreck.", "He sold it."), "Orrin", "Sven Dahl"),
        (("Elena Vane built it.", "Vane was a captain.", "She sold it."), "", "Elena Vane"),
        (("The pump weighs 1,250 kg.", "It was shipped in March."), "", "pump"),
        (("The pump was built in 1998.", "It weighs 80 kg.", "It was sold in Riga."), "", "pump"),
        # The filter may be meant as well.
        (("The pump has a filter.", "It was made in Vell."), "", ""),
        (("Ann Lee met a man.", "It was raining."), "", ""),
    ],
)
def test_a_pronoun_stands_for_the_one_who_can_be_meant(sentences: tuple[str, ...], topic: str, expected: str) -> None:
    assert referents(sentences, topic)[-1] == expected


# Words that open, close, count and refer, in any order.
_ANY = st.sampled_from(
    "the a that first last about nearly over under 3 1,250 2021-03-04 May March 4th , . ; and or of to in on by off up is was "
    "been did does has can not never often how long many who what which when where why it they she his its every each once "
    "twice a times pump pumps boiler Vane Dr. Riga called named built sold takes weighs lasts kg years failed because".split()
)


@settings(max_examples=1500, deadline=None)
@given(st.lists(_ANY, max_size=14).map(" ".join), st.lists(_ANY, max_size=14).map(" ".join))
def test_no_order_of_words_is_too_much(question: str, sentence: str) -> None:
    """Whatever is asked of whatever is said has an answer or none; spans stay within the sentence."""
    refers = referents((sentence, sentence), "Vane")
    item = Evidence("d#0", (7, 7 + len(sentence)), sentence, 1.0, "", ("Vane",), refers=refers[-1])
    found = only_answer(f"{question}?", [item])
    if found is not None and found.text:
        assert 7 <= found.span[0] < found.span[1] <= 7 + len(sentence)
