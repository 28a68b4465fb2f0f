"""After any sequence of adds, changes and removals a store answers exactly as one built from the final documents."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from conftest import TEXTS, WordEmbedder
from hypothesis import given, settings
from hypothesis import strategies as st

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


def observed(memory: GraphMemory) -> dict[str, object]:
    """Everything that an answer can depend on."""
    snapshot = memory._reading()
    positions = range(snapshot.passage_count)
    return {
        "documents": [memory.document(id_) for id_ in memory.documents()],
        "passages": [record.passage for record in snapshot.passages(positions)],
        "extractions": snapshot.extractions(positions),
        "graph": {name: np.asarray(array).tolist() for name, array in snapshot.graph._arrays.items()},
        "vectors": snapshot.vectors("sentence", np.arange(snapshot.sentence_count)).tolist(),
        "results": [_told(memory, question) for question in QUESTIONS],
    }


def _told(memory: GraphMemory, question: str) -> object:
    result = memory.search(question, k=5)
    return result.hits, result.evidence, result.proof, result.stopped, result.trace.hops


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
            assert observed(lived) == observed(built)
        assert lived.check().problems == ()
