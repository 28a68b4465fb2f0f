"""Bad input gets one clear sentence and an exit code, never a traceback, and loses nothing."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest


def told(process) -> str:  # type: ignore[no-untyped-def]
    assert "Traceback" not in process.stderr
    return str(process.stderr)


@pytest.mark.parametrize("command", ["search", "ask", "explain"])
def test_no_store(run, command: str) -> None:  # type: ignore[no-untyped-def]
    process = run(command, "Who?")
    assert process.returncode == 1
    assert "there is no store at" in told(process)


def test_an_empty_folder_and_a_missing_path(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "empty").mkdir()
    assert run("index", "empty").returncode == 0
    process = run("index", "nowhere")
    assert process.returncode == 3
    assert "nowhere: there is no such file or folder" in told(process)


def test_what_cannot_be_read_is_named_and_the_rest_is_indexed(run, corpus: Path) -> None:  # type: ignore[no-untyped-def]
    (corpus / "empty.pdf").touch()
    (corpus / "binary.txt").write_bytes(bytes(range(256)) * 20)
    process = run("index", "docs")
    assert process.returncode == 3
    assert "docs/empty.pdf" in told(process)
    assert "docs/binary.txt" in told(process)
    assert "6 added" in process.stdout
    assert "2 left out" in process.stdout


@pytest.mark.parametrize(("question", "reason"), [("", "is empty"), ("   ", "is empty"), ("why " * 5000, "characters")])
def test_questions_of_no_sense(run, corpus: Path, question: str, reason: str) -> None:  # type: ignore[no-untyped-def]
    run("index", "docs")
    process = run("ask", question)
    assert process.returncode == 1
    assert reason in told(process)


def test_k_out_of_range(run, corpus: Path) -> None:  # type: ignore[no-untyped-def]
    run("index", "docs")
    for k in ("0", "-1", "100000"):
        process = run("search", "Norhaven", "-k", k)
        assert process.returncode == 1
        assert "between 1 and 200" in told(process)


def test_a_store_that_is_a_file_or_newer(run, corpus: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "file").write_text("x", encoding="utf-8")
    process = run("index", "docs", "--store", "file")
    assert process.returncode == 1
    assert "is a file" in told(process)
    run("index", "docs")
    with sqlite3.connect(tmp_path / ".graphmem" / "store.db") as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE key = 'schema_version'")
    connection.close()
    process = run("ask", "Who founded Norhaven?")
    assert process.returncode == 1
    assert "upgrade graphmem" in told(process)


def test_another_model_is_refused_with_a_way_on(run, corpus: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    run("index", "docs")
    process = run("index", "docs", "--embedder", tmp_path / "nothing")
    assert process.returncode == 1
    assert "nothing" in told(process)
    process = run("index", "docs", "--embedder", "no-such-model")
    assert process.returncode == 1
    assert "no model that graphmem knows" in told(process)


def test_settings_are_checked(run, corpus: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    run("index", "docs")
    (tmp_path / ".graphmem" / "graphmem.toml").write_text("speed = 3\n", encoding="utf-8")
    process = run("search", "Norhaven Eastport Skerry")
    assert process.returncode == 1
    assert "unknown key 'speed'" in told(process)
    (tmp_path / ".graphmem" / "graphmem.toml").write_text("k = 2\n", encoding="utf-8")
    assert run("search", "Norhaven Eastport Skerry", "--json").stdout.count('"rank"') == 2
    assert run("search", "Norhaven Eastport Skerry", "--json", GRAPHMEM_K="1").stdout.count('"rank"') == 1
    assert run("search", "Norhaven Eastport Skerry", "--json", "-k", "3", GRAPHMEM_K="1").stdout.count('"rank"') == 3
    process = run("index", "docs", "--vectors", "tape")
    assert process.returncode == 1
    assert "choose memory or disk" in told(process)
    assert run("index", "docs", GRAPHMEM_VECTORS="disk").returncode == 0


def test_wrong_usage(run) -> None:  # type: ignore[no-untyped-def]
    assert run("ask").returncode == 2
    assert run("entail", "--premise", "x").returncode == 2
    both = run("entail", "--premise", "x", "--hypothesis", "y", "--embedder", "auto", "--llm", "x.gguf")
    assert both.returncode == 2
    assert "give either --llm or --embedder" in both.stderr
    process = run("entail", "--premise", "x", "--hypothesis", "y", "--embedder", "unheard-of")
    assert process.returncode == 1
    assert "'unheard-of' is no model that graphmem knows" in told(process)
    assert run("--version").stdout.startswith("graphmem ")


def test_scripts_and_emoji_are_indexed_and_found(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path / "docs"
    folder.mkdir()
    found = {"a": "首都", "b": "столица", "c": "عاصمة", "d": "🐙 lives", "latin": "Besançon", "wide": "Möwen"}
    texts = {"a": "東京は日本の首都です。", "b": "Москва — столица России.", "c": "القاهرة هي عاصمة مصر."}
    for name, text in {**texts, "d": "A 🐙 lives here."}.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    (folder / "latin.txt").write_bytes("Besançon liegt am Doubs, nicht am Rhône.".encode("latin-1"))
    (folder / "wide.txt").write_bytes("Ein Text in UTF-16 über Möwen.".encode("utf-16"))
    assert run("index", "docs").returncode == 0
    for id_, question in found.items():
        assert f'"docs/{id_}.txt"' in run("search", question, "-k", "1", "--json").stdout


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        ("author", "is no condition"),
        ("=Vane", "is no condition"),
        ("since=soon", "has to be a date"),
        ("author=Nobody", "no document meets"),
    ],
)
def test_conditions_of_no_sense(run, corpus: Path, condition: str, reason: str) -> None:  # type: ignore[no-untyped-def]
    run("index", "docs")
    process = run("search", "Who?", "--where", condition)
    assert process.returncode == 1
    assert reason in told(process)
