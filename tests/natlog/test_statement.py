"""Statements about what several documents say: proved, refuted, or left open."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphmem import GraphMemory

TEXTS = {
    "Elena Vane": "Elena Vane (1841 – 1909) was a shipbuilder. She was born in Norhaven. Her daughter was Clara Vane.",
    "Clara Vane": "Clara Vane was a physician. Her mother was Elena Vane and her father was Ivo Stern.",
    "Grey Gull": "The Grey Gull is a schooner. It was built in 1872 by Marrow and Sons. It was designed by Elena Vane.",
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
    ],
)
def test_statements(memory: GraphMemory, claim: str, verdict: str) -> None:
    result = memory.search(claim)
    assert result.proof.verdict == verdict
    assert result.stopped == {"supported": "proved", "refuted": "refuted"}.get(verdict, "exhausted")
