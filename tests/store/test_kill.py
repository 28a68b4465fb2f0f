"""Whatever kills a writer, and wherever: what was committed is there, and going on gives the same store."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("processes are not forked on Windows", allow_module_level=True)

from conftest import WordEmbedder
from kills import Harness, forked

from graphmem import GraphMemory

FULL_DISK = Path(__file__).with_name("full_disk.py")


@pytest.mark.parametrize("seed", range(2))
def test_killed_anywhere(tmp_path: Path, seed: int) -> None:
    harness = Harness(tmp_path, seed)
    harness.run(3)
    assert set(harness.tally.killed) >= {"index", "sync", "remove", "eval"}


def test_killed_between_the_last_byte_of_the_indexes_and_their_rename(tmp_path: Path) -> None:
    """The instants that everything hangs on, hit on purpose: the last lines of ``write_folder``, and some before."""
    harness = Harness(tmp_path, 0, documents=4, sentences=4)
    operation = harness.operations()[0]
    lines = forked(lambda told: operation.run(harness.store, told), only="write_folder").lines
    assert lines > 10
    for line in sorted({*range(1, lines + 1, 5), *range(lines - 5, lines + 1)}):
        shutil.rmtree(harness.store)
        killed = forked(lambda told: operation.run(harness.store, told), line=line, only="write_folder")
        assert killed.killed
        with GraphMemory.open(harness.store, embedder=WordEmbedder()) as memory:
            assert set(memory.documents()) == set(operation.after)
            assert memory.check().problems == ()
        assert len(list((harness.store / "indexes").iterdir())) == 1


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    mounted = ["unshare", "-Urm", sys.executable, str(FULL_DISK), str(tmp_path)]
    try:
        process = subprocess.run(mounted, capture_output=True, text=True, timeout=120, check=False)
    except FileNotFoundError:
        pytest.skip("this system has no unshare")
    if "cannot mount" in process.stderr or process.stderr.startswith("unshare:"):
        pytest.skip("this user may not mount a small disk")
    assert process.returncode == 0, process.stderr
