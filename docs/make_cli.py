"""Writes ``docs/cli.md`` from the command line's own help."""

from __future__ import annotations

from pathlib import Path

import typer
from graphmem_cli.app import app

PAGE = Path(__file__).with_name("cli.md")
HEAD = "# Command line\n\nMade by `python docs/make_cli.py` from the commands' own help.\n"


def _rows(command: typer.core.TyperCommand) -> list[str]:
    rows = ["| | |", "| --- | --- |"]
    for parameter in command.params:
        names = ", ".join(f"`{name}`" for name in [*parameter.opts, *parameter.secondary_opts])
        if parameter.param_type_name == "argument":
            names = f"`{parameter.metavar or str(parameter.name).upper()}`"
        text = str(getattr(parameter, "help", "") or "").replace("|", "\\|")
        rows.append(f"| {names} | {text} |")
    return rows


def page() -> str:
    """The text of ``docs/cli.md``."""
    parts = [HEAD]
    root = typer.main.get_command(app)
    for name, command in sorted(root.commands.items()):  # type: ignore[attr-defined]
        group = getattr(command, "commands", None)
        for title, each in sorted(group.items()) if group else [("", command)]:
            parts.append(f"## graphmem {name} {title}".rstrip() + "\n")
            parts.append(f"{each.help}\n")
            if each.params:
                parts.append("\n".join(_rows(each)) + "\n")
            if each.epilog:
                parts.append(f"{each.epilog.replace('Example: ', 'Example: `', 1)}`\n")
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
