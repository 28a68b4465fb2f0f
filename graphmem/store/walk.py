"""A walk over the graph of an hnswlib index in its file, so that nobody waits for it to be loaded, or has it in memory.

hnswlib reads all of an index before it answers, which for millions of vectors takes seconds and gigabytes. A question
touches a few thousand of them. The lowest layer of the graph (Malkov and Yashunin 2018, algorithm 2) is enough for it:
instead of descending through the upper ones the walk starts from the nearest vectors of a sample.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from graphmem.model import FloatArray
from graphmem.store.moves import ascending

__all__ = ["MappedIndex"]

_HEADER = np.dtype(
    [
        ("level0", "<u8"),
        ("room", "<u8"),
        ("count", "<u8"),
        ("element", "<u8"),
        ("label", "<u8"),
        ("vector", "<u8"),
        ("top", "<i4"),
        ("entry", "<u4"),
        ("links_above", "<u8"),
        ("links", "<u8"),
        ("m", "<u8"),
        ("mult", "<f8"),
        ("ef", "<u8"),
    ]
)
"""How hnswlib's ``saveIndex`` begins a file; the elements of the lowest layer follow, each its links, vector and label."""
_SAMPLE, _ENTRIES = 512, 8
_AT_ONCE = 16
"""Elements whose links are followed in one step: few enough to follow hardly any in vain, enough for numpy's sake."""


class MappedIndex:
    """An index file, mapped into memory. Whatever is wrong with it, nothing worse comes of it than wrong neighbours."""

    def __init__(self, elements: NDArray[np.void]) -> None:
        self._counts, self._links = elements["count"], elements["links"]
        self._vectors, self._labels = elements["vector"], elements["label"]
        self._last = np.uint32(len(elements) - 1)
        self._places = np.arange(self._links.shape[1], dtype=np.uint32)

    @cached_property
    def _sample(self) -> tuple[NDArray[np.int64], FloatArray]:
        """Some elements and their vectors, side by side: every walk starts from them."""
        count = len(self._labels)
        elements = np.linspace(0, count - 1, min(_SAMPLE, count)).astype(np.int64)
        return elements, self._vectors[elements]

    @classmethod
    def open(cls, path: Path, dimension: int) -> Self | None:
        """Map a file; ``None`` where it is no index of vectors of this dimension."""
        try:
            block = np.asarray(np.memmap(path, dtype=np.uint8, mode="r"))
        except (OSError, ValueError):
            return None
        if len(block) < _HEADER.itemsize:
            return None
        header = block[: _HEADER.itemsize].view(_HEADER)[0]
        count, size, links = int(header["count"]), int(header["element"]), int(header["links"])
        end = _HEADER.itemsize + count * size
        # A count of links, the links, the vector, its label.
        if not count or size != 4 + 4 * links + 4 * dimension + 8 or len(block) < end:
            return None
        element = np.dtype(
            [("count", "<u4"), ("links", "<u4", (links,)), ("vector", "<f4", (dimension,)), ("label", "<u8")]
        )
        return cls(block[_HEADER.itemsize : end].view(element))

    def nearest(self, vector: FloatArray, k: int, beam: int) -> NDArray[np.int64]:
        """Labels of about the ``k`` vectors of greatest inner product, best first; the wider the ``beam``, the surer.

        Deleted vectors are among them: the caller knows which those are.
        """
        found, vectors = self._sample
        away = -vector
        distances = np.vecdot(vectors, away)
        best = distances.argsort()[:_ENTRIES]
        unseen = np.ones(len(self._labels), dtype=bool)
        # The beam, best first; what has been followed stays in it, as its complement.
        found, distances = found[best], distances[best]
        unseen[found] = False
        while len(at := (found >= 0).nonzero()[0][:_AT_ONCE]):
            followed = found[at]
            found[at] = ~followed
            new = self._neighbours(followed)
            new = new[unseen[new]]
            unseen[new] = False
            distance = np.vecdot(self._vectors[new], away)
            if len(found) == beam:
                better = distance < distances[-1]
                new, distance = new[better], distance[better]
            if len(new):
                found, distances = np.concatenate((found, new)), np.concatenate((distances, distance))
                order = distances.argsort()[:beam]
                found, distances = found[order], distances[order]
        return self._labels[~found[:k]].astype(np.int64)

    def _neighbours(self, elements: NDArray[np.int64]) -> NDArray[np.int64]:
        """What elements link to, in order, each once."""
        links = self._links[elements]
        # The lower half of the first number counts the links, the upper one tells what has been deleted.
        there = self._places < (self._counts[elements] & 0xFFFF)[:, None]
        # What a damaged file says is kept inside; short numbers are put in order faster than long ones.
        return ascending(np.minimum(links[there], self._last)).astype(np.int64)
