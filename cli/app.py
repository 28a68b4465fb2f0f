"""The command ``graphmem``: its commands in one list, and what an error looks like."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from graphmem.errors import GraphmemError

from . import entail, evaluation, index, model, query, store
from .interrupt import INTERRUPTED, raising_interrupts
from .output import complain

__all__ = ["app", "main"]

_ERROR = "[bold red]error:[/]"

app = typer.Typer(
    name="graphmem",
    help="Answers from your own documents, on your own machine, with the evidence shown.",
    epilog="Start with 'graphmem index FOLDER', then 'graphmem ask \"…\"'.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _module in (index, query, store, evaluation, entail):
    _module.register(app)
app.add_typer(model.app, name="model")


def _print_version(wanted: bool) -> None:
    if wanted:
        from graphmem import __version__

        typer.echo(f"graphmem {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Answers from your own documents, on your own machine, with the evidence shown."""


def main() -> None:
    """Run the command line; exits with 0, 1 (an error), 2 (wrong usage), 3 (indexed, but not everything) or 130."""
    with raising_interrupts() as pressed:
        try:
            app()
        except SystemExit as end:
            if end.code == INTERRUPTED:
                _tell_stopped()
            raise
        except Exception as error:
            if pressed():
                _tell_stopped()
                sys.exit(INTERRUPTED)
            if not isinstance(error, (GraphmemError, OSError)) and os.environ.get("GRAPHMEM_DEBUG"):
                raise
            complain(_ERROR, _told(error))
            sys.exit(1)


def _tell_stopped() -> None:
    complain("\n[yellow]stopped:[/]", "what was finished is kept")


def _told(error: Exception) -> str:
    if isinstance(error, GraphmemError):
        return str(error)
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else ""
        return f"{place}{error.strerror or error}: check the path, its permissions and the room on its disk"
    told = f"{type(error).__name__}: {error}".split("\n")[0]
    return f"something that should not happen did ({told}): set GRAPHMEM_DEBUG=1 to see where, and report it"
