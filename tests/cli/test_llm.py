"""A language model through the command line: extraction, reading, stopping, and what is said of a bad one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

QUESTION = "Who founded Norhaven?"


def test_index_and_ask(run, corpus: Path, tiny_gguf: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    model = {"GRAPHMEM_LLM": str(tiny_gguf), "GRAPHMEM_MODELS": str(tmp_path / "models")}
    first = run("index", "docs", "--extractor", "llm", **model)
    assert first.returncode in (0, 3), first.stderr
    line = first.stdout.splitlines()[-1]
    assert line.startswith("language model: ")
    for word in ("calls", "tokens/s", "dropped", "failed"):
        assert word in line
    told = json.loads(run("index", "docs", "--extractor", "llm", "--json", **model).stdout)
    assert told["extraction"]["calls"] == 0
    streamed = run("ask", QUESTION, "--reader", "llm", "--stream", **model)
    assert streamed.returncode == 0, streamed.stderr
    assert "Ulf Stone" in streamed.stdout
    answer = json.loads(run("ask", QUESTION, "--reader", "llm", "--llm", tiny_gguf, "--kv", "q8_0", "--json").stdout)
    assert answer["short_answer"] == "Ulf Stone"
    for citation in answer["citations"]:
        start, end = citation["span"]
        assert (tmp_path / citation["source"]).read_text(encoding="utf-8")[start:end] == citation["quote"]
    assert json.loads(run("check", "--json").stdout)["problems"] == []


def test_a_model_by_its_name(run, corpus: Path, tiny_gguf: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    models = tmp_path / "models"
    models.mkdir()
    (models / "little.gguf").symlink_to(tiny_gguf)
    here = {"GRAPHMEM_MODELS": str(models)}
    run("index", "docs")
    assert run("ask", QUESTION, "--reader", "llm", "--llm", "little", **here).returncode == 0
    unknown = run("ask", QUESTION, "--reader", "llm", "--llm", "large", **here)
    assert unknown.returncode == 1
    assert "known here are little" in unknown.stderr
    listed = json.loads(run("model", "list", "--json", **here).stdout)
    assert listed[-1]["name"] == "little"
    assert run("model", "path", "little", **here).stdout.strip() == str(models / "little.gguf")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--reader", "llm"], "needs a language model"),
        (["--reader", "oracle"], "choose extractive or llm"),
        (["--reader", "llm", "--llm", "nothing.gguf"], "cannot be read"),
        (["--reader", "llm", "--llm", "bad.gguf"], "bad.gguf"),
        (["--reader", "llm", "--llm", "http://127.0.0.1:9/v1#m"], "did not answer"),
        (["--reader", "llm", "--llm", "bad.gguf", "--kv", "q3"], "no way to keep"),
        (["--reader", "llm", "--llm", "bad.gguf", "--context", "3"], "makes no sense"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    run, corpus: Path, tmp_path: Path, options: list[str], reason: str
) -> None:  # type: ignore[no-untyped-def]
    pytest.importorskip("llama_cpp")
    (tmp_path / "bad.gguf").write_bytes(b"GGUF" + bytes(range(200)))
    run("index", "docs")
    process = run("ask", QUESTION, *options)
    assert process.returncode == 1
    assert reason in process.stderr
    assert process.stderr.startswith("error: ")
    assert process.stderr.count("\n") == 1
    indexed = run("index", "docs", *["--extractor" if option == "--reader" else option for option in options])
    if "oracle" not in options and "http" not in options[-1]:
        assert indexed.returncode == 1
        assert indexed.stderr.startswith("error: ")


def started(tmp_path: Path, *arguments: str | Path) -> subprocess.Popen[str]:
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("GRAPHMEM_")}
    environment = {**inherited, "GRAPHMEM_EMBEDDER": "none", "GRAPHMEM_MODELS": str(tmp_path / "models")}
    return subprocess.Popen(
        [sys.executable, "-m", "graphmem_cli", *map(str, arguments)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**environment, "NO_COLOR": "1", "COLUMNS": "200"},
    )


@pytest.mark.parametrize("kill", [signal.SIGINT, signal.SIGKILL])
def test_stopped_at_any_moment_and_resumed(run, tiny_gguf: Path, tmp_path: Path, kill: int) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(120):
        text = f"Person{number} met Person{number + 1} in Town{number % 7}. They built the Ship{number}."
        (folder / f"{number:03}.txt").write_text(text, encoding="utf-8")
    command = ["index", "docs", "--extractor", "llm", "--llm", str(tiny_gguf)]
    whole = json.loads(run(*command, "--store", "whole", "--json").stdout)["extraction"]
    spent = 0
    for delay in (0.7, 0.9, 1.1, 1.4):
        process = started(tmp_path, *command)
        time.sleep(delay)
        process.send_signal(kill)
        _, told = process.communicate()
        assert "Traceback" not in told
        if kill == signal.SIGINT and process.returncode:
            assert process.returncode == 130
        spent += process.returncode == 0
    last = json.loads(run(*command, "--json").stdout)["extraction"]
    # What the runs before had finished is not asked again: all of it together is what one run asks.
    assert last["calls"] < whole["calls"] or spent == 0
    assert json.loads(run("stats", "--json").stdout)["passages"]["pending"] == 0
    again = json.loads(run(*command, "--json").stdout)["extraction"]
    assert again["calls"] == 0


def test_a_stream_that_is_stopped_leaves_a_clean_terminal(run, corpus: Path, tiny_gguf: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    run("index", "docs")
    for delay in (0.5, 0.8, 1.0):
        process = started(tmp_path, "ask", QUESTION, "--reader", "llm", "--stream", "--llm", tiny_gguf)
        time.sleep(delay)
        process.send_signal(signal.SIGINT)
        shown, told = process.communicate()
        assert "Traceback" not in told
        assert process.returncode in (0, 130)
        assert "\x1b" not in shown
