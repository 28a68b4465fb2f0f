"""Damaged files: what is derived is noticed and made again, and what is not is named, and saved as far as it goes."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from pathlib import Path

import numpy as np
import pytest
from conftest import WordEmbedder
from observed import observed

from graphmem import GraphMemory, StoreError
from graphmem.store.derived import broken_reason
from graphmem.store.moves import Moves
from graphmem.store.vectors import EXACT_LIMIT, VectorIndex
from graphmem.store.vectors_build import change_vectors

QUESTIONS = ("Who met Person3 in Town2?",)
PAGE = 4096


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store that is large enough for hnswlib, and the documents that it was made from."""
    folder = tmp_path_factory.mktemp("sound")
    (folder / "docs").mkdir()
    for number in range(60):
        text = " ".join(f"Person{number} met Person{other} in Town{other % 7}." for other in range(EXACT_LIMIT // 50))
        (folder / "docs" / f"{number:02}.txt").write_text(text, encoding="utf-8")
    with GraphMemory.open(folder / "store", embedder=WordEmbedder()) as memory:
        memory.index([folder / "docs"])
    assert list((folder / "store").rglob("index.hnsw"))
    return folder


def damage(path: Path, how: str, random_: random.Random) -> None:
    """Bits flipped at the start (headers) or anywhere, bytes cut off, added or overwritten."""
    data = bytearray(path.read_bytes())
    place = random_.randrange(len(data))
    if how == "header":
        data[random_.randrange(min(96, len(data)))] ^= 1 << random_.randrange(8)
    elif how == "flip":
        data[place] ^= 1 << random_.randrange(8)
    elif how == "cut":
        del data[place:]
    elif how == "grown":
        data += bytes(random_.randrange(1, 100))
    else:
        data[place : place + 64] = random_.randbytes(len(data[place : place + 64]) or 1)
    if bytes(data) == path.read_bytes():
        data.append(0)
    path.write_bytes(data)


@pytest.mark.parametrize("how", ["header", "flip", "cut", "grown", "random"])
def test_every_derived_file_is_noticed_and_made_again(tmp_path: Path, sound: Path, how: str) -> None:
    store, random_ = tmp_path / "store", random.Random(how)
    shutil.copytree(sound / "store", store)
    (folder,) = (store / "indexes").iterdir()
    shutil.copytree(folder, tmp_path / "sound")
    files = [
        path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "seen.json"
    ]
    assert len(files) > 20
    identity = {key: json.loads((folder / "manifest.json").read_text())[key] for key in ("store", "generation")}
    for name in files:
        damage(folder / name, how, random_)
        assert broken_reason(folder, identity), name
        shutil.copy(tmp_path / "sound" / name, folder / name)
        assert not broken_reason(folder, identity)
    # What was seen before is only a saving: damaged, it costs one more reading.
    damage(folder / "seen.json", how, random_)
    assert not broken_reason(folder, identity)
    for name in random_.sample(files, 2):
        damage(folder / name, how, random_)
        with GraphMemory.open(store, embedder=WordEmbedder()) as memory:
            assert memory.search(QUESTIONS[0]).hits
            assert [line.startswith("rebuilding") for line in memory.notices] == [True], name
        assert not broken_reason(folder, identity)
    for name in files:
        assert (folder / name).read_bytes() == (tmp_path / "sound" / name).read_bytes(), name


def test_files_that_do_not_belong_there_are_not_read(tmp_path: Path, sound: Path) -> None:
    shutil.copytree(sound / "store", tmp_path / "store")
    (folder,) = (tmp_path / "store" / "indexes").iterdir()
    np.save(folder / "graph" / "foreign.npy", np.zeros(3))
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        memory.stats()
        assert "foreign.npy does not belong there" in memory.notices[0]


def test_a_copy_that_went_its_own_way_does_not_lend_its_indexes(tmp_path: Path) -> None:
    with GraphMemory.open(tmp_path / "one", embedder=WordEmbedder()) as memory:
        memory.add("Norhaven is a town.", id="town")
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    for name, text in (("one", "The Grey Gull is a schooner."), ("two", "Ulf Stone was a fisherman.")):
        with GraphMemory.open(tmp_path / name, embedder=WordEmbedder()) as memory:
            memory.add(text, id="other")
    # Same store, same generation, same ids.
    shutil.rmtree(tmp_path / "one" / "indexes")
    shutil.copytree(tmp_path / "two" / "indexes", tmp_path / "one" / "indexes")
    with GraphMemory.open(tmp_path / "one", embedder=WordEmbedder()) as memory:
        assert memory.search("schooner").hits[0].text == "The Grey Gull is a schooner."
        assert len(memory.notices) == 1


@pytest.mark.parametrize("how", ["header", "flip", "cut", "random", "dimension"])
def test_nothing_unverified_reaches_hnswlib(tmp_path: Path, how: str) -> None:
    """Damage that comes after the folder was verified and before the index is loaded: found then, and done without."""
    generator, random_ = np.random.default_rng(1), random.Random(how)
    vectors = generator.standard_normal((EXACT_LIMIT + 500, 32)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    labels = np.arange(len(vectors))
    for attempt in range(3):
        folder = tmp_path / f"{attempt}"
        new = Moves.first(len(vectors))
        change_vectors(folder, new, 32, [(0, vectors.astype(np.float16))], None)
        if how == "dimension":
            change_vectors(tmp_path / "other", new, 16, [(0, vectors[:, :16].astype(np.float16))], None)
            for name in ("index.hnsw", "index.json"):
                shutil.copy(tmp_path / "other" / name, folder / name)
        else:
            damage(folder / "index.hnsw", how, random_)
        found = VectorIndex(folder).nearest(vectors[attempt : attempt + 1], 5)[0][0]
        scores = vectors.astype(np.float16).astype(np.float32) @ vectors[attempt]
        assert found.tolist() == np.lexsort((labels, -scores))[:5].tolist()
        # Nor does a writer build upon it.
        change_vectors(tmp_path / "next", Moves.none(len(vectors)), 32, [], folder)
        assert VectorIndex(tmp_path / "next").nearest(vectors[:1], 1)[0][0, 0] == 0


def spoil(database: Path, how: str, random_: random.Random) -> None:
    data = bytearray(database.read_bytes())
    if how == "page":
        page = random_.randrange(1, len(data) // PAGE)
        data[page * PAGE : (page + 1) * PAGE] = bytes(PAGE)
    elif how == "bytes":
        for _ in range(40):
            data[random_.randrange(100, len(data))] = random_.randrange(256)
    else:
        del data[random_.randrange(len(data) // 2, len(data)) :]
    database.write_bytes(data)


@pytest.mark.parametrize("how", ["page", "bytes", "cut"])
@pytest.mark.parametrize("seed", range(2))
def test_a_damaged_database_is_named_and_rescued(tmp_path: Path, sound: Path, how: str, seed: int) -> None:
    shutil.copytree(sound, tmp_path / "x")
    store, new = tmp_path / "x" / "store", tmp_path / "x" / "new"
    with GraphMemory.open(store, embedder=WordEmbedder()) as memory:
        expected = observed(memory, QUESTIONS)
        texts = {id_: memory.document(id_) for id_ in memory.documents()}
    spoil(store / "store.db", how, random.Random(seed))
    try:
        with GraphMemory.open(store, embedder=WordEmbedder()) as memory:
            memory.check()
        told = ""
    except StoreError as error:
        told = str(error)
    assert not told or ("store.db" in told and "graphmem check --rescue" in told)
    rescued = GraphMemory.rescue(store, new)
    assert rescued.documents >= 40
    assert rescued.documents + len(rescued.lost) >= len(texts) - 5
    with GraphMemory.open(new, embedder=WordEmbedder()) as memory:
        assert memory.check().problems == ()
        # Nothing is made up: what was saved is what was there.
        assert all(memory.document(id_) == texts[id_] for id_ in memory.documents())
        memory.index([tmp_path / "x" / "docs"])
        found = observed(memory, QUESTIONS)
        # A flipped bit within a number that stays a number cannot be noticed.
        kept = ("documents", "passages") if how == "bytes" else expected
        assert all(found[name] == expected[name] for name in kept)


def test_a_rescue_needs_something_to_save_and_a_place_to_save_it_to(tmp_path: Path) -> None:
    with GraphMemory.open(tmp_path / "store", embedder=None) as memory:
        memory.add("Norhaven is a town.")
    with pytest.raises(StoreError, match="is there already"):
        GraphMemory.rescue(tmp_path / "store", tmp_path / "store")
    with pytest.raises(StoreError, match="to save anything from"):
        GraphMemory.rescue(tmp_path / "nowhere", tmp_path / "new")
    (tmp_path / "store" / "store.db").write_bytes(b"no database at all" * 1000)
    with pytest.raises(StoreError, match="nothing of"):
        GraphMemory.rescue(tmp_path / "store", tmp_path / "newer")


def test_a_vector_that_is_none_is_noticed(tmp_path: Path) -> None:
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        memory.add("Norhaven is a town.")
    with sqlite3.connect(tmp_path / "store" / "store.db") as connection:
        (data,) = connection.execute("SELECT data FROM vectors WHERE kind = 'sentence'").fetchone()
        connection.execute("UPDATE vectors SET data = ? WHERE kind = 'sentence'", (b"\xff\x7f" + data[2:],))
    connection.close()
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as memory:
        assert "sentence vectors" in memory.check().problems[0]
