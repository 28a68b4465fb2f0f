"""The facts of a generation as tables, and their files: the graph that readers see, and what is needed to change it.

Beside little that is small and written anew each time, all tables have a large base and a layer over it (``layered``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from graphmem.store.alike import CodeIndex, Pairs
from graphmem.store.derived import link_folder, read_arrays, write_arrays
from graphmem.store.graph import Graph
from graphmem.store.layered import ADDED, BASE, LayeredItems, LayeredRows, Table, named_tables, written_moves
from graphmem.store.moves import Rows, Strings

__all__ = ["Facts"]

Positions = NDArray[np.int64]
_SMALL = "small"
_CHEAP = 1 << 25
"""Bytes of a base that is always written anew: that takes a fraction of a second."""
_SHARE = 0.125
"""The share of its base that a layer may have."""


@dataclass(frozen=True, slots=True)
class Facts:
    """The graph of a generation, and rows a passage (``inside`` for the names in its title, ``owners`` and how sure each is,
    ``said``, and whether triples have words that stand nowhere in the text, ``apart``), an entity (how sure its label is and
    which passage writes it so), an alias, a word in lower case, or two entities that are called alike."""

    graph: Graph
    inside: LayeredRows
    owners: LayeredRows
    said: LayeredRows
    label_weight: LayeredItems
    label_passage: LayeredItems
    words: CodeIndex
    initials: CodeIndex
    alike: Pairs
    apart: NDArray[np.bool_]
    aliases: Strings
    alias_statement: Positions
    alias_entity: Positions
    lower: Strings
    lower_uses: Positions

    @classmethod
    def none(cls) -> Self:
        """Of no passages."""
        graph, texts, numbers = Graph.none(), Strings.of([]), np.zeros(0, dtype=np.int64)
        codes = CodeIndex.flat(np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int32), 0)
        weights, apart = LayeredItems.flat(np.zeros(0, dtype=np.float64)), np.zeros(0, dtype=np.bool_)
        rows, places, pairs = graph.mentions, LayeredItems.flat(numbers, 0), Pairs(numbers, numbers)
        tables = (graph, rows, graph.passages, rows, weights, places, codes, codes)
        return cls(*tables, pairs, apart, texts, numbers, numbers, texts, numbers)

    @classmethod
    def read(cls, folder: Path) -> Self:
        """From the files of a generation's folder, mapped into memory."""
        graph = Graph.read(folder / "graph")
        base, added, small = (read_arrays(folder / "facts" / name) for name in (BASE, ADDED, _SMALL))
        entities, passages = graph.moves_of["entities"], graph.moves_of["passages"]
        return cls(
            graph,
            LayeredRows.read("inside", base, added, entities),
            LayeredRows.read("owners", base, added, entities),
            LayeredRows.read("said", base, added, entities),
            LayeredItems.read("label_weight", base, added),
            LayeredItems.read("label_passage", base, added, passages),
            CodeIndex.read("words", base, added, entities),
            CodeIndex.read("initials", base, added, entities),
            Pairs(small["alike_one"], small["alike_other"]),
            small["apart"],
            Strings(Rows(small["alias_offsets"], small["alias_values"])),
            small["alias_statement"],
            small["alias_entity"],
            Strings(Rows(small["lower_offsets"], small["lower_values"])),
            small["lower_uses"],
        )

    def write(self, folder: Path, previous: Path | None) -> None:
        """Write them to a generation's folder. The bases of ``previous``, that of the generation before, are linked, unless what
        has come over them is too much."""
        groups = {"graph": self.graph.tables(), "facts": self.tables()}
        if previous is not None and _are_thin(table for group in groups.values() for table in group.values()):
            for name, group in groups.items():
                link_folder(previous / name / BASE, folder / name / BASE)
                for table, content in group.items():
                    write_arrays(folder / name / ADDED, content.layer(table))
            for kind, moves in self.graph.moves_of.items():
                write_arrays(folder / "graph" / ADDED, written_moves(f"of_{kind}", moves))
        else:
            for name, group in groups.items():
                (folder / name / ADDED).mkdir(parents=True)
                for table, content in group.items():
                    write_arrays(folder / name / BASE, content.whole(table))
            counts = [len(moves) for moves in self.graph.moves_of.values()]
            write_arrays(folder / "graph" / BASE, {"counts": np.array(counts)})
        write_arrays(folder / "facts" / _SMALL, self.small())

    def tables(self) -> dict[str, Table]:
        """Those that have layers and are not the graph's, by their names."""
        return named_tables(self)

    def small(self) -> dict[str, NDArray[Any]]:
        """What is written anew each time."""
        return {
            "alike_one": self.alike.one,
            "alike_other": self.alike.other,
            "apart": self.apart,
            "alias_offsets": self.aliases.rows.offsets,
            "alias_values": self.aliases.rows.values,
            "alias_statement": self.alias_statement,
            "alias_entity": self.alias_entity,
            "lower_offsets": self.lower.rows.offsets,
            "lower_values": self.lower.rows.values,
            "lower_uses": self.lower_uses,
        }


def _are_thin(tables: Iterable[Table]) -> bool:
    """Whether layers are so little beside their bases that these need not be written anew."""
    weights = [table.weight() for table in tables]
    base, layer = sum(weight for weight, _ in weights), sum(weight for _, weight in weights)
    return base > _CHEAP and layer < _SHARE * base
