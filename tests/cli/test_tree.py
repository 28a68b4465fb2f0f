"""The hierarchy through the command line."""

from __future__ import annotations

import json
from pathlib import Path

from conftest import TEXTS


def test_tree_scope_around(run, corpus: Path) -> None:  # type: ignore[no-untyped-def]
    run("index", "docs")
    told = json.loads(run("tree", "--json").stdout)
    assert (told["id"], told["level"], told["size"]) == ("root", "root", len(TEXTS))
    topics = [topic for theme in told["children"] for topic in theme["children"]]
    assert {id_ for topic in topics for id_ in topic["passages"]} == {f"docs/{name}#0" for name in TEXTS}
    shown = run("tree").stdout
    assert f"({len(TEXTS)} passages)" in shown
    assert told["summary"][0]["text"][:30] in shown
    assert len(run("tree", "--themes").stdout) < len(shown)
    explained = json.loads(run("explain", "What are these documents about?", "--json").stdout)
    assert explained["trace"]["scope"]["chosen"] == "global"
    assert explained["trace"]["scope"]["breadth"]["broad"]
    assert explained["trace"]["scope"]["topics"]
    assert "Scope: a broad question" in run("ask", "What are these documents about?").stdout
    assert "Scope: local" in run("explain", "What are these documents about?", "--scope", "local").stdout
    assert run("search", "Norhaven", "--scope", "wide").returncode == 2
    process = run("search", "Norhaven", "--around", "99")
    assert process.returncode == 1
    assert "between 0 and 20" in process.stderr


def test_the_page_shows_the_tree(run, corpus: Path) -> None:  # type: ignore[no-untyped-def]
    run("index", "docs")
    page = run("export", "--format", "html").stdout
    data = json.loads(page.split('id="data">')[1].split("</script>")[0])
    assert {name: tree["size"] for name, tree in data["trees"].items()} == {
        "topics": len(TEXTS),
        "documents": len(TEXTS),
    }
    assert all(tree["children"] for tree in data["trees"].values())


def test_tree_of_an_empty_store(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "empty").mkdir()
    run("index", "empty")
    assert json.loads(run("tree", "--json").stdout)["size"] == 0
    assert run("tree").returncode == 0


def test_tree_by_document(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "harbour.md").write_text("# Harbour\n\nIt is old.\n\n## Trade\n\nHerring is sold.\n", encoding="utf-8")
    run("index", "harbour.md")
    told = json.loads(run("tree", "--documents", "--json").stdout)
    (document,) = told["children"]
    assert (document["level"], document["name"], document["size"]) == ("document", "Harbour", 2)
    assert [(child["name"], child["size"]) for child in document["children"]] == [("Trade", 1)]
    shown = run("tree", "--documents").stdout
    assert "Trade (1 passage)" in shown
    assert "“Herring is sold.” harbour.md#1" in shown
    assert "Trade" not in run("tree", "--documents", "--themes").stdout
