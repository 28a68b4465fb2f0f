"""The hierarchy as it lies in the store: passages, topics, themes and one root, a summary at each."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Self, cast

import numpy as np
from numpy.typing import NDArray

from graphmem.hierarchy.episodes import Timeline
from graphmem.hierarchy.passage_graph import PassageGraph
from graphmem.store import ArrayFile, Snapshot, offsets_of, read_arrays

__all__ = ["ROOT", "Hierarchy", "Node", "Nodes", "Stretch"]

ROOT = "root"
"""The id of the one node at the top."""

Arrays = Mapping[str, NDArray[np.generic]]
Positions = NDArray[np.int64]
Stretch = tuple[Positions, NDArray[np.uint8]]
"""Nodes as they lie in the store: the length of each row, and the rows end to end."""


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

    def as_row(self) -> bytes:
        """All but its place in the tree, as JSON."""
        told = [self.id, self.name, self.entities, self.phrases, self.years, self.quotes]
        return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8")

    @classmethod
    def from_row(cls, row: bytes, parent: int) -> Self:
        """From what :meth:`as_row` made."""
        id_, name, entities, phrases, years, quotes = json.loads(row)
        return cls(
            id_,
            "root" if parent < 0 else "theme" if parent == 0 else "topic",
            parent,
            name,
            tuple(entities),
            tuple(phrases),
            None if years is None else cast(tuple[int, int], tuple(years)),
            tuple((passage, place) for passage, place in quotes),
        )


@dataclass(frozen=True, slots=True)
class Nodes:
    """The root, then the themes, then the topics, each made when it is asked for.

    ``parent``, shape (nodes,), is the number of the node above; rows of JSON lie in ``text`` end to end, between ``offsets``,
    shape (nodes + 1,).
    """

    parent: NDArray[np.int32]
    offsets: Positions
    text: NDArray[np.uint8]

    @classmethod
    def written(cls, folder: Path, parent: NDArray[np.int32], stretches: Iterable[Stretch]) -> Self:
        """From stretches of nodes, written to a new folder as they come and mapped."""
        folder.mkdir()
        end = 0
        with ArrayFile(folder / "offsets.npy", np.int64) as offsets, ArrayFile(folder / "text.npy", np.uint8) as text:
            offsets.append(np.zeros(1))
            for lengths, rows in stretches:
                text.append(rows)
                offsets.append(end + np.cumsum(lengths))
                end += len(rows)
        told = read_arrays(folder)
        return cls(parent, told["offsets"], told["text"])

    def __len__(self) -> int:
        return len(self.parent)

    def __iter__(self) -> Iterator[Node]:
        return map(self.__getitem__, range(len(self)))

    def __getitem__(self, number: int) -> Node:
        return Node.from_row(self.row(number), int(self.parent[number]))

    def row(self, number: int) -> bytes:
        """A node as it lies in the store."""
        return self.text[self.offsets[number] : self.offsets[number + 1]].tobytes()

    @staticmethod
    def one(row: bytes) -> Stretch:
        """A node by itself."""
        return np.array([len(row)]), np.frombuffer(row, dtype=np.uint8)

    def stretch(self, first: int, end: int) -> Stretch:
        """Nodes from ``first`` up to ``end`` as they lie in the store."""
        offsets = self.offsets[first : end + 1]
        return np.diff(offsets), self.text[offsets[0] : offsets[-1]]


@dataclass(frozen=True)
class Hierarchy:
    """The tree over the passages, whose ``rows``, shape (passages,), are those in the store.

    ``topic_of`` and ``second_of`` give the node of each passage's topic and of its second one, -1 where it has none.
    ``centroids`` has the shape (nodes, d): the mean direction of a node's passages. ``words`` are the passages' vectors in
    a store without a model. ``density`` is the resolution of its topics (see :func:`find_density`), ``drift`` counts the
    passages that have come and gone since all of it was last cut anew.
    """

    nodes: Nodes
    rows: Positions
    topic_of: NDArray[np.int32]
    second_of: NDArray[np.int32]
    timeline: Timeline
    centroids: NDArray[np.float16]
    words: NDArray[np.float16] = field(repr=False)
    graph: PassageGraph = field(repr=False)
    density: float = 0.0
    drift: int = 0

    @classmethod
    def read(cls, snapshot: Snapshot) -> Self:
        """The hierarchy of a snapshot; its arrays stay where they lie."""
        return cls.from_arrays(snapshot.derived)

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> Self:
        """From what :meth:`as_arrays` made."""
        told = cast(Mapping[str, NDArray[Any]], arrays)
        return cls(
            Nodes(told["node_parent"], told["node_offsets"], told["node_text"]),
            told["rows"],
            told["topic_of"],
            told["second_of"],
            Timeline(told["timeline"], told["event_of"], told["series"], told["day"]),
            told["centroids"],
            told["words"],
            PassageGraph(told["edge_offsets"], told["edge_near"], told["edge_weight"]),
            float(told["density"][0]),
            int(told["drift"][0]),
        )

    def as_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Arrays without Python objects."""
        return {
            "node_parent": self.nodes.parent,
            "node_offsets": self.nodes.offsets,
            "node_text": self.nodes.text,
            "rows": self.rows,
            "topic_of": self.topic_of,
            "second_of": self.second_of,
            "timeline": self.timeline.order,
            "event_of": self.timeline.event,
            "series": self.timeline.series,
            "day": self.timeline.day,
            "centroids": self.centroids,
            "words": self.words,
            "edge_offsets": self.graph.offsets,
            "edge_near": self.graph.near,
            "edge_weight": self.graph.weight,
            "density": np.array([self.density]),
            "drift": np.array([self.drift]),
        }

    @cached_property
    def topics(self) -> Positions:
        """The numbers of all topics."""
        return np.flatnonzero(self.nodes.parent > 0)

    def children(self, number: int) -> list[int]:
        """The nodes right under a node."""
        return np.flatnonzero(self.nodes.parent == number).tolist()

    def members(self, number: int) -> Positions:
        """Positions of the passages under a node, those that have it as their second topic included."""
        parent = self.nodes.parent[number]
        if parent < 0:
            return np.arange(len(self.rows))
        topics = [number] if parent > 0 else self.children(number)
        offsets, positions = self._by_topic
        found = [positions[offsets[topic] : offsets[topic + 1]] for topic in topics]
        return np.unique(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)

    def positions(self, rows: Sequence[int]) -> list[int]:
        """Where the passages with these rows of the store stand."""
        order = self._row_order
        found: list[int] = order[np.searchsorted(self.rows, rows, sorter=order)].tolist()
        return found

    @cached_property
    def _row_order(self) -> Positions:
        return np.argsort(self.rows)

    @cached_property
    def _by_topic(self) -> tuple[Positions, Positions]:
        """The passages of each node's own and second members, as CSR offsets, shape (nodes + 1,), and positions."""
        second = np.flatnonzero(self.second_of >= 0)
        topics = np.concatenate((self.topic_of, self.second_of[second]))
        positions = np.concatenate((np.arange(len(self.topic_of)), second))
        order = np.argsort(topics, kind="stable")
        return offsets_of(np.bincount(topics, minlength=len(self.nodes))), positions[order]
