"""What a person reads: results on stdout, everything else on stderr; progress only where somebody watches.

Imported where something is printed, since rich takes longer to load than ``--help`` and ``--json`` take without it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.segment import Segment

from graphmem.visible import visible

__all__ = ["ProgressBar", "errors", "results"]


class _SafeConsole(Console):
    """Whatever reaches it may come from a document or a file's name, and is printed as text only."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(visible(segment.text), segment.style)


# Without emoji: ":x:" in a document is what it says.
results = _SafeConsole(soft_wrap=True, highlight=False, emoji=False)
errors = _SafeConsole(stderr=True, soft_wrap=True, highlight=False, emoji=False)

_PATIENCE = 1.0
"""Seconds that something may take before a bar appears for it."""


class ProgressBar:
    """The progress of one step at a time, with rate and time left, on stderr."""

    def __init__(self) -> None:
        self._shown: Progress | None = None
        self._task = TaskID(0)
        self._label = ""
        self._total: int | None = None
        self._done = 0
        self._started = 0.0

    def start(self, label: str, total: int | None) -> None:
        """A step of ``total`` pieces begins."""
        self._label, self._total, self._done, self._started = label, total, 0, time.monotonic()

    def advance(self, n: int = 1) -> None:
        """Some pieces are done."""
        self._done += n
        if self._shown is None and errors.is_terminal and time.monotonic() - self._started > _PATIENCE:
            self._show()
        if self._shown is not None:
            rate = self._done / max(time.monotonic() - self._started, 1e-6)
            self._shown.update(self._task, completed=self._done, rate=f"{rate:,.0f}/s")

    def finish(self) -> None:
        """The step is over."""
        if self._shown is not None:
            self._shown.stop()
            self._shown = None

    def _show(self) -> None:
        columns = [SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=20), MofNCompleteColumn()]
        self._shown = Progress(
            *columns, TextColumn("{task.fields[rate]}"), TimeRemainingColumn(), console=errors, transient=True
        )
        self._task = self._shown.add_task(self._label, total=self._total, rate="")
        self._shown.start()
