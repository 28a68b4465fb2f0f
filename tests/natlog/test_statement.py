"""Statements about what several documents say: proved, refuted, or left open."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphmem import GraphMemory
from graphmem.natlog.statement import halves

TEXTS = {
    "Elena Vane": "Elena Vane (1841 – 1909) was a shipbuilder. She was born in Norhaven. Her daughter was Clara Vane.",
    "Clara Vane": "Clara Vane was a physician. Her mother was Elena Vane and her father was Ivo Stern.",
    "Grey Gull": "The Grey Gull is a schooner. It was built in 1872 by Marrow and Sons. It was designed by Elena Vane.",
    "Marigold Dawn": "The Marigold Dawn was a ship. She was designed by Elena Vane and was built in 1884 by Marrow and Sons. "
    "She was launched in Marrowick and sank off Harl in 1911.",
    "Lantern Song": "The Lantern Song is a cantata. It was performed in Vell in 1901. It was performed in Harl in 1908.",
}


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    with GraphMemory.open(Path(tmp_path_factory.mktemp("claims")) / "store", embedder=None) as opened:
        for title, text in TEXTS.items():
            opened.add(text, title=title)
        yield opened


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("The Grey Gull was built by Marrow and Sons.", "supported"),
        ("The Grey Gull was built in the 19th century.", "supported"),
        ("The Grey Gull was built before 1900.", "supported"),
        ("The Grey Gull was built after 1900.", "refuted"),
        ("The Grey Gull was designed by Ivo Stern.", "refuted"),
        ("Elena Vane designed the Grey Gull.", "supported"),
        ("The designer of the Grey Gull was born in Norhaven.", "supported"),
        ("The designer of the Grey Gull was born in Eastport.", "refuted"),
        ("The designer of the Grey Gull died in Eastport.", "insufficient"),
        ("Clara Vane was a daughter of Elena Vane.", "supported"),
        ("The Grey Gull was painted by Ivo Stern.", "insufficient"),
        ("The owner of the Grey Gull was born in Norhaven.", "insufficient"),
        # Two things said of one event: both have to be so.
        ("The Grey Gull was built by Marrow and Sons in 1872.", "supported"),
        ("The Grey Gull was built in 1872 by Marrow and Sons.", "supported"),
        ("Marrow and Sons built the Grey Gull in 1872.", "supported"),
        ("The Grey Gull was built by Marrow and Sons in 1890.", "refuted"),
        ("The Grey Gull was built in 1890 by Marrow and Sons.", "refuted"),
        ("Marrow and Sons built the Grey Gull in 1890.", "refuted"),
        ("Did Marrow and Sons build the Grey Gull in 1890?", "refuted"),
        ("Was the Grey Gull built by Ada Marrow in 1872?", "refuted"),
        ("Was the Grey Gull built by Ada Marrow?", "refuted"),
        ("Was Elena Vane born in Norhaven in 1841?", "supported"),
        ("Was Elena Vane born in Eastport in 1841?", "refuted"),
        ("Was Elena Vane born in Norhaven in 1851?", "refuted"),
        # What a sentence says of one deed it does not say of the other.
        ("Was the Marigold Dawn designed in 1884?", "insufficient"),
        ("Was the Marigold Dawn built in 1884?", "supported"),
        ("The Marigold Dawn was designed by Elena Vane in 1884.", "insufficient"),
        ("The Marigold Dawn was launched in 1911.", "insufficient"),
        ("The Marigold Dawn sank in 1911.", "supported"),
        # It was performed more than once.
        ("Was the Lantern Song performed in Vell in 1908?", "insufficient"),
        ("Was the Lantern Song performed in Vell in 1901?", "supported"),
    ],
)
def test_statements(memory: GraphMemory, claim: str, verdict: str) -> None:
    result = memory.search(claim)
    assert result.proof.verdict == verdict
    assert result.stopped == {"supported": "proved", "refuted": "refuted"}.get(verdict, "exhausted")


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("X was built by Y and Sons in 1890", ("X was built by Y and Sons", "X was built in 1890")),
        ("X was built in 1890 by Y and Sons", ("X was built by Y and Sons", "X was built in 1890")),
        ("Y built X in 1890", ("Y built X", "X was built in 1890")),
        ("Orla wrote The Long Year in 1890", ("Orla wrote The Long Year", "The Long Year was written in 1890")),
        ("Ivo died in Riga on 9 February 1887", ("Ivo died in Riga", "Ivo died on 9 February 1887")),
        ("X was founded by Y in the 19th century", ("X was founded by Y", "X was founded in the 19th century")),
        ("X was founded by Y before 1890", ("X was founded by Y", "X was founded before 1890")),
        ("Ivo was born in Riga", None),
        ("Ivo was born in March 1838", None),
        ("Ivo was a captain in 1890", None),
    ],
)
def test_a_statement_of_when_and_where_is_two(statement: str, expected: tuple[str, str] | None) -> None:
    assert halves(statement) == expected
