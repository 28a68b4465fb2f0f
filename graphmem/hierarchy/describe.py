"""The hierarchy as a user takes it away: every node with its summary in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from graphmem.hierarchy.abstract import Told
from graphmem.hierarchy.tree import Hierarchy
from graphmem.model import Evidence, TreeNode
from graphmem.store import Snapshot

__all__ = ["describe", "node_alone", "quoted", "sentences_of"]


def describe(snapshot: Snapshot, hierarchy: Hierarchy) -> TreeNode:
    """The root, with all that is under it."""

    def whole(number: int) -> TreeNode:
        children = tuple(whole(child) for child in hierarchy.children(number))
        return replace(node_alone(snapshot, hierarchy, number), children=children)

    return whole(0)


def node_alone(snapshot: Snapshot, hierarchy: Hierarchy, number: int) -> TreeNode:
    """A node of the hierarchy, without what is under it."""
    node, members = hierarchy.nodes[number], hierarchy.members(number)
    ids = [record.passage.id for record in snapshot.passages(members)] if node.level == "topic" else []
    positions = hierarchy.positions([row for row, _ in node.quotes])
    return TreeNode(
        node.id,
        node.level,
        node.name,
        len(members),
        node.entities,
        node.phrases,
        node.years,
        quoted(snapshot, zip(positions, (place for _, place in node.quotes), strict=True)),
        passages=tuple(ids),
    )


def quoted(snapshot: Snapshot, places: Iterable[tuple[int, int]]) -> tuple[Evidence, ...]:
    """Sentences as evidence, by the position of their passage and their place in it, with what the passage is about."""
    wanted = list(places)
    positions = [position for position, _ in wanted]
    records, extractions = snapshot.passages(positions), snapshot.extractions(positions)
    quotes: list[Evidence] = []
    for record, extraction, (_, place) in zip(records, extractions, wanted, strict=True):
        passage = record.passage
        start, end = span = passage.sentences[place]
        text = passage.text[start - passage.span[0] : end - passage.span[0]]
        about = tuple(name.text for name in extraction.names)
        quotes.append(Evidence(passage.id, span, text, 1.0, record.source, about))
    return tuple(quotes)


def sentences_of(snapshot: Snapshot, passage_ids: Sequence[str]) -> Iterator[Told]:
    """The sentences of passages; raises ``KeyError`` for the id of none."""
    positions = [snapshot.position(id_) for id_ in passage_ids]
    for position, record in zip(positions, snapshot.passages(positions), strict=True):
        places = [(position, place) for place in range(len(record.passage.sentences))]
        yield from (Told(evidence, record.passage.text) for evidence in quoted(snapshot, places))
