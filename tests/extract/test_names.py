"""What a passage is about."""

from __future__ import annotations

import pytest

from graphmem.extract.names import names_of
from graphmem.model import Document, Passage


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sir Felix Harl, 1st Baronet (1854–1936) was a banker.", {"Sir Felix Harl", "Felix Harl"}),
        ("Dr Elena Vane (1841–1903) was a botanist.", {"Dr Elena Vane", "Elena Vane"}),
        ("Lady Vane (1841–1903) was a botanist.", {"Lady Vane"}),
    ],
)
def test_a_person_is_called_without_the_honorific_too(text: str, expected: set[str]) -> None:
    passage = Passage("a#0", "a", 0, "", "", text, (0, len(text)), ((0, len(text)),))
    assert expected <= {name.text for name in names_of(Document("a", "", text, ""), passage)}
    assert "Vane" not in {name.text for name in names_of(Document("a", "", text, ""), passage)}
