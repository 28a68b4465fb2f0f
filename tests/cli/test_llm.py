"""A language model through the command line: extraction, reading, stopping, and what is said of a bad one."""

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


def test_abstracts_in_the_tree(run, corpus: Path, tiny_gguf: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    run("index", "docs")
    plain = run("tree", "--json")
    # A model in the environment does not write abstracts unasked.
    assert run("tree", "--json", GRAPHMEM_LLM=str(tmp_path / "absent.gguf")).stdout == plain.stdout
    told = run("tree", "--llm", tiny_gguf, "--json", GRAPHMEM_MODELS=str(tmp_path / "models"))
    assert told.returncode == 0, told.stderr
    # Random weights say nothing that is proved: the quotations stand.
    assert told.stdout == plain.stdout
    assert "“" in run("tree", "--llm", tiny_gguf, GRAPHMEM_MODELS=str(tmp_path / "models")).stdout
    refused = run("tree", "--llm", "absent.gguf")
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)


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


def test_what_is_wrong_is_said_in_one_sentence(run, corpus: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    pytest.importorskip("llama_cpp")
    (tmp_path / "bad.gguf").write_bytes(b"GGUF" + bytes(range(200)))
    run("index", "docs")
    wrong = [
        (["ask", QUESTION, "--reader", "llm"], "needs a language model"),
        (["ask", QUESTION, "--reader", "oracle"], "choose extractive or llm"),
        (["ask", QUESTION, "--reader", "llm", "--llm", "nothing.gguf"], "cannot be read"),
        (["ask", QUESTION, "--reader", "llm", "--llm", "bad.gguf"], "bad.gguf"),
        (["ask", QUESTION, "--reader", "llm", "--llm", "http://127.0.0.1:9/v1#m"], "did not answer"),
        (["ask", QUESTION, "--reader", "llm", "--llm", "bad.gguf", "--kv", "q3"], "no way to keep"),
        (["ask", QUESTION, "--reader", "llm", "--llm", "bad.gguf", "--context", "3"], "makes no sense"),
        (["index", "docs", "--extractor", "llm"], "needs a language model"),
        (["index", "docs", "--extractor", "llm", "--llm", "bad.gguf"], "bad.gguf"),
    ]
    for arguments, reason in wrong:
        process = run(*arguments)
        assert process.returncode == 1
        assert reason in process.stderr
        assert process.stderr.startswith("error: ")
        assert process.stderr.count("\n") == 1
    # The store is whole, and the passages are taken up by whoever can.
    told = run("index", "docs")
    assert told.returncode == 0
    assert json.loads(run("stats", "--json").stdout)["passages"]["pending"] == 0


def started(tmp_path: Path, *arguments: str | Path) -> subprocess.Popen[str]:
    """The command, with its model at work."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("GRAPHMEM_")}
    models = tmp_path / "models"
    shutil.rmtree(models, ignore_errors=True)
    environment = {**inherited, "GRAPHMEM_EMBEDDER": "none", "GRAPHMEM_MODELS": str(models)}
    process = subprocess.Popen(
        [sys.executable, "-m", "graphmem_cli", *map(str, arguments)],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**environment, "NO_COLOR": "1", "COLUMNS": "200"},
    )
    # The model is at work as soon as there is something to keep of it.
    while process.poll() is None and not (models / "prefixes").exists():
        time.sleep(0.005)
    return process


@pytest.mark.parametrize("kill", [signal.SIGINT, signal.SIGKILL])
def test_stopped_at_any_moment_and_resumed(run, tiny_gguf: Path, tmp_path: Path, kill: int) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(120):
        text = f"Person{number} met Person{number + 1} in Town{number % 7}. They built the Ship{number}."
        (folder / f"{number:03}.txt").write_text(text, encoding="utf-8")
    command = ["index", "docs", "--extractor", "llm", "--llm", str(tiny_gguf)]
    whole = json.loads(run(*command, "--store", "whole", "--json").stdout)["extraction"]
    for delay in (0.0, 0.05, 0.2):
        process = started(tmp_path, *command)
        time.sleep(delay)
        process.send_signal(kill)
        _, told = process.communicate()
        assert "Traceback" not in told
        if kill == signal.SIGINT and process.returncode:
            assert process.returncode in (130, -2)
    last = json.loads(run(*command, "--json").stdout)["extraction"]
    # What the runs before had finished is not asked again.
    assert 0 <= last["calls"] < whole["calls"]
    assert json.loads(run("stats", "--json").stdout)["passages"]["pending"] == 0
    again = json.loads(run(*command, "--json").stdout)["extraction"]
    assert again["calls"] == 0


def test_a_stream_that_is_stopped_leaves_a_clean_terminal(run, corpus: Path, tiny_gguf: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    run("index", "docs")
    for delay in (0.0, 0.1):
        process = started(tmp_path, "ask", QUESTION, "--reader", "llm", "--stream", "--llm", tiny_gguf)
        time.sleep(delay)
        process.send_signal(signal.SIGINT)
        shown, told = process.communicate()
        assert "Traceback" not in told
        # -2: stopped before the program had begun.
        assert process.returncode in (0, 130, -2)
        assert "\x1b" not in shown
