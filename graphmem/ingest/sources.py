"""What the rest of the package passes along: a file that is to be read, and one that could not be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["Failure", "Source", "told"]

_MOST_TOLD = 200


@dataclass(frozen=True, slots=True)
class Source:
    """A file to read.

    ``id`` is its POSIX path relative to the folder that holds the store, absolute where it lies elsewhere; ``path``
    is its absolute path, ``None`` for standard input (whose ``id`` is ``"-"`` until its content is known).
    """

    id: str
    path: Path | None


@dataclass(frozen=True, slots=True)
class Failure:
    """A file, or a line of one, that could not be read: ``source`` as in ``Document.source``, and one sentence why."""

    source: str
    reason: str


def told(error: Exception) -> str:
    """What a library says of a broken file, as part of a sentence: it may quote any amount of the file."""
    return " ".join(f"{type(error).__name__}: {error}".split())[:_MOST_TOLD]
