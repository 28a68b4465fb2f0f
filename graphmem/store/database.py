"""The store as a folder: who may write, who reads which generation, and what to do when something is in the way."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import filelock
import numpy as np
from numpy.typing import NDArray

from graphmem.errors import StoreBusyError, StoreError
from graphmem.store.check import find_problems
from graphmem.store.derived import (
    DERIVED,
    broken_reason,
    discard_others,
    folder_of,
    others_left,
    read_arrays,
    write_arrays,
    write_folder,
)
from graphmem.store.indexes import build_indexes
from graphmem.store.name_vectors import Embed, NameVectors
from graphmem.store.rescue import Rescued, rescue
from graphmem.store.schema import create, upgrade
from graphmem.store.snapshot import Snapshot
from graphmem.store.trouble import explained
from graphmem.store.writer import BUSY_SECONDS, Writer, read_meta

__all__ = ["Store"]

_DATABASE, _LOCK = "store.db", "write.lock"
_ATTEMPTS = 5
_PATIENCE_SECONDS = 2.0
"""How long a writer waits for another: a reader that repairs something is one, for a moment."""

Arrays = Mapping[str, NDArray[np.generic]]
Derive = Callable[[Snapshot, Arrays | None, Path], Arrays]


class Store:
    """A folder with ``store.db``, the only truth, and ``indexes/``, which can always be made again from it."""

    def __init__(self, folder: Path, notify: Callable[[str], None], derive: Derive | None) -> None:
        self.folder = folder
        self._notify = notify
        self._derive = derive
        self._database = folder / _DATABASE
        self._lock = filelock.FileLock(folder / _LOCK)

    @classmethod
    def open(
        cls,
        folder: str | Path,
        *,
        create_missing: bool = True,
        notify: Callable[[str], None] = lambda line: None,
        derive: Derive | None = None,
    ) -> Store:
        """Open a store, or lay out a new one; ``notify`` gets one line for whatever had to be repaired.

        ``derive`` makes further arrays for each generation out of a snapshot of it, and those of the generation before
        where they can be had, and may use an empty folder meanwhile; they lie beside the indexes, and are
        :attr:`Snapshot.derived`.

        Raises :class:`StoreError` where there is none, where the path is something else, or where it is newer.
        """
        path = Path(folder).absolute()
        store = cls(path, notify, derive)
        if path.exists() and not path.is_dir():
            raise StoreError(f"the store {path} is a file, and a store is a folder: name another place with --store")
        if not store._database.exists():
            if not create_missing:
                raise StoreError(
                    f"there is no store at {path}: make one with 'graphmem index PATH', or name another with --store"
                )
            if path.exists() and any(entry.suffix == ".db" for entry in path.iterdir()):
                raise StoreError(
                    f"the folder {path} holds another program's database: name an empty folder with --store"
                )
        with explained(path, store._database):
            # A new store can be read by its owner alone.
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            connection = store._connect()
            try:
                if connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'meta'").fetchone()[0] == 0:
                    create(connection)
                upgrade(connection, str(path))
            finally:
                connection.close()
        return store

    # --- reading --------------------------------------------------------------------------------------

    def settings(self) -> dict[str, str]:
        """What the store was built with: embedder, dimension, passage size."""
        with explained(self.folder, self._database):
            connection = self._connect()
            try:
                return dict(json.loads(read_meta(connection, "settings")))
            finally:
                connection.close()

    def generation(self) -> int:
        """The generation that was last published."""
        with explained(self.folder, self._database):
            connection = self._connect()
            try:
                return int(read_meta(connection, "generation"))
            finally:
                connection.close()

    def snapshot(self, like: Snapshot | None = None) -> Snapshot:
        """A consistent view of what was last published; work that a killed run had committed is published first.

        Where ``like`` is of the same generation, its arrays and indexes are shared.
        """
        with explained(self.folder, self._database):
            self._take_up_leftovers()
            for _ in range(_ATTEMPTS):
                connection = self._connect()
                try:
                    connection.execute("BEGIN")
                    generation = int(read_meta(connection, "generation"))
                    if like is not None and like.generation == generation:
                        return like.twin(connection)
                    folder = folder_of(self.folder, generation)
                    reason = broken_reason(folder, self._identity(connection, generation))
                    if not reason:
                        return _mapped(connection, generation, folder)
                    if self.generation() == generation:
                        return self._rebuilt(connection, generation, reason)
                except FileNotFoundError:
                    # A writer published, and cleared away, between two looks.
                    pass
                except BaseException:
                    connection.close()
                    raise
                connection.close()
            # Published faster than it can be verified: the rows stay as they are for whoever has begun to read.
            connection = self._connect()
            connection.execute("BEGIN")
            return self._beside(connection, int(read_meta(connection, "generation")))

    def bytes_on_disk(self) -> int:
        """The size of all files of the store, also while a writer makes and removes some."""
        total = 0
        for folder, _, names in os.walk(self.folder):
            for name in names:
                with suppress(FileNotFoundError):
                    total += (Path(folder) / name).stat().st_size
        return total

    def backup(self, destination: str | Path) -> None:
        """Copy the store as it was last published to a new folder, whatever a writer does meanwhile.

        The copy appears whole or not at all. Raises :class:`StoreError` where something is there already, and for a
        store that is damaged.
        """
        target = Path(destination).absolute()
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise StoreError(f"{target} is there already: name a new folder for the backup")
        snapshot = self.snapshot()
        try:
            with explained(target, self._database):
                target.parent.mkdir(parents=True, exist_ok=True)
                with tempfile.TemporaryDirectory(prefix=f"{target.name}-", dir=target.parent) as temporary:
                    copy = Path(temporary) / target.name
                    copy.mkdir(mode=0o700)
                    for settings in self.folder.glob("*.toml"):
                        shutil.copy(settings, copy)
                    snapshot.copy(copy / _DATABASE, folder_of(copy, snapshot.generation))
                    if problem := _unsound(copy / _DATABASE):
                        raise sqlite3.DatabaseError(f"malformed: {problem}")
                    copy.rename(target)
        finally:
            snapshot.close()

    def rescue(self, damaged: str | Path) -> Rescued:
        """Fill this store, which has to be new, with what can be read of a damaged one. Raises :class:`StoreError`."""
        database = Path(damaged).absolute() / _DATABASE
        if not database.is_file():
            raise StoreError(f"there is no {database} to save anything from: name the damaged store with --store")
        with self.write() as writer:
            if next(writer.unseen(), None) or writer.published:
                raise StoreError(f"the store {self.folder} is in use already: name a new folder for what can be saved")
            rescued = rescue(database, writer)
            writer.publish()
        return rescued

    def check(self) -> tuple[list[str], list[str]]:
        """Broken invariants of the truth, and which derived files were broken and have been made again."""
        with explained(self.folder, self._database):
            connection = self._connect()
            try:
                connection.execute("BEGIN")
                dimension = int(json.loads(read_meta(connection, "settings")).get("dimension", 0))
                problems = list(find_problems(connection, dimension))
                generation = int(read_meta(connection, "generation"))
                identity = self._identity(connection, generation)
                reason = broken_reason(folder_of(self.folder, generation), identity, thorough=True)
                if self.generation() != generation:
                    # Published meanwhile, and that folder cleared away.
                    reason = ""
            finally:
                connection.close()
            self.snapshot().close()
        return problems, [f"search indexes: {reason}"] if reason else []

    def _rebuilt(self, connection: sqlite3.Connection, generation: int, reason: str) -> Snapshot:
        """Make the derived files of a generation again: in their place, or beside where that cannot be written."""
        if generation or self._database.stat().st_size > 200_000:
            self._notify(f"rebuilding the search indexes of {self.folder}: {reason}")
        folder = folder_of(self.folder, generation)
        settings = json.loads(read_meta(connection, "settings"))
        identity = self._identity(connection, generation)
        try:
            with self._lock.acquire(timeout=0):
                write_folder(folder, identity, lambda target: self._build(connection, generation, settings, target))
            return Snapshot(connection, generation, folder)
        except (filelock.Timeout, OSError):
            return self._beside(connection, generation)

    def _beside(self, connection: sqlite3.Connection, generation: int) -> Snapshot:
        scratch = tempfile.TemporaryDirectory(prefix="graphmem-")
        settings = json.loads(read_meta(connection, "settings"))
        self._build(connection, generation, settings, Path(scratch.name))
        return Snapshot(connection, generation, Path(scratch.name), scratch)

    def _take_up_leftovers(self) -> None:
        """Finish what a killed run had begun: publish, scrub, clear away. Who cannot write reads without."""
        connection = self._connect()
        try:
            unpublished = Writer.unpublished(connection)
            left = unpublished or Writer.unscrubbed(connection)
            left = left or others_left(self.folder, int(read_meta(connection, "generation")))
        finally:
            connection.close()
        if not left:
            return
        with suppress(StoreBusyError, OSError, sqlite3.OperationalError), self._writer(0) as writer:
            if unpublished:
                self._notify(f"taking up what an interrupted run had committed to {self.folder}")
            writer.publish()
            discard_others(self.folder, writer.published)

    # --- writing --------------------------------------------------------------------------------------

    @contextmanager
    def write(self) -> Iterator[Writer]:
        """The one writer; what it has committed stays, whatever happens. Raises :class:`StoreBusyError`."""
        with explained(self.folder, self._database), self._writer() as writer:
            yield writer

    @contextmanager
    def _writer(self, patience: float = _PATIENCE_SECONDS) -> Iterator[Writer]:
        try:
            # The lock would let its own thread in a second time.
            if self._lock.is_locked:
                raise filelock.Timeout(self._lock.lock_file)
            self._lock.acquire(timeout=patience)
        except filelock.Timeout:
            raise StoreBusyError(
                f"another process or thread is writing to the store {self.folder}: "
                "wait until it has finished, and try again"
            ) from None
        try:
            connection = self._connect()
            try:
                yield Writer(connection, self._publish)
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                connection.close()
        finally:
            self._lock.release()

    def _publish(
        self,
        connection: sqlite3.Connection,
        generation: int,
        edition: str,
        embed: Embed | None,
        finish: Callable[[], None],
    ) -> None:
        """Write the derived files of a new generation, make it the current one, and clear the old away."""
        previous = folder_of(self.folder, generation - 1)
        usable = None if broken_reason(previous, self._identity(connection, generation - 1)) else previous
        unembedded = bool(read_meta(connection, "unembedded", ""))
        if unembedded and embed is not None:
            # Which names that would be is seen where all are read.
            usable = None
        settings = json.loads(read_meta(connection, "next"))
        names = NameVectors(connection, int(settings.get("dimension", 0)), embed)
        write_folder(
            folder_of(self.folder, generation),
            {**self._identity(connection, generation), "edition": edition},
            lambda target: self._build(connection, generation, settings, target, usable, names),
            usable,
        )
        names.settle(unembedded=unembedded and usable is not None)
        finish()
        discard_others(self.folder, generation)

    def _build(
        self,
        connection: sqlite3.Connection,
        generation: int,
        settings: Mapping[str, str],
        target: Path,
        previous: Path | None = None,
        names: NameVectors | None = None,
    ) -> None:
        names = names or NameVectors(connection, int(settings.get("dimension", 0)))
        # The indexes of vectors are made in a thread beside the rest: hnswlib needs one core, and no lock of Python's.
        with ThreadPoolExecutor(1, thread_name_prefix="graphmem-vectors") as beside:
            handed: list[Future[None]] = []
            build_indexes(
                connection,
                generation,
                settings,
                target,
                previous,
                names,
                lambda work: handed.append(beside.submit(work)),
            )
            (target / DERIVED).mkdir()
            if self._derive is not None:
                older = read_arrays(previous / DERIVED) if previous is not None else None
                with tempfile.TemporaryDirectory(dir=target) as scratch:
                    snapshot = Snapshot(connection, generation, target)
                    write_arrays(target / DERIVED, self._derive(snapshot, older, Path(scratch)))
            for work in handed:
                work.result()

    def _identity(self, connection: sqlite3.Connection, generation: int) -> Mapping[str, object]:
        edition = read_meta(connection, "edition", "")
        return {"store": read_meta(connection, "uuid"), "generation": generation, "edition": edition}

    # --- trouble --------------------------------------------------------------------------------------

    def _connect(self) -> sqlite3.Connection:
        connection = self._open(f"file:{_quoted(self._database)}?mode=rwc")
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
        except sqlite3.OperationalError as error:
            connection.close()
            if "locked" in str(error):
                raise
            # Write-protected: without a journal beside it nobody else can be writing, and the file can be read as it is.
            waiting = self._database.with_name(_DATABASE + "-wal").exists()
            connection = self._open(f"file:{_quoted(self._database)}?{'mode=ro' if waiting else 'immutable=1'}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        return connection

    @staticmethod
    def _open(uri: str) -> sqlite3.Connection:
        # Autocommit: transactions are where the code says they are.
        return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_SECONDS, check_same_thread=False)


def _unsound(database: Path) -> str:
    """The first thing that SQLite finds wrong with a database, "" where there is none."""
    connection = sqlite3.connect(database)
    try:
        (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    finally:
        connection.close()
    return "" if answer == "ok" else str(answer)


def _mapped(connection: sqlite3.Connection, generation: int, folder: Path) -> Snapshot:
    """A snapshot of a folder that a writer may clear away meanwhile, which raises ``FileNotFoundError``."""
    with suppress(KeyError):
        snapshot = Snapshot(connection, generation, folder)
        if folder.exists():
            return snapshot
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(folder))


def _quoted(path: Path) -> str:
    return path.as_posix().replace("%", "%25").replace("?", "%3f").replace("#", "%23")
