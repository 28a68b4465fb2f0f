"""The hierarchy of one generation: cut from nothing, or mended where documents came and went.

Mending touches the topics that lost a passage or that draw a new one; every other node keeps its id, its members and
its summary. Once a fifth of the passages has come or gone, everything is cut anew, so that no error adds up.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from graphmem.hierarchy.episodes import timeline_of
from graphmem.hierarchy.fusion import fuse
from graphmem.hierarchy.incidence import Incidence
from graphmem.hierarchy.likeness import Directions, batches, centre_of, width_of
from graphmem.hierarchy.partition import cut, find_density, find_themes, second_topics
from graphmem.hierarchy.passage_graph import PassageGraph, groups_of, strongest
from graphmem.hierarchy.summary import Summariser
from graphmem.hierarchy.tree import ROOT, Hierarchy, Node, Nodes, Stretch
from graphmem.model import FloatArray
from graphmem.store import Snapshot, mapped_array

__all__ = ["derive_hierarchy"]

_DRIFT = 0.2
_GROWN = 1.05
"""What is above topics has another summary once it has grown by so much, or lost a passage."""
_SAME = 0.5
"""Share of members that two nodes have in common from which they are the same node (Jaccard)."""

Arrays = Mapping[str, NDArray[np.generic]]
Positions = NDArray[np.int64]


def derive_hierarchy(snapshot: Snapshot, previous: Arrays | None, folder: Path) -> Arrays:
    """The arrays of a snapshot's hierarchy; ``previous`` are those of the generation before, where there are any.

    What is large lies in files of ``folder``, which is empty and has to stay for as long as the arrays are read.
    """
    return _Builder(snapshot, Hierarchy.from_arrays(previous) if previous else None, folder).build().as_arrays()


@dataclass(frozen=True, slots=True)
class _Topic:
    """A topic while the tree is made: its own passages, its theme, and its node of before where nothing has changed."""

    members: Positions
    theme: int
    kept: int = -1


class _Builder:
    """One run over one snapshot; ``old`` is the hierarchy of the generation before, ``folder`` has room for what is large."""

    def __init__(self, snapshot: Snapshot, old: Hierarchy | None, folder: Path) -> None:
        self._snapshot = snapshot
        self._folder = folder
        self._incidence = Incidence(snapshot, folder / "incidence")
        self._count = snapshot.passage_count
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
        if (
            old is not None
            and old.drift + changed <= _DRIFT * self._count
            and old.centroids.shape[1] == width_of(self._snapshot)
        ):
            vectors = Directions(self._snapshot, self._folder, old.words, self._before)
            new = self._fused(np.flatnonzero(self._before < 0), vectors)
            graph = old.graph.moved(self._now, self._count, new, self._folder / "moved")
            return self._assembled(vectors, graph, self._mended_topics(old, graph), old.density, old.drift + changed)
        vectors = Directions(self._snapshot, self._folder)
        graph = self._fused(np.arange(self._count), vectors)
        themes = find_themes(graph)
        density = find_density(graph, themes)
        parts = cut(graph, density)
        # A topic goes where most of its passages go.
        topics = [_Topic(part, int(np.bincount(themes[part]).argmax())) for part in parts]
        return self._assembled(vectors, graph, topics, density, 0)

    def _fused(self, rows: Positions, vectors: Directions) -> PassageGraph:
        return fuse(self._snapshot, rows, vectors, self._incidence, self._folder / "fused")

    # --- mending --------------------------------------------------------------------------------------

    def _mended_topics(self, old: Hierarchy, graph: PassageGraph) -> list[_Topic]:
        topic_of = np.where(self._before >= 0, old.topic_of[self._before], -1)
        # A summary must not quote what is gone, be it only a second member.
        gone = self._now < 0
        touched = {*old.topic_of[gone].tolist(), *old.second_of[gone].tolist()} - {-1}
        # Passages that only other new ones draw are placed once those are.
        waiting = np.flatnonzero(self._before < 0)
        while len(waiting):
            place, topic, strength = graph.pulls(topic_of, waiting)
            best = strongest(place, topic, strength)
            if len(best):
                topic_of[waiting[place[best]]] = topic[best]
            else:
                topic_of[waiting] = int(old.topic_of.max(initial=-1))
            touched.update(topic_of[waiting].tolist())
            waiting = waiting[topic_of[waiting] < 0]
        touched.discard(-1)
        topics: list[_Topic] = []
        theme_of = np.full(self._count, -1, dtype=np.int32)
        for number, members in enumerate(groups_of(topic_of)):
            theme = int(old.nodes.parent[number])
            if number in touched:
                theme_of[members] = theme
            elif len(members):
                topics.append(_Topic(members, theme, number))
        for theme, (members, part) in enumerate(graph.parts(theme_of)):
            if len(members):
                topics += [_Topic(members[inner], theme) for inner in cut(part, old.density)]
        return topics

    # --- the tree -------------------------------------------------------------------------------------

    def _assembled(
        self, vectors: Directions, graph: PassageGraph, topics: list[_Topic], density: float, drift: int
    ) -> Hierarchy:
        """Number the nodes, themes and topics by size, and summarise those that are not as they were."""
        under: dict[int, list[_Topic]] = {}
        for topic in sorted(topics, key=lambda topic: (-len(topic.members), topic.members[0])):
            under.setdefault(topic.theme, []).append(topic)
        themes = sorted(
            under.values(),
            key=lambda inside: (
                -sum(len(topic.members) for topic in inside),
                min(topic.members[0] for topic in inside),
            ),
        )
        topics = [topic for inside in themes for topic in inside]
        first = 1 + len(themes)
        parent = np.zeros(first + len(topics), dtype=np.int32)
        parent[0] = -1
        parent[first:] = np.repeat(np.arange(1, first), [len(inside) for inside in themes])
        topic_of = np.zeros(self._count, dtype=np.int32)
        for number, topic in enumerate(topics, start=first):
            topic_of[topic.members] = number
        old = self._old
        bare = Hierarchy(
            Nodes(parent, np.zeros(len(parent) + 1, dtype=np.int64), np.zeros(0, dtype=np.uint8)),
            self._rows,
            topic_of,
            self._seconds(graph, topics, topic_of, first).astype(np.int32),
            timeline_of(
                self._snapshot, vectors, self._incidence, None if old is None else old.timeline, self._before, self._now
            ),
            np.zeros((0, vectors.width), dtype=np.float16),
            vectors.words,
            graph,
            density,
            drift,
        )
        return self._summarised(bare, vectors, topics, themes)

    def _seconds(
        self, graph: PassageGraph, topics: list[_Topic], topic_of: NDArray[np.int32], first: int
    ) -> NDArray[np.integer]:
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

    # --- summaries ------------------------------------------------------------------------------------

    def _summarised(
        self, bare: Hierarchy, vectors: Directions, topics: list[_Topic], themes: list[list[_Topic]]
    ) -> Hierarchy:
        """The tree with its summaries, from the topics upwards, each put into words that need no object any more."""
        old, first = self._old, 1 + len(themes)
        shape = (len(bare.nodes), vectors.width)
        centroids = mapped_array(self._folder / "centroids.npy", shape, np.float32)
        sizes = np.bincount(bare.topic_of, minlength=len(centroids))
        summariser = Summariser(self._snapshot, self._rows, self._incidence)
        same = self._carried(
            ((number, topic.members) for number, topic in enumerate(topics, first) if topic.kept < 0), 1
        )
        same |= {number: topic.kept for number, topic in enumerate(topics, first) if topic.kept >= 0}
        above = (
            (number, np.concatenate([topic.members for topic in inside])) for number, inside in enumerate(themes, 1)
        )
        same |= self._carried(above, 0)
        ids = _Ids(old, same)

        def summarised() -> Iterator[Stretch]:
            for start, end in _runs([topic.kept for topic in topics]):
                number, topic = first + start, topics[start]
                if topic.kept >= 0 and old is not None:
                    kept = slice(topic.kept, topic.kept + end - start)
                    centroids[number : first + end] = old.centroids[kept]
                    yield old.nodes.stretch(kept.start, kept.stop)
                    continue
                records = self._snapshot.passages(topic.members)
                id_ = ids.of(number, "topic", [record.passage.id for record in records])
                members = bare.members(number)
                centroids[number] = centre_of(vectors[members])
                node = Node(id_, "topic", int(bare.nodes.parent[number]))
                yield Nodes.one(summariser.topic(node, members, centroids[number]).as_row())

        below = Nodes.written(self._folder / "topics", bare.nodes.parent[first:], summarised())
        # What is cut anew is put into new words as well.
        rows, unharmed = [b""] * first, self._unharmed() if bare.drift else {}
        for number in range(first - 1, -1, -1):
            children = bare.children(number)
            sizes[number] = sizes[children].sum()
            before = same.get(number, -1) if number else 0
            if old is not None and number and before >= 0:
                kept = {topic.kept for topic in themes[number - 1]}
                if kept == set(old.children(before)):
                    rows[number], centroids[number] = old.nodes.row(before), old.centroids[before]
                    continue
            centroids[number] = centre_of(centroids[children], sizes[children])
            members = bare.members(number)
            if old is not None and before in unharmed and _scale(unharmed[before]) == _scale(sizes[number]):
                rows[number] = old.nodes.row(before)
                if self._quotes(rows[number], members):
                    continue
            told = [below[child - first] if number else Node.from_row(rows[child], 0) for child in children]
            node = Node(ROOT, "root", -1)
            if number:
                node = Node(ids.of(number, "theme", [child.id for child in told]), "theme", 0)
            rows[number] = summariser.above(node, members, centroids[number], told).as_row()
        stretches = chain(map(Nodes.one, rows), [below.stretch(0, len(below))])
        nodes = Nodes.written(self._folder / "nodes", bare.nodes.parent, stretches)
        return replace(bare, nodes=nodes, centroids=self._halved(centroids))

    def _halved(self, centroids: FloatArray) -> NDArray[np.float16]:
        """The same in half precision, on the disk."""
        halves = mapped_array(self._folder / "halves.npy", centroids.shape, np.float16)
        for batch in batches(np.arange(len(centroids))):
            halves[batch] = centroids[batch]
        return halves

    def _quotes(self, row: bytes, members: Positions) -> bool:
        """Whether all that a node quotes is of these members."""
        quoted = [passage for passage, _ in Node.from_row(row, 0).quotes]
        return bool(np.isin(quoted, self._rows[members]).all())

    def _unharmed(self) -> dict[int, int]:
        """The old themes, and the root, that no passage has gone from, and how many they had."""
        if self._old is None:
            return {}
        parent, gone = self._old.nodes.parent, self._now < 0
        lost = np.concatenate((self._old.topic_of[gone], self._old.second_of[gone]))
        lost = lost[lost >= 0]
        sizes = np.bincount(parent[self._old.topic_of], minlength=1)
        sizes[0] = len(self._now)
        themes = np.flatnonzero(sizes)
        harmed = {0, *parent[lost].tolist()} if len(lost) else set()
        return {theme: int(sizes[theme]) for theme in themes.tolist() if theme not in harmed}

    def _carried(self, groups: Iterable[tuple[int, Positions]], depth: int) -> dict[int, int]:
        """The old node that has most of the same members, by the number of a group that has one; themes have depth 0."""
        if self._old is None:
            return {}
        parent = self._old.nodes.parent
        own = self._old.topic_of if depth else parent[self._old.topic_of]
        sizes = np.bincount(own, minlength=len(parent))
        found: dict[int, int] = {}
        for number, group in groups:
            before = self._before[group]
            nodes, counts = np.unique(own[before[before >= 0]], return_counts=True)
            if len(nodes):
                best = int(counts.argmax())
                if counts[best] > _SAME * (len(group) + sizes[nodes[best]] - counts[best]):
                    found[number] = int(nodes[best])
        return found


def _scale(size: int) -> int:
    """How large a node is, as coarsely as its summary cares: names and sentences of a hundred passages are hardly others for
    one passage more."""
    return int(math.log(size) / math.log(_GROWN)) if size else -1


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where numbers from 0 on follow one another, and where such a run ends; what is below stands by itself."""
    at = np.array(numbers, dtype=np.int64)
    goes_on = (np.diff(at) == 1) & (at[:-1] >= 0)
    starts = np.append(0, np.flatnonzero(~goes_on) + 1) if len(at) else at
    return zip(starts.tolist(), np.append(starts[1:], len(at)).tolist(), strict=False)


class _Ids:
    """Ids of nodes: that of the old node which one goes on from, else a digest of what is right under it."""

    def __init__(self, old: Hierarchy | None, same: Mapping[int, int]) -> None:
        self._old = old
        self._same = same
        # An old node may have moved on from the members that its id was made of.
        self._taken = old.nodes.text.tobytes() if old is not None else b""
        self._made: set[str] = set()

    def of(self, number: int, level: str, ids: list[str]) -> str:
        before = self._same.get(number, -1)
        if self._old is not None and before >= 0:
            return self._old.nodes[before].id
        digest = hashlib.blake2b("\n".join(ids).encode("utf-8", "surrogatepass"), digest_size=5).hexdigest()
        id_ = f"{level}-{digest}"
        while id_ in self._made or f'["{id_}",'.encode() in self._taken:
            id_ += "x"
        self._made.add(id_)
        return id_
