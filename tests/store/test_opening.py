"""Derived files are read again only where they are others than those that were verified."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from conftest import WordEmbedder

from graphmem import GraphMemory
from graphmem.store import derived
from graphmem.store.derived import broken_reason, write_folder


def filled(folder: Path) -> None:
    (folder / "part").mkdir()
    (folder / "part" / "one.npy").write_bytes(b"one" * 1000)
    (folder / "two.npy").write_bytes(b"two" * 1000)


def age(folder: Path) -> None:
    """Let everything but the note be a second older, as after a second."""
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "seen.json":
            os.utime(path, ns=(0, path.stat().st_mtime_ns - 10**9))
    derived._note_seen(folder, json.loads((folder / "manifest.json").read_text())["files"])


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files whose checksum was taken."""
    names: list[str] = []
    real = derived.checksum
    monkeypatch.setattr(derived, "checksum", lambda path: (names.append(path.name), real(path))[1])
    return names


def test_what_was_verified_is_not_read_again(tmp_path: Path, read: list[str]) -> None:
    folder = tmp_path / "0"
    write_folder(folder, {"store": "a"}, filled)
    age(folder)
    read.clear()
    assert broken_reason(folder, {"store": "a"}) == ""
    assert read == []
    assert broken_reason(folder, {"store": "a"}, thorough=True) == ""
    assert sorted(read) == ["one.npy", "two.npy"]
    assert broken_reason(folder, {"store": "b"}) == "written for another store or state"


def test_a_copy_is_read_once(tmp_path: Path, read: list[str]) -> None:
    write_folder(tmp_path / "0", {}, filled)
    age(tmp_path / "0")
    shutil.copytree(tmp_path / "0", tmp_path / "1")
    read.clear()
    assert broken_reason(tmp_path / "1", {}) == ""
    assert sorted(read) == ["one.npy", "two.npy"]
    age(tmp_path / "1")
    read.clear()
    assert broken_reason(tmp_path / "1", {}) == ""
    assert read == []


def test_what_is_as_young_as_the_note_is_read(tmp_path: Path, read: list[str]) -> None:
    folder = tmp_path / "0"
    write_folder(folder, {}, filled)
    age(folder)
    noted = (folder / "seen.json").stat().st_mtime_ns
    os.utime(folder / "two.npy", ns=(noted, noted))
    derived._note_seen(folder, ["part/one.npy", "two.npy"])
    os.utime(folder / "seen.json", ns=(noted, noted))
    read.clear()
    assert broken_reason(folder, {}) == ""
    assert read == ["two.npy"]


@pytest.mark.parametrize("note", ["", "[]", '{"two.npy": 3}', "\udcff"])
def test_a_note_that_says_nothing_costs_a_reading(tmp_path: Path, note: str, read: list[str]) -> None:
    folder = tmp_path / "0"
    write_folder(folder, {}, filled)
    (folder / "seen.json").write_bytes(note.encode("utf-8", "surrogateescape"))
    read.clear()
    assert broken_reason(folder, {}) == ""
    assert sorted(read) == ["one.npy", "two.npy"]


def test_a_linked_file_keeps_its_checksum(tmp_path: Path, read: list[str]) -> None:
    write_folder(tmp_path / "0", {}, filled)

    def build(folder: Path) -> None:
        os.link(tmp_path / "0" / "two.npy", folder / "two.npy")
        (folder / "three.npy").write_bytes(b"three")

    read.clear()
    write_folder(tmp_path / "1", {}, build, tmp_path / "0")
    assert read == ["three.npy"]
    shutil.rmtree(tmp_path / "0")
    assert broken_reason(tmp_path / "1", {}, thorough=True) == ""


def test_a_check_finds_what_no_time_betrays(tmp_path: Path, corpus: Path) -> None:
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        memory.index([corpus])
        expected = memory.search("Who founded Norhaven?").hits
    (folder,) = (tmp_path / "store" / "indexes").iterdir()
    age(folder)
    victim = folder / "graph" / "base" / "passages_values.npy"
    before = victim.stat()
    with victim.open("r+b") as file:
        file.seek(-2, os.SEEK_END)
        file.write(b"\x07")
    os.utime(victim, ns=(before.st_atime_ns, before.st_mtime_ns))
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        assert memory.check().repaired == ("search indexes: graph/base/passages_values.npy is damaged",)
        assert memory.search("Who founded Norhaven?").hits == expected
        assert memory.check().repaired == ()
