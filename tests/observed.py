"""Everything of a store that an answer can depend on, to hold one store against another."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from graphmem import GraphMemory


def observed(memory: GraphMemory, questions: Iterable[str]) -> dict[str, object]:
    """Documents, passages, extractions, graph, vectors, and what is found for some questions."""
    snapshot = memory._reading()
    positions = range(snapshot.passage_count)
    return {
        "documents": [memory.document(id_) for id_ in memory.documents()],
        "passages": [record.passage for record in snapshot.passages(positions)],
        "extractions": snapshot.extractions(positions),
        "graph": {
            column: array.tolist()
            for name, table in snapshot.graph.tables().items()
            for column, array in table.whole(name).items()
        },
        "vectors": snapshot.vectors("sentence", np.arange(snapshot.sentence_count)).tolist(),
        "results": [_told(memory, question) for question in questions],
    }


def _told(memory: GraphMemory, question: str) -> object:
    result = memory.search(question, k=5)
    return result.hits, result.evidence, result.proof, result.stopped, result.trace.hops
