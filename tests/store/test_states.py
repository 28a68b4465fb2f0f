"""Every passage is pending, done or failed with its reason; one that failed harms no other, and is taken up again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from conftest import WordEmbedder

from graphmem import GraphmemError, GraphMemory
from graphmem.extract import open_extractor
from graphmem.model import Document, Extraction, FloatArray, Passage


class TroubleError(GraphmemError):
    """What goes wrong in these tests."""


class PickyExtractor:
    """Fails on passages with a word that it does not like."""

    id = "picky-1"
    dislikes = "schooner"

    def extract(self, document: Document, passage: Passage) -> Extraction:
        if self.dislikes and self.dislikes in passage.text:
            raise TroubleError(f"'{self.dislikes}' is too much")
        return open_extractor("pattern").extract(document, passage)


class PickyEmbedder(WordEmbedder):
    """The same for texts."""

    dislikes = "shipyard"

    def embed(self, texts: Sequence[str]) -> FloatArray:
        if self.dislikes and any(self.dislikes in text for text in texts):
            raise TroubleError(f"'{self.dislikes}' cannot be embedded")
        return super().embed(texts)


def test_failures_are_counted_and_taken_up_again(tmp_path: Path, corpus: Path) -> None:
    extractor, embedder = PickyExtractor(), PickyEmbedder()
    with GraphMemory.open(tmp_path / "store", embedder=embedder, extractor=extractor) as memory:
        report = memory.index([corpus])
        assert report.passages == {"pending": 0, "done": 4, "failed": 2}
        failures = dict(memory.stats().failures)
        assert failures == {
            "docs/gull.txt#0": "'schooner' is too much",
            "docs/marrow.txt#0": "'shipyard' cannot be embedded",
        }
        # What was had of them is found all the same.
        assert "docs/gull.txt" in [hit.document_id for hit in memory.search("the schooner", k=2).hits]
        assert memory.index([corpus]).passages["failed"] == 2
        extractor.dislikes = embedder.dislikes = ""
        report = memory.index([])
        assert report.passages == {"pending": 0, "done": 6, "failed": 0}
        assert memory.check().problems == ()
        after = memory.search("Who founded the shipyard that built the Grey Gull?")
    with GraphMemory.open(tmp_path / "fresh", embedder=WordEmbedder(), extractor=extractor) as memory:
        memory.index([corpus])
        assert memory.search("Who founded the shipyard that built the Grey Gull?").hits == after.hits


def test_an_unexpected_error_loses_nothing(tmp_path: Path, corpus: Path) -> None:
    class Broken(PickyExtractor):
        def extract(self, document: Document, passage: Passage) -> Extraction:
            raise ZeroDivisionError

    with (
        GraphMemory.open(tmp_path / "store", embedder=None, extractor=Broken()) as memory,
        pytest.raises(ZeroDivisionError),
    ):
        memory.index([corpus])
    with GraphMemory.open(tmp_path / "store", embedder=None) as memory:
        assert memory.stats().passages["pending"] == 6
        assert memory.index([corpus]).passages["done"] == 6
        assert memory.ask("Who founded Norhaven?").short == "Ulf Stone"
