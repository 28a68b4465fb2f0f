"""``entail``: the natural-logic engine alone."""

from __future__ import annotations

import json as json_
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from graphmem.errors import DocumentError
from graphmem.visible import json_text

from .output import print_json
from .settings import Json, Llm

if TYPE_CHECKING:
    from graphmem.model import Proof

Prove = Callable[[list[str], str], "Proof"]

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(
        "entail", epilog='Example: graphmem entail --premise "No dog barked" --hypothesis "No dog barked loudly"'
    )(entail_)


def entail_(
    premise: Annotated[
        list[str] | None, typer.Option("--premise", help="What is known; may be given more than once.")
    ] = None,
    hypothesis: Annotated[str | None, typer.Option("--hypothesis", help="What is to be proved.")] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help='Lines {"premise", "hypothesis"}; "premise" may be a list.')
    ] = None,
    embedder: Annotated[
        str | None,
        typer.Option("--embedder", help="auto, a known model, or a path: it tells which words are near each other."),
    ] = None,
    llm: Llm = None,
    json: Json = False,
) -> None:
    """Whether premises entail a hypothesis, contradict it, or neither, and the proof.

    With --embedder, abstract nouns that the lexicon does not take for the same ("choice" and "chance") may stand for each other.
    With --llm, a language model writes the proof, and the calculus checks it.
    """
    if llm is not None and embedder is not None:
        raise typer.BadParameter("give either --llm or --embedder")
    prove = _prover(llm, embedder)
    if file is not None:
        if premise or hypothesis is not None:
            raise typer.BadParameter("give either --file, or --premise and --hypothesis")
        _all_of(file, prove)
    elif not premise or hypothesis is None:
        raise typer.BadParameter("give --premise and --hypothesis, or --file")
    else:
        proof = prove(premise, hypothesis)
        if json:
            print_json(_labelled(proof))
        else:
            from graphmem.natlog import LABELS

            from .console import results
            from .render import print_proof

            results.print(f"[bold]{LABELS[proof.verdict]}[/] ({proof.relation})")
            print_proof(proof)


def _prover(llm: str | None, embedder: str | None) -> Prove:
    from graphmem.natlog import Nearness, entail, written_proof

    if llm is not None:
        from graphmem.llm import open_llm

        return partial(written_proof, open_llm(llm))
    if embedder is None:
        return entail
    from graphmem.embed import AUTO, DEFAULT_MODEL, open_embedder

    model = open_embedder(DEFAULT_MODEL if embedder == AUTO else embedder)
    return partial(entail, nearness=Nearness(model.embed))


def _labelled(proof: Proof) -> dict[str, object]:
    from graphmem.natlog import LABELS

    from .serialize import proof_as_dict

    return {"label": LABELS[proof.verdict], "relation": proof.relation, "proof": proof_as_dict(proof)["steps"]}


def _all_of(path: Path, prove: Prove) -> None:
    from .console import ProgressBar

    pairs = list(_pairs(path))
    progress = ProgressBar()
    progress.start("Pairs", len(pairs))
    for premises, hypothesis in pairs:
        sys.stdout.write(json_text(_labelled(prove(premises, hypothesis))) + "\n")
        progress.advance()
    progress.finish()


def _pairs(path: Path) -> Iterator[tuple[list[str], str]]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    yield _pair(line, f"line {number} of {path}")
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError(f"the pairs in {path} cannot be read: name a .jsonl file in UTF-8") from error


def _pair(line: str, where: str) -> tuple[list[str], str]:
    try:
        row = json_.loads(line)
        premise = row["premise"]
        return ([str(p) for p in premise] if isinstance(premise, list) else [str(premise)]), str(row["hypothesis"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise DocumentError(f'{where} is not of the form {{"premise": …, "hypothesis": …}}: correct it') from error
