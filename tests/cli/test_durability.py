"""Ctrl-C, backup, moving and rescue, as a person meets them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

QUESTION = "Who founded Norhaven?"


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Documents that take some seconds."""
    path = tmp_path / "many.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number in range(1500):
            text = " ".join(f"Person{number} met Person{other} in Town{other % 7}." for other in range(20))
            file.write(json.dumps({"id": str(number), "title": f"Person{number}", "text": text}) + "\n")
    return path


def started(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GRAPHMEM_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "graphmem_cli", *arguments],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**environment, "GRAPHMEM_EMBEDDER": "none", "NO_COLOR": "1", "COLUMNS": "200"},
    )
    # The lock is taken once the program has begun to write.
    lock = folder / ".graphmem" / "write.lock"
    while not lock.exists() and process.poll() is None:
        time.sleep(0.01)
    time.sleep(0.3)
    return process


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals of this kind")
def test_ctrl_c_saves_what_is_in_hand_and_the_next_run_goes_on(run, tmp_path: Path, many: Path) -> None:  # type: ignore[no-untyped-def]
    process = started(tmp_path, "index", "many.jsonl", "--json")
    process.send_signal(signal.SIGINT)
    said, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert "Ctrl-C once more" in told
    assert "what was finished is kept" in told
    report = json.loads(said)
    assert report["interrupted"] is True
    assert report["added"] > 0
    assert report["passages"]["pending"] > 0
    # What it said is what is there.
    stats = json.loads(run("stats", "--json").stdout)
    assert stats["documents"] == report["added"]
    assert stats["passages"] == report["passages"]
    resumed = json.loads(run("index", "many.jsonl", "--json").stdout)
    assert resumed["unchanged"] == report["added"]
    assert resumed["added"] + resumed["unchanged"] == 1500
    assert resumed["passages"] == {"pending": 0, "done": 1500, "failed": 0}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals of this kind")
def test_a_second_ctrl_c_ends_it_at_once(run, tmp_path: Path, many: Path) -> None:  # type: ignore[no-untyped-def]
    process = started(tmp_path, "index", "many.jsonl")
    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        time.sleep(0.02)
    _, told = process.communicate(timeout=60)
    # Ended by the signal itself, unless the first one was enough before the second came.
    assert process.returncode in (-signal.SIGINT, 130)
    assert "Traceback" not in told
    assert run("check").returncode == 0


def test_a_sync_that_is_stopped_removes_nothing(tmp_path: Path) -> None:
    """What it has not come to see is not gone."""
    from graphmem import GraphMemory

    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.txt").write_text(f"Person{number} met Ada Marrow.", encoding="utf-8")
    with GraphMemory.open(tmp_path / "store", embedder=None) as memory:
        memory.index([folder])
        report = memory.sync(folder, stop=lambda: True)
        assert report.interrupted
        assert report.removed == 0
        assert len(memory.documents()) == 5


def test_a_backup_is_a_store_and_a_store_can_be_moved(run, corpus: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    run("index", "docs")
    (tmp_path / ".graphmem" / "graphmem.toml").write_text("k = 3\n", encoding="utf-8")
    before = json.loads(run("search", QUESTION, "--json").stdout)["hits"]
    process = run("backup", "copies/monday")
    assert process.returncode == 0, process.stderr
    assert run("backup", "copies/monday").returncode == 1
    assert "is there already" in run("backup", "copies/monday").stderr
    assert [path.name for path in (tmp_path / "copies").iterdir()] == ["monday"]
    shutil.rmtree(tmp_path / ".graphmem")
    (tmp_path / "copies" / "monday").rename(tmp_path / "elsewhere")
    process = run("search", QUESTION, "--json", "--store", "elsewhere")
    assert json.loads(process.stdout)["hits"] == before
    # Nothing had to be made again.
    assert process.stderr == ""
    assert run("check", "--store", "elsewhere").returncode == 0


def test_a_damaged_store_is_named_and_rescued(run, corpus: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    run("index", "docs")
    database = tmp_path / ".graphmem" / "store.db"
    data = database.read_bytes()
    database.write_bytes(data[: len(data) * 3 // 4])
    process = run("search", QUESTION)
    assert process.returncode == 1
    assert "graphmem check --rescue NEW" in process.stderr
    assert "Traceback" not in process.stderr
    process = run("backup", "copy")
    assert process.returncode == 1
    assert not (tmp_path / "copy").exists()
    process = run("check", "--rescue", "saved", "--json")
    assert process.returncode in (0, 3), process.stderr
    assert json.loads(process.stdout)["documents"] + len(json.loads(process.stdout)["lost"]) == 6
    assert run("index", "docs", "--store", "saved").returncode == 0
    assert run("check", "--store", "saved").returncode == 0
    assert json.loads(run("stats", "--json", "--store", "saved").stdout)["documents"] == 6
    assert run("check", "--rescue", "saved").returncode == 1


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system has no such bound")
def test_threads_bound_every_part(run, corpus: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    assert run("index", "docs", "--threads", "1").returncode == 0
    process = run("index", "docs", "--threads", "0")
    assert process.returncode == 1
    assert "name 1 or more" in process.stderr
    assert run("index", "docs", GRAPHMEM_THREADS="0").returncode == 1
    code = (
        "import os, pathlib, threading\n"
        "import numpy\n"
        "from graphmem_cli.settings import bound_threads\n"
        "bound_threads(pathlib.Path('nowhere'), 1)\n"
        "found = []\n"
        "thread = threading.Thread(target=lambda: found.append(len(os.sched_getaffinity(0))))\n"
        "thread.start(); thread.join()\n"
        "tasks = [len(os.sched_getaffinity(int(task))) for task in os.listdir('/proc/self/task')]\n"
        "print({*found, *tasks})"
    )
    process = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert process.stdout == "{1}\n"
