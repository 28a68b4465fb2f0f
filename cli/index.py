"""``index``, ``sync`` and ``remove``: what goes into the store and out of it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .interrupt import INTERRUPTED, interruptible
from .output import complain, notify, print_json
from .settings import Context, Embedder, Json, Kv, Llm, Store, Threads, Triples, bound_threads, named_llm, opened

if TYPE_CHECKING:
    from graphmem.extract import Tally
    from graphmem.reports import IndexReport

__all__ = ["register"]

INCOMPLETE = 3
"""The exit code of a run that left something out."""

Excludes = Annotated[
    list[str] | None, typer.Option("--exclude", help="A pattern as in .gitignore; may be given more than once.")
]
Extractor = Annotated[str | None, typer.Option("--extractor", help="pattern, llm or none.")]
PassageTokens = Annotated[
    int | None, typer.Option("--passage-tokens", help="About how many tokens a passage has; 140 unless told.")
]

Vectors = Annotated[
    str | None,
    typer.Option("--vectors", help="Where the index of many vectors is made: memory, or disk for less memory."),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog="Example: graphmem index notes/ report.pdf 'archive/**/*.md'")(index)
    app.command(epilog="Example: graphmem sync notes/")(sync)
    app.command(epilog="Example: graphmem remove notes/old.md")(remove)


def index(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH…", help="Files, folders, patterns, .jsonl corpora, or - for stdin.")
    ],
    store: Store = Path(".graphmem"),
    embedder: Embedder = None,
    extractor: Extractor = None,
    llm: Llm = None,
    kv: Kv = None,
    context: Context = None,
    triples: Triples = None,
    threads: Threads = None,
    exclude: Excludes = None,
    passage_tokens: PassageTokens = None,
    vectors: Vectors = None,
    reembed: Annotated[bool, typer.Option("--reembed", help="Make all vectors anew with another embedder.")] = False,
    json: Json = False,
) -> None:
    """Read documents into the store: new and changed ones, and whatever an earlier run left undone."""
    from .console import ProgressBar

    bound_threads(store, threads)
    model = named_llm(store, llm, kv, context)
    with opened(
        store, embedder, create=True, extractor=extractor, passage_tokens=passage_tokens, vectors=vectors, llm=model
    ) as memory:
        with interruptible() as stop:
            report = memory.index(
                paths, triples=triples, excludes=exclude or (), reembed=reembed, progress=ProgressBar(), stop=stop
            )
        notify(memory.notices)
    _tell(report, json)


def sync(
    path: Annotated[str, typer.Argument(help="The folder that the store is to mirror.")],
    store: Store = Path(".graphmem"),
    embedder: Embedder = None,
    extractor: Extractor = None,
    llm: Llm = None,
    kv: Kv = None,
    context: Context = None,
    triples: Triples = None,
    threads: Threads = None,
    exclude: Excludes = None,
    json: Json = False,
) -> None:
    """Make the store mirror a folder: index it, and remove what is no longer there."""
    from .console import ProgressBar

    bound_threads(store, threads)
    model = named_llm(store, llm, kv, context)
    with opened(store, embedder, create=True, extractor=extractor, llm=model) as memory:
        with interruptible() as stop:
            report = memory.sync(path, triples=triples, excludes=exclude or (), progress=ProgressBar(), stop=stop)
        notify(memory.notices)
    _tell(report, json)


def remove(
    ids: Annotated[list[str], typer.Argument(metavar="ID…", help="Ids of documents, as 'search' shows them.")],
    store: Store = Path(".graphmem"),
    json: Json = False,
) -> None:
    """Take documents out of the store, with everything that was derived from them."""
    with opened(store, None) as memory:
        report = memory.remove(*ids)
        notify(memory.notices)
    if json:
        print_json(asdict(report))
    else:
        from .console import results

        results.print(f"removed {len(report.removed)} of {len(report.removed) + len(report.unknown)} documents")
        for id_ in report.unknown:
            complain("[yellow]not there:[/]", id_)
    raise typer.Exit(1 if report.unknown else 0)


def _tell(report: IndexReport, json: bool) -> None:
    if json:
        print_json(asdict(report))
    else:
        from .console import results

        for failure in report.failed:
            complain("[yellow]left out:[/]", f"{failure.source}: {failure.reason}")
        parts = [f"{report.added} added", f"{report.changed} changed", f"{report.unchanged} unchanged"]
        parts += [f"{report.removed} removed"] if report.removed else []
        parts += [f"[yellow]{len(report.failed)} left out[/]"] if report.failed else []
        done = report.passages.get("done", 0)
        parts.append(f"{done} passages")
        parts += (
            [f"[yellow]{n} passages failed (see 'graphmem stats')[/]"]
            if (n := report.passages.get("failed", 0))
            else []
        )
        results.print(f"{', '.join(parts)}, in {report.seconds:.1f} s")
        if report.extraction is not None:
            results.print(_told(report.extraction))
        if report.interrupted:
            results.print(f"{report.passages['pending']} passages are to go: the same command goes on with them")
    if report.interrupted:
        raise typer.Exit(INTERRUPTED)
    raise typer.Exit(INCOMPLETE if report.failed or report.passages.get("failed") else 0)


def _told(tally: Tally) -> str:
    rate = tally.completion_tokens / tally.seconds if tally.seconds else 0.0
    return (
        f"language model: {tally.calls} calls ({tally.remembered} remembered), {tally.prompt_tokens:,} tokens read "
        f"({tally.reused_tokens:,} of them from the call before), {tally.completion_tokens:,} written, {rate:,.0f} tokens/s, "
        f"{tally.triples} triples ({tally.dropped} dropped), {tally.split} passages split, {tally.failures} failed"
    )
