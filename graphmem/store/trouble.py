"""What SQLite and the file system report, in one sentence each."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from graphmem.errors import StoreError

__all__ = ["explained"]

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST}
_NEEDED_BYTES = 1 << 20
_DAMAGED = ("malformed", "not a database", "not UTF-8")


@contextmanager
def explained(folder: Path, database: Path) -> Iterator[None]:
    """Turns errors of SQLite and of the file system into :class:`StoreError`.

    ``folder`` is where is written to, ``database`` what is read.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(_of_sqlite(str(error), folder, database)) from error
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise StoreError(_no_room(folder)) from error
        if error.errno in _FORBIDDEN:
            raise StoreError(_forbidden(folder, f" ({os.strerror(error.errno or 0)})")) from error
        raise


def _of_sqlite(text: str, folder: Path, database: Path) -> str:
    # A journal's shared memory that finds no room is no more than an input/output error to SQLite.
    if "full" in text or ("disk I/O" in text and _free_bytes(folder) < _NEEDED_BYTES):
        return _no_room(folder)
    if "readonly" in text or "unable to open" in text:
        return _forbidden(folder, "")
    if "decode to UTF-8" in text:
        # SQLite goes on with the text itself, which is nobody's business.
        text = "a text in it is not UTF-8"
    if any(sign in text for sign in _DAMAGED):
        return (
            f"{database} is damaged or no graphmem store ({text}): "
            "restore it from a backup, or save what can be read with 'graphmem check --rescue NEW'"
        )
    return f"the database {database} answered: {text}"


def _free_bytes(folder: Path) -> int:
    return next((shutil.disk_usage(place).free for place in (folder, *folder.parents) if place.exists()), 0)


def _no_room(folder: Path) -> str:
    return (
        f"there is no room left on the disk of {folder}: free some, and run the same command again "
        "(what was finished is kept)"
    )


def _forbidden(folder: Path, why: str) -> str:
    return f"the store {folder} cannot be written to{why}: check its permissions, or name another with --store"
