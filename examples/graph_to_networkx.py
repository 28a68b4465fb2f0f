"""Walk the knowledge graph: the names with most to say about them, and what is said."""

import networkx

from graphmem import GraphMemory

with GraphMemory.open("graph-store") as memory:
    memory.index(["data/articles"])
    graph = memory.graph()

stated = [(a, b) for a, b, data in graph.edges(data=True) if data["kind"] == "triple"]
ranks = networkx.pagerank(networkx.DiGraph([(b, a) for a, b in stated]))
for node in sorted(ranks, key=ranks.__getitem__, reverse=True)[:10]:
    said = [f"{data['label']} {graph.nodes[b]['label']}" for _, b, data in graph.out_edges(node, data=True)]
    print(f"{graph.nodes[node]['label']}: {'; '.join(said[:3])}")
