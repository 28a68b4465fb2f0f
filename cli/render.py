"""Results as a person reads them."""

from __future__ import annotations

from rich.markup import escape
from rich.table import Table
from rich.tree import Tree

from graphmem.model import Answer, Claim, Proof, SearchResult, TreeNode

from .console import results

__all__ = ["print_answer", "print_proof", "print_result", "print_trace", "print_tree"]

_STOPPED = {
    "proved": "the evidence proves it",
    "refuted": "the evidence refutes it",
    "exhausted": "no further evidence to be found, and it is not settled",
    "budget": "the search has used up its hops, and it is not settled",
}
_SHOWN = 300
_QUOTED = 140


def print_result(result: SearchResult) -> None:
    """Ranked passages, then the proof."""
    for hit in result.hits:
        title = f" [bold]{escape(hit.title)}[/]" if hit.title else ""
        results.print(f"[cyan]{hit.rank}.[/]{title} [dim]{escape(hit.passage_id)} ({hit.score:.2f})[/]")
        results.print(f"   {escape(_short(hit.text))}")
        for reason in hit.why:
            results.print(f"   [dim]{escape(reason)}[/]")
    if not result.hits:
        results.print("nothing found: the store holds no passage that has to do with it")
    print_proof(result.proof)
    results.print(_end(result))


def print_answer(answer: Answer, *, written: bool) -> None:
    """The answer, its citations, and why the search stopped; ``written`` where its text stands there already."""
    results.print("" if written else escape(answer.text))
    if answer.citations:
        results.print("\n[bold]Citations[/]")
    for citation in answer.citations:
        a, b = citation.span
        place = citation.source or citation.passage_id
        results.print(
            f"  [cyan]\\[{citation.marker}][/] {escape(place)}, characters {a} to {b}: “{escape(citation.quote)}”"
        )
    if answer.confident:
        results.print(f"\n[bold]Proof:[/] {escape(answer.result.proof.summary)}")
    results.print(_end(answer.result))


def print_tree(root: TreeNode, *, topics: bool) -> None:
    """A tree with sizes and names, and what each node says: its abstract, or its most central sentence."""
    tree = Tree(f"[bold]{escape(root.name or 'empty')}[/] [dim]({_passages(root)})[/]")
    for line in _said(root, len(root.summary)):
        tree.add(line)
    for child in root.children:
        _add(tree, child, topics)
    results.print(tree, soft_wrap=False)


def _add(tree: Tree, node: TreeNode, topics: bool) -> None:
    branch = tree.add(f"[cyan]{escape(node.name or node.id)}[/] [dim]({_passages(node)})[/]")
    for line in _said(node, 1):
        branch.add(line)
    for child in node.children if topics else ():
        _add(branch, child, topics)


def _said(node: TreeNode, quotes: int) -> list[str]:
    if node.abstract:
        return [f"{escape(said.text)} [dim]{escape(', '.join(said.cites))}[/]" for said in node.abstract]
    return [
        f"[dim]“{escape(_short(quote.text, _QUOTED))}” {escape(quote.passage_id)}[/]" for quote in node.summary[:quotes]
    ]


def _passages(node: TreeNode) -> str:
    return f"{node.size} passage{'s' if node.size != 1 else ''}"


def print_trace(result: SearchResult) -> None:
    """Claim, names, hops with their proofs, timings, and what came of it."""
    trace = result.trace
    results.print(f"[bold]Claim:[/] {escape(_claim(trace.claim))}")
    results.print(f"[bold]Names:[/] {escape(', '.join(trace.entities) or 'none that the store knows')}")
    scope = f"global, from {len(result.overview)} topics" if result.overview else "local"
    signs = f"{trace.breadth.score:.2f}: wording {trace.breadth.wording:.0f}, without rare names {trace.breadth.unnamed:.2f}"
    results.print(f"[bold]Scope:[/] {scope} (breadth {signs})")
    for number, hop in enumerate(trace.hops, start=1):
        table = Table(title=f"Hop {number}", title_justify="left", box=None, pad_edge=False)
        for column in ("from", "strength", "to", "strength", "through"):
            table.add_column(column, overflow="fold")
        for place in range(max(len(hop.seeds), len(hop.reached))):
            seed = hop.seeds[place] if place < len(hop.seeds) else None
            end = hop.reached[place] if place < len(hop.reached) else None
            table.add_row(
                *((escape(seed[0]), f"{seed[1]:.2f}") if seed else ("", "")),
                *((escape(end[0]), f"{end[1]:.2f}", escape(end[2])) if end else ("", "", "")),
            )
        results.print(table)
        print_proof(hop.proof)
    timings = ", ".join(f"{step} {time:.1f} ms" for step, time in trace.timings_ms.items())
    results.print(f"[bold]Timings:[/] {timings}")
    results.print(f"[bold]To read:[/] {', '.join(map(str, trace.reading)) or 'none'}")
    print_result(result)


def print_proof(proof: Proof) -> None:
    """The proof as a table, and in one line of plain words."""
    if proof.steps:
        table = Table(title="Proof", title_justify="left", box=None, pad_edge=False)
        for column in ("premise", "", "hypothesis", "context", "state", "by"):
            table.add_column(column, overflow="fold")
        for step in proof.steps:
            cells = (_short(step.premise, 120), step.relation, step.hypothesis, step.polarity, step.state, step.source)
            table.add_row(*map(escape, cells))
        results.print(table)
    colour = {"supported": "green", "refuted": "red", "insufficient": "yellow"}[proof.verdict]
    told = f": {escape(proof.summary)}" if proof.summary else ""
    open_ = proof.verdict == "insufficient" and proof.score > 0
    spoken = f" (the evidence speaks of {proof.score:.0%} of what is asked)" if open_ else ""
    results.print(f"[bold]Verdict:[/] [{colour}]{proof.verdict}[/]{told}{spoken}")


def _claim(claim: Claim) -> str:
    if not any(claim.branches):
        return claim.hypothesis
    return f"{claim.hypothesis} (asks for: {claim.expected})"


def _end(result: SearchResult) -> str:
    if result.overview:
        return f"[bold]Scope:[/] a broad question, answered from {len(result.overview)} topics"
    count = len(result.trace.hops)
    return f"[bold]Stopped:[/] {_STOPPED[result.stopped]}, after {count} hop{'s' if count != 1 else ''}"


def _short(text: str, most: int = _SHOWN) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[: most - 1].rsplit(" ", 1)[0] + " …"
