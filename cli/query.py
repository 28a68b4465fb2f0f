"""``search``, ``ask`` and ``explain``: questions to the store."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from .output import notify, print_json
from .settings import Context, Embedder, Json, K, Kv, Llm, Store, named_llm, opened, setting

__all__ = ["register"]

Question = Annotated[str, typer.Argument(help="What you want to know, or a statement to be proved.")]
_DEFAULT_K = 8


class Choice(StrEnum):
    """Where an answer may come from."""

    AUTO = "auto"
    LOCAL = "local"
    GLOBAL = "global"


Where = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        metavar="KEY=VALUE",
        help="Only documents with this in their metadata; source=notes/* is a path, since=2024 and until=2024-06-30 are dates.",
    ),
]
Scope = Annotated[
    Choice, typer.Option("--scope", help="local (passages), global (topics all over), or auto (as the question asks).")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command(epilog='Example: graphmem search "Who founded the shipyard in Norhaven?" -k 5')(search)
    app.command(epilog='Example: graphmem ask "Where was the designer of the Grey Gull born?"')(ask)
    app.command(epilog='Example: graphmem explain "Where was the designer of the Grey Gull born?"')(explain)


def search(
    question: Question,
    store: Store = Path(".graphmem"),
    k: K = None,
    scope: Scope = Choice.AUTO,
    where: Where = None,
    around: Annotated[
        int, typer.Option("--around", help="How many passages before and after each hit, of its episode, to add.")
    ] = 0,
    embedder: Embedder = None,
    json: Json = False,
) -> None:
    """The evidence for a question, ranked, with the proof and the reason why the search stopped."""
    with opened(store, embedder) as memory:
        result = memory.search(
            question, _passages(store, k), scope=scope.value, around=around, where=_conditions(where)
        )
        notify(memory.notices)
    if json:
        from .serialize import result_as_dict

        print_json(result_as_dict(result))
    else:
        from .render import print_result

        print_result(result)


def ask(
    question: Question,
    store: Store = Path(".graphmem"),
    k: K = None,
    scope: Scope = Choice.AUTO,
    where: Where = None,
    embedder: Embedder = None,
    reader: Annotated[str | None, typer.Option("--reader", help="extractive or llm.")] = None,
    llm: Llm = None,
    kv: Kv = None,
    context: Context = None,
    stream: Annotated[bool, typer.Option("--stream", help="Print the answer as it is written.")] = False,
    json: Json = False,
) -> None:
    """The answer to a question, with numbered citations to file and span."""
    with opened(store, embedder, llm=named_llm(store, llm, kv, context)) as memory:
        chosen = str(setting(store, "reader", reader) or "extractive")
        shown = stream and not json
        answer = memory.ask(
            question,
            _passages(store, k),
            scope=scope.value,
            where=_conditions(where),
            reader=chosen,
            on_text=_show if shown else None,
        )
        notify(memory.notices)
    if json:
        from .serialize import answer_as_dict

        print_json(answer_as_dict(answer))
    else:
        from .render import print_answer

        print_answer(answer, written=shown)


def _show(text: str) -> None:
    from .console import results

    results.print(text, end="", markup=False)


def explain(
    question: Question,
    store: Store = Path(".graphmem"),
    k: K = None,
    scope: Scope = Choice.AUTO,
    where: Where = None,
    embedder: Embedder = None,
    json: Json = False,
) -> None:
    """The whole way to the evidence: claim, seeds, what was reached from where, each hop, each proof step, timings."""
    with opened(store, embedder) as memory:
        result = memory.explain(question, _passages(store, k), scope=scope.value, where=_conditions(where))
        notify(memory.notices)
    if json:
        from .serialize import result_as_dict, trace_as_dict

        print_json({**result_as_dict(result), "trace": trace_as_dict(result)})
    else:
        from .render import print_trace

        print_trace(result)


def _passages(store: Path, k: int | None) -> int:
    return int(setting(store, "k", k) or _DEFAULT_K) if k != 0 else 0


def _conditions(where: list[str] | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for condition in where or ():
        key, equals, value = condition.partition("=")
        if not key or not equals or not value:
            from graphmem import QuestionError

            raise QuestionError(f"'{condition}' is no condition: write KEY=VALUE, for example --where author=Vane")
        found[key] = value
    return found
