"""The real command, run as a person runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs ``graphmem`` in an empty folder, without an embedding model unless one is named."""

    def call(*arguments: str | Path, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("GRAPHMEM_")}
        return subprocess.run(
            [sys.executable, "-m", "graphmem_cli", *map(str, arguments)],
            cwd=tmp_path,
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            env={**inherited, "GRAPHMEM_EMBEDDER": "none", "NO_COLOR": "1", "COLUMNS": "200", **environment},
            check=False,
        )

    return call
