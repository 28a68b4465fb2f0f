"""After any sequence of adds, changes and removals a store answers exactly as one built from the final documents."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

import pytest
from conftest import TEXTS, WordEmbedder
from hypothesis import given, settings
from hypothesis import strategies as st
from observed import observed

from graphmem import GraphMemory
from graphmem.store import Store, tables
from graphmem.store.derived import folder_of

NAMES = sorted(TEXTS)
WORDINGS = [
    *TEXTS.values(),
    "Norhaven lies far from Eastport. Ada Marrow lived there.",
    "Élan Vale (born 1901) was a poet.",
]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from(NAMES), st.sampled_from(WORDINGS)),
        st.tuples(st.just("remove"), st.sampled_from(NAMES), st.just("")),
    ),
    min_size=1,
    max_size=7,
)
QUESTIONS = ("Who founded the shipyard that built the Grey Gull?", "where was elena vane born", "Ada Marrow")


@settings(max_examples=25, deadline=None)
@given(STEPS, st.booleans())
def test_history_leaves_no_trace(steps: list[tuple[str, str, str]], layered: bool) -> None:
    final: dict[str, str] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        GraphMemory.open(Path(folder) / "lived", embedder=WordEmbedder()) as lived,
        pytest.MonkeyPatch.context() as patch,
    ):
        if layered:
            # As in a large store, where a base is linked for as long as what lies over it is little.
            patch.setattr(tables, "_CHEAP", -1)
            patch.setattr(tables, "_SHARE", math.inf)
        for step, name, text in steps:
            if step == "put":
                lived.add(text, title=name.removesuffix(".txt").title(), id=name)
                final[name] = text
            else:
                assert bool(lived.remove(name).removed) == (final.pop(name, None) is not None)
        with GraphMemory.open(Path(folder) / "built", embedder=WordEmbedder()) as built:
            for name in sorted(final, reverse=True):
                built.add(final[name], title=name.removesuffix(".txt").title(), id=name)
            assert observed(lived, QUESTIONS) == observed(built, QUESTIONS)
        assert lived.check().problems == ()


def test_a_base_is_linked_until_something_goes_or_much_has_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "_CHEAP", -1)
    store, source = tmp_path / "store", tmp_path / "source"
    source.mkdir()
    for number in range(60):
        (source / f"{number:03d}.txt").write_text(
            f"Ship {number} was built by Person{number} in Town{number}.", encoding="utf-8"
        )

    def base() -> list[tuple[int, int]]:
        folders = (folder_of(store, Store.open(store).generation()) / name / "base" for name in ("graph", "facts"))
        looks = [path.stat() for folder in folders for path in sorted(folder.iterdir())]
        return [(look.st_ino, look.st_mtime_ns) for look in looks]

    with GraphMemory.open(store, embedder=WordEmbedder()) as memory:
        memory.index([source])
        made = base()
        memory.add("The Grey Gull was built by Harl in Eastport.", id="0300")
        assert memory.search("Who built the Grey Gull?").hits[0].document_id == "0300"
        assert base() == made
        memory.remove("0300")
        assert not set(base()) & set(made)
        made = base()
        for number in range(60, 90):
            memory.add(f"Ship {number} was built by Person{number} in Town{number}.", id=f"{number:03d}")
        assert not set(base()) & set(made)
