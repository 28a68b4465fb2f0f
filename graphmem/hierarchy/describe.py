"""The hierarchy as a user takes it away: every node with its summary in words."""

from __future__ import annotations

import numpy as np

from graphmem.hierarchy.tree import Hierarchy, Node
from graphmem.model import Evidence, TreeNode
from graphmem.store import Snapshot

__all__ = ["describe"]


def describe(snapshot: Snapshot, hierarchy: Hierarchy) -> TreeNode:
    """The root, with all that is under it."""
    order = np.argsort(hierarchy.rows)

    def described(number: int) -> TreeNode:
        node, members = hierarchy.nodes[number], hierarchy.members(number)
        ids = [record.passage.id for record in snapshot.passages(members)] if node.level == "topic" else []
        return TreeNode(
            node.id,
            node.level,
            node.name,
            len(members),
            node.entities,
            node.phrases,
            node.years,
            _summary(snapshot, hierarchy, node, order),
            tuple(described(child) for child in hierarchy.children(number)),
            tuple(ids),
        )

    return described(0)


def _summary(
    snapshot: Snapshot, hierarchy: Hierarchy, node: Node, order: np.typing.NDArray[np.int64]
) -> tuple[Evidence, ...]:
    rows = np.array([row for row, _ in node.quotes], dtype=np.int64)
    passages = order[np.searchsorted(hierarchy.rows, rows, sorter=order)]
    records = snapshot.passages(passages)
    quotes: list[Evidence] = []
    for record, (_, place) in zip(records, node.quotes, strict=True):
        passage = record.passage
        start, end = span = passage.sentences[place]
        text = passage.text[start - passage.span[0] : end - passage.span[0]]
        quotes.append(Evidence(passage.id, span, text, 1.0, record.source))
    return tuple(quotes)
