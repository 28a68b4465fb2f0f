"""A store goes with the embedder that it was built with: another is refused with a way on, and none is said to be none."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import WordEmbedder

from graphmem import GraphMemory, ModelError


class OtherEmbedder(WordEmbedder):
    """The same directions by another name and width."""

    id = "words-32"
    dimension = 32


@pytest.fixture
def store(tmp_path: Path, corpus: Path) -> Path:
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        memory.index([corpus])
    return tmp_path / "store"


def test_another_embedder_is_refused(store: Path, corpus: Path) -> None:
    with GraphMemory.open(store, embedder=OtherEmbedder()) as memory:
        with pytest.raises(ModelError, match="--reembed"):
            memory.search("Who founded Norhaven?")
        with pytest.raises(ModelError, match="--reembed"):
            memory.index([corpus])
    with GraphMemory.open(store, embedder=None) as memory, pytest.raises(ModelError, match="--reembed"):
        memory.index([corpus])


def test_reembed_makes_all_vectors_anew(store: Path, corpus: Path, tmp_path: Path) -> None:
    with GraphMemory.open(store, embedder=OtherEmbedder()) as memory:
        before = memory.stats().triples
        report = memory.index([corpus], reembed=True)
        assert report.unchanged == 6
        stats = memory.stats()
        assert (stats.embedder, stats.dimension, stats.triples) == ("words-32", 32, before)
        found = memory.search("Who founded Norhaven?").hits
        assert memory.check().problems == ()
    with GraphMemory.open(tmp_path / "fresh", embedder=OtherEmbedder()) as memory:
        memory.index([corpus])
        assert memory.search("Who founded Norhaven?").hits == found


def test_given_triples_survive_reembedding(tmp_path: Path, corpus: Path) -> None:
    (tmp_path / "t.jsonl").write_text('{"id": "docs/gull.txt", "triples": [["a", "b", "c"]]}\n', encoding="utf-8")
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        memory.index([corpus], triples=tmp_path / "t.jsonl")
        before = memory.stats().triples
    with GraphMemory.open(tmp_path / "store", embedder=OtherEmbedder()) as memory:
        memory.index([], reembed=True)
        assert memory.stats().triples == before


def test_without_the_embedder_a_search_goes_on_by_words_and_says_so(store: Path) -> None:
    with GraphMemory.open(store) as memory:
        assert memory.ask("Who founded Norhaven?").short == "Ulf Stone"
        assert len(memory.notices) == 1
        assert "words and graph alone" in memory.notices[0]


def test_a_new_store_without_any_model_says_so(tmp_path: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHMEM_MODELS", str(tmp_path / "none"))
    with GraphMemory.open(tmp_path / "store") as memory:
        memory.index([corpus])
        assert "no embedding model" in memory.notices[0]
        assert memory.ask("Who founded Norhaven?").short == "Ulf Stone"
        assert memory.stats().embedder == ""
