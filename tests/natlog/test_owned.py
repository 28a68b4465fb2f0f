"""Who is somebody's, where a sentence only mentions it."""

from __future__ import annotations

import pytest

from graphmem.model import Evidence
from graphmem.natlog.owned import owned_by, owner_beside, parents_in


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
        ("karl stroud", "wife", "Karl Stroud was a child of Ivo Stroud and his wife Ada Stroud.", []),
        ("karl stroud", "father", "His father-in-law, Jens Krag, was a baker.", []),
    ],
)
def test_a_sentence_names_who_is_somebodys(owner: str, noun: str, text: str, expected: list[str]) -> None:
    item = Evidence("p", (0, len(text)), text, 0.9, "s", ("Karl Stroud",))
    assert [text[slice(*span)] for span in owned_by(owner, noun, item)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Liv Moen (born 1930), daughter of Jens Moen and Anna Lie, is an actress.", ["Jens Moen", "Anna Lie"]),
        ("Ivo was the second son of Emperor Lothar I and his wife Ada.", ["Emperor Lothar I", "Ada"]),
        ("Ida was the youngest child of the priest Hans Eide.", ["Hans Eide"]),
        ("She was the wife of Ivo Stern, son of Olaf Stern.", []),
        ("Ivo is a baker.", []),
    ],
)
def test_a_sentence_names_father_and_mother_in_order(text: str, expected: list[str]) -> None:
    assert [text[slice(*span)] for span in parents_in(text)] == expected


def test_a_possessive_right_behind_a_name_is_of_that_name() -> None:
    text = "Ruth was a child of Hans Eide and his wife Berta."
    assert owner_beside(text, text.index("Berta")) == "Hans Eide"
    assert owner_beside("His wife Berta came.", 9) == ""
