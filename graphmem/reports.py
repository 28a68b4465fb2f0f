"""What the write path and the housekeeping commands report back, and how they tell of their progress."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from graphmem.extract import Tally
    from graphmem.ingest import Failure

__all__ = ["CheckReport", "IndexReport", "NoProgress", "Progress", "RemoveReport", "StoreStats"]


class Progress(Protocol):
    """Told of the work as it goes on: a label and a total (``None`` where it is unknown), then each piece done."""

    def start(self, label: str, total: int | None) -> None: ...

    def advance(self, n: int = 1) -> None: ...

    def finish(self) -> None: ...


class NoProgress:
    """The progress that nobody watches."""

    def start(self, label: str, total: int | None) -> None:
        """Do nothing."""

    def advance(self, n: int = 1) -> None:
        """Do nothing."""

    def finish(self) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What one run of ``index`` or ``sync`` did: documents by what happened to them, passages by state now, and what a
    language model had to do with it.

    ``interrupted`` is a run that was told to stop: all that is counted is kept, and the next run goes on from there.
    """

    added: int
    changed: int
    unchanged: int
    removed: int
    failed: tuple[Failure, ...]
    passages: Mapping[str, int]
    seconds: float
    generation: int
    extraction: Tally | None = None
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class RemoveReport:
    """Document ids that were removed, and those that the store did not hold."""

    removed: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StoreStats:
    """What is in a store. ``passages`` counts by state; ``failures`` are (passage id, reason)."""

    documents: int
    passages: Mapping[str, int]
    sentences: int
    entities: int
    mentions: int
    triples: int
    edges: int
    embedder: str
    dimension: int
    schema_version: int
    generation: int
    bytes_on_disk: int
    failures: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CheckReport:
    """Broken invariants found, and which of the derived files were rebuilt."""

    problems: tuple[str, ...] = ()
    repaired: tuple[str, ...] = field(default=())
