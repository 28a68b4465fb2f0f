"""What deriving a hierarchy holds at its peak grows with the passages by little, the vectors of their words included."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from graphmem.folding import tokenize
from graphmem.hierarchy import (
    coarsening,
    derive_hierarchy,
    episodes,
    incidence,
    likeness,
    neighbours,
    partition,
    passage_graph,
    summary,
)
from graphmem.model import Document, Extraction, Mention, Passage
from graphmem.store import Store, snapshot

COUNT = 250
MOST = 1800
"""Bytes a passage, some 900 of them those of buffers that so few passages do not fill yet."""


def peak(folder: Path, count: int) -> int:
    """Bytes at the peak, for one text of invented passages in subjects of ten."""
    draw = np.random.default_rng(3)
    words = [f"{a}{b}{c}" for a in ("ka", "lo", "mi") for b in ("ras", "ven", "tul", "por") for c in ("ta", "de", "nu")]
    texts, passages, mentions, at = [], [], [], 0
    for number in range(count):
        chosen = [f"{words[k]}{number // 10}" if k % 2 else words[k] for k in draw.integers(0, len(words), 14)]
        text = f"Mr {words[number % 7].title()}{number // 20} {' '.join(chosen)}."
        passages.append(
            Passage(f"t#{number}", "t", number, "T", "", text, (at, at + len(text)), ((at, at + len(text)),))
        )
        name = text.split()[1]
        mentions.append(Mention(name, (at + 3, at + 3 + len(name)), "name"))
        texts.append(text)
        at += len(text) + 1
    store = Store.open(folder)
    with store.write() as writer:
        writer.put(Document("t", "T", " ".join(texts), "", whole=True), passages, "1")
        for pending, mention in zip(writer.pending(count), mentions, strict=True):
            writer.complete(pending.rowid, Extraction((), (mention,)), None)
        writer.publish()
    opened = store.snapshot()
    try:
        (folder / "scratch").mkdir()
        tracemalloc.start()
        derive_hierarchy(opened, None, folder / "scratch")
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        opened.close()


def test_memory_grows_with_the_passages_by_little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Caches and buffers of a fixed size would hide, in so small a store, what grows.
    monkeypatch.setattr(snapshot, "_CACHED", 64)
    monkeypatch.setattr(summary, "tokenize", tokenize.__wrapped__)
    monkeypatch.setattr(likeness, "tokenize", tokenize.__wrapped__)
    monkeypatch.setattr(likeness, "_BATCH", 64)
    monkeypatch.setattr(episodes, "_BLOCK", 64)
    monkeypatch.setattr(partition, "_BLOCK", 64)
    monkeypatch.setattr(neighbours, "_BLOCK", 64)
    monkeypatch.setattr(neighbours, "_ROWS", 128)
    monkeypatch.setattr(passage_graph, "_ROWS", 64)
    monkeypatch.setattr(passage_graph, "_EDGES", 1 << 10)
    monkeypatch.setattr(coarsening, "_HELD", 1000)
    monkeypatch.setattr(incidence, "_ROWS", 64)
    monkeypatch.setattr(neighbours, "_PRODUCTS", 1 << 12)
    monkeypatch.setattr(neighbours, "_EXACT", COUNT // 2)
    monkeypatch.setattr(neighbours, "_PROBES", 2)
    # What is imported at need has been by then.
    peak(tmp_path / "warm", 4 * COUNT)
    few, many = peak(tmp_path / "few", COUNT), peak(tmp_path / "many", 4 * COUNT)
    print((many - few) / (3 * COUNT), many, few)
    assert (many - few) / (3 * COUNT) <= MOST
