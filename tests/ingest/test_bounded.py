"""What reading one file may take, and that the next file does not suffer for it."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from graphmem.errors import SettingsError
from graphmem.ingest import Failure, Limits, Source, ingest
from graphmem.ingest.bounded import BoundedReader
from graphmem.model import Document, Section

BRACKETS = "[" * 400_000
"""markdown-it looks for the end of each link: quadratic time, far more than any limit here."""


@pytest.fixture
def sound(tmp_path: Path) -> Source:
    path = tmp_path / "sound.md"
    path.write_text(
        "---\nauthor: A. Berg\n---\n# Head\n\nSome words.\n\n## Below\n\nMore of them 🐙.", encoding="utf-8"
    )
    return Source("sound.md", path)


def reasons(found: Iterator[Document | Failure]) -> list[str]:
    return [each.reason if isinstance(each, Failure) else f"read: {each.text[:20]}" for each in found]


def test_a_document_comes_through_whole(sound: Source) -> None:
    with BoundedReader() as reader:
        (found,) = reader.read(sound)
    assert found == Document(
        id="sound.md",
        title="Head",
        text="Head\n\nSome words.\n\nBelow\n\nMore of them 🐙.",
        source="sound.md",
        sections=(Section("Head", 1, (4, 19)), Section("Below", 2, (24, 41))),
        metadata={"author": "A. Berg"},
    )


def test_time(tmp_path: Path, sound: Source) -> None:
    (tmp_path / "slow.md").write_text(BRACKETS, encoding="utf-8")
    with BoundedReader(Limits(seconds=1)) as reader:
        (reason,) = reasons(reader.read(Source("slow.md", tmp_path / "slow.md")))
        assert reason == "given up: it cannot be read within 1 s (the setting file_seconds)"
        assert reasons(reader.read(sound)) == ["read: Head\n\nSome words.\n\nB"]


def test_the_time_is_for_each_document_and_not_for_who_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    path.write_text("".join(json.dumps({"text": "x" * 50_000}) + "\n" for _ in range(20)), encoding="utf-8")
    with BoundedReader(Limits(seconds=1)) as reader:
        found = reader.read(Source("many.jsonl", path))
        next(found)
        time.sleep(1.5)
        assert len(list(found)) == 19


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux bounds a process's memory")
def test_memory(tmp_path: Path, sound: Source) -> None:
    (tmp_path / "large.jsonl").write_text('{"text": "a", "x": [' + "{}," * 5_000_000 + "{}]}", encoding="utf-8")
    with BoundedReader(Limits(memory_mib=128)) as reader:
        (reason,) = reasons(reader.read(Source("large.jsonl", tmp_path / "large.jsonl")))
        assert reason == "given up: it cannot be read within 128 MiB of memory (the setting file_memory_mib)"
        assert reasons(reader.read(sound)) == ["read: Head\n\nSome words.\n\nB"]


def test_characters(tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text("word " * 1000, encoding="utf-8")
    with BoundedReader(Limits(characters=1000)) as reader:
        (reason,) = reasons(reader.read(Source("long.txt", tmp_path / "long.txt")))
    assert reason.startswith("skipped: 'long.txt' has 5,000 characters of text, and up to 1,000 are read")


def test_a_reader_that_is_brought_down(tmp_path: Path, sound: Source) -> None:
    path = tmp_path / "many.jsonl"
    path.write_text("".join(json.dumps({"text": "x" * 50_000}) + "\n" for _ in range(20)), encoding="utf-8")
    with BoundedReader() as reader:
        found = reader.read(Source("many.jsonl", path))
        assert isinstance(next(found), Document)
        assert reader._process is not None
        os.kill(reader._process.pid, signal.SIGKILL)
        rest = list(found)
        assert isinstance(rest[-1], Failure)
        assert "brings its reader down" in rest[-1].reason
        assert reasons(reader.read(sound)) == ["read: Head\n\nSome words.\n\nB"]


def test_what_was_not_fetched_does_not_come_with_the_next_file(tmp_path: Path, sound: Source) -> None:
    path = tmp_path / "many.jsonl"
    path.write_text("".join(json.dumps({"text": f"Line {n}."}) + "\n" for n in range(20)), encoding="utf-8")
    with BoundedReader() as reader:
        found = reader.read(Source("many.jsonl", path))
        next(found)
        found.close()  # type: ignore[attr-defined]
        assert reasons(reader.read(sound)) == ["read: Head\n\nSome words.\n\nB"]


def test_no_module_comes_from_the_folder_that_is_indexed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("lxml", "json", "graphmem", "encodings", "sitecustomize"):
        (tmp_path / f"{name}.py").write_text("open('owned', 'w').close()", encoding="utf-8")
    (tmp_path / "a.html").write_text("<p>Words.", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    (found,) = ingest(["a.html"], root=tmp_path)
    assert isinstance(found, Document)
    assert not (tmp_path / "owned").exists()


def test_no_process_is_left_behind(tmp_path: Path, sound: Source) -> None:
    with BoundedReader() as reader:
        list(reader.read(sound))
        process = reader._process
        assert process is not None
    assert process.poll() is not None


@pytest.mark.parametrize("limits", [{"seconds": 0}, {"memory_mib": 1}, {"characters": -5}, {"seconds": 10**9}])
def test_limits_out_of_range(limits: dict[str, int]) -> None:
    with pytest.raises(SettingsError, match=f"file_{next(iter(limits))} is .*: choose between"):
        Limits(**limits)
