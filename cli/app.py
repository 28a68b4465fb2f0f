"""The command ``graphmem``: its commands in one list, and what an error looks like."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import click
import typer

from graphmem import __version__
from graphmem.errors import GraphmemError

from . import entail, evaluation, index, model, query, store
from .output import errors

__all__ = ["app", "main"]

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
    try:
        status = app(standalone_mode=False)
    except click.exceptions.Abort:
        errors.print("\nstopped: what was finished is kept", style="yellow")
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except GraphmemError as error:
        errors.print(f"[bold red]error:[/] {_escaped(str(error))}", soft_wrap=True)
        sys.exit(1)
    except BrokenPipeError:
        # Whoever was reading has seen enough; Python would complain once more when it closes the pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        errors.print("\nstopped: what was finished is kept", style="yellow")
        sys.exit(130)
    except Exception as error:
        if os.environ.get("GRAPHMEM_DEBUG"):
            raise
        told = f"{type(error).__name__}: {error}".split("\n")[0]
        errors.print(
            f"[bold red]error:[/] something that should not happen did ({_escaped(told)}): "
            "set GRAPHMEM_DEBUG=1 to see where, and report it",
            soft_wrap=True,
        )
        sys.exit(1)
    sys.exit(status if isinstance(status, int) else 0)


def _escaped(text: str) -> str:
    return text.replace("[", "\\[")
