"""The hierarchy of a store: whole, bounded, true to its members, and mended only where something has changed."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from conftest import WordEmbedder
from hierarchy.conftest import SUBJECTS, text
from hypothesis import given, settings
from hypothesis import strategies as st

from graphmem import GraphMemory
from graphmem.hierarchy import Hierarchy, build, derive_hierarchy
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


def is_sound(memory: GraphMemory) -> None:
    """Every passage is in a topic, and every summary quotes its members, word for word."""
    snapshot = memory._reading()
    hierarchy = Hierarchy.read(snapshot)
    found = nodes(memory.tree())
    wanted = {record.passage.id for record in snapshot.passages(range(snapshot.passage_count))}
    assert {id_ for node in found for id_ in node.passages} == wanted
    assert sorted(hierarchy.timeline.order.tolist()) == list(range(snapshot.passage_count))
    # An event is cut from its sequence alone, mended or anew.
    with tempfile.TemporaryDirectory() as scratch:
        anew = Hierarchy.from_arrays(derive_hierarchy(snapshot, None, Path(scratch))).timeline
    assert (hierarchy.timeline.order == anew.order).all()
    assert not memory.stats().embedder or (hierarchy.timeline.event == anew.event).all()
    assert np.bincount(hierarchy.topic_of).max(initial=0) <= MAX_TOPIC
    assert len({node.id for node in found}) == len(found)
    for node in found:
        inside = {id_ for each in nodes(node) for id_ in each.passages}
        assert {quote.passage_id for quote in node.summary} <= inside
        assert node.size == len(inside)
        for quote in node.summary:
            document = memory.document(quote.passage_id.rpartition("#")[0])
            assert document is not None
            assert document.text[slice(*quote.span)] == quote.text


STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "remove"]), st.sampled_from(sorted(SUBJECTS)), st.integers(0, EACH + 6)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=12, deadline=None)
@given(STEPS, st.sampled_from([1.05, 1000.0]))
def test_it_stays_sound_whatever_comes_and_goes(steps: list[tuple[str, str, int]], grown: float) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        GraphMemory.open(Path(folder) / "store", embedder=WordEmbedder()) as memory,
        pytest.MonkeyPatch.context() as patch,
    ):
        # A summary of what has grown goes on for a while, or for as long as nothing is lost.
        patch.setattr(build, "_GROWN", grown)
        filled(memory, ["ships", "music", "mines"])
        for step, subject, number in steps:
            if step == "add":
                memory.add(text(subject, number), id=f"{subject}-{number:02}")
            else:
                memory.remove(f"{subject}-{number:02}")
            is_sound(memory)


def test_every_passage_is_in_a_topic_and_sizes_are_bounded(memory: GraphMemory) -> None:
    found = nodes(memory.tree())
    topics = [node for node in found if node.level == "topic"]
    hierarchy = Hierarchy.read(memory._reading())
    is_sound(memory)
    assert (hierarchy.second_of != hierarchy.topic_of).all()
    assert [node.level for node in found if not node.children] == ["topic"] * len(topics)
    assert {theme.level for theme in memory.tree().children} == {"theme"}


def test_what_belongs_together_is_together(memory: GraphMemory) -> None:
    for node in nodes(memory.tree()):
        if node.level == "topic":
            subjects = [id_.partition("-")[0] for id_ in node.passages]
            assert subjects.count(max(set(subjects), key=subjects.count)) >= 0.7 * len(subjects)


def test_summaries_say_what_their_members_say(memory: GraphMemory) -> None:
    for node in nodes(memory.tree()):
        assert node.summary
        assert node.name
        inside = {id_ for each in nodes(node) for id_ in each.passages}
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


def test_what_has_hardly_grown_keeps_its_summary(memory: GraphMemory, monkeypatch: pytest.MonkeyPatch) -> None:
    def told() -> tuple[object, ...]:
        root = memory.tree()
        return root.name, root.entities, root.summary

    before, size = told(), memory.tree().size
    monkeypatch.setattr(build, "_GROWN", 1000.0)
    memory.add("Ulf Stone met Ulf Stone and Ulf Stone, and Ulf Stone met Ulf Stone again.", id="new")
    assert told() == before
    assert memory.tree().size == size + 1
    monkeypatch.undo()
    for number in range(4):
        memory.add("Ulf Stone met Ulf Stone and Ulf Stone, and Ulf Stone met Ulf Stone again.", id=f"newer-{number}")
    assert told() != before


def test_runs_are_of_numbers_that_follow_one_another() -> None:
    assert list(build._runs([3, 4, 5, -1, -1, 0, 1, 7])) == [(0, 3), (3, 4), (4, 5), (5, 7), (7, 8)]
    assert list(build._runs([-1, 0])) == [(0, 1), (1, 2)]
    assert list(build._runs([])) == []


def test_a_mended_hierarchy_is_as_whole_as_a_new_one(memory: GraphMemory, tmp_path: Path) -> None:
    memory.remove("mines-00", "mines-01")
    memory.add(text("ships", 40), id="ships-40")
    memory.add(text("plants", 41), id="plants-41")
    assert Hierarchy.read(memory._reading()).drift == 4
    is_sound(memory)
    topics = [node for node in nodes(memory.tree()) if node.level == "topic"]
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
