"""A store whose many vectors lie on disk is searched, changed, mended and checked as any other."""

from __future__ import annotations

import json
import shutil
import sqlite3
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from conftest import WordEmbedder
from observed import observed

from graphmem import GraphMemory, SettingsError
from graphmem.store import cells_build
from graphmem.store.cells import Cells
from graphmem.store.cells_build import _quantised
from graphmem.store.vectors import EXACT_LIMIT

QUESTIONS = ("Who met Person3 in Town2?", "Person17 met Person5")


def text(number: int) -> str:
    return " ".join(f"Person{number} met Person{other} in Town{other % 7}." for other in range(EXACT_LIMIT // 50))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders "memory" and "disk", of the same documents, more than are compared one by one."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "docs").mkdir()
    for number in range(60):
        (folder / "docs" / f"{number:02}.txt").write_text(text(number), encoding="utf-8")
    for place in ("memory", "disk"):
        with GraphMemory.open(folder / place, embedder=WordEmbedder(), vectors=place) as memory:
            memory.index([folder / "docs"])
    return folder


def indexes(store: Path) -> set[str]:
    return {path.name for path in store.rglob("*") if path.name in ("index.hnsw", "cells")}


def test_the_same_is_found_as_with_hnswlib(made: Path) -> None:
    assert indexes(made / "memory") == {"index.hnsw"}
    assert indexes(made / "disk") == {"cells"}
    with (
        GraphMemory.open(made / "memory", embedder=WordEmbedder()) as one,
        GraphMemory.open(made / "disk", embedder=WordEmbedder()) as other,
    ):
        for question in QUESTIONS:
            assert [hit.passage_id for hit in one.search(question).hits] == [
                hit.passage_id for hit in other.search(question).hits
            ]


def test_the_store_keeps_to_it_and_can_be_told_otherwise(tmp_path: Path, made: Path) -> None:
    shutil.copytree(made / "disk", tmp_path / "store")
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        memory.add("Norhaven is a town.", id="town")
        memory.remove("docs/07.txt")
        assert indexes(tmp_path / "store") == {"cells"}
        assert memory.search("Norhaven").hits[0].passage_id == "town#0"
        assert memory.check().problems == ()
    for place, kept in (("memory", "index.hnsw"), ("disk", "cells")):
        with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder(), vectors=place) as memory:
            memory.add(f"It is told by the {place}.", id="told")
            assert indexes(tmp_path / "store") == {kept}
            assert memory.search("Norhaven").hits[0].passage_id == "town#0"


@pytest.mark.parametrize("name", ["rows.npy", "centres.npy", "members.npy"])
def test_damage_is_noticed_and_the_cells_are_made_again(tmp_path: Path, made: Path, name: str) -> None:
    shutil.copytree(made / "disk", tmp_path / "store")
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        before = observed(memory, QUESTIONS)
    (path,) = (tmp_path / "store").rglob(f"sentence/cells/{name}")
    sound = path.read_bytes()
    path.write_bytes(sound[:-40] + bytes(40))
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        assert observed(memory, QUESTIONS) == before
        assert len(memory.notices) == 1
    assert path.read_bytes() == sound


def test_no_vector_of_a_removed_document_remains(tmp_path: Path, made: Path) -> None:
    shutil.copytree(made / "disk", tmp_path / "store")
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        snapshot = memory._reading()
        (passage,) = (at for at, id_ in enumerate(snapshot.document_ids) if id_ == "docs/05.txt")
        first = int(
            np.flatnonzero(
                snapshot.document_of[snapshot.passages_of("sentence", np.arange(snapshot.sentence_count))] == passage
            )[0]
        )
        # "Person5 met Person6 in Town6.", which no other sentence says in another order.
        half = snapshot.vectors("sentence", np.array([first + 6])).astype(np.float16)
        forms = [form.tobytes() for form in (half, half.astype(np.float32), _quantised(half)[0])]
        written = [path.read_bytes() for path in (tmp_path / "store").rglob("*") if path.is_file()]
        assert [any(form in data for data in written) for form in forms] == [True, False, True]
        memory.remove("docs/05.txt")
    written = [path.read_bytes() for path in (tmp_path / "store").rglob("*") if path.is_file()]
    assert not any(form in data for data in written for form in forms)


def test_a_place_of_no_meaning_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="choose memory or disk"):
        GraphMemory.open(tmp_path / "store", vectors="tape")  # type: ignore[arg-type]


def test_what_the_settings_say_is_kept(tmp_path: Path, made: Path) -> None:
    with sqlite3.connect(made / "disk" / "store.db") as connection:
        (settings,) = connection.execute("SELECT value FROM meta WHERE key = 'settings'").fetchone()
    connection.close()
    assert json.loads(settings)["vectors"] == "disk"


def test_every_vector_is_in_one_cell_and_nearest_to_itself(made: Path) -> None:
    (folder,) = (made / "disk").rglob("sentence/cells")
    cells = Cells.open(folder)
    assert cells is not None
    assert np.array_equal(np.sort(cells.members), np.arange(len(cells.members)))
    assert cells.offsets[-1] == len(cells.members)
    for row in range(0, len(cells.members), 200):
        vector = cells.rows[row].astype(np.float32) * cells.scales[row]
        found = cells.nearest(vector / np.linalg.norm(vector), 50)
        assert cells.members[row] in found


def test_making_cells_holds_a_sample_and_not_the_vectors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells_build, "_SAMPLE_VALUES", 1 << 16)
    peaks = []
    for count in (10_000, 40_000):
        rows = np.random.default_rng(1).standard_normal((count, 64)).astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        np.save(tmp_path / f"{count}.npy", rows.astype(np.float16))
        matrix, slots = np.load(tmp_path / f"{count}.npy", mmap_mode="r"), np.arange(count)
        tracemalloc.start()
        try:
            cells_build.write_cells(tmp_path / str(count), matrix, slots)
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
    # A vector has 256 bytes in single precision; its cell, slot and place in the order are to be held.
    assert (peaks[1] - peaks[0]) / 30_000 < 48


def test_the_nearest_cells_are_put_in_order_until_they_have_enough(tmp_path: Path) -> None:
    chance = np.random.default_rng(3)
    # Cells of very different sizes: the nearest may be small ones.
    centres = chance.normal(size=(60, 16))
    vectors = centres[chance.zipf(1.4, 30_000) % 60] + 0.2 * chance.normal(size=(30_000, 16))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    cells_build.write_cells(tmp_path, vectors.astype(np.float16), np.arange(30_000))
    cells = Cells(tmp_path / "cells")
    sizes = np.diff(cells.offsets)
    for asked, most in [(centre, most) for centre in centres[:20] for most in (1, 50, 900, 30_000)]:
        far = (1 - cells.centres @ asked).astype(np.float32)
        order = cells._nearest_cells(far, most)
        assert order.tolist() == np.argsort(far, kind="stable")[: len(order)].tolist()
        assert sizes[order].sum() >= most
