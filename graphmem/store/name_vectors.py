"""The vectors of names that are compared with each other: kept in the database, and made where they are missing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from graphmem.model import FloatArray
from graphmem.store.alike import spelt
from graphmem.store.rows import packed, unpacked

__all__ = ["Embed", "NameVectors"]

Embed = Callable[[Sequence[str]], FloatArray]
"""Unit vectors of n texts, shape (n, dimension)."""
_AT_ONCE = 256


class NameVectors:
    """Vectors by folded name; without ``embed`` those that are not there are ``missing``.

    Nothing is deleted before :meth:`settle`: a reader that makes an index again asks and changes nothing.
    """

    def __init__(self, connection: sqlite3.Connection, dimension: int, embed: Embed | None = None) -> None:
        self._connection = connection
        self._embed = embed
        # A store of an earlier version that is write-protected has no such table.
        tables = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'names'").fetchone()[0]
        self._dimension = dimension if tables else 0
        self._asked: set[str] = set()
        self._stale: Sequence[str] | None = None
        self.missing = False

    def of(self, names: Sequence[str]) -> tuple[FloatArray, NDArray[np.bool_]]:
        """The vectors of some names, shape (n, dimension), and which of them there are."""
        vectors = np.zeros((len(names), self._dimension), dtype=np.float32)
        there = np.zeros(len(names), dtype=bool)
        if not self._dimension:
            return vectors, there
        self._asked.update(names)
        for start in range(0, len(names), _AT_ONCE):
            some = names[start : start + _AT_ONCE]
            known = self._known(some)
            if self._embed is not None and (new := [name for name in some if name not in known]):
                known |= self._learn(new, self._embed([spelt(name) for name in new]))
            for at, name in enumerate(some, start):
                if name in known:
                    vectors[at], there[at] = known[name], True
        self.missing = self.missing or not there.all()
        return vectors, there

    def _known(self, names: Sequence[str]) -> dict[str, NDArray[np.float16]]:
        marks = ",".join("?" * len(names))
        rows = self._connection.execute(f"SELECT name, data FROM names WHERE name IN ({marks})", names)
        return {name: unpacked(data, self._dimension)[0] for name, data in rows}

    def _learn(self, names: Sequence[str], vectors: FloatArray) -> dict[str, NDArray[np.float16]]:
        # What is stored is what counts, so that it does not matter when two names are compared.
        rows = {name: packed(vector[None, :]) for name, vector in zip(names, vectors, strict=True)}
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany("INSERT OR REPLACE INTO names VALUES (?, ?)", rows.items())
        return {name: unpacked(data, self._dimension)[0] for name, data in rows.items()}

    def drop(self, names: Sequence[str] | None) -> None:
        """Note names that no passage has any more, ``None`` for all that have not been asked for."""
        self._stale = names

    def settle(self, *, unembedded: bool) -> None:
        """Delete the vectors of what was dropped, and note whether names are ``unembedded``, from before or now."""
        stale = self._stale
        if stale is None:
            stored = self._connection.execute("SELECT name FROM names")
            stale = [name for (name,) in stored if name not in self._asked]
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany("DELETE FROM names WHERE name = ?", ((name,) for name in stale))
            self._connection.execute("DELETE FROM meta WHERE key = 'unembedded'")
            if unembedded or self.missing:
                self._connection.execute("INSERT INTO meta VALUES ('unembedded', '1')")
