"""What making the indexes holds at its peak grows with the passages by little more than their arrays, names included."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from graphmem import folding
from graphmem.extract import aliases
from graphmem.folding import tokenize, words
from graphmem.model import Document, Extraction, Mention, Name, Passage
from graphmem.store import Store, facts, graph_build, leads, pieces, text_build
from graphmem.store.indexes import build_indexes
from graphmem.store.name_vectors import NameVectors

COUNT = 1000
MOST = 900
"""Bytes a passage of two sentences and two names of its own, those of the arrays that are being written included."""


def peak(folder: Path, count: int) -> int:
    """Bytes at the peak, for documents of a passage each."""
    store = Store.open(folder)
    with store.write() as writer:
        for number in range(count):
            name, title = f"Captain Vane{number}", f"The Gull {number}"
            text = f"{name} sailed to Port{number % 50}. She was lost there in the year {number}."
            first = text.index(".") + 1
            spans = (0, first), (first + 1, len(text))
            passage = Passage(f"{number}#0", str(number), 0, title, "", text, (0, len(text)), spans)
            (row,) = writer.put(Document(str(number), title, text, ""), [passage], "1")
            said = Mention(name, (0, len(name)), "name")
            writer.complete(row, Extraction((Name(title, "title", 1.0),), (said,)), None)
        writer.commit()
        connection = writer._connection
        (folder / "made").mkdir()
        tracemalloc.start()
        try:
            build_indexes(connection, 1, {}, folder / "made", None, NameVectors(connection, 0), lambda work: work())
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


def test_memory_grows_with_the_passages_by_little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Caches and buffers of a fixed size would hide, in so small a store, what grows.
    monkeypatch.setattr(text_build, "tokenize", tokenize.__wrapped__)
    monkeypatch.setattr(facts, "tokenize", tokenize.__wrapped__)
    for module in (facts, aliases):
        monkeypatch.setattr(module, "fold", lambda text: " ".join(word for word, _, _ in tokenize.__wrapped__(text)))
    monkeypatch.setattr(folding, "_fold_word", folding._fold_word.__wrapped__)
    monkeypatch.setattr(folding, "words", words.__wrapped__)
    monkeypatch.setattr(graph_build, "_BATCH", 50)
    monkeypatch.setattr(leads, "_BLOCK", 50)
    monkeypatch.setattr(leads, "_HELD", 500)
    monkeypatch.setattr(pieces, "_PIECE", 100)
    monkeypatch.setattr(text_build, "_PIECE", 1000)
    # What is imported at need has been by then.
    peak(tmp_path / "warm", 50)
    few, many = peak(tmp_path / "few", COUNT), peak(tmp_path / "many", 4 * COUNT)
    assert (many - few) / (3 * COUNT) <= MOST, (few, many)
