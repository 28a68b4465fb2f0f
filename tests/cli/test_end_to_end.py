"""From files to a cited answer, through the command line."""

from __future__ import annotations

import json
from pathlib import Path

from conftest import TEXTS

QUESTION = "Where was the designer of the Grey Gull born?"


def test_index_ask_change_remove(run, corpus: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (corpus / "gull.txt").write_text("The Grey Gull is a schooner. It was designed by Elena Vane.", encoding="utf-8")
    assert run("index", "docs").returncode == 0
    answer = json.loads(run("ask", QUESTION, "--json").stdout)
    assert answer["short_answer"] == "Norhaven"
    assert answer["stopped"] == "proved"
    for citation in answer["citations"]:
        start, end = citation["span"]
        assert (tmp_path / citation["source"]).read_text(encoding="utf-8")[start:end] == citation["quote"]
    assert "unchanged" in run("index", "docs").stdout
    (corpus / "vane.txt").write_text("Elena Vane was a shipbuilder. She was born in Eastport.", encoding="utf-8")
    assert "1 changed" in run("index", "docs").stdout
    assert json.loads(run("ask", QUESTION, "--json").stdout)["short_answer"] == "Eastport"
    assert run("remove", "docs/vane.txt").returncode == 0
    gone = json.loads(run("ask", QUESTION, "--json").stdout)
    assert (gone["short_answer"], gone["confident"], gone["stopped"]) == ("", False, "exhausted")


def test_sync_mirrors_a_folder(run, corpus: Path) -> None:  # type: ignore[no-untyped-def]
    run("sync", "docs")
    (corpus / "stone.txt").unlink()
    (corpus / "new.txt").write_text("A new text about Norhaven.", encoding="utf-8")
    told = json.loads(run("sync", "docs", "--json").stdout)
    assert (told["added"], told["removed"], told["unchanged"]) == (1, 1, len(TEXTS) - 1)


def test_standard_input(run) -> None:  # type: ignore[no-untyped-def]
    assert run("index", "-", stdin="Ulf Stone founded Norhaven in 1204.").returncode == 0
    assert json.loads(run("ask", "Who founded Norhaven?", "--json").stdout)["short_answer"] == "Ulf Stone"


def test_given_triples(run, corpus: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    line = {"id": "docs/gull.txt", "triples": [["The Grey Gull", "designed by", "Elena Vane"], ["two", "parts"]]}
    (tmp_path / "triples.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    told = run("index", "docs", "--triples", "triples.jsonl")
    assert told.returncode == 0
    assert "1 triples" in told.stderr
    assert json.loads(run("ask", QUESTION, "--json").stdout)["short_answer"] == "Norhaven"


def test_search_explain_stats_check_export(run, corpus: Path) -> None:  # type: ignore[no-untyped-def]
    run("index", "docs")
    found = json.loads(run("search", "Who founded Norhaven?", "-k", "3", "--json").stdout)
    assert set(found) == {"question", "hits", "proof", "hops", "stopped", "timings_ms"}
    assert len(found["hits"]) == 3
    keys = {"rank", "score", "passage_id", "document_id", "title", "text", "source", "span", "why"}
    assert set(found["hits"][0]) == keys
    explained = json.loads(run("explain", "Who founded Norhaven?", "--json").stdout)
    assert explained["trace"]["claim"]["branches"]
    ranks = [hit["rank"] for hit in explained["hits"]]
    assert explained["trace"]["reading"][0] == 1
    assert set(explained["trace"]["reading"]) <= set(ranks)
    told = run("explain", "Who founded Norhaven?").stdout
    assert "Hop 1" in told
    assert "To read: 1" in told
    assert json.loads(run("stats", "--json").stdout)["documents"] == len(TEXTS)
    assert json.loads(run("check", "--json").stdout) == {"problems": [], "repaired": []}
    for form, start in (("graphml", "<?xml"), ("json", "{"), ("html", "<!doctype html>")):
        assert run("export", "--format", form).stdout.startswith(start)


def test_eval_of_a_data_set_folder(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    data = tmp_path / "set"
    data.mkdir()
    rows = [{"id": name, "title": name.removesuffix(".txt"), "text": text} for name, text in TEXTS.items()]
    (data / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    question = {"id": "1", "question": "Who founded Norhaven?", "gold_ids": ["norhaven.txt"], "answer": "Ulf Stone"}
    (data / "questions.jsonl").write_text(json.dumps(question) + "\n", encoding="utf-8")
    told = json.loads(run("eval", "set", "--store", "s", "--embedder", "none", "--json").stdout)
    assert told["metrics"]["recall@5"] == 1.0
    assert told["metrics"]["em"] == 1.0
    assert told["metrics"]["stop"]["confident_right"] == 1
