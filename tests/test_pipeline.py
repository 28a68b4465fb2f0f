"""Extraction goes on beside embedding, never far ahead of it, and the store does not depend on who was faster."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from conftest import WordEmbedder
from kills import text_of
from observed import observed

from graphmem import GraphMemory, ModelError
from graphmem.extract.pattern import PatternExtractor
from graphmem.model import Document, Extraction, FloatArray, Passage
from graphmem.reports import NoProgress

BATCH = 64
QUESTIONS = ("Who met Person3 in Town2?", "Where did Person7 build the Ship11?")


class Extractor(PatternExtractor):
    """The usual one, which counts, and may be late."""

    def __init__(self, late: float = 0.0, fails_at: int = -1) -> None:
        self.count = 0
        self.second_batch = threading.Event()
        self._late, self._fails_at = late, fails_at
        self._random = random.Random(1)

    def extract(self, document: Document, passage: Passage) -> Extraction:
        if self.count == self._fails_at:
            raise ModelError("the model has gone")
        self.count += 1
        if self.count > BATCH:
            self.second_batch.set()
        time.sleep(self._random.random() * self._late)
        return super().extract(document, passage)


class Embedder(WordEmbedder):
    """The usual one, which may be late."""

    def __init__(self, late: float = 0.0) -> None:
        self._late = late
        self._random = random.Random(2)

    def embed(self, texts: Sequence[str]) -> FloatArray:
        time.sleep(self._random.random() * self._late)
        return super().embed(texts)


def documents(folder: Path, count: int) -> Path:
    folder.mkdir()
    for number in range(count):
        (folder / f"{number:03}.txt").write_text(text_of(number, 0, 4), encoding="utf-8")
    return folder


def test_the_store_is_the_same_whoever_was_faster(tmp_path: Path) -> None:
    folder = documents(tmp_path / "docs", 250)
    seen = []
    for number, (extractor, embedder) in enumerate(
        ((Extractor(), Embedder()), (Extractor(late=0.002), Embedder()), (Extractor(), Embedder(late=0.3)))
    ):
        with GraphMemory.open(tmp_path / f"store{number}", embedder=embedder, extractor=extractor) as memory:
            report = memory.index([folder])
            assert report.passages == {"pending": 0, "done": 250, "failed": 0}
            seen.append(observed(memory, QUESTIONS))
    assert seen[0] == seen[1] == seen[2]


def test_extraction_goes_on_beside_embedding_but_not_far_ahead(tmp_path: Path) -> None:
    extractor = Extractor()
    ahead: list[int] = []

    class Waiting(WordEmbedder):
        batches = 0

        def embed(self, texts: Sequence[str]) -> FloatArray:
            # A search asks in the thread that it was called in.
            if threading.current_thread() is not threading.main_thread():
                assert extractor.second_batch.wait(60), "nothing was extracted meanwhile"
                time.sleep(0.05)
                ahead.append(extractor.count - BATCH * self.batches)
                self.batches += 1
            return super().embed(texts)

    with GraphMemory.open(tmp_path / "store", embedder=Waiting(), extractor=extractor) as memory:
        memory.index([documents(tmp_path / "docs", 10 * BATCH)])
    assert len(ahead) == 10
    assert max(ahead) <= 3 * BATCH


@pytest.mark.parametrize("id_", [PatternExtractor.id, "slow-1"])
def test_what_has_been_read_is_embedded_meanwhile_where_extraction_is_quick(tmp_path: Path, id_: str) -> None:
    begun = threading.Event()
    extractor = Extractor()
    extractor.id = id_

    class Beginning(WordEmbedder):
        def embed(self, texts: Sequence[str]) -> FloatArray:
            if threading.current_thread() is not threading.main_thread():
                begun.set()
            return super().embed(texts)

    def arriving() -> Iterator[Document]:
        for number in range(3 * BATCH):
            if number == 2 * BATCH:
                assert begun.wait(60 if id_ == PatternExtractor.id else 0) == (id_ == PatternExtractor.id)
            yield Document(f"{number:03}", "", text_of(number, 0, 4), "")

    with GraphMemory.open(tmp_path / "store", embedder=Beginning(), extractor=extractor) as memory:
        report = memory._write(arriving(), None, False, NoProgress(), lambda: False)
    assert report.passages == {"pending": 0, "done": 3 * BATCH, "failed": 0}


def test_a_stop_while_reading_keeps_what_is_embedded_and_the_next_run_goes_on(tmp_path: Path) -> None:
    everything = [Document(f"{number:03}", "", text_of(number, 0, 4), "") for number in range(4 * BATCH)]
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 3 * BATCH

    with GraphMemory.open(tmp_path / "store", embedder=Embedder(), extractor=Extractor()) as memory:
        report = memory._write(everything, None, False, NoProgress(), stop)
        assert report.interrupted
        assert report.passages["done"] in (BATCH, 2 * BATCH, 3 * BATCH)
        assert sum(report.passages.values()) == 3 * BATCH + 1
        # The first is another document by now, and one has gone.
        changed = [Document("000", "", text_of(500, 0, 4), ""), *everything[1:]]
        report = memory._write(changed, None, False, NoProgress(), lambda: False)
        assert report.passages == {"pending": 0, "done": 4 * BATCH, "failed": 0}
        found = observed(memory, QUESTIONS)
    with GraphMemory.open(tmp_path / "fresh", embedder=Embedder(), extractor=Extractor()) as memory:
        memory._write(changed, None, False, NoProgress(), lambda: False)
        assert observed(memory, QUESTIONS) == found


def test_what_was_written_before_the_model_went_stays(tmp_path: Path) -> None:
    folder = documents(tmp_path / "docs", 6 * BATCH)
    with GraphMemory.open(tmp_path / "store", embedder=Embedder(), extractor=Extractor(fails_at=5 * BATCH)) as memory:
        with pytest.raises(ModelError, match="has gone"):
            memory.index([folder])
        found = memory.stats().passages
        assert 2 * BATCH <= found["done"] <= 5 * BATCH
        assert sum(found.values()) == 6 * BATCH
    with GraphMemory.open(tmp_path / "store", embedder=Embedder(), extractor=Extractor()) as memory:
        assert memory.index([folder]).passages == {"pending": 0, "done": 6 * BATCH, "failed": 0}
        found_all = observed(memory, QUESTIONS)
    with GraphMemory.open(tmp_path / "fresh", embedder=Embedder(), extractor=Extractor()) as memory:
        memory.index([folder])
        assert observed(memory, QUESTIONS) == found_all
