"""The knowledge graph as a user takes it away: a networkx graph, and what it looks like as a file."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import TYPE_CHECKING

from graphmem.errors import SettingsError
from graphmem.folding import fold
from graphmem.hierarchy import communities
from graphmem.model import TreeNode
from graphmem.page import page
from graphmem.store import Snapshot
from graphmem.visible import drop_controls, json_text

if TYPE_CHECKING:
    import networkx

__all__ = ["build_network", "rendered"]


def build_network(snapshot: Snapshot) -> networkx.MultiDiGraph[str]:
    """Nodes are entities, the other subjects and objects of triples ("values"), and passages.

    Nodes have ``kind`` (entity, value or passage), ``label`` and ``community``; a passage also ``source``. Edges
    have ``kind``: a "triple" from subject to object with its ``label``, ``passage``, ``confidence``, ``start`` and
    ``end`` of its sentence; "about" and "mentions" from passage to entity.
    """
    import networkx

    graph: networkx.MultiDiGraph[str] = networkx.MultiDiGraph()
    entities = snapshot.graph
    for entity in range(entities.entity_count):
        graph.add_node(f"entity:{entities.key(entity)}", kind="entity", label=entities.label(entity))
    positions = range(snapshot.passage_count)
    for record in snapshot.passages(positions):
        passage = record.passage
        graph.add_node(f"passage:{passage.id}", kind="passage", label=passage.title or passage.id, source=record.source)
    ids = [f"passage:{record.passage.id}" for record in snapshot.passages(positions)]
    for entity in range(entities.entity_count):
        owners = int(entities.owner_count[entity])
        for rank, position in enumerate(entities.passages_of(entity)[0].tolist()):
            kind = "about" if rank < owners else "mentions"
            graph.add_edge(ids[position], f"entity:{entities.key(entity)}", kind=kind, label=kind)
    for id_, extraction in zip(ids, snapshot.extractions(positions), strict=True):
        for triple in extraction.triples:
            graph.add_edge(
                _node(graph, triple.subject),
                _node(graph, triple.object),
                kind="triple",
                label=triple.predicate,
                passage=id_.removeprefix("passage:"),
                confidence=triple.confidence,
                start=triple.sentence[0],
                end=triple.sentence[1],
            )
    _add_communities(graph)
    return graph


def _node(graph: networkx.MultiDiGraph[str], text: str) -> str:
    key = f"entity:{fold(text)}"
    if key in graph:
        return key
    graph.add_node(f"value:{fold(text) or text}", kind="value", label=text)
    return f"value:{fold(text) or text}"


def _add_communities(graph: networkx.MultiDiGraph[str]) -> None:
    number = {node: index for index, node in enumerate(graph.nodes)}
    edges = [(number[a], number[b]) for a, b in graph.edges()]
    found = communities(len(number), edges, [1.0] * len(edges))
    for node, community in zip(graph.nodes, found.tolist(), strict=True):
        graph.nodes[node]["community"] = community


def rendered(graph: networkx.MultiDiGraph[str], trees: Mapping[str, TreeNode], format: str) -> str:
    """The graph as "graphml", "json" (node-link form) or "html" (a page that needs no
    network, with ``trees`` by name beside the graph); raises
    :class:`SettingsError` for another format."""
    import networkx

    if format == "json":
        return json_text(networkx.node_link_data(graph, edges="edges"))
    if format == "html":
        return page(graph, trees)
    if format == "graphml":
        buffer = BytesIO()
        networkx.write_graphml(_without_controls(graph), buffer, encoding="utf-8")
        return buffer.getvalue().decode("utf-8")
    raise SettingsError(f"'{format}' is no format to export: choose graphml, json or html")


def _without_controls(graph: networkx.MultiDiGraph[str]) -> networkx.MultiDiGraph[str]:
    # Control characters come from damaged and hostile files, and no XML may hold them, not even escaped.
    import networkx

    clean: networkx.MultiDiGraph[str] = networkx.relabel_nodes(graph, {node: drop_controls(node) for node in graph})
    for attributes in [*(data for _, data in clean.nodes(data=True)), *(data for *_, data in clean.edges(data=True))]:
        for key, value in attributes.items():
            if isinstance(value, str):
                attributes[key] = drop_controls(value)
    return clean
