"""The knowledge graph as compact arrays: which statement mentions which entity, and which passage is about it.

Nodes are entities, statements (sentences, then triples) and passages. A statement *mentions* entities; an entity
leads to the passages that are about it (its *owners*), that carry it in their title, that are about what is called
alike, or that mention it, with a weight for each of the four. All of it is a pure function of the passages in
canonical order and of the vectors of names, so it never depends on the order in which documents came and went.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from graphmem.store.derived import read_arrays
from graphmem.store.layered import (
    ADDED,
    BASE,
    LayeredItems,
    LayeredRows,
    LayeredStrings,
    Table,
    named_tables,
    read_moves,
)
from graphmem.store.moves import Moves, Rows, Strings

__all__ = ["ALIKE", "IN_TEXT", "IN_TITLE", "Graph"]

IN_TITLE, ALIKE, IN_TEXT = 0.8, 0.7, 0.6
"""How much a passage has to do with an entity that its title contains, that is called like what it is about, or that its
text mentions; owners have up to 1."""


@dataclass(frozen=True, slots=True)
class Graph:
    """Tables of statements (``mentions``, the entities of each, ascending) and of entities, which are numbered in the order of
    their folded names: ``keys``, these names; ``labels``, as their strongest source writes them; ``ordinary``, whether the name
    is an ordinary word as well; ``statements`` that mention each; ``passages`` that have to do with each, and how much each has:
    its owners in order, of which ``owner_count`` tells how many there are, then the others.

    ``moves_of`` tells how entities, statements and passages have moved since the bases of the tables were written.
    """

    mentions: LayeredRows
    keys: LayeredStrings
    labels: LayeredStrings
    ordinary: LayeredItems
    owner_count: LayeredItems
    statements: LayeredRows
    passages: LayeredRows
    moves_of: dict[str, Moves]

    @classmethod
    def none(cls) -> Self:
        """Of no passages."""
        texts, rows = LayeredStrings.flat(Strings.of([])), LayeredRows.flat(Rows.of([], np.int32), 0)
        weighted = Rows(np.zeros(1, dtype=np.int64), np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32))
        ordinary, counts = (LayeredItems.flat(np.zeros(0, dtype=kind)) for kind in (np.bool_, np.int32))
        moves = {kind: Moves.none(0) for kind in ("entities", "statements", "passages")}
        return cls(rows, texts, texts, ordinary, counts, rows, LayeredRows.flat(weighted, 0), moves)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """From the files of a folder, mapped into memory."""
        base, added = read_arrays(folder / BASE), read_arrays(folder / ADDED)
        counts = dict(zip(("entities", "statements", "passages"), base["counts"].tolist(), strict=True))
        moves = {kind: read_moves(f"of_{kind}", added, count) for kind, count in counts.items()}
        return cls(
            LayeredRows.read("mentions", base, added, moves["entities"]),
            LayeredStrings.read("keys", base, added),
            LayeredStrings.read("labels", base, added),
            LayeredItems.read("ordinary", base, added),
            LayeredItems.read("owner_count", base, added),
            LayeredRows.read("statements", base, added, moves["statements"]),
            LayeredRows.read("passages", base, added, moves["passages"]),
            moves,
        )

    def tables(self) -> dict[str, Table]:
        """All tables by their names."""
        return named_tables(self)

    @property
    def entity_count(self) -> int:
        return len(self.keys)

    @property
    def edge_count(self) -> int:
        """Edges from statements to entities and from entities to passages together."""
        return self.mentions.size() + self.passages.size()

    def key(self, entity: int) -> str:
        """The folded name of an entity."""
        return self.keys[entity]

    def label(self, entity: int) -> str:
        """The name as its strongest source writes it."""
        return self.labels[entity]

    def find(self, key: str) -> int | None:
        """The entity of a folded name, by binary search over the sorted names."""
        return self.keys.find(key)

    def first(self, prefix: str) -> tuple[int, str] | None:
        """The first entity whose folded name begins with ``prefix``, and that name: ``prefix`` itself, if it is one."""
        at = self.keys.lower_bound(prefix)
        key = self.key(at) if at < self.entity_count else ""
        return (at, key) if key.startswith(prefix) and key else None

    def starting_with(self, prefix: str, limit: int) -> list[tuple[int, str]]:
        """Up to ``limit`` entities whose folded name starts with ``prefix``, with their names."""
        found: list[tuple[int, str]] = []
        for entity in range(self.keys.lower_bound(prefix), self.entity_count):
            key = self.key(entity)
            if len(found) == limit or not key.startswith(prefix):
                break
            found.append((entity, key))
        return found

    def statements_of(self, entity: int) -> NDArray[np.int32]:
        """Statements that mention an entity."""
        return self.statements.row(entity).values

    def passages_of(self, entity: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Passages that have to do with an entity, and how much each has: its owners in order, then the others."""
        row = self.passages.row(entity)
        assert row.weights is not None
        return row.values, row.weights
