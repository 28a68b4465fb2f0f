"""A whole run opens no socket, in no process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

WATCH = """
import sys
def watch(event, arguments):
    if event.startswith("socket."):
        with open({log!r}, "a", encoding="utf-8") as log:
            log.write(event + chr(10))
sys.addaudithook(watch)
with open({log!r}, "a", encoding="utf-8") as log:
    log.write("watching" + chr(10))
"""


def run(tmp_path: Path, *command: str) -> None:
    watcher = tmp_path / "watcher"
    watcher.mkdir(exist_ok=True)
    (watcher / "sitecustomize.py").write_text(WATCH.format(log=str(tmp_path / "log")), encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "GRAPHMEM_EMBEDDER"}
    environment["PYTHONPATH"] = os.pathsep.join([str(watcher), os.environ.get("PYTHONPATH", "")])
    subprocess.run([sys.executable, *command], cwd=tmp_path, env=environment, check=True, capture_output=True)


@pytest.fixture
def book(corpus: Path) -> Path:
    (corpus / "a.html").write_text(
        '<img src="http://127.0.0.1/x.png"><p>The Grey Gull was designed by Elena Vane.', encoding="utf-8"
    )
    return corpus


def test_index_search_ask_and_export(tmp_path: Path, book: Path) -> None:
    for command in (
        ["index", "docs"],
        ["sync", "docs"],
        ["search", "Who founded Norhaven?"],
        ["ask", "Where was the designer of the Grey Gull born?"],
        ["explain", "Who founded Norhaven?"],
        ["entail", "--premise", "No dog barked.", "--hypothesis", "No dog barked loudly."],
        ["export", "--format", "html", "-o", "graph.html"],
        ["stats"],
        ["check"],
        ["model", "list"],
    ):
        run(tmp_path, "-m", "graphmem_cli", *command)
    events = (tmp_path / "log").read_text(encoding="utf-8").split()
    assert set(events) == {"watching"}
    assert len(events) >= 12  # ten commands, and the processes that read files


def test_the_watch_sees_a_socket(tmp_path: Path) -> None:
    run(tmp_path, "-c", "import socket; socket.socket().close()")
    assert "socket.__new__" in (tmp_path / "log").read_text(encoding="utf-8")
