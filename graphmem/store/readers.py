"""Many threads, each with a snapshot of its own; what is mapped and loaded of a generation they share."""

from __future__ import annotations

import threading

from graphmem.store.database import Store
from graphmem.store.snapshot import Snapshot

__all__ = ["Readers"]


class _Own(threading.local):
    """A thread's snapshot, and the round in which it was opened."""

    opened: tuple[int, Snapshot] | None = None


class Readers:
    """The snapshots of the threads that read a store.

    A thread's snapshot goes with it; so does its connection, which holds nothing between two questions.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._own = _Own()
        self._lock = threading.Lock()
        self._newest: Snapshot | None = None
        self._round = 0

    def current(self) -> Snapshot:
        """What was last published, for the calling thread alone and until it calls again.

        Raises :class:`StoreError` where the store cannot be read.
        """
        if self._own.opened is not None:
            number, snapshot = self._own.opened
            if number == self._round and snapshot.renew():
                return snapshot
            self._let_go()
        # One thread opens a generation, and those that come meanwhile share what it has opened.
        with self._lock:
            opened = self._newest = self._store.snapshot(self._newest)
            self._own.opened = (self._round, opened)
        return opened

    def close(self) -> None:
        """Let the store go: this thread at once, each other one when it asks again or ends."""
        with self._lock:
            self._newest = None
            self._round += 1
        self._let_go()

    def _let_go(self) -> None:
        if self._own.opened is not None:
            self._own.opened[1].close()
            self._own.opened = None
