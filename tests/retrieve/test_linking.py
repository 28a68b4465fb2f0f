"""Names in a question are found exactly, folded, in lower case and misspelt, and nothing else is."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphmem import GraphMemory

TEXTS = {
    "Elena Vane": "Elena Vane was a shipbuilder from Norhaven.",
    "Norhaven": "Norhaven is a town. The time of the tides is posted there.",
    "The Place (film)": "The Place is a film about a house. It was shown in Norhaven.",
    "Anton Řezník": "Anton Řezník was a glassmaker.",
    "Time": "Time is a magazine. Nobody had time to read it.",
}


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    with GraphMemory.open(Path(tmp_path_factory.mktemp("linking")) / "store", embedder=None) as opened:
        for title, text in TEXTS.items():
            opened.add(text, title=title)
        yield opened


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Where was Elena Vane born?", ["Elena Vane"]),
        ("where was elena vane born", ["Elena Vane"]),
        ("Where was ELENA VANE'S mother born?", ["Elena Vane"]),
        ("What did Anton Reznik make?", ["Anton Řezník"]),
        ("Who is Elena Vanne?", ["Elena Vane"]),
        ("what is the place of birth of somebody", []),
        ("at what time does it open", []),
        ("Who reads Time in Norhaven?", ["Time", "Norhaven"]),
    ],
)
def test_names_in_questions(memory: GraphMemory, question: str, names: list[str]) -> None:
    assert list(memory.search(question).trace.entities) == names
