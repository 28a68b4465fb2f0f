"""Short forms of a name within one document."""

from __future__ import annotations

import pytest

from graphmem.extract import PatternExtractor
from graphmem.extract.aliases import aliases_of
from graphmem.ingest import cut
from graphmem.model import Document


def meant(*paragraphs: str, title: str = "") -> list[tuple[str, str]]:
    document = Document("d", title, "\n\n".join(paragraphs), "d.txt")
    extractions = [PatternExtractor().extract(document, passage) for passage in cut(document)]
    return [(mention.text, name) for _, mention, name in aliases_of(extractions)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Elena Vane came early. Later Dr Vane left.", [("Vane", "elena vane")]),
        ("The yard of Ivo Stern grew. In 1870 Stern sold it.", [("Stern", "ivo stern")]),
        ("Elena Vane met Ivo Vane. Then Vane left.", []),
        ("In June Vane left. Elena Vane came.", []),
        ("The Battle of Harl was lost. In May Harl burned.", []),
    ],
)
def test_a_last_name_stands_for_the_one_fuller_name_before_it(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(short.removeprefix("Dr "), name) for short, name in meant(text)] == expected


def test_the_title_of_the_document_is_known_from_the_start() -> None:
    assert meant("After the war Vane built boats.", title="Elena Vane (shipbuilder)") == [("Vane", "elena vane")]
