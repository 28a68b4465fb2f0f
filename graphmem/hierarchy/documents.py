"""The second tree over the same passages, as their authors ordered them: documents and their headings."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from graphmem.hierarchy.describe import node_alone, quoted
from graphmem.hierarchy.likeness import batches
from graphmem.hierarchy.passage_graph import groups_of
from graphmem.hierarchy.tree import Hierarchy
from graphmem.model import Section, TreeNode
from graphmem.store import Snapshot

__all__ = ["describe_documents"]

Positions = NDArray[np.int64]


@dataclass(slots=True)
class _Heading:
    """A document or a heading of it while the tree is made: the ids of its own passages, the position of the first of
    them, -1 for none, and what is under it."""

    id: str
    name: str
    own: list[str] = field(default_factory=list)
    first: int = -1
    below: list[_Heading] = field(default_factory=list)


def describe_documents(snapshot: Snapshot, hierarchy: Hierarchy) -> TreeNode:
    """The root, with the documents in order, each with its headings as they are nested.

    The summary of a document or heading is the sentence that it opens with. A heading without passages is left out, and
    one that repeats the document's title is the document itself.
    """
    groups = groups_of(snapshot.document_of)
    documents = [_node(snapshot, _outline(snapshot, positions), "document") for positions in groups]
    return replace(node_alone(snapshot, hierarchy, 0), children=tuple(documents))


def _outline(snapshot: Snapshot, positions: Positions) -> _Heading:
    ids: list[str] = []
    starts: list[int] = []
    headed = False
    for batch in batches(positions):
        for record in snapshot.passages(batch):
            ids.append(record.passage.id)
            starts.append(record.passage.span[0])
            headed = headed or bool(record.passage.heading)
    first = snapshot.passages(positions[:1])[0].passage
    root = _Heading(first.document_id, first.title or first.document_id)
    document = snapshot.document(first.document_id) if headed else None
    places: list[_Heading] = []
    path: list[tuple[Section, _Heading]] = []
    for number, section in enumerate(document.sections if document is not None else ()):
        path = [(above, heading) for above, heading in path if above.level < section.level]
        parent = path[-1][1] if path else root
        here = parent
        if section.title and document is not None and section.title != document.title:
            here = _Heading(f"{root.id}#section-{number}", section.title)
            parent.below.append(here)
        path.append((section, here))
        places.append(here)
    sections = [section.span[0] for section in document.sections] if document is not None else []
    for position, id_, start in zip(positions.tolist(), ids, starts, strict=True):
        place = bisect_right(sections, start) - 1
        heading = places[place] if place >= 0 else root
        heading.own.append(id_)
        if heading.first < 0:
            heading.first = position
    return root


def _node(snapshot: Snapshot, heading: _Heading, level: str) -> TreeNode:
    children = tuple(node for below in heading.below if (node := _node(snapshot, below, "heading")).size)
    opening = tuple(child.summary[0] for child in children[:1])
    if heading.own:
        opening = quoted(snapshot, [(heading.first, 0)])
    size = len(heading.own) + sum(child.size for child in children)
    return TreeNode(heading.id, level, heading.name, size, (), (), None, opening, children, tuple(heading.own))
