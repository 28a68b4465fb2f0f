"""Hostile documents, names, questions and settings through the command line: nothing is obeyed, nothing falls over."""

from __future__ import annotations

import json
import os
import random
import re
import stat
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphmem import GraphMemory
from graphmem.errors import GraphmemError, QuestionError

OBEYED = re.compile("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\r(?!\n)")
SECRET = "sk-very-secret-0123456789"
ESCAPES = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202e"
QUESTIONS = [
    "'; DROP TABLE documents; --",
    '" OR 1=1 --',
    'NEAR("Vane" "Norhaven", 5) AND NOT title:x*',
    "Vane* AND (Norhaven OR",
    "(a+)+$ ^.*[z-a] \\1 (?P<x>",
    "**/* ~/.ssh/* $(id) `id` {{7*7}} %s %n",
    ESCAPES + "Who founded Norhaven?",
    "Who founded\u202e Norhaven\u2066?",
]


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A folder whose texts, titles and names hold escape sequences."""
    folder = tmp_path / "docs"
    folder.mkdir()
    name = "a\x1b[31m\nb.txt" if os.name == "posix" else "ab.txt"
    text = f"Vane{ESCAPES}\n\nElena Vane{ESCAPES} founded{ESCAPES} Norhaven in 1872. See :smile: [red]here[/red]."
    (folder / name).write_text(text + " The town was small." * 20, encoding="utf-8")
    row = {
        "id": f"row{ESCAPES}",
        "title": f"Harl{ESCAPES}",
        "text": f"Harl{ESCAPES} is an island{ESCAPES} of Norhaven.",
    }
    (folder / "c.jsonl").write_text(json.dumps(row) + "\n{broken " + ESCAPES, encoding="utf-8")
    (folder / f"d{ESCAPES}.pdf").write_bytes(b"%PDF junk")
    return tmp_path


def test_no_command_prints_what_a_terminal_obeys(run, hostile: Path) -> None:  # type: ignore[no-untyped-def]
    question = "Who founded Norhaven?"
    for command in (
        ["index", "docs"],
        ["index", f"docs/{ESCAPES}*"],
        ["search", question],
        ["search", question, "--json"],
        ["ask", question],
        ["ask", question, "--stream"],
        ["ask", question, "--json"],
        ["explain", question + ESCAPES],
        ["explain", question, "--json"],
        ["search", question, "--around", "1"],
        ["tree"],
        ["tree", "--json"],
        ["ask", "What are these documents about?"],
        ["export", "--format", "json"],
        ["export", "--format", "html"],
        ["export", "--format", "graphml"],
        ["remove", f"no{ESCAPES}"],
        ["remove", f"no{ESCAPES}", "--json"],
        ["stats"],
        ["check"],
        ["entail", "--premise", f"No dog{ESCAPES} barked.", "--hypothesis", f"No dog barked{ESCAPES} loudly."],
        ["search", question, "--store", f"s{ESCAPES}"],
        ["search", question, "--embedder", f"s{ESCAPES}"],
    ):
        process = run(*command)
        assert process.returncode in (0, 1, 3), process.stderr
        assert "should not happen" not in process.stderr, command
        found = OBEYED.search(process.stdout + process.stderr)
        assert found is None, (command, found)


def test_json_holds_the_text_as_it_is_and_people_see_what_is_there(run, hostile: Path) -> None:  # type: ignore[no-untyped-def]
    run("index", "docs")
    hits = json.loads(run("search", "Vane", "--json").stdout)["hits"]
    assert any(f"Elena Vane{ESCAPES} founded" in hit["text"] for hit in hits)
    shown = run("search", "Vane").stdout
    assert "Elena Vane\\x1b[2J" in shown
    assert ":smile: [red]here[/red]" in shown


@pytest.mark.parametrize("question", QUESTIONS)
def test_questions_in_other_languages_than_ours(run, corpus: Path, question: str) -> None:  # type: ignore[no-untyped-def]
    run("index", "docs")
    process = run("ask", question)
    assert process.returncode in (0, 1)
    assert "should not happen" not in process.stderr
    assert json.loads(run("stats", "--json").stdout)["documents"] == 6


@pytest.mark.parametrize("k", ["201", "99999999999999999999999999", "-99999999999999999999"])
def test_an_enormous_k(run, corpus: Path, k: str) -> None:  # type: ignore[no-untyped-def]
    run("index", "docs")
    process = run("search", "Norhaven", "-k", k)
    assert process.returncode == 1
    assert "between 1 and 200" in process.stderr


@pytest.mark.skipif(os.name != "posix", reason="arguments are bytes on POSIX alone")
def test_arguments_that_are_no_text(run, corpus: Path) -> None:  # type: ignore[no-untyped-def]
    run("index", "docs")
    broken = os.fsdecode(b"\xff\xfe Norhaven \x1b")
    for command in (["search", broken], ["ask", broken, "--json"], ["index", broken], ["remove", broken]):
        process = run(*command)
        assert process.returncode in (0, 1, 3)
        assert "should not happen" not in process.stderr
        assert OBEYED.search(process.stdout + process.stderr) is None


def test_triples_that_no_encoding_can_hold(run, corpus: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    line = {"id": "docs/stone.txt", "entities": ["\ud800"], "triples": [["Ulf Stone", "knew\udfff", "Harl\ud800"]]}
    (tmp_path / "t.jsonl").write_text(json.dumps(line), encoding="ascii")
    assert run("index", "docs", "--triples", "t.jsonl").returncode == 0
    assert run("export", "--format", "graphml").returncode == 0


def test_names_that_are_too_long(run) -> None:  # type: ignore[no-untyped-def]
    for command in (["search", "x", "--embedder", "a" * 5000], ["sync", "a" * 5000], ["stats", "--store", "a" * 5000]):
        process = run(*command)
        assert process.returncode in (1, 3)
        assert "should not happen" not in process.stderr


def test_nesting_without_end(run, corpus: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "t.jsonl").write_text('{"id": "a", "triples": ' + "[" * 100_000, encoding="utf-8")
    process = run("index", "docs", "--triples", "t.jsonl")
    assert (process.returncode, process.stderr.count("\n")) == (1, 1)
    assert "line 1 of t.jsonl is not of the form" in process.stderr
    process = run("entail", "--file", "t.jsonl")
    assert "line 1 of t.jsonl is not of the form" in process.stderr
    run("index", "docs")
    (tmp_path / ".graphmem" / "graphmem.toml").write_text("a = " + "[" * 5000, encoding="utf-8")
    process = run("search", "Norhaven")
    assert process.returncode == 1
    assert "graphmem.toml cannot be read" in process.stderr


def test_limits_are_settings(run, corpus: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (corpus / "slow.md").write_text("[" * 400_000, encoding="utf-8")
    process = run("index", "docs", GRAPHMEM_FILE_SECONDS="1")
    assert process.returncode == 3
    assert "docs/slow.md: given up: it cannot be read within 1 s" in process.stderr
    assert "6 added" in process.stdout
    (corpus / "slow.md").write_text("word " * 1000, encoding="utf-8")
    (tmp_path / ".graphmem" / "graphmem.toml").write_text("file_characters = 2000\n", encoding="utf-8")
    assert "up to 2,000 are read" in run("index", "docs").stderr
    assert "choose between" in run("index", "docs", GRAPHMEM_FILE_MEMORY_MIB="0").stderr


def test_a_store_from_elsewhere_does_not_say_where_texts_are_sent(run, corpus: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    run("index", "docs")
    line = 'embedder = "http://127.0.0.1:9/v1#model"\n'
    (tmp_path / ".graphmem" / "graphmem.toml").write_text(line, encoding="utf-8")
    process = run("search", "Norhaven", GRAPHMEM_EMBEDDER="")
    assert process.returncode == 1
    assert "names an endpoint as 'embedder'" in process.stderr


@pytest.mark.skipif(os.name != "posix", reason="Windows has other permissions")
def test_a_new_store_is_its_owners_alone(run, corpus: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    run("index", "docs", "--store", "deep/er/store")
    assert stat.S_IMODE((tmp_path / "deep/er/store").stat().st_mode) == 0o700


def test_a_store_never_holds_a_key(run, corpus: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    process = run("index", "docs", GRAPHMEM_API_KEY=SECRET)
    run("ask", "Who founded Norhaven?", GRAPHMEM_API_KEY=SECRET)
    assert SECRET not in process.stdout + process.stderr
    for path in (tmp_path / ".graphmem").rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes()


# --- at random -------------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200) | st.lists(st.sampled_from([*QUESTIONS, "Who", "Norhaven", "born", "?"])).map(" ".join))
def test_any_question(small: GraphMemory, question: str) -> None:
    try:
        result = small.ask(question).result
    except QuestionError:
        return
    assert len(result.hits) <= 8


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> GraphMemory:
    memory = GraphMemory.open(tmp_path_factory.mktemp("small") / "store", embedder="none")
    for text in ("Elena Vane founded Norhaven in 1872.", "Harl is an island near Norhaven. No dog barked there."):
        memory.add(text)
    return memory


@pytest.mark.parametrize("kind", ["triples", "settings", "statements", "command line"])
def test_anything_typed_or_damaged(fuzz: ModuleType, kind: str, tmp_path: Path) -> None:
    with fuzz.targets() as kinds:

        @settings(max_examples=40, deadline=None, database=None)
        @given(st.integers(0, 2**32))
        def tried(seed: int) -> None:
            try:
                kinds[kind](random.Random(seed), tmp_path)
            except GraphmemError as error:
                sentences.append(str(error))

        sentences: list[str] = []
        tried()
        assert not any("\n" in sentence for sentence in sentences)
