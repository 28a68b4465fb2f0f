"""Whatever kills the process, the next start works with all that was committed."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import WordEmbedder

from graphmem import GraphMemory, StoreBusyError, StoreError
from graphmem.store import Store

DOCUMENTS = 400
SLOW_INDEX = """
import sys
from conftest import WordEmbedder
from graphmem import GraphMemory
with GraphMemory.open(sys.argv[1], embedder=WordEmbedder()) as memory:
    print("open", flush=True)
    memory.index([sys.argv[2]])
"""


def start_index(store: Path, corpus: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])}
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW_INDEX, str(store), str(corpus)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    return process


@pytest.fixture
def many(tmp_path: Path) -> Path:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(DOCUMENTS):
        text = " ".join(f"Person{number} met Person{other} in Town{other % 7}." for other in range(40))
        (folder / f"{number:03}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("delay", [0.0, 0.2, 0.6, 1.2])
def test_killed_at_any_moment(tmp_path: Path, many: Path, delay: float) -> None:
    store = tmp_path / "store"
    process = start_index(store, many)
    time.sleep(delay)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with GraphMemory.open(store, embedder=WordEmbedder()) as memory:
        before = memory.stats()
        memory.search("Who met Person3?")
        assert memory.check().problems == ()
        report = memory.index([many])
        assert report.unchanged == before.documents
        assert report.passages["done"] == sum(report.passages.values())
        assert memory.stats().documents == DOCUMENTS


def test_a_dead_writer_holds_no_lock_and_a_living_one_does(tmp_path: Path, many: Path, corpus: Path) -> None:
    process = start_index(tmp_path / "store", many)
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        busy = False
        while process.poll() is None and not busy:
            try:
                memory.remove("nobody")
            except StoreBusyError:
                busy = True
        assert busy
        process.kill()
        process.wait()
        memory.index([corpus])


@pytest.mark.parametrize("damage", ["missing", "truncated", "flipped", "foreign", "manifest"])
def test_derived_files_are_never_trusted(tmp_path: Path, corpus: Path, damage: str) -> None:
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        memory.index([corpus])
        expected = memory.search("Who founded Norhaven?").hits
    with GraphMemory.open(tmp_path / "other", embedder=WordEmbedder()) as other:
        other.add("Somebody else's text.")
    (folder,) = (tmp_path / "store" / "indexes").iterdir()
    victim = folder / "graph" / "base" / "passages_values.npy"
    if damage == "missing":
        shutil.rmtree(folder)
    elif damage == "truncated":
        victim.write_bytes(victim.read_bytes()[:-3])
    elif damage == "flipped":
        data = bytearray(victim.read_bytes())
        data[-2] ^= 1
        victim.write_bytes(data)
    elif damage == "foreign":
        shutil.rmtree(folder)
        shutil.copytree(next((tmp_path / "other" / "indexes").iterdir()), folder)
    else:
        (folder / "manifest.json").write_text("[]", encoding="utf-8")
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        assert memory.search("Who founded Norhaven?").hits == expected
        assert len(memory.notices) == 1
        assert "rebuilding" in memory.notices[0]


def test_a_reader_keeps_its_generation(tmp_path: Path, corpus: Path) -> None:
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        memory.index([corpus])
    reader = Store.open(tmp_path / "store").snapshot()
    before = [record.passage for record in reader.passages(range(reader.passage_count))]
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        memory.remove(*memory.documents())
    reader._records.clear()
    assert [record.passage for record in reader.passages(range(reader.passage_count))] == before
    reader.close()
    fresh = Store.open(tmp_path / "store").snapshot()
    assert fresh.passage_count == 0
    fresh.close()


def test_what_is_removed_is_gone_from_the_disk(tmp_path: Path) -> None:
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        memory.add("The password of the vault is xyzzyplugh.", id="secret")
        memory.add("Norhaven is a town.", id="town")
        memory.remove("secret")
    for path in (tmp_path / "store").rglob("*"):
        if path.is_file():
            assert b"xyzzyplugh" not in path.read_bytes(), path


def test_a_file_in_the_place_of_the_store(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("x", encoding="utf-8")
    with pytest.raises(StoreError, match="is a file"):
        GraphMemory.open(tmp_path / "store")


def test_no_store_where_one_is_expected(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no store at"):
        GraphMemory.open(tmp_path / "store", create=False)
    assert not (tmp_path / "store").exists()


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    GraphMemory.open(tmp_path / "store").close()
    with sqlite3.connect(tmp_path / "store" / "store.db") as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")
    connection.close()
    with pytest.raises(StoreError, match="schema version 99"):
        GraphMemory.open(tmp_path / "store")


def test_a_damaged_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "store.db").write_bytes(b"no database at all" * 100)
    with pytest.raises(StoreError, match=r"store\.db"):
        GraphMemory.open(tmp_path / "store")
