"""Which passage is read next, and when reading ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmem.model import Evidence, Mention, Triple
from graphmem.natlog import next_to_read, parse_question, prove

QUESTION = "Where was the designer of the Grey Gull born?"


def passage(about: str, text: str, *names: str, triple: tuple[str, str, str] | None = None) -> tuple[Evidence, ...]:
    mentions = tuple(Mention(name, (text.index(name), text.index(name) + len(name)), "name") for name in names)
    triples: tuple[Triple, ...] = ()
    if triple is not None:
        at = text.index(triple[2])
        triples = (Triple(*triple, (0, len(text)), (None, None, (at, at + len(triple[2]))), 0.9, "pattern"),)
    return (Evidence(about.lower(), (0, len(text)), text, 0.0, "s", (about,), mentions, triples),)


SHIP = passage(
    "Grey Gull",
    "She was designed by Elena Vane.",
    "Elena Vane",
    triple=("Grey Gull", "was designed by", "Elena Vane"),
)
DESIGNER = passage("Elena Vane", "Elena Vane was a shipbuilder.", "Elena Vane")
BIRTH = passage(
    "Elena Vane",
    "Elena Vane was born in Truro.",
    "Elena Vane",
    "Truro",
    triple=("Elena Vane", "was born in", "Truro"),
)
STRANGER = passage("Ivo Stern", "Ivo Stern was a painter.", "Ivo Stern")
RIVAL = passage("Silver Tern", "The Silver Tern raced against Elena Vane.", "Silver Tern", "Elena Vane")
HARBOUR = passage("Port Orrin", "The Grey Gull lies at Port Orrin.", "Grey Gull", "Port Orrin")


@pytest.mark.parametrize(
    ("read", "unread", "expected"),
    [
        ([], [], None),
        ([], [STRANGER, SHIP], 0),
        # A name of the question of which nothing has been read.
        ([STRANGER], [RIVAL, SHIP], 1),
        # What the proof has bound, before what only shares a name.
        ([SHIP], [STRANGER, RIVAL, DESIGNER], 2),
        # The chain is bound, and its last name is spoken of: nothing is known to be missing.
        ([SHIP, DESIGNER], [RIVAL, STRANGER], None),
        # What is proved needs nothing more.
        ([SHIP, BIRTH], [RIVAL], None),
        # Of a chain of two steps three names may need three passages, each linked with one before it.
        ([HARBOUR], [STRANGER, passage("Sound", "Port Orrin is on it.", "Port Orrin")], 1),
        ([HARBOUR], [STRANGER], None),
    ],
)
def test_a_passage_is_read_for_what_is_open(
    read: list[tuple[Evidence, ...]], unread: list[tuple[Evidence, ...]], expected: int | None
) -> None:
    claim = parse_question(QUESTION)
    proof = prove(claim, [item for items in read for item in items])
    assert next_to_read(claim, proof, read, unread) == expected


def test_what_a_read_passage_names_is_read_where_it_says_a_word_that_none_has_said() -> None:
    claim = parse_question("Which painters lived in the country whose harbour is Port Orrin?")
    harbour = passage("Port Orrin", "Port Orrin is a harbour in Calder.", "Port Orrin", "Calder")
    river = passage("Calder", "Calder has a river.", "Calder")
    country = passage("Calder", "Painters have lived in Calder.", "Calder")
    proof = prove(claim, harbour)
    assert next_to_read(claim, proof, [harbour], [STRANGER, river, country]) == 2


POOL = [SHIP, DESIGNER, BIRTH, STRANGER, RIVAL, HARBOUR]


@given(
    st.permutations(POOL),
    st.sampled_from([QUESTION, "Who was born first, Elena Vane or Ivo Stern?", "Why?", "Elena sings."]),
)
def test_reading_ends_and_never_goes_on_behind_a_proof(pool: list[tuple[Evidence, ...]], question: str) -> None:
    claim = parse_question(question)
    read: list[tuple[Evidence, ...]] = []
    while True:
        unread = [items for items in pool if items not in read]
        proof = prove(claim, [item for items in read for item in items])
        place = next_to_read(claim, proof, read, unread)
        if place is None:
            break
        assert proof.verdict == "insufficient"
        read.append(unread[place])
    assert read[:1] == [pool[0]]
