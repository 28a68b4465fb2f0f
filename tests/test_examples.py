"""The examples run as they stand."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ARGUMENTS = {"ask_your_notes.py": ["data/articles", "Who founded Norhaven?"]}


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.py")), ids=lambda path: path.name)
def test_example(path: Path, tmp_path: Path) -> None:
    (tmp_path / "data").symlink_to(ROOT / "data")
    process = subprocess.run(
        [sys.executable, path, *ARGUMENTS.get(path.name, [])],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "GRAPHMEM_MODELS": str(tmp_path / "none")},
        check=False,
    )
    assert process.returncode == 0, process.stderr
    assert "Norhaven" in process.stdout or "Ulf Stone" in process.stdout
