"""``eval``: figures over a data set folder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from .output import notify, print_json
from .settings import Embedder, Json, Threads, bound_threads

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("eval", epilog="Example: graphmem eval data/ --tag first")(eval_)


def eval_(
    dataset: Annotated[
        Path, typer.Argument(metavar="DATASET_DIR", help="A folder with corpus.jsonl and questions.jsonl.")
    ],
    store: Annotated[
        Path | None, typer.Option("--store", help="The store to use; one in the user's cache unless told.")
    ] = None,
    embedder: Embedder = None,
    threads: Threads = None,
    triples: Annotated[
        bool, typer.Option("--triples/--no-triples", help="Use the data set's own triples.jsonl.")
    ] = False,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Ask the first questions only.")] = None,
    tag: Annotated[str, typer.Option("--tag", help="A name for this run, printed with it.")] = "",
    json: Json = False,
) -> None:
    """Index a data set if needed, ask all its questions, and print recall, answers, stops and latency."""
    from graphmem.evaluate import evaluate

    from .console import ProgressBar

    bound_threads(store or Path(".graphmem"), threads)
    lines: list[str] = []
    found = evaluate(
        dataset,
        store=store,
        embedder=embedder or "auto",
        triples=triples,
        tag=tag,
        limit=limit,
        notify=lines.append,
        progress=ProgressBar(),
    ).as_dict()
    notify(lines)
    if json:
        print_json(found)
    else:
        _show(found)


def _show(found: Mapping[str, object]) -> None:
    from rich.markup import escape
    from rich.table import Table

    from .console import results

    head = f"{found['dataset']}{' (' + str(found['tag']) + ')' if found['tag'] else ''}"
    results.print(f"[bold]{escape(head)}[/]: {found['questions']} questions over {found['passages']} passages")
    table = Table(box=None, pad_edge=False)
    kinds = found["by_kind"] if isinstance(found["by_kind"], dict) else {}
    columns = {"all": found["metrics"], **kinds}
    table.add_column("figure", no_wrap=True)
    for name in columns:
        table.add_column(escape(name), justify="right")
    flat = {name: _flat(metrics) for name, metrics in columns.items()}
    for figure in dict.fromkeys(key for metrics in flat.values() for key in metrics):
        table.add_row(figure, *(flat[name].get(figure, "") for name in columns))
    results.print(table)


def _flat(metrics: object, prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in metrics.items() if isinstance(metrics, dict) else ():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{key} ")
        else:
            found[f"{prefix}{key}"] = str(value)
    return found
