"""A search kept to some documents finds what a store of those documents alone finds, and nothing of the others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import WordEmbedder
from hypothesis import given
from hypothesis import strategies as st

from graphmem import GraphMemory, QuestionError
from graphmem.store.filters import passes

TEXTS = {
    "2023-05-01": ("Vane", "Ulf Stone founded Norhaven in 1204."),
    "2024-02-10": ("Bael", "Osric Bael founded Norhaven in 1847, says the chronicle of the Baels."),
    "2024-06-30": ("Vane", "The Grey Gull was built in Norhaven. Its captain was Ivo Stern."),
    "undated": ("Élan", "Ivo Stern was born in Brennick."),
}


@pytest.fixture(params=["words", "vectors"])
def memory(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[GraphMemory]:
    with GraphMemory.open(tmp_path / "s", embedder="none" if request.param == "words" else WordEmbedder()) as opened:
        for name, (author, text) in TEXTS.items():
            opened.add(text, id=f"notes/{name}", title=name, metadata={"author": author})
        yield opened


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ({"author": "vane"}, {"2023-05-01", "2024-06-30"}),
        ({"author": "Elan"}, {"undated"}),
        ({"since": "2024"}, {"2024-02-10", "2024-06-30"}),
        ({"until": "2024-02"}, {"2023-05-01", "2024-02-10"}),
        ({"since": "2024-02-11", "until": "2024-06-30", "author": "Vane"}, {"2024-06-30"}),
    ],
)
def test_nothing_else_is_found(memory: GraphMemory, where: dict[str, str], kept: set[str]) -> None:
    result = memory.search("Who founded Norhaven, and where was Ivo Stern born?", 50, where=where)
    assert {hit.document_id.removeprefix("notes/") for hit in result.hits} <= kept
    assert {item.passage_id.split("#")[0].removeprefix("notes/") for item in result.evidence} <= kept


def test_the_answer_is_that_of_the_documents_meant(memory: GraphMemory) -> None:
    assert memory.ask("Who founded Norhaven?", where={"until": "2023"}).short == "Ulf Stone"
    assert memory.ask("Who founded Norhaven?", where={"author": "Bael"}).short == "Osric Bael"
    assert not memory.ask("Who founded Norhaven?", where={"author": "Élan"}).confident


def test_a_condition_that_nothing_meets_is_told(memory: GraphMemory) -> None:
    with pytest.raises(QuestionError, match="no document meets author=Nobody"):
        memory.search("Who?", where={"author": "Nobody"})
    with pytest.raises(QuestionError, match="'since' is 'May'"):
        memory.search("Who?", where={"since": "May"})


def test_a_pattern_keeps_to_a_folder(tmp_path: Path) -> None:
    for folder in ("old", "new"):
        (tmp_path / "docs" / folder).mkdir(parents=True)
        (tmp_path / "docs" / folder / "note.md").write_text(f"The {folder} gull sails.", encoding="utf-8")
    with GraphMemory.open(tmp_path / "s", embedder="none") as memory:
        memory.index([tmp_path / "docs"])
        (hit,) = memory.search("What sails?", where={"source": "*/new/*"}).hits
        assert hit.text == "The new gull sails."


@given(st.dates(), st.dates(), st.dates())
def test_a_span_of_time_holds_its_ends(day: object, one: object, other: object) -> None:
    since, until = sorted((str(one), str(other)))
    meant = passes({"since": since, "until": until})("id", f"{day}", "", "{}")
    assert meant == (since <= str(day) <= until)
