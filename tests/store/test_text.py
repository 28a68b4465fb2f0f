"""BM25 through postings gives what rank_bm25 gives by looking at every document."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rank_bm25 import BM25Plus

from graphmem.folding import tokenize
from graphmem.store import text_build
from graphmem.store.moves import Moves
from graphmem.store.text import TextIndex
from graphmem.store.text_build import change_text

TEXT = st.lists(st.sampled_from("ship sail Norhaven river the a 1841 北 gull".split()), min_size=1, max_size=12).map(
    " ".join
)


TEXTS = st.lists(TEXT, min_size=1, max_size=12)


def answers(texts: list[str], question: str, k: int) -> tuple[np.ndarray, np.ndarray]:
    with tempfile.TemporaryDirectory() as folder:
        built(Path(folder) / "text", texts)
        return TextIndex(Path(folder) / "text").match(question, k)


def built(folder: Path, texts: list[str]) -> dict[str, np.ndarray]:
    change_text(folder, None, Moves.first(len(texts)), texts)
    return all_arrays(folder)


def all_arrays(folder: Path) -> dict[str, np.ndarray]:
    return {path.relative_to(folder).as_posix(): np.load(path) for path in folder.rglob("*.npy")}


@settings(max_examples=50, deadline=None)
@given(TEXTS, TEXT)
def test_scores_are_those_of_rank_bm25(texts: list[str], question: str) -> None:
    words = [[word for word, _, _ in tokenize(text)] for text in texts]
    expected = BM25Plus(words, delta=0).get_scores([word for word, _, _ in tokenize(question)])
    positions, scores = answers(texts, question, len(texts))
    found = np.zeros(len(texts))
    found[positions] = scores
    touched = [i for i, row in enumerate(words) if set(row) & {word for word, _, _ in tokenize(question)}]
    np.testing.assert_allclose(found[touched], expected[touched], rtol=1e-5, atol=1e-6)
    assert sorted(positions.tolist()) == touched


@settings(max_examples=50, deadline=None)
@given(TEXTS, TEXT, st.integers(1, 5))
def test_stopping_early_loses_nothing(texts: list[str], question: str, k: int) -> None:
    all_positions, all_scores = answers(texts, question, len(texts))
    positions, scores = answers(texts, question, k)
    assert positions.tolist() == all_positions[:k].tolist()
    np.testing.assert_array_equal(scores, all_scores[:k])


@pytest.mark.parametrize("seed", range(4))
def test_nor_does_it_among_many_passages_and_in_two_segments(seed: int, tmp_path: Path) -> None:
    chance = np.random.default_rng(seed)
    # A few words stand everywhere and most of them seldom, as in a language.
    texts = [
        " ".join(f"w{min(int(number), 400)}" for number in chance.zipf(1.3, chance.integers(3, 30)))
        for _ in range(1_200)
    ]
    change_text(tmp_path / "old", None, Moves.first(1_150), texts[:1_150])
    moves = Moves.edit(1_150, np.zeros(0, dtype=np.int64), [1_150] * 50)
    change_text(tmp_path / "new", tmp_path / "old", moves, texts[1_150:])
    index = TextIndex(tmp_path / "new")
    for _ in range(20):
        question = " ".join(f"w{min(int(number), 400)}" for number in chance.zipf(1.2, 8))
        all_positions, all_scores = index.match(question, len(texts))
        positions, scores = index.match(question, 10)
        assert positions.tolist() == all_positions[:10].tolist()
        np.testing.assert_array_equal(scores, all_scores[:10])


@settings(max_examples=25, deadline=None)
@given(TEXTS, st.data())
def test_changed_postings_answer_as_those_made_anew(texts: list[str], data: st.DataObject) -> None:
    final = texts
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        built(folder / "0", texts)
        for step in range(1, data.draw(st.integers(1, 3)) + 1):
            before = final
            keep = data.draw(st.lists(st.booleans(), min_size=len(before), max_size=len(before)))
            keep = keep if data.draw(st.booleans()) else [True] * len(before)
            places = sorted(data.draw(st.lists(st.integers(0, len(before)), max_size=4)))
            added = data.draw(st.lists(TEXT, min_size=len(places), max_size=len(places)))
            final = []
            for number in range(len(before) + 1):
                final += [text for place, text in zip(places, added, strict=True) if place == number]
                final += before[number : number + 1] if number < len(before) and keep[number] else []
            moves = Moves.edit(len(keep), np.flatnonzero(~np.array(keep, dtype=bool)), places)
            change_text(folder / str(step), folder / str(step - 1), moves, added)
            question = data.draw(TEXT)
            changed = TextIndex(folder / str(step)).match(question, 2)
            for one, other in zip(changed, answers(final, question, 2), strict=True):
                np.testing.assert_array_equal(one, other)
            if not all(keep):
                anew = built(folder / f"anew{step}", final)
                for name, array in all_arrays(folder / str(step)).items():
                    np.testing.assert_array_equal(array, anew[name], err_msg=name)


@settings(max_examples=15, deadline=None)
@given(TEXTS)
def test_the_size_of_the_pieces_does_not_matter(texts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        whole = built(Path(folder) / "whole", texts)
        patch.setattr(text_build, "_PIECE", 3)
        pieces = built(Path(folder) / "pieces", texts)
    assert whole.keys() == pieces.keys()
    for name in whole:
        np.testing.assert_array_equal(whole[name], pieces[name], err_msg=name)


def test_a_long_tail_is_merged_and_until_then_the_large_segment_is_linked(tmp_path: Path) -> None:
    built(tmp_path / "0", ["ship gull"] * 5)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_build, "_TAIL", 3)
        change_text(
            tmp_path / "1", tmp_path / "0", Moves.edit(5, np.zeros(0, dtype=np.int64), [0, 0]), ["river ship", "sail"]
        )
        change_text(
            tmp_path / "2", tmp_path / "1", Moves.edit(7, np.zeros(0, dtype=np.int64), [7, 7]), ["river", "gull"]
        )
    assert (tmp_path / "1" / "base" / "postings.npy").samefile(tmp_path / "0" / "base" / "postings.npy")
    anew = built(tmp_path / "anew", ["river ship", "sail", *["ship gull"] * 5, "river", "gull"])
    for name, array in all_arrays(tmp_path / "2").items():
        np.testing.assert_array_equal(array, anew[name], err_msg=name)
    assert TextIndex(tmp_path / "1").having(["ship", "river"]).tolist() == [0]
    assert TextIndex(tmp_path / "1").having(["ship", "gull"]).tolist() == [2, 3, 4, 5, 6]
