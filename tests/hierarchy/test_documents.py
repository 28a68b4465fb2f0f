"""The second tree: documents and their headings, over the same passages as topics and themes."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphmem import GraphMemory
from graphmem.model import TreeNode

HARBOUR = """# Harbour

The harbour lies in the north.

## Trade

### Herring

Herring is salted here. It is sold in the south.

### Salt

Salt comes from Harl.

## Trade

Trade begins again in spring.
"""


def nodes(root: TreeNode) -> list[TreeNode]:
    return [root, *(found for child in root.children for found in nodes(child))]


def shape(node: TreeNode) -> object:
    return (node.name, len(node.passages), [shape(child) for child in node.children])


def is_whole(memory: GraphMemory) -> TreeNode:
    """Every passage is there once, where its heading and its document are, and every size is the sum."""
    root = memory.tree("documents")
    snapshot = memory._reading()
    records = snapshot.passages(range(snapshot.passage_count))
    found = nodes(root)
    assert sorted(id_ for node in found for id_ in node.passages) == sorted(r.passage.id for r in records)
    assert len({node.id for node in found}) == len(found)
    headings = {record.passage.id: record.passage.heading for record in records}
    for node in found:
        assert node.size == len(node.passages) + sum(child.size for child in node.children)
        if node.level == "heading":
            assert node.size
            assert all(headings[id_].endswith(node.name) for id_ in node.passages)
        if node.level == "document":
            assert all(id_.rpartition("#")[0] == node.id for below in nodes(node) for id_ in below.passages)
    return root


def test_headings_are_nested_as_they_are_written(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "harbour.md").write_text(HARBOUR, encoding="utf-8")
    (tmp_path / "docs" / "note.txt").write_text("A note without headings.", encoding="utf-8")
    with GraphMemory.open(tmp_path / "store", embedder=None) as memory:
        memory.index([tmp_path / "docs"])
        root = is_whole(memory)
    harbour = ("Harbour", 1, [("Trade", 0, [("Herring", 1, []), ("Salt", 1, [])]), ("Trade", 1, [])])
    assert [shape(document) for document in root.children] == [harbour, ("note", 1, [])]
    trade = root.children[0].children[0]
    assert [quote.text for quote in trade.summary] == ["Herring is salted here."]
    assert (root.level, root.size) == ("root", 5)


LINES = st.lists(
    st.one_of(
        st.builds(
            lambda level, name: f"{'#' * level} {name}", st.integers(1, 6), st.sampled_from(["One", "Two > One"])
        ),
        st.sampled_from(["The ship sails. It comes back.", "Music is played in the hall."]),
    ),
    max_size=12,
)


@settings(max_examples=15, deadline=None)
@given(LINES)
def test_it_is_whole_whatever_the_headings(lines: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "text.md").write_text("\n\n".join(lines), encoding="utf-8")
        with GraphMemory.open(Path(folder) / "store", embedder=None) as memory:
            memory.index([Path(folder) / "text.md"])
            is_whole(memory)


@pytest.mark.parametrize("by", ["topics", "documents"])
def test_both_trees_hold_the_same_passages(tmp_path: Path, corpus: Path, by: str) -> None:
    with GraphMemory.open(tmp_path / "store", embedder=None) as memory:
        assert memory.tree(by).size == 0  # type: ignore[arg-type]
        memory.index([corpus])
        found = {id_ for node in nodes(memory.tree(by)) for id_ in node.passages}  # type: ignore[arg-type]
        assert len(found) == memory.stats().passages["done"]
