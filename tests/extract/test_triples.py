"""Sentence patterns that a rule can get right, and sentences that it must leave alone."""

from __future__ import annotations

import pytest

from graphmem.extract import open_extractor
from graphmem.ingest import cut
from graphmem.model import Document


def triples(text: str, title: str = "") -> set[tuple[str, str, str]]:
    document = Document("d", title, text, "d")
    extractor = open_extractor("pattern")
    return {
        (t.subject, t.predicate, t.object)
        for passage in cut(document)
        for t in extractor.extract(document, passage).triples
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Norhaven is a port on Calder Sound.", ("Norhaven", "is a port on", "Calder Sound")),
        ("Elena Vane was born in Tolvaness.", ("Elena Vane", "was born in", "Tolvaness")),
        ("The yard was founded in 1850 by Ada Marrow.", ("The yard", "was founded in 1850 by", "Ada Marrow")),
        ("Ruben Castell founded the Calder Line in 1866.", ("Ruben Castell", "founded", "the Calder Line")),
        ("Elena Vane (12 March 1841 – 3 May 1909) was a shipbuilder.", ("Elena Vane", "born", "12 March 1841")),
        ("Elena Vane (12 March 1841 – 3 May 1909) was a shipbuilder.", ("Elena Vane", "died", "3 May 1909")),
        ("Ivo Stern married Elena Vane in 1868.", ("Ivo Stern", "married", "Elena Vane")),
    ],
)
def test_patterns(text: str, expected: tuple[str, str, str]) -> None:
    assert expected in triples(text)


def test_pronouns_stand_for_the_title() -> None:
    text = (
        "Clara Vane was a physician. She was born in Norhaven. Her mother was Elena Vane and her father was Ivo Stern."
    )
    found = triples(text, "Clara Vane")
    assert ("Clara Vane", "was born in", "Norhaven") in found
    assert ("Clara Vane", "mother was", "Elena Vane") in found
    assert ("Clara Vane", "father was", "Ivo Stern") in found


@pytest.mark.parametrize("text", ["", "Rain.", "Did Elena Vane build it?", "Nobody knows why.", "1,206 metres."])
def test_nothing_is_invented(text: str) -> None:
    assert not triples(text)
