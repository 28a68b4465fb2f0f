"""What the rest of the package passes along: a file that is to be read, and one that could not be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

__all__ = ["Failure", "Source"]


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
