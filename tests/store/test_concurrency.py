"""One writer, many readers, several processes and threads: nobody fails, and each sees one generation at a time."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from conftest import WordEmbedder

from graphmem import GraphMemory, StoreBusyError
from graphmem.store import Store

READER = Path(__file__).with_name("reader.py")


def write_version(memory: GraphMemory, version: int) -> None:
    """All documents of one version, published at once: what belongs together can be told from what does not."""
    folder = memory._root / "docs"
    folder.mkdir(exist_ok=True)
    for number in range(8):
        text = f"Person{number} met Version{version} in Town{number}. The number of this is {version}."
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    memory.index([folder])


def start_readers(store: Path, count: int, end: Path) -> list[subprocess.Popen[str]]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[1]), *sys.path])}
    return [
        subprocess.Popen(
            [sys.executable, str(READER), str(store), str(end)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for _ in range(count)
    ]


def test_readers_in_other_processes_see_one_generation_each(tmp_path: Path) -> None:
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        write_version(memory, 0)
        readers = start_readers(tmp_path / "store", 3, tmp_path / "end")
        for version in range(1, 9):
            write_version(memory, version)
        (tmp_path / "end").touch()
        found = [reader.communicate(timeout=60) for reader in readers]
        assert memory.check().problems == ()
    seen = 0
    for reader, (said, complaints) in zip(readers, found, strict=True):
        assert reader.returncode == 0, complaints
        looks, generations = map(int, said.split())
        assert looks
        seen += generations
    assert seen > len(readers)


def test_threads_share_a_memory(tmp_path: Path) -> None:
    failures: list[BaseException] = []
    stop = threading.Event()
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        write_version(memory, 0)

        def read() -> None:
            try:
                while not stop.is_set():
                    hits = memory.search("Who met Person3 in Town3?").hits
                    assert hits
                    # Each text stands in one piece: its two sentences name one version.
                    for hit in hits:
                        first, second = hit.text.split(". ")
                        assert first.split("Version")[1].split()[0] == second.rstrip(".").split()[-1]
                    memory.stats()
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=read) for _ in range(4)]
        for thread in threads:
            thread.start()
        for version in range(1, 6):
            write_version(memory, version)
        stop.set()
        for thread in threads:
            thread.join()
        assert failures == []
        assert "Version5" in memory.search("Who met Person3 in Town3?").hits[0].text


def test_of_two_writers_one_waits_or_is_refused(tmp_path: Path) -> None:
    one, two = Store.open(tmp_path / "store"), Store.open(tmp_path / "store")
    with one.write():
        with pytest.raises(StoreBusyError, match="another process or thread is writing"), two.write():
            pass
        # Nor may the same thread begin a second time.
        with pytest.raises(StoreBusyError), one.write():
            pass
    entered = threading.Event()

    def hold() -> None:
        with one.write():
            entered.set()
            time.sleep(0.5)

    thread = threading.Thread(target=hold)
    thread.start()
    entered.wait()
    with two.write():  # waits for it
        assert not thread.is_alive() or not one._lock.is_locked
    thread.join()


def test_a_lock_that_a_dead_process_left_is_taken_over(tmp_path: Path) -> None:
    Store.open(tmp_path / "store")
    code = (
        "import os, signal, sys\n"
        "from graphmem.store import Store\n"
        "with Store.open(sys.argv[1]).write():\n"
        "    os.kill(os.getpid(), signal.SIGKILL)"
    )
    process = subprocess.run([sys.executable, "-c", code, str(tmp_path / "store")], check=False)
    assert process.returncode < 0
    assert (tmp_path / "store" / "write.lock").exists()
    with Store.open(tmp_path / "store").write():
        pass


def test_a_backup_is_taken_while_a_writer_runs(tmp_path: Path) -> None:
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        write_version(memory, 0)
        failures: list[BaseException] = []

        def copy() -> None:
            try:
                for number in range(4):
                    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as other:
                        other.backup(tmp_path / "copies" / str(number))
            except BaseException as error:
                failures.append(error)

        thread = threading.Thread(target=copy)
        thread.start()
        version = 0
        while thread.is_alive():
            version += 1
            write_version(memory, version)
        thread.join()
    assert failures == []
    for copied in sorted((tmp_path / "copies").iterdir()):
        with GraphMemory.open(copied, embedder=WordEmbedder()) as memory:
            texts = [memory.document(f"docs/{number}.txt") for number in range(8)]
            assert len({text.text.split()[2] for text in texts if text is not None}) == 1
            assert memory.check().problems == ()
