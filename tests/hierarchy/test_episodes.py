"""Events are cut where the subject changes, and keep their order."""

from __future__ import annotations

import json
import tempfile
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from conftest import WordEmbedder
from hierarchy.conftest import SUBJECTS, text
from hypothesis import given, settings
from hypothesis import strategies as st

from graphmem import GraphMemory, QuestionError
from graphmem.hierarchy import Hierarchy, derive_hierarchy
from graphmem.hierarchy.episodes import cut_events


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 40), st.integers(0, 5))
def test_cuts_increase_and_stay_inside(count: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    vectors = draw.standard_normal((count, 8)).astype(np.float32)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    cuts = cut_events(vectors, np.arange(count), draw.integers(0, 3, count) / 2)
    assert cuts == sorted(set(cuts))
    assert all(0 < cut < count for cut in cuts)


@pytest.mark.parametrize("lengths", [(5, 7), (4, 4, 6), (3, 8, 5)])
def test_a_change_of_subject_is_a_boundary(lengths: tuple[int, ...]) -> None:
    subjects = [subject for subject, length in zip(SUBJECTS, lengths, strict=False) for _ in range(length)]
    vectors = WordEmbedder().embed([text(subject, number) for number, subject in enumerate(subjects)])
    novelty = np.array([float(one != other) for one, other in pairwise(["", *subjects])])
    assert cut_events(vectors, np.arange(len(subjects)), novelty) == np.cumsum(lengths)[:-1].tolist()


def test_a_sequence_without_change_is_one_event() -> None:
    assert cut_events(np.ones((9, 4), dtype=np.float32) / 2, np.arange(9), np.zeros(9)) == []


@pytest.fixture
def diary(tmp_path: Path):  # type: ignore[no-untyped-def]
    """A diary of twelve days in three subjects, one file a day, and an undated text."""
    folder = tmp_path / "diary"
    folder.mkdir()
    for day in range(12):
        subject = list(SUBJECTS)[day // 4]
        (folder / f"2024-05-{day + 1:02}.txt").write_text(text(subject, day), encoding="utf-8")
    (folder / "about.txt").write_text("This is the diary of a keeper who likes to write.", encoding="utf-8")
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        memory.index([folder])
        yield memory


def test_days_are_in_order_and_episodes_are_the_subjects(diary: GraphMemory) -> None:
    snapshot = diary._reading()
    timeline = Hierarchy.read(snapshot).timeline
    ids = [record.passage.document_id for record in snapshot.passages(timeline.order)]
    days = [id_ for id_ in ids if "2024" in id_]
    assert days == sorted(days)
    events = timeline.event[timeline.order]
    told = [int(event) for id_, event in zip(ids, events, strict=True) if "2024" in id_]
    assert [told.index(event) for event in dict.fromkeys(told)] == [0, 4, 8]


def test_a_hit_brings_its_neighbours_of_the_same_episode(diary: GraphMemory) -> None:
    question = text("music", 7)
    (hit,) = diary.search(question, k=1).hits
    day = int(hit.document_id[-6:-4])
    assert 5 <= day <= 8
    found = diary.search(question, k=1, around=2).hits
    days = list(range(max(5, day - 2), min(8, day + 2) + 1))
    assert [other.document_id for other in found] == [f"diary/2024-05-{other:02}.txt" for other in days]
    assert [other.rank for other in found] == list(range(1, len(days) + 1))
    sides = ["before" if other < day else "after" for other in days if other != day]
    assert [other.why[0].split()[1] for other in found if other.passage_id != hit.passage_id] == sides
    many = diary.search(question, k=8, around=20).hits
    assert len({hit.passage_id for hit in many}) == len(many)
    with pytest.raises(QuestionError, match="between 0 and 20"):
        diary.search(question, around=21)


def test_dates_may_stand_in_the_metadata(tmp_path: Path) -> None:
    with GraphMemory.open(tmp_path / "store", embedder=None) as memory:
        for id_, date in (("a", "2024-03-03"), ("b", "2024-01-01"), ("c", "2024-02-02")):
            memory.add(f"The weather of {id_} was fair in the harbour.", id=id_, metadata={"date": date})
        snapshot = memory._reading()
        order = Hierarchy.read(snapshot).timeline.order
        assert [record.passage.document_id for record in snapshot.passages(order)] == ["b", "c", "a"]
        assert json.loads(snapshot.passages(order)[0].metadata) == {"date": "2024-01-01"}


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.sampled_from("ab"), st.integers(1, 9)), min_size=1, max_size=5))
def test_a_diary_that_grows_is_cut_as_one_that_is_there(steps: list[tuple[bool, str, int]]) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        GraphMemory.open(Path(folder) / "store", embedder=WordEmbedder()) as memory,
    ):
        corpus = Path(folder) / "corpus.jsonl"
        rows = [{"id": f"{each}/2024-05-0{day}", "text": text("ships", day)} for each in "ab" for day in (2, 4, 5, 7)]
        rows += [{"id": f"c-{number}", "text": text("mines", number)} for number in range(24)]
        corpus.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        memory.index([corpus])
        for add, each, day in steps:
            id_ = f"{each}/2024-05-0{day}"
            if add:
                memory.add(text("music" if day > 4 else "ships", day), id=id_)
            else:
                memory.remove(id_)
            snapshot = memory._reading()
            mended = Hierarchy.read(snapshot)
            with tempfile.TemporaryDirectory() as scratch:
                anew = Hierarchy.from_arrays(derive_hierarchy(snapshot, None, Path(scratch)))
            for one, other in (
                (mended.timeline.order, anew.timeline.order),
                (mended.timeline.event, anew.timeline.event),
            ):
                assert one.tolist() == other.tolist()
