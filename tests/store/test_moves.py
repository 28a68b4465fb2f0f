"""Arrays that are moved are those that would have been made anew."""

from __future__ import annotations

import bisect

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graphmem.store.moves import Moves, Rows, Strings

ROWS = st.lists(st.lists(st.integers(0, 9), max_size=3), max_size=8)


@st.composite
def edits(draw: st.DrawFn) -> tuple[list[list[int]], list[bool], list[int], list[list[int]]]:
    old = draw(ROWS)
    keep = draw(st.lists(st.booleans(), min_size=len(old), max_size=len(old)))
    places = sorted(draw(st.lists(st.integers(0, len(old)), max_size=4)))
    added = draw(st.lists(st.lists(st.integers(10, 19), max_size=3), min_size=len(places), max_size=len(places)))
    return old, keep, places, added


@given(edits(), st.sets(st.integers(0, 11)))
def test_rows_are_moved(edit: tuple[list[list[int]], list[bool], list[int], list[list[int]]], cut: set[int]) -> None:
    old, keep, places, added = edit
    expected: list[tuple[int, list[int]]] = []
    for number in range(len(old) + 1):
        expected += [(-1, row) for place, row in zip(places, added, strict=True) if place == number]
        if number < len(old) and keep[number]:
            expected.append((number, old[number]))
    moves = Moves.edit(len(old), np.flatnonzero(~np.array(keep, dtype=bool)), places)
    assert len(moves) == len(expected)
    moved = moves.rows(Rows.of(old, np.int32), Rows.of(added, np.int32))
    assert [moved.values[a:b].tolist() for a, b in zip(moved.offsets, moved.offsets[1:], strict=False)] == [
        row for _, row in expected
    ]
    before = [number for number, _ in expected]
    assert moves.new.tolist() == [at for at, number in enumerate(before) if number < 0]
    now = [before.index(n) if n in before else -1 for n in range(len(old))]
    assert moves.table().tolist() == now
    assert moves.now(np.array([*range(len(old)), -1])).tolist() == [*now, -1]
    fresh = iter(range(-1, -len(before) - 1, -1))
    assert moves.before(np.arange(len(before))).tolist() == [n if n >= 0 else next(fresh) for n in before]
    assert [moves.before_one(at) for at in range(len(before))] == moves.before(np.arange(len(before))).tolist()
    fewer = moves.without(np.array([number for number in sorted(cut) if number < len(expected)], dtype=np.int64))
    assert fewer.items(np.arange(len(old)), np.full(len(fewer.new), -1)).tolist() == [
        -1 if at in cut else number for at, number in enumerate(before)
    ]
    parts = moves.of_parts(Rows.of(old, np.int32).offsets, [len(row) for row in added])
    assert len(parts) == sum(len(row) for _, row in expected)
    # Each part says in which row it is, and where there.
    of_old = np.array([10 * number + at for number, row in enumerate(old) for at in range(len(row))], dtype=np.int64)
    of_new = np.array([-1 - at for row in added for at in range(len(row))], dtype=np.int64)
    assert parts.items(of_old, of_new).tolist() == [
        10 * number + at if number >= 0 else -1 - at for number, row in expected for at in range(len(row))
    ]
    beside = moves.beside(moves)
    assert beside.table().tolist() == [*now, *(len(expected) + n if n >= 0 else -1 for n in now)]


@given(edits(), st.data())
def test_two_moves_are_one(
    edit: tuple[list[list[int]], list[bool], list[int], list[list[int]]], data: st.DataObject
) -> None:
    old, keep, places, _ = edit
    first = Moves.edit(len(old), np.flatnonzero(~np.array(keep, dtype=bool)), places)
    gone = np.array(sorted(data.draw(st.sets(st.integers(0, len(first) - 1)))) if len(first) else [], dtype=np.int64)
    then = Moves.edit(len(first), gone, sorted(data.draw(st.lists(st.integers(0, len(first)), max_size=4))))
    both = first.followed_by(then)
    once = first.items(np.arange(len(old)), np.full(len(first.new), -1))
    assert (
        both.items(np.arange(len(old)), np.full(len(both.new), -1)).tolist()
        == then.items(once, np.full(len(then.new), -1)).tolist()
    )


TEXTS = st.sets(st.text(max_size=3), max_size=8)


@given(TEXTS, TEXTS, st.data())
def test_strings_are_found_and_edited(old: set[str], new: set[str], data: st.DataObject) -> None:
    # Lone surrogates never reach the store's files.
    texts, added = (sorted(t for t in some if t.isprintable()) for some in (old, new - old))
    strings = Strings.of(texts)
    assert [strings[number] for number in range(len(strings))] == texts
    assert all(strings.find(text) == number for number, text in enumerate(texts))
    assert all(strings.find(text) is None for text in added)
    asked = sorted({*texts, *added})
    wanted = [(bisect.bisect_left(texts, text), text in texts) for text in asked]
    assert list(strings.find_all(text.encode() for text in asked)) == wanted
    keep = data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts)))
    edited, _ = strings.edited(np.flatnonzero(~np.array(keep, dtype=bool)), Strings.of(added))
    left = [text for text, kept in zip(texts, keep, strict=True) if kept]
    assert [edited[number] for number in range(len(edited))] == sorted([*left, *added])
