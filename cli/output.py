"""What every command prints: one JSON document, or notes for the user."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from graphmem.visible import json_text

__all__ = ["complain", "notify", "print_json"]


def print_json(document: object) -> None:
    """One JSON document on stdout, without colour."""
    sys.stdout.write(json_text(document, indent=2) + "\n")


def notify(lines: Sequence[str]) -> None:
    """What the user should know that is no error, on stderr."""
    for line in lines:
        complain("[yellow]note:[/]", line)


def complain(label: str, told: str) -> None:
    """One line on stderr, its label in rich's markup."""
    from rich.markup import escape

    from .console import errors

    errors.print(f"{label} {escape(told)}")
