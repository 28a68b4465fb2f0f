"""The graph that users take away, its communities, and its files."""

from __future__ import annotations

import json
import sys
from io import BytesIO
from pathlib import Path

import networkx
import pytest
from conftest import WordEmbedder

from graphmem import GraphMemory, SettingsError
from graphmem.hierarchy import communities


@pytest.fixture
def memory(corpus: Path, tmp_path: Path):  # type: ignore[no-untyped-def]
    with GraphMemory.open(tmp_path / "store", embedder=WordEmbedder()) as opened:
        opened.index([corpus])
        yield opened


def test_triples_are_edges_with_their_place(memory: GraphMemory) -> None:
    graph = memory.graph()
    edges = [(a, b, data) for a, b, data in graph.edges(data=True) if data["kind"] == "triple"]
    assert len(edges) == memory.stats().triples
    for _, _, data in edges:
        document = memory.document(data["passage"].rpartition("#")[0])
        assert document is not None
        assert document.text[data["start"] : data["end"]].strip()
    assert graph.nodes["entity:norhaven"]["label"].lower() == "norhaven"


def test_files_can_be_read_back(memory: GraphMemory, tmp_path: Path) -> None:
    graph = memory.graph()
    assert networkx.read_graphml(BytesIO(memory.export().encode())).number_of_edges() == graph.number_of_edges()
    assert networkx.node_link_graph(json.loads(memory.export(format="json")), edges="edges").number_of_nodes() == len(
        graph
    )
    page = memory.export(tmp_path / "graph.html", "html")
    assert (tmp_path / "graph.html").read_text(encoding="utf-8") == page
    data = page.split('id="data">')[1].split("</script>")[0]
    assert json.loads(data)["nodes"]
    with pytest.raises(SettingsError, match="no format"):
        memory.export(format="png")  # type: ignore[arg-type]


def test_text_of_a_document_cannot_leave_its_place_in_the_page(tmp_path: Path) -> None:
    with GraphMemory.open(tmp_path / "evil", embedder=None) as memory:
        memory.add("Elena</script><script>alert(1)</script> Vane was a <!--<script> poet.\x0b", title="</script>")
        assert "<script>alert" not in memory.export(format="html")
        networkx.read_graphml(BytesIO(memory.export().encode()))


@pytest.mark.parametrize("without_igraph", [False, True])
def test_communities_are_found_with_and_without_igraph(without_igraph: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if without_igraph:
        monkeypatch.setitem(sys.modules, "igraph", None)
    clique = [(a, b) for a in range(5) for b in range(a)]
    edges = [*clique, *((a + 5, b + 5) for a, b in clique), (0, 5)]
    found = communities(11, edges, [1.0] * len(edges))
    assert len(set(found[:5])) == 1
    assert len(set(found[5:10])) == 1
    assert found[0] != found[5]
    assert found[10] == 2
    assert found.tolist() == communities(11, edges, [1.0] * len(edges)).tolist()


def test_no_nodes() -> None:
    assert len(communities(0, [], [])) == 0
