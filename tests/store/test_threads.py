"""Threads that share one memory: each finds what a single one finds, one model is opened, and nothing is held on to."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from conftest import WordEmbedder
from kills import text_of

from graphmem import GraphMemory
from graphmem.errors import ModelError
from graphmem.model import FloatArray, SearchResult
from graphmem.store import Snapshot
from graphmem.store.vectors import EXACT_LIMIT

QUESTIONS = [f"Who met Person{number} in Town{number % 7}?" for number in range(12)] + ["What is all of this about?"]


class CountingEmbedder(WordEmbedder):
    """Keeps what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    def embed(self, texts: Sequence[str]) -> FloatArray:
        self.asked.append(tuple(texts))
        return super().embed(texts)


@pytest.fixture
def impatient() -> Iterator[None]:
    """Threads change places as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def write(folder: Path, documents: range, version: int = 0) -> Path:
    folder.mkdir(exist_ok=True)
    for number in documents:
        (folder / f"{number:03}.txt").write_text(text_of(number, version, 12), encoding="utf-8")
    return folder


def told(result: SearchResult) -> object:
    return result.hits, result.evidence, result.proof, result.stopped, result.trace.hops


@pytest.mark.usefixtures("impatient")
def test_many_threads_find_what_one_finds(tmp_path: Path) -> None:
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        memory.index([write(tmp_path / "docs", range(220))])
        assert memory.stats().sentences > EXACT_LIMIT, "hnswlib has to take part"
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        expected = [told(memory.search(question)) for question in QUESTIONS]
    # Another one, whose caches are empty, asked by all at once.
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory, ThreadPoolExecutor(8) as pool:
        found = list(pool.map(memory.search, QUESTIONS * 4))
    assert [told(result) for result in found] == expected * 4


@pytest.mark.usefixtures("impatient")
def test_what_is_found_while_a_writer_publishes_is_of_one_generation(tmp_path: Path) -> None:
    expected: list[object] = []
    versions = 4
    for version in range(versions):
        with GraphMemory.open(tmp_path / f"alone{version}", embedder=WordEmbedder()) as memory:
            memory.index([write(tmp_path / "docs", range(8), version)])
            expected.append(told(memory.search(QUESTIONS[3])))
    assert len({repr(one) for one in expected}) == versions
    found: list[object] = []
    failures: list[BaseException] = []
    stop = threading.Event()
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        memory.index([write(tmp_path / "docs", range(8), 0)])

        def read() -> None:
            try:
                while not stop.is_set():
                    found.append(told(memory.search(QUESTIONS[3])))
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=read) for _ in range(6)]
        for thread in threads:
            thread.start()
        for version in range(1, versions):
            memory.index([write(tmp_path / "docs", range(8), version)])
        stop.set()
        for thread in threads:
            thread.join()
        assert failures == []
        assert all(one in expected for one in found)
        assert told(memory.search(QUESTIONS[3])) == expected[-1]
        assert memory.check().problems == ()


def test_threads_share_what_is_mapped_and_hold_nothing_between_questions(tmp_path: Path) -> None:
    seen: list[Snapshot] = []
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        memory.index([write(tmp_path / "docs", range(6))])
        barrier = threading.Barrier(3)

        def look() -> None:
            with memory._reading() as snapshot:
                seen.append(snapshot)
                barrier.wait()
            barrier.wait()

        threads = [threading.Thread(target=look) for _ in range(2)]
        for thread in threads:
            thread.start()
        barrier.wait()
        one, other = seen
        assert one is not other
        assert one.graph is other.graph
        assert np.shares_memory(one.passage_rows, other.passage_rows)
        barrier.wait()
        for thread in threads:
            thread.join()
        # Nobody is in the way of removing every trace.
        memory.remove("docs/003.txt")
        assert not (tmp_path / "store" / "store.db-wal").stat().st_size
        assert not one._connection.in_transaction


def test_a_question_is_embedded_once(tmp_path: Path, corpus: Path) -> None:
    embedder = CountingEmbedder()
    with GraphMemory.open(tmp_path / "store", embedder=embedder) as memory:
        memory.index([corpus])
        memory.search("Who founded Norhaven?")
        embedder.asked.clear()
        memory.search("Who founded Norhaven?")
        memory.ask("Who founded Norhaven?")
        assert embedder.asked == []
        memory.add("Harl is an island.", id="harl")
        embedder.asked.clear()
        memory.search("Who founded Norhaven?")
        assert embedder.asked == []


def test_a_text_that_comes_again_is_embedded_once(tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    with GraphMemory.open(tmp_path / "store", embedder=embedder) as memory:
        folder = tmp_path / "docs"
        folder.mkdir()
        for number in range(150):
            text = f"Person{number} built a ship. All rights are reserved by the owners of this page."
            (folder / f"{number}.txt").write_text(text, encoding="utf-8")
        memory.index([folder])
        texts = [text for asked in embedder.asked for text in asked]
        assert texts.count("All rights are reserved by the owners of this page.") == 1
        assert len(texts) == len(set(texts))
        snapshot = memory._reading()
        rights = [at for at in range(snapshot.sentence_count) if "rights" in snapshot.sentences([at])[0].text]
        assert len(rights) == 150
        vectors = snapshot.vectors("sentence", np.array(rights))
        assert (vectors == vectors[0]).all()
        assert np.linalg.norm(vectors[0]) == pytest.approx(1.0, abs=1e-2)


class FailingEmbedder(WordEmbedder):
    """Its model goes away for questions about a Nobody."""

    def embed(self, texts: Sequence[str]) -> FloatArray:
        if any("Nobody" in text for text in texts):
            raise ModelError("the model is gone")
        return super().embed(texts)


def test_a_search_whose_question_cannot_be_embedded_gives_its_turn_back(tmp_path: Path) -> None:
    with GraphMemory.open(tmp_path / "store", embedder=FailingEmbedder()) as memory:
        memory.index([write(tmp_path / "docs", range(5))])
        expected = [told(memory.search(question)) for question in QUESTIONS]

        def ask(number: int) -> object:
            if number % 5 == 0:
                with pytest.raises(ModelError, match="the model is gone"):
                    memory.search(f"Who met Nobody{number}?")
            return told(memory.search(QUESTIONS[number % len(QUESTIONS)]))

        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(ask, range(40)))
        assert found == [expected[number % len(QUESTIONS)] for number in range(40)]
