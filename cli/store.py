"""``stats``, ``tree``, ``check``, ``backup`` and ``export``: the store itself."""

from __future__ import annotations

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphmem.errors import SettingsError

from .index import INCOMPLETE
from .output import complain, notify, print_json
from .settings import Context, Json, Kv, Llm, Store, named_llm, opened

if TYPE_CHECKING:
    from graphmem.reports import StoreStats
    from graphmem.store import Rescued

__all__ = ["register"]


class Format(StrEnum):
    """What ``export`` writes."""

    GRAPHML = "graphml"
    JSON = "json"
    HTML = "html"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog="Example: graphmem stats --json")(stats)
    app.command(epilog="Example: graphmem tree --themes")(tree)
    app.command(epilog="Example: graphmem check")(check)
    app.command(epilog="Example: graphmem backup /media/disk/graphmem-monday")(backup)
    app.command(epilog="Example: graphmem export --format html --output graph.html")(export)


def stats(store: Store = Path(".graphmem"), json: Json = False) -> None:
    """What is in the store."""
    with opened(store, None) as memory:
        found = memory.stats()
        notify(memory.notices)
    if json:
        print_json(asdict(found))
    else:
        _show(found)


def _show(found: StoreStats) -> None:
    from rich.markup import escape
    from rich.table import Table

    from .console import results

    table = Table(show_header=False, box=None, pad_edge=False)
    states = ", ".join(f"{count} {state}" for state, count in found.passages.items() if count)
    rows = {
        "documents": f"{found.documents:,}",
        "passages": states or "0",
        "sentences": f"{found.sentences:,}",
        "entities": f"{found.entities:,}",
        "mentions": f"{found.mentions:,}",
        "triples": f"{found.triples:,}",
        "edges": f"{found.edges:,}",
        "embedder": f"{found.embedder} ({found.dimension} dimensions)" if found.embedder else "none",
        "on disk": f"{found.bytes_on_disk / 1e6:,.1f} MB",
        "schema, generation": f"{found.schema_version}, {found.generation}",
    }
    for name, value in rows.items():
        table.add_row(name, escape(value))
    results.print(table)
    for passage, reason in found.failures:
        complain("[yellow]failed:[/]", f"{passage}: {reason}")


def tree(
    store: Store = Path(".graphmem"),
    documents: Annotated[
        bool, typer.Option("--documents", help="The documents and their headings, in place of themes and topics.")
    ] = False,
    topics: Annotated[
        bool, typer.Option("--topics/--themes", help="Down to topics or headings, or themes or documents alone.")
    ] = True,
    llm: Llm = None,
    kv: Kv = None,
    context: Context = None,
    json: Json = False,
) -> None:
    """What the documents are about: themes and their topics, with sizes and most central sentences; or documents."""
    # A model that is named for answers elsewhere does not write hundreds of abstracts unasked.
    model = named_llm(store, llm, kv, context) if llm else None
    with opened(store, None, llm=model) as memory:
        found = memory.tree("documents" if documents else "topics", abstracts=model is not None)
        notify(memory.notices)
    if json:
        from .serialize import tree_as_dict

        print_json(tree_as_dict(found))
    else:
        from .render import print_tree

        print_tree(found, topics=topics)


def check(
    store: Store = Path(".graphmem"),
    rescue: Annotated[
        Path | None, typer.Option("--rescue", metavar="NEW", help="Save what can be read of a damaged store into NEW.")
    ] = None,
    json: Json = False,
) -> None:
    """Verify every invariant and checksum of the store, and repair what is derived."""
    from graphmem import GraphMemory

    if rescue is not None:
        _tell(GraphMemory.rescue(store, rescue), rescue, json)
    with opened(store, None) as memory:
        notify(memory.notices)
        report = memory.check()
    if json:
        print_json(asdict(report))
    else:
        from rich.markup import escape

        from .console import results

        for line in report.repaired:
            results.print(f"[yellow]repaired:[/] {escape(line)}")
        for line in report.problems:
            results.print(f"[red]problem:[/] {escape(line)}")
        if not report.problems:
            results.print("[green]the store is sound[/]")
    raise typer.Exit(1 if report.problems else 0)


def _tell(rescued: Rescued, new: Path, json: bool) -> None:
    if json:
        print_json(asdict(rescued))
    else:
        from rich.markup import escape

        from .console import results

        results.print(
            f"saved {rescued.documents} documents with {rescued.passages} passages into {escape(str(new))}"
            + (
                f"; {rescued.pending} passages are to go: the next run of index goes on with them"
                * bool(rescued.pending)
            )
        )
        for id_ in rescued.incomplete:
            complain("[yellow]incomplete:[/]", f"{id_}: index it again")
        for id_ in rescued.lost:
            complain("[yellow]lost:[/]", id_)
    raise typer.Exit(INCOMPLETE if rescued.incomplete or rescued.lost else 0)


def backup(
    destination: Annotated[Path, typer.Argument(metavar="DEST", help="A new folder for the copy.")],
    store: Store = Path(".graphmem"),
) -> None:
    """Copy the store to a new folder, also while others read and write it; the copy is a store like any other."""
    with opened(store, None) as memory:
        memory.backup(destination)
        notify(memory.notices)
    complain("copied", f"{store} to {destination}")


def export(
    store: Store = Path(".graphmem"),
    format: Annotated[
        Format, typer.Option("--format", help="graphml, json, or html (a page to open).")
    ] = Format.GRAPHML,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file; stdout unless told.")] = None,
) -> None:
    """The knowledge graph, as a file for other programs or a page for a browser."""
    with opened(store, None) as memory:
        try:
            text = memory.export(output, format.value)
        except OSError as error:
            raise SettingsError(
                f"{output} cannot be written ({error.strerror}): name another file with --output"
            ) from error
        notify(memory.notices)
    if output is None:
        typer.echo(text)
    else:
        complain("wrote", str(output))
