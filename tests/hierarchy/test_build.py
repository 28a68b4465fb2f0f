"""The hierarchy of a store: whole, bounded, true to its members, and mended only where something has changed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hierarchy.conftest import SUBJECTS, text

from graphmem import GraphMemory
from graphmem.hierarchy import Hierarchy
from graphmem.hierarchy.partition import MAX_TOPIC
from graphmem.model import TreeNode

EACH = 12


def filled(memory: GraphMemory, subjects: list[str], numbers: range = range(EACH)) -> None:
    lines = [
        f'{{"id": "{subject}-{number:02}", "title": "", "text": "{text(subject, number)}"}}'
        for subject in subjects
        for number in numbers
    ]
    corpus = memory._store.folder.parent / "corpus.jsonl"
    corpus.write_text("\n".join(lines), encoding="utf-8")
    memory.index([corpus])


@pytest.fixture
def memory(tmp_path: Path, embedder):  # type: ignore[no-untyped-def]
    with GraphMemory.open(tmp_path / "store", embedder=embedder) as opened:
        filled(opened, list(SUBJECTS))
        yield opened


def nodes(root: TreeNode) -> list[TreeNode]:
    return [root, *(found for child in root.children for found in nodes(child))]


def test_every_passage_is_in_a_topic_and_sizes_are_bounded(memory: GraphMemory) -> None:
    found = nodes(memory.tree())
    topics = [node for node in found if node.level == "topic"]
    snapshot = memory._reading()
    hierarchy = Hierarchy.read(snapshot)
    assert {id_ for node in topics for id_ in node.passages} == {
        record.passage.id for record in snapshot.passages(range(snapshot.passage_count))
    }
    assert max(np.bincount(hierarchy.topic_of)) <= MAX_TOPIC
    assert (hierarchy.second_of != hierarchy.topic_of).all()
    assert [node.level for node in found if not node.children] == ["topic"] * len(topics)
    assert len({node.id for node in found}) == len(found)
    for theme in memory.tree().children:
        assert theme.level == "theme"
        assert theme.size == len({id_ for topic in theme.children for id_ in topic.passages})


def test_what_belongs_together_is_together(memory: GraphMemory) -> None:
    for node in nodes(memory.tree()):
        if node.level == "topic":
            subjects = [id_.partition("-")[0] for id_ in node.passages]
            assert subjects.count(max(set(subjects), key=subjects.count)) >= 0.7 * len(subjects)


def test_summaries_quote_their_members(memory: GraphMemory) -> None:
    for node in nodes(memory.tree()):
        assert node.summary
        assert node.name
        inside = {id_ for each in nodes(node) for id_ in each.passages}
        for quote in node.summary:
            assert quote.passage_id in inside
            document = memory.document(quote.passage_id.rpartition("#")[0])
            assert document is not None
            assert document.text[slice(*quote.span)] == quote.text
        texts = " ".join(document.text for id_ in inside if (document := memory.document(id_.rpartition("#")[0])))
        assert all(phrase in texts for phrase in node.phrases if " " not in phrase)
        assert node.years is not None
        assert 1800 <= node.years[0] <= node.years[1] < 1800 + EACH


def test_only_what_is_touched_changes(memory: GraphMemory) -> None:
    before = {node.id: node for node in nodes(memory.tree())}
    memory.remove("music-03")
    after = {node.id: node for node in nodes(memory.tree())}
    touched = [node for node in before.values() if any(id_.startswith("music-03") for id_ in node.passages)]
    assert touched
    for node in before.values():
        if node.level == "topic" and node not in touched:
            assert (after[node.id].name, after[node.id].summary) == (node.name, node.summary)
    assert not any(id_.startswith("music-03") for node in after.values() for id_ in node.passages)
    assert not any(quote.passage_id.startswith("music-03") for node in after.values() for quote in node.summary)
    assert "root" in after


def test_a_mended_hierarchy_is_as_whole_as_a_new_one(memory: GraphMemory, tmp_path: Path) -> None:
    memory.remove("mines-00", "mines-01")
    memory.add(text("ships", 40), id="ships-40")
    memory.add(text("plants", 41), id="plants-41")
    assert Hierarchy.read(memory._reading()).drift == 4
    snapshot = memory._reading()
    wanted = {record.passage.id for record in snapshot.passages(range(snapshot.passage_count))}
    topics = [node for node in nodes(memory.tree()) if node.level == "topic"]
    assert {id_ for node in topics for id_ in node.passages} == wanted
    home = next(node for node in topics if "ships-40#0" in node.passages)
    assert sum(id_.startswith("ships") for id_ in home.passages) >= 0.7 * len(home.passages)
    assert memory.check().problems == ()


def test_much_change_cuts_everything_anew(memory: GraphMemory) -> None:
    memory.remove(*[f"music-{number:02}" for number in range(EACH)])
    assert Hierarchy.read(memory._reading()).drift == 0


def test_an_empty_store_and_one_of_one_passage(tmp_path: Path, embedder) -> None:  # type: ignore[no-untyped-def]
    with GraphMemory.open(tmp_path / "few", embedder=embedder) as memory:
        assert memory.tree().size == 0
        memory.add("Norhaven is a town.", id="town")
        assert memory.tree().size == 1
        assert memory.tree().summary[0].text == "Norhaven is a town."
        memory.remove("town")
        assert memory.tree().summary == ()
