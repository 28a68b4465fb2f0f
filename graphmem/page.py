"""The graph as one HTML page that needs no network: the best-connected entities, drawn by a small force layout."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import TYPE_CHECKING

from graphmem.model import TreeNode
from graphmem.visible import json_text

if TYPE_CHECKING:
    import networkx

__all__ = ["page"]

_MOST_NODES = 300

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>graphmem: knowledge graph</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body { margin: 0; font: 14px system-ui, sans-serif; background: #fff; color: #222; }
#side { position: fixed; top: 0; left: 0; max-width: 22rem; max-height: 100vh; overflow: auto; padding: .8rem;
  background: #fffd; }
svg { width: 100vw; height: 100vh; display: block; cursor: grab; }
details { margin-left: .8rem; } summary { cursor: pointer; }
line { stroke: #bbb; } text { font-size: 11px; pointer-events: none; } circle { cursor: pointer; }
@media (prefers-color-scheme: dark) { body { background: #181818; color: #ddd; } #side { background: #181818dd; }
  line { stroke: #555; } text { fill: #ddd; } }
</style></head><body>
<div id="side"><b>graphmem</b> <span>@COUNTS@</span><br><input id="find" placeholder="find a name" aria-label="find a name">
<div id="said"></div><div id="tree"></div></div><svg role="img" aria-label="knowledge graph"></svg>
<script type="application/json" id="data">@DATA@</script>
<script>
"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const svg = document.querySelector("svg"), said = document.getElementById("said");
const ns = "http://www.w3.org/2000/svg", at = new Map();
const nodes = data.nodes.map((node, i) => ({ ...node, x: 400 * Math.cos(i * 2.4) * Math.sqrt(i / 30),
  y: 400 * Math.sin(i * 2.4) * Math.sqrt(i / 30), dx: 0, dy: 0 }));
nodes.forEach(node => at.set(node.id, node));
const edges = data.edges.map(edge => ({ ...edge, a: at.get(edge.source), b: at.get(edge.target) }));
let view = { x: -700, y: -450, w: 1400, h: 900 };
const make = (name, parent) => parent.appendChild(document.createElementNS(ns, name));
const lines = edges.map(() => make("line", svg));
const dots = nodes.map(node => {
  const group = make("g", svg), dot = make("circle", group), label = make("text", group);
  dot.setAttribute("r", 4 + Math.sqrt(node.degree));
  dot.setAttribute("fill", `hsl(${(node.community * 137) % 360} 60% 50%)`);
  label.textContent = node.label; label.setAttribute("x", 8); label.setAttribute("y", 4);
  dot.addEventListener("click", () => tell(node));
  return group;
});
function tell(node) {
  said.replaceChildren();
  const title = said.appendChild(document.createElement("h3")); title.textContent = node.label;
  for (const edge of edges.filter(e => e.a === node || e.b === node)) {
    const line = said.appendChild(document.createElement("p"));
    line.textContent = `${edge.a.label} — ${edge.label} — ${edge.b.label} (${edge.passage})`;
  }
}
document.getElementById("find").addEventListener("change", event => {
  const text = event.target.value.toLowerCase(), found = nodes.find(n => n.label.toLowerCase().includes(text));
  if (found) { view.x = found.x - view.w / 2; view.y = found.y - view.h / 2; show(); tell(found); }
});
function branch(node, parent) {
  const box = parent.appendChild(document.createElement("details"));
  box.appendChild(document.createElement("summary")).textContent = `${node.name} (${node.size})`;
  for (const quote of node.summary) box.appendChild(document.createElement("p")).textContent = `“${quote.text}” ${quote.passage}`;
  node.children.forEach(child => branch(child, box));
  return box;
}
for (const [name, tree] of Object.entries(data.trees))
  branch({ ...tree, name: `${name}: ${tree.name}` }, document.getElementById("tree")).open = name === "topics";
function step(heat) {
  for (let i = 0; i < nodes.length; i++) for (let j = i + 1; j < nodes.length; j++) {
    const a = nodes[i], b = nodes[j], x = a.x - b.x, y = a.y - b.y, d = Math.max(x * x + y * y, 25);
    if (d > 160000) continue;
    const f = 1800 / d; a.dx += x * f / 20; a.dy += y * f / 20; b.dx -= x * f / 20; b.dy -= y * f / 20;
  }
  for (const { a, b } of edges) {
    const x = b.x - a.x, y = b.y - a.y; a.dx += x * .01; a.dy += y * .01; b.dx -= x * .01; b.dy -= y * .01;
  }
  for (const n of nodes) {
    n.dx -= n.x * .002; n.dy -= n.y * .002;
    n.x += Math.max(-20, Math.min(20, n.dx)) * heat; n.y += Math.max(-20, Math.min(20, n.dy)) * heat;
    n.dx *= .6; n.dy *= .6;
  }
}
function show() {
  svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.w} ${view.h}`);
  edges.forEach(({ a, b }, i) => { const l = lines[i];
    l.setAttribute("x1", a.x); l.setAttribute("y1", a.y); l.setAttribute("x2", b.x); l.setAttribute("y2", b.y); });
  nodes.forEach((n, i) => dots[i].setAttribute("transform", `translate(${n.x} ${n.y})`));
}
let turn = 0;
(function run() { step(Math.max(.05, 1 - turn / 300)); show(); if (turn++ < 300) requestAnimationFrame(run); })();
svg.addEventListener("wheel", event => { event.preventDefault(); const f = event.deltaY > 0 ? 1.15 : 1 / 1.15;
  view.x += view.w * (1 - f) / 2; view.y += view.h * (1 - f) / 2; view.w *= f; view.h *= f; show(); }, { passive: false });
let held = null;
svg.addEventListener("pointerdown", event => { held = [event.clientX, event.clientY]; });
addEventListener("pointerup", () => { held = null; });
addEventListener("pointermove", event => { if (!held) return;
  view.x -= (event.clientX - held[0]) * view.w / innerWidth; view.y -= (event.clientY - held[1]) * view.h / innerHeight;
  held = [event.clientX, event.clientY]; show(); });
</script></body></html>
"""


def page(graph: networkx.MultiDiGraph[str], trees: Mapping[str, TreeNode]) -> str:
    """A page with the trees, and with up to 300 entities and values, those with the most triples, and the triples between."""
    triples = [(a, b, data) for a, b, data in graph.edges(data=True) if data["kind"] == "triple"]
    degree: dict[str, int] = {}
    for a, b, _ in triples:
        degree[a], degree[b] = degree.get(a, 0) + 1, degree.get(b, 0) + 1
    shown = sorted(degree, key=lambda node: (-degree[node], node))[:_MOST_NODES]
    inside = set(shown)
    data = {
        "trees": {name: _branch(tree) for name, tree in trees.items()},
        "nodes": [
            {
                "id": node,
                "label": graph.nodes[node]["label"],
                "community": graph.nodes[node]["community"],
                "degree": degree[node],
            }
            for node in shown
        ],
        "edges": [
            {"source": a, "target": b, "label": edge["label"], "passage": edge["passage"]}
            for a, b, edge in triples
            if a in inside and b in inside
        ],
    }
    # A "<" could end the script element early.
    text = json_text(data).replace("<", "\\u003c")
    counts = html.escape(f"{len(shown)} of {len(degree)} names and values, {len(data['edges'])} triples")
    return _PAGE.replace("@COUNTS@", counts).replace("@DATA@", text)


def _branch(node: TreeNode) -> dict[str, object]:
    return {
        "name": node.name or node.id,
        "size": node.size,
        "summary": [{"text": quote.text, "passage": quote.passage_id} for quote in node.summary],
        "children": [_branch(child) for child in node.children],
    }
