"""The hierarchy as it lies in the store: passages, topics, themes and one root, a summary at each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any, Literal, Self, cast

import numpy as np
from numpy.typing import NDArray

from graphmem.hierarchy.fusion import PassageGraph
from graphmem.model import FloatArray
from graphmem.store import Snapshot, offsets_of

__all__ = ["ROOT", "Hierarchy", "Node"]

ROOT = "root"
"""The id of the one node at the top."""

Arrays = Mapping[str, NDArray[np.generic]]
Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Node:
    """A theme, a topic or the root with its summary.

    ``parent`` is the number of the node above, -1 for the root. ``quotes`` are the sentences of the summary: the row
    of the passage in the store, and the sentence's place in it. ``years`` are the first and the last year that its
    passages name.
    """

    id: str
    level: Literal["root", "theme", "topic"]
    parent: int
    name: str = ""
    entities: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    years: tuple[int, int] | None = None
    quotes: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Hierarchy:
    """``nodes`` are the root, then the themes, then the topics.

    ``rows``, shape (passages,), are the passages' rows in the store. ``topic_of`` and ``second_of`` give the node of
    each passage's topic and of its second one, -1 where it has none. ``centroids`` has the shape (nodes, d): the mean
    direction of a node's passages. ``timeline`` holds all positions, in the order of
    the text and of the dates of dated documents, and ``event_of`` the number of each passage's episode. ``density`` is the
    resolution of its topics (see :func:`find_density`), ``drift`` counts
    the passages that have come and gone since all of it was last cut anew.
    """

    nodes: tuple[Node, ...]
    rows: Positions
    topic_of: Positions
    second_of: Positions
    timeline: Positions
    event_of: Positions
    centroids: FloatArray
    graph: PassageGraph = field(repr=False)
    density: float = 0.0
    drift: int = 0

    @classmethod
    def read(cls, snapshot: Snapshot) -> Self:
        """The hierarchy of a snapshot."""
        return cls.from_arrays(snapshot.derived)

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Self:
        """From what :meth:`as_arrays` made."""
        told = json.loads(np.asarray(arrays["nodes"], dtype=np.uint8).tobytes().decode("utf-8"))
        integers = {name: np.asarray(array, dtype=np.int64) for name, array in arrays.items() if name in _INTEGERS}
        return cls(
            tuple(_node(row) for row in told["nodes"]),
            integers["rows"],
            integers["topic_of"],
            integers["second_of"],
            integers["timeline"],
            integers["event_of"],
            np.asarray(arrays["centroids"], dtype=np.float32),
            PassageGraph(integers["edge_a"], integers["edge_b"], np.asarray(arrays["edge_weight"], dtype=np.float64)),
            float(told["density"]),
            int(told["drift"]),
        )

    def as_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Arrays without Python objects, the nodes as JSON in UTF-8."""
        told = json.dumps(
            {"density": self.density, "drift": self.drift, "nodes": [asdict(node) for node in self.nodes]},
            ensure_ascii=False,
        )
        return {
            "nodes": np.frombuffer(told.encode("utf-8"), dtype=np.uint8),
            "rows": self.rows,
            "topic_of": self.topic_of,
            "second_of": self.second_of,
            "timeline": self.timeline,
            "event_of": self.event_of,
            "centroids": self.centroids.astype(np.float16),
            "edge_a": self.graph.a.astype(np.int32),
            "edge_b": self.graph.b.astype(np.int32),
            "edge_weight": self.graph.weight.astype(np.float32),
        }

    def children(self, number: int) -> list[int]:
        """The nodes right under a node."""
        return self._children.get(number, [])

    def members(self, number: int) -> Positions:
        """Positions of the passages under a node, those that have it as their second topic included."""
        node = self.nodes[number]
        if node.level == "root":
            return np.arange(len(self.rows))
        topics = [number] if node.level == "topic" else self.children(number)
        offsets, positions = self._by_topic
        found = [positions[offsets[topic] : offsets[topic + 1]] for topic in topics]
        return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)

    def positions(self, rows: Sequence[int]) -> list[int]:
        """Where the passages with these rows of the store stand."""
        return [self._position[row] for row in rows]

    @cached_property
    def _position(self) -> dict[int, int]:
        return {row: position for position, row in enumerate(self.rows.tolist())}

    @cached_property
    def _children(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for child, node in enumerate(self.nodes):
            found.setdefault(node.parent, []).append(child)
        return found

    @cached_property
    def _by_topic(self) -> tuple[Positions, Positions]:
        """The passages of each node's own and second members, as CSR offsets, shape (nodes + 1,), and positions."""
        second = np.flatnonzero(self.second_of >= 0)
        topics = np.concatenate((self.topic_of, self.second_of[second]))
        positions = np.concatenate((np.arange(len(self.topic_of)), second))
        order = np.argsort(topics, kind="stable")
        return offsets_of(np.bincount(topics, minlength=len(self.nodes))), positions[order]


_INTEGERS = {"rows", "topic_of", "second_of", "timeline", "event_of", "edge_a", "edge_b"}


def _node(row: dict[str, Any]) -> Node:
    years = row["years"]
    return Node(
        row["id"],
        row["level"],
        row["parent"],
        row["name"],
        tuple(row["entities"]),
        tuple(row["phrases"]),
        None if years is None else cast(tuple[int, int], tuple(years)),
        tuple((passage, place) for passage, place in row["quotes"]),
    )
