"""Two values held against each other."""

from __future__ import annotations

import pytest

from graphmem.natlog.compare import compared


@pytest.mark.parametrize(
    ("kind", "relation", "values", "expected"),
    [
        ("earliest", "born", ("3 May 1871", "4 May 1871"), "X"),
        ("latest", "born", ("1871", "1900"), "Y"),
        ("longest", "lived", ("1 May 1871 – 1 June 1900", "1 May 1881 – 1 July 1910"), "Y"),
        ("longest", "lived", ("1871 – 1900", "1871"), ""),
        ("most", "length", ("1,200 km", "1.5 million km"), "Y"),
        ("same", "country", ("Norwegian", "Norway"), "yes"),
        ("same", "country", ("Norwegian", "Sweden"), "no"),
        ("same", "country", ("Anglo-American", "American"), ""),
        ("same", "nationality", ("Velland", "Velland"), "yes"),
        ("same", "nationality", ("Velland", "Velland and Harl"), ""),
        ("same", "born in", ("Riga", "Riga, Latvia"), "yes"),
        ("same", "born in", ("Riga", "Latvia"), ""),
    ],
)
def test_what_wins_and_what_is_the_same(kind: str, relation: str, values: tuple[str, str], expected: str) -> None:
    assert compared(kind, relation, ("X", "Y"), values) == expected
