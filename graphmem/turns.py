"""Searches that threads ask for at the same time, in turn."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["Turns"]


class Turns:
    """One search at a time before what it waits for, and one behind it.

    The interpreter runs one thread, and handing its lock to and fro among many costs more than work in turn. Those that
    begin do not queue behind those that go on: there is always another question to be embedded.
    """

    def __init__(self) -> None:
        self._first, self._second = threading.Lock(), threading.Lock()
        self._mine = threading.local()
        self._there: set[int] = set()

    @property
    def is_crowded(self) -> bool:
        """Whether more than one thread is in its turn, or waits for it."""
        return len(self._there) > 1

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Wait for this thread's turn, and have it."""
        me = threading.get_ident()
        self._there.add(me)
        self._have(self._first)
        try:
            yield
        finally:
            self._there.discard(me)
            self._mine.lock.release()

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Within a turn: let the others have theirs for so long."""
        self._mine.lock.release()
        try:
            yield
        finally:
            self._have(self._second)

    def _have(self, lock: threading.Lock) -> None:
        lock.acquire()
        self._mine.lock = lock
