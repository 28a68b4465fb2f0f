"""Removal is removal: afterwards no byte of any file of the store tells of the document, and its numbers are not reused."""

from __future__ import annotations

import random
import re
import sqlite3
from pathlib import Path

import numpy as np
from conftest import WordEmbedder

from graphmem import GraphMemory
from graphmem.store import Store

WORD = re.compile(rb"secret(\d+)", re.IGNORECASE)


def document(number: int, words: int) -> tuple[str, str, str]:
    """Id, title and text, all of which have the number in them."""
    text = " ".join(f"secret{number}w{word}" for word in range(words))
    return (
        f"secret{number}.txt",
        f"Secret{number} Title",
        f"Person Secret{number} met Secret{number} Town. Also {text}.",
    )


def told(store: Path) -> set[int]:
    """The numbers of all documents of which anything is to be found in the files."""
    found: set[int] = set()
    for path in store.rglob("*"):
        if path.is_file():
            found |= {int(number) for number in WORD.findall(path.read_bytes())}
    return found


def test_no_word_remains_in_any_file(tmp_path: Path) -> None:
    """Hundreds of rows of all lengths, so that they are moved from page to page when others go."""
    random_ = random.Random(1)
    kept = set(range(250))
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        (tmp_path / "docs").mkdir()
        for number in kept:
            id_, _, text = document(number, random_.choice([2, 5, 20, 150]))
            (tmp_path / "docs" / id_).write_text(text, encoding="utf-8")
        memory.index([tmp_path / "docs"])
        assert told(tmp_path / "store") == kept
        for count in (1, 30, 100):
            gone = random_.sample(sorted(kept), count)
            memory.remove(*(f"docs/secret{number}.txt" for number in gone))
            kept -= set(gone)
            assert told(tmp_path / "store") == kept
        # What is replaced, and what sync finds gone, is gone as well.
        changed = min(kept)
        (tmp_path / "docs" / f"secret{changed}.txt").write_text("Nothing is told here.", encoding="utf-8")
        for path in (tmp_path / "docs").iterdir():
            if int(re.findall(r"\d+", path.name)[0]) not in kept:
                path.unlink()
        memory.index([tmp_path / "docs"])
        (tmp_path / "docs" / f"secret{changed}.txt").unlink()
        memory.sync(tmp_path / "docs")
        assert told(tmp_path / "store") == kept - {changed}


def test_no_vector_remains_in_any_file(tmp_path: Path) -> None:
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        for number in range(3):
            id_, title, text = document(number, 10)
            memory.add(text, title=title, id=id_)
        snapshot = memory._reading()
        vectors = [
            snapshot.vectors("passage", np.array([position])).astype(np.float16).tobytes() for position in range(3)
        ]
        single = [np.frombuffer(each, np.float16).astype(np.float32).tobytes() for each in vectors]
        memory.remove("secret1.txt")
    written = b"".join(path.read_bytes() for path in (tmp_path / "store").rglob("*") if path.is_file())
    assert vectors[0] in written
    assert vectors[1] not in written
    assert single[1] not in written


def test_numbers_are_not_used_again(tmp_path: Path) -> None:
    used: set[int] = set()
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        for round_ in range(4):
            memory.add(f"Norhaven is a town, said for the time {round_}.", id="town")
            rows = {int(row) for row in memory._reading().passage_rows}
            assert not rows & used
            used |= rows
            memory.remove("town")
    with sqlite3.connect(tmp_path / "store" / "store.db") as connection:
        assert connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'passages'").fetchone()[0] == max(used)
    connection.close()


def test_a_reader_in_the_way_delays_it_until_it_goes(tmp_path: Path) -> None:
    """A reader keeps what it reads; the last trace goes with it, although its process and others live on."""
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        for number in range(2):
            id_, title, text = document(number, 50)
            memory.add(text, title=title, id=id_)
    idle = Store.open(tmp_path / "store").snapshot()
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        memory.remove("secret1.txt")
    assert [record.passage.document_id for record in idle.passages([1])] == ["secret1.txt"]
    other = Store.open(tmp_path / "store").snapshot()
    assert other.document_ids == ["secret0.txt"]
    assert not idle.renew()
    idle.close()
    assert other.renew()
    assert told(tmp_path / "store") == {0}
    other.close()


def test_room_is_given_back(tmp_path: Path) -> None:
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        for number in range(2):
            memory.add(" ".join(f"Sentence {each} is number {number}." for each in range(5000)), id=f"{number}")
        full = (tmp_path / "store" / "store.db").stat().st_size
        memory.remove("0")
        assert (tmp_path / "store" / "store.db").stat().st_size < 0.6 * full
