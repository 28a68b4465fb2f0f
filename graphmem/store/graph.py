"""The knowledge graph as compact arrays: which statement mentions which entity, and which passage is about it.

Nodes are entities, statements (sentences, then triples) and passages. A statement *mentions* entities; an entity
leads to the passages that are about it (its *owners*), that carry it in their title, that are about what is called
alike, or that mention it, with a weight for each of the four. All of it is a pure function of the passages in
canonical order and of the vectors of names, so it never depends on the order in which documents came and went.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

import numpy as np
from numpy.typing import NDArray

from graphmem.model import FloatArray
from graphmem.store.moves import Rows, Strings

__all__ = ["ALIKE", "IN_TEXT", "IN_TITLE", "Graph"]

IN_TITLE, ALIKE, IN_TEXT = 0.8, 0.7, 0.6
"""How much a passage has to do with an entity that its title contains, that is called like what it is about, or that its
text mentions; owners have up to 1."""

Offsets = NDArray[np.int64]
Numbers = NDArray[np.int32]


class Graph:
    """Read access to the arrays of :func:`graph_arrays`; entities are numbered in the order of their folded names."""

    def __init__(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        self._arrays = arrays
        self._keys = Strings(Rows(cast(Offsets, arrays["key_offsets"]), arrays["key_bytes"]))
        self._labels = Strings(Rows(cast(Offsets, arrays["label_offsets"]), arrays["label_bytes"]))
        self.statement_indptr = cast(Offsets, arrays["statement_indptr"])
        self.statement_entities = cast(Numbers, arrays["statement_entities"])
        self.entity_indptr = cast(Offsets, arrays["entity_indptr"])
        self.entity_statements = cast(Numbers, arrays["entity_statements"])
        self.passage_indptr = cast(Offsets, arrays["passage_indptr"])
        self.entity_passages = cast(Numbers, arrays["entity_passages"])
        self.passage_weights = cast(FloatArray, arrays["passage_weights"])
        self.owner_count = cast(Numbers, arrays["owner_count"])
        self.ordinary = arrays["ordinary"]

    @property
    def entity_count(self) -> int:
        return len(self._keys)

    @property
    def edge_count(self) -> int:
        """Edges from statements to entities and from entities to passages together."""
        return len(self.statement_entities) + len(self.entity_passages)

    def key(self, entity: int) -> str:
        """The folded name of an entity."""
        return self._keys[entity]

    def label(self, entity: int) -> str:
        """The name as its strongest source writes it."""
        return self._labels[entity]

    def find(self, key: str) -> int | None:
        """The entity of a folded name, by binary search over the sorted names."""
        return self._keys.find(key)

    def first(self, prefix: str) -> tuple[int, str] | None:
        """The first entity whose folded name begins with ``prefix``, and that name: ``prefix`` itself, if it is one."""
        at = self._keys.lower_bound(prefix)
        key = self.key(at) if at < self.entity_count else ""
        return (at, key) if key.startswith(prefix) and key else None

    def starting_with(self, prefix: str, limit: int) -> list[tuple[int, str]]:
        """Up to ``limit`` entities whose folded name starts with ``prefix``, with their names."""
        found: list[tuple[int, str]] = []
        for entity in range(self._keys.lower_bound(prefix), self.entity_count):
            key = self.key(entity)
            if len(found) == limit or not key.startswith(prefix):
                break
            found.append((entity, key))
        return found

    def statements_of(self, entity: int) -> NDArray[np.int32]:
        """Statements that mention an entity."""
        return self.entity_statements[self.entity_indptr[entity] : self.entity_indptr[entity + 1]]

    def passages_of(self, entity: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Passages that have to do with an entity, and how much each has: its owners in order, then the others."""
        rows = slice(self.passage_indptr[entity], self.passage_indptr[entity + 1])
        return self.entity_passages[rows], self.passage_weights[rows]

    def keys(self) -> Iterator[str]:
        """All folded names in order."""
        return (self.key(entity) for entity in range(self.entity_count))
