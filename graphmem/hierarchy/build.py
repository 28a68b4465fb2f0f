"""The hierarchy of one generation: cut from nothing, or mended where documents came and went.

Mending touches the topics that lost a passage or that draw a new one; every other node keeps its id, its members and
its summary. Once a fifth of the passages has come or gone, everything is cut anew, so that no error adds up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from graphmem.hierarchy.episodes import timeline_of
from graphmem.hierarchy.fusion import PassageGraph, fuse
from graphmem.hierarchy.likeness import normalised, passage_vectors
from graphmem.hierarchy.partition import cut, find_density, find_themes, second_topics
from graphmem.hierarchy.summary import Summariser
from graphmem.hierarchy.tree import ROOT, Hierarchy, Node
from graphmem.model import FloatArray
from graphmem.store import Snapshot

__all__ = ["derive_hierarchy"]

_DRIFT = 0.2
_SAME = 0.5
"""Share of members that two nodes have in common from which they are the same node (Jaccard)."""

Arrays = Mapping[str, NDArray[np.generic]]
Positions = NDArray[np.int64]


def derive_hierarchy(snapshot: Snapshot, previous: Arrays | None) -> Arrays:
    """The arrays of a snapshot's hierarchy; ``previous`` are those of the generation before, where there are any."""
    old = Hierarchy.from_arrays(previous) if previous else None
    vectors = passage_vectors(snapshot, np.arange(snapshot.passage_count))
    return _Builder(snapshot, vectors, old).build().as_arrays()


@dataclass(frozen=True, slots=True)
class _Topic:
    """A topic while the tree is made: its own passages, its theme, and its node of before where nothing has changed."""

    members: Positions
    theme: int
    kept: int = -1


class _Builder:
    """One run over one snapshot; ``old`` is the hierarchy of the generation before."""

    def __init__(self, snapshot: Snapshot, vectors: FloatArray, old: Hierarchy | None) -> None:
        self._snapshot = snapshot
        self._count = snapshot.passage_count
        self._vectors = vectors
        self._old = old
        self._rows = snapshot.passage_rows
        self._before = np.full(self._count, -1, dtype=np.int64)
        """The position of each passage in the old hierarchy, -1 where it is new."""
        self._now = np.zeros(0, dtype=np.int64)
        """The position of each old passage now, -1 where it is gone."""
        if old is not None:
            _, before, now = np.intersect1d(old.rows, self._rows, assume_unique=True, return_indices=True)
            self._before[now] = before
            self._now = np.full(len(old.rows), -1, dtype=np.int64)
            self._now[before] = now

    def build(self) -> Hierarchy:
        """Mend the old hierarchy where few passages have changed, else cut a new one."""
        old = self._old
        changed = int((self._before < 0).sum() + (self._now < 0).sum())
        if old is not None and old.drift + changed <= _DRIFT * self._count and old.centroids.shape[1] == self._width:
            graph = self._mended_graph(old)
            topics = self._mended_topics(old, graph)
            return self._assembled(graph, topics, old.density, old.drift + changed)
        graph = fuse(self._snapshot, np.arange(self._count), self._vectors)
        density = find_density(graph, self._count)
        parts = cut(graph, np.arange(self._count), self._count, density)
        themes = find_themes(graph, parts, self._count)
        topics = [_Topic(part, theme) for part, theme in zip(parts, themes, strict=True)]
        return self._assembled(graph, topics, density, 0)

    @property
    def _width(self) -> int:
        return int(self._vectors.shape[1])

    # --- mending --------------------------------------------------------------------------------------

    def _mended_graph(self, old: Hierarchy) -> PassageGraph:
        a, b = self._now[old.graph.a], self._now[old.graph.b]
        alive = (a >= 0) & (b >= 0)
        new = fuse(self._snapshot, np.flatnonzero(self._before < 0), self._vectors)
        return PassageGraph.of(
            np.concatenate((a[alive], new.a)),
            np.concatenate((b[alive], new.b)),
            np.concatenate((old.graph.weight[alive], new.weight)),
        )

    def _mended_topics(self, old: Hierarchy, graph: PassageGraph) -> list[_Topic]:
        new = np.flatnonzero(self._before < 0)
        topic_of = np.where(self._before >= 0, old.topic_of[self._before], -1)
        # A summary must not quote what is gone, be it only a second member.
        gone = self._now < 0
        touched = {*old.topic_of[gone].tolist(), *old.second_of[gone].tolist()} - {-1}
        # Passages that only other new ones draw are placed once those are.
        waiting = new
        while len(waiting):
            pulls = graph.pull(topic_of, len(old.nodes), waiting)
            best = pulls.argmax(axis=1)
            placed = pulls[np.arange(len(waiting)), best] > 0
            if not placed.any():
                best, placed = np.full(len(waiting), int(old.topic_of.max(initial=-1))), np.full(len(waiting), True)
            topic_of[waiting[placed]] = best[placed]
            touched.update(best[placed].tolist())
            waiting = waiting[~placed]
        parent = np.array([node.parent for node in old.nodes])
        topics = [
            _Topic(members, node.parent, number)
            for number, node in enumerate(old.nodes)
            if node.level == "topic" and number not in touched and len(members := np.flatnonzero(topic_of == number))
        ]
        for theme in sorted({int(parent[number]) for number in touched}):
            numbers = [number for number in touched if parent[number] == theme]
            pool = np.flatnonzero(np.isin(topic_of, numbers))
            if len(pool):
                topics += [_Topic(part, theme) for part in cut(graph, pool, self._count, old.density)]
        return topics

    # --- the tree -------------------------------------------------------------------------------------

    def _assembled(self, graph: PassageGraph, topics: list[_Topic], density: float, drift: int) -> Hierarchy:
        """Number the nodes, themes and topics by size, and summarise those that are not as they were."""
        members: dict[int, Positions] = {}
        for theme in {topic.theme for topic in topics}:
            members[theme] = np.sort(np.concatenate([topic.members for topic in topics if topic.theme == theme]))
        themes = sorted(members, key=lambda theme: (-len(members[theme]), members[theme][0]))
        place = {theme: number for number, theme in enumerate(themes, start=1)}
        topics = sorted(topics, key=lambda topic: (place[topic.theme], -len(topic.members), topic.members[0]))
        first = 1 + len(themes)
        topic_of = np.zeros(self._count, dtype=np.int64)
        for number, topic in enumerate(topics, start=first):
            topic_of[topic.members] = number
        second_of = self._seconds(graph, topics, topic_of, first)
        ids = self._ids([members[theme] for theme in themes], "theme")
        nodes = [Node(ROOT, "root", -1)] + [Node(id_, "theme", 0) for id_ in ids]
        ids = self._ids([topic.members for topic in topics], "topic")
        nodes += [Node(id_, "topic", place[topic.theme]) for id_, topic in zip(ids, topics, strict=True)]
        hierarchy = Hierarchy(
            tuple(nodes),
            self._rows,
            topic_of,
            second_of,
            *timeline_of(self._snapshot, self._vectors),
            np.zeros((len(nodes), self._width), dtype=np.float32),
            graph,
            density,
            drift,
        )
        return self._summarised(hierarchy, topics, first)

    def _seconds(self, graph: PassageGraph, topics: list[_Topic], topic_of: Positions, first: int) -> Positions:
        old = self._old
        if old is None or not any(topic.kept >= 0 for topic in topics):
            return second_topics(graph, topic_of, np.arange(self._count))
        number_of = np.full(len(old.nodes), -1, dtype=np.int64)
        for number, topic in enumerate(topics, start=first):
            if topic.kept >= 0:
                number_of[topic.kept] = number
        second = np.where(self._before >= 0, old.second_of[self._before], -1)
        found = np.where(second >= 0, number_of[second], -1)
        fresh = [topic.members for topic in topics if topic.kept < 0]
        if fresh:
            # What a kept topic's summary may quote stays a member of it.
            rows = np.sort(np.concatenate(fresh))
            rows = rows[found[rows] < 0]
            found[rows] = second_topics(graph, topic_of, rows)
        return found

    def _ids(self, groups: list[Positions], level: str) -> list[str]:
        """Ids of nodes: that of an old node with most of the same members, else a digest of the members' ids."""
        ids = self._carried(self._old, groups, level) if self._old is not None else [""] * len(groups)
        taken = set(ids)
        for index, group in enumerate(groups):
            if ids[index]:
                continue
            names = "\n".join(record.passage.id for record in self._snapshot.passages(group))
            id_ = f"{level}-{hashlib.blake2b(names.encode('utf-8', 'surrogatepass'), digest_size=5).hexdigest()}"
            # An old node may have moved on from the members that its id was made of.
            while id_ in taken:
                id_ += "x"
            taken.add(id_)
            ids[index] = id_
        return ids

    def _carried(self, old: Hierarchy, groups: list[Positions], level: str) -> list[str]:
        parent = np.array([node.parent for node in old.nodes], dtype=np.int64)
        own = old.topic_of if level == "topic" else parent[old.topic_of]
        sizes = np.bincount(own, minlength=len(old.nodes))
        ids: list[str] = []
        for group in groups:
            before = self._before[group]
            counts = np.bincount(own[before[before >= 0]], minlength=len(old.nodes))
            best = int(counts.argmax())
            same = counts[best] > _SAME * (len(group) + sizes[best] - counts[best])
            ids.append(old.nodes[best].id if same else "")
        return ids

    def _summarised(self, hierarchy: Hierarchy, topics: list[_Topic], first: int) -> Hierarchy:
        summariser = Summariser(self._snapshot, self._rows, self._vectors)
        nodes, centroids = list(hierarchy.nodes), hierarchy.centroids
        kept: dict[int, set[int]] = {number: set() for number in range(first)}
        for number, topic in enumerate(topics, start=first):
            kept[nodes[number].parent].add(topic.kept)
            if topic.kept >= 0 and self._old is not None:
                nodes[number] = replace(self._old.nodes[topic.kept], parent=nodes[number].parent)
                centroids[number] = self._old.centroids[topic.kept]
            else:
                members = hierarchy.members(number)
                nodes[number] = summariser.topic(nodes[number], members)
                centroids[number] = self._centre(members)
        same = {}
        if self._old is not None:
            same = {node.id: number for number, node in enumerate(self._old.nodes) if node.level == "theme"}
        for number in range(first - 1, -1, -1):
            node, members = nodes[number], hierarchy.members(number)
            centroids[number] = self._centre(members)
            before = same.get(node.id, -1)
            if before >= 0 and self._old is not None and kept[number] == set(self._old.children(before)):
                nodes[number] = replace(self._old.nodes[before], parent=node.parent)
            else:
                children = [child for child in nodes if child.parent == number]
                nodes[number] = summariser.above(node, members, children)
        return replace(hierarchy, nodes=tuple(nodes), centroids=centroids)

    def _centre(self, members: Positions) -> FloatArray:
        if not len(members):
            return np.zeros(self._width, dtype=np.float32)
        centre: FloatArray = normalised(self._vectors[members].mean(axis=0, keepdims=True))[0]
        return centre
