"""The second tree over the same passages, as their authors ordered them: documents and their headings."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from graphmem.hierarchy.describe import node_alone, quoted
from graphmem.hierarchy.tree import Hierarchy
from graphmem.model import Passage, Section, TreeNode
from graphmem.store import Snapshot

__all__ = ["describe_documents"]


@dataclass(slots=True)
class _Heading:
    """A document or a heading of it while the tree is made: its own passages by position, and what is under it."""

    id: str
    name: str
    own: list[int] = field(default_factory=list)
    below: list[_Heading] = field(default_factory=list)


def describe_documents(snapshot: Snapshot, hierarchy: Hierarchy) -> TreeNode:
    """The root, with the documents in order, each with its headings as they are nested.

    The summary of a document or heading is the sentence that it opens with. A heading without passages is left out, and
    one that repeats the document's title is the document itself.
    """
    passages = [record.passage for record in snapshot.passages(range(snapshot.passage_count))]
    documents: list[TreeNode] = []
    for id_, positions in groupby(range(len(passages)), key=lambda position: passages[position].document_id):
        found = _outline(snapshot, id_, list(positions), passages)
        documents.append(_node(snapshot, found, passages, "document"))
    return replace(node_alone(snapshot, hierarchy, 0), children=tuple(documents))


def _outline(snapshot: Snapshot, id_: str, positions: list[int], passages: Sequence[Passage]) -> _Heading:
    root = _Heading(id_, passages[positions[0]].title or id_)
    document = snapshot.document(id_) if any(passages[position].heading for position in positions) else None
    if document is None:
        root.own = positions
        return root
    places: list[_Heading] = []
    path: list[tuple[Section, _Heading]] = []
    for number, section in enumerate(document.sections):
        path = [(above, heading) for above, heading in path if above.level < section.level]
        parent = path[-1][1] if path else root
        here = parent
        if section.title and section.title != document.title:
            here = _Heading(f"{id_}#section-{number}", section.title)
            parent.below.append(here)
        path.append((section, here))
        places.append(here)
    starts = [section.span[0] for section in document.sections]
    for position in positions:
        place = bisect_right(starts, passages[position].span[0]) - 1
        (places[place] if place >= 0 else root).own.append(position)
    return root


def _node(snapshot: Snapshot, heading: _Heading, passages: Sequence[Passage], level: str) -> TreeNode:
    children = tuple(node for below in heading.below if (node := _node(snapshot, below, passages, "heading")).size)
    opening = tuple(child.summary[0] for child in children[:1])
    if heading.own:
        opening = quoted(snapshot, [(heading.own[0], 0)])
    own = tuple(passages[position].id for position in heading.own)
    size = len(own) + sum(child.size for child in children)
    return TreeNode(heading.id, level, heading.name, size, (), (), None, opening, children, own)
