"""Names that are called alike lead to the same passages, and nothing else is taken for the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from conftest import WordEmbedder

from graphmem import GraphMemory
from graphmem.errors import ModelError
from graphmem.model import FloatArray
from graphmem.store import Graph, Store
from graphmem.store.alike import Alike, CodeIndex, Pairs, spelt
from graphmem.store.derived import folder_of
from graphmem.store.layered import Course, LayeredStrings
from graphmem.store.moves import Moves, Strings

LEAGUE = "The National Hockey League is a league of thirty-two teams. It was founded in Montreal by Frank Calder."
TEAM = "The Harl Gulls are a team of the town of Harl. In 1967 they joined the NHL as its seventh team."


class NameEmbedder(WordEmbedder):
    """One that knows what NHL is short for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> FloatArray:
        self.asked += texts
        return super().embed([text.replace("nhl", "national hockey league") for text in texts])


class Unready(WordEmbedder):
    """An endpoint that goes down before the names are embedded."""

    def embed(self, texts: Sequence[str]) -> FloatArray:
        if "nhl" in texts:
            raise ModelError("the endpoint does not answer: try again later")
        return super().embed(texts)


def pairs(names: Sequence[str], far: Sequence[str] = ()) -> set[frozenset[str]]:
    """The names that are called alike, where the vectors of all but ``far`` are the same."""
    texts = sorted(names)
    none = np.zeros(0, dtype=np.int64)
    codes = none.astype(np.uint64)

    def known(asked: Sequence[str]) -> tuple[FloatArray, np.ndarray]:
        vectors = np.array([[0, 1] if name in far else [1, 0] for name in asked], dtype=np.float32)
        return vectors, np.ones(len(asked), dtype=bool)

    owned = np.ones(len(texts), dtype=bool)
    index = CodeIndex.flat(codes, none.astype(np.int32), 0)
    keys, course = LayeredStrings.flat(Strings.of(texts)), Course(Moves.none(0), Moves.first(len(texts)))
    alike, _ = Alike(index, index, Pairs(none, none)).changed(keys, course, owned, none, known)
    ends = zip(alike.pairs.one.tolist(), alike.pairs.other.tolist(), strict=True)
    return {frozenset({texts[one], texts[other]}) for one, other in ends}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("the winter olympic games", "olympic winter games"),
        ("roman catholics", "roman catholic"),
        ("republic of the congo", "congo"),
        ("nhl", "national hockey league"),
        ("u s a", "united states of america"),
        ("u k", "uk"),
    ],
)
def test_the_same_words_and_initials_are_alike(one: str, other: str) -> None:
    assert pairs([one, other]) == {frozenset({one, other})}
    # But only where the vectors agree.
    assert pairs([one, other], far=[other]) == set()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1984", "1985"),
        ("1984", "nineteen eighty four"),
        ("telstar 18", "telstar 19"),
        ("george i", "george ii"),
        ("east branch", "west branch"),
        ("vane", "elena vane"),
        ("merrimack river", "meramec river"),
        ("dc", "dodge city"),
        ("nhl", "nfl"),
    ],
)
def test_what_only_sounds_alike_is_not_even_compared(one: str, other: str) -> None:
    assert pairs([one, other]) == set()


def test_single_letters_are_read_together() -> None:
    assert [spelt(name) for name in ("u s a", "a", "elena b vane")] == ["usa", "a", "elena b vane"]


def graph_of(store: Path) -> dict[str, bytes]:
    """What the published graph says."""
    tables = Graph.read(folder_of(store, Store.open(store).generation()) / "graph").tables()
    return {column: array.tobytes() for name, table in tables.items() for column, array in table.whole(name).items()}


def stored_names(store: Path) -> set[str]:
    connection = sqlite3.connect(store / "store.db")
    found = {name for (name,) in connection.execute("SELECT name FROM names")}
    connection.close()
    return found


def test_initials_lead_to_the_passage_about_the_long_name(tmp_path: Path) -> None:
    embedder = NameEmbedder()
    with GraphMemory.open(tmp_path / "store", embedder=embedder) as memory:
        memory.add(LEAGUE, title="National Hockey League", id="league")
        memory.add(TEAM, title="Harl Gulls", id="team")
        for n in range(20):
            memory.add(f"Team number {n} was founded in a town by somebody.", id=f"other{n}")
        result = memory.search("Who founded the league that the Harl Gulls joined in 1967?", k=2)
        assert {hit.document_id for hit in result.hits} == {"league", "team"}
        assert any("NHL" in reason for hit in result.hits for reason in hit.why if hit.document_id == "league")
        assert {"nhl", "national hockey league"} < stored_names(tmp_path / "store")
        # What has been compared is not embedded again.
        asked = embedder.asked.count("nhl")
        memory.add("The NHL has a rule book.", id="rules")
        assert embedder.asked.count("nhl") == asked == 1
        # What goes leaves no vector behind.
        memory.remove("team", "rules")
        assert stored_names(tmp_path / "store") == {"national hockey league", "the national hockey league"}
        for path in (tmp_path / "store").rglob("*"):
            assert not path.is_file() or b"nhl" not in path.read_bytes().lower(), path


def test_names_that_could_not_be_embedded_wait_for_the_next_run(tmp_path: Path) -> None:
    sound, hurt = tmp_path / "sound", tmp_path / "hurt"
    for store in (sound, hurt):
        with GraphMemory.open(store, embedder=NameEmbedder()) as memory:
            memory.add(LEAGUE, title="National Hockey League", id="league")
    with GraphMemory.open(sound, embedder=NameEmbedder()) as memory:
        memory.add(TEAM, title="Harl Gulls", id="team")
        assert memory.check().problems == ()
    with GraphMemory.open(hurt, embedder=Unready()) as memory:
        with pytest.raises(ModelError, match="try again later"):
            memory.add(TEAM, title="Harl Gulls", id="team")
        # All else is published by whoever reads next, who has no model.
        assert memory.search("What did the Harl Gulls join?").hits[0].document_id == "team"
        assert "nhl" not in stored_names(hurt)
    assert graph_of(hurt) != graph_of(sound)
    with GraphMemory.open(hurt, embedder=NameEmbedder()) as memory:
        memory.add(TEAM, title="Harl Gulls", id="team")
        assert memory.check().problems == ()
    assert graph_of(hurt) == graph_of(sound)


def test_a_store_without_a_model_compares_nothing(tmp_path: Path) -> None:
    with GraphMemory.open(tmp_path / "store", embedder=None) as memory:
        memory.add(LEAGUE, title="National Hockey League", id="league")
        memory.add(TEAM, title="Harl Gulls", id="team")
        assert memory.check().problems == ()
    assert stored_names(tmp_path / "store") == set()
