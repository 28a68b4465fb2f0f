"""Ctrl-C: once ends a long run where nothing is lost, twice ends the process."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["INTERRUPTED", "interruptible", "raising_interrupts"]

INTERRUPTED = 130
"""The exit code of a run that was stopped by Ctrl-C, as shells have it."""
_TOLD = b"\nstopping as soon as what is in hand is saved; Ctrl-C once more stops at once\n"


@contextmanager
def raising_interrupts() -> Iterator[Callable[[], bool]]:
    """Ctrl-C raises ``KeyboardInterrupt`` within, and ends the process afterwards. Whether it has been pressed: what was being
    loaded then may tell of it by an error of its own."""
    pressed = False

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal pressed
        pressed = True
        raise KeyboardInterrupt

    ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN  # started in the background
    if not ignored:
        signal.signal(signal.SIGINT, note)
    try:
        yield lambda: pressed
    finally:
        if not ignored:
            signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def interruptible() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C has been pressed; the second one is left to the system, which ends the process wherever it is."""
    from .console import errors

    asked = False

    def note(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        asked = True
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        # A progress bar that is killed cannot bring the cursor back.
        errors.show_cursor(True)
        os.write(sys.stderr.fileno(), _TOLD)

    before = signal.getsignal(signal.SIGINT)
    if before is not signal.SIG_IGN:  # started in the background
        signal.signal(signal.SIGINT, note)
    try:
        yield lambda: asked
    finally:
        signal.signal(signal.SIGINT, before)
