"""The documentation of the command line is what the command line says of itself."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from graphmem_cli.app import app
from typer.main import get_command

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_up_to_date() -> None:
    specification = importlib.util.spec_from_file_location("make_cli", DOCS / "make_cli.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    assert (DOCS / "cli.md").read_text(encoding="utf-8") == module.page(), "run: python docs/make_cli.py"


def test_all_promised_commands_are_there() -> None:
    promised = {
        "index",
        "remove",
        "sync",
        "search",
        "ask",
        "explain",
        "entail",
        "eval",
        "stats",
        "tree",
        "check",
        "backup",
        "export",
        "model",
    }
    assert set(get_command(app).commands) == promised  # type: ignore[attr-defined]


def test_every_command_has_help_with_an_example() -> None:
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        for each in getattr(command, "commands", {name: command}).values():
            assert each.help, name
            assert "Example: graphmem" in each.epilog, name
