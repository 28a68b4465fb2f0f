"""After any sequence of adds, changes and removals a store answers exactly as one built from the final documents."""

from __future__ import annotations

import tempfile
from pathlib import Path

from conftest import TEXTS, WordEmbedder
from hypothesis import given, settings
from hypothesis import strategies as st
from observed import observed

from graphmem import GraphMemory

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
@given(STEPS)
def test_history_leaves_no_trace(steps: list[tuple[str, str, str]]) -> None:
    final: dict[str, str] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        GraphMemory.open(Path(folder) / "lived", embedder=WordEmbedder()) as lived,
    ):
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
