"""Who is somebody's, where a sentence only mentions it."""

from __future__ import annotations

import pytest

from graphmem.model import Evidence
from graphmem.natlog.owned import owned_by


@pytest.mark.parametrize(
    ("owner", "noun", "text", "expected"),
    [
        ("karl stroud", "wife", "His wife, Mia Krag, was born in Lund.", ["Mia Krag"]),
        ("karl stroud", "spouse", "His wife Mia Krag was born in Lund.", ["Mia Krag"]),
        ("karl stroud", "brother", "Karl Stroud's younger brother Ben Stroud stayed.", ["Ben Stroud"]),
        ("karl stroud", "wife", "Karl Stroud left with his wife, Mia Krag.", ["Mia Krag"]),
        ("karl stroud", "sister", "His wife, Mia Krag, was born in Lund.", []),
        ("karl stroud", "wife", "Otto Brehm met his wife, Ada Holt, in Oslo.", []),
        ("karl stroud", "father", "After his father, Karl Stroud led the works.", []),
        ("karl stroud", "wife", "Otto Brehm's wife Ada Holt was there.", []),
    ],
)
def test_a_sentence_names_who_is_somebodys(owner: str, noun: str, text: str, expected: list[str]) -> None:
    item = Evidence("p", (0, len(text)), text, 0.9, "s", ("Karl Stroud",))
    assert [text[slice(*span)] for span in owned_by(owner, noun, item)] == expected
