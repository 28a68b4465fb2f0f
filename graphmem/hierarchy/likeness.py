"""What passages and sentences are compared by: the store's vectors, or those of their words where it has none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import xxhash
from numpy.typing import NDArray

from graphmem.folding import tokenize
from graphmem.model import FloatArray
from graphmem.natlog.words import FUNCTION_WORDS, stem
from graphmem.store import ArrayFile, Snapshot, offsets_of, read_array

__all__ = [
    "Directions",
    "Vectors",
    "batches",
    "centre_of",
    "normalised",
    "passage_vectors",
    "sentence_vectors",
    "vectors_of_words",
    "width_of",
    "word_vectors",
]

_DIMENSION = 256
_BATCH = 2000
_CACHED_WORDS = 65536

Positions = NDArray[np.int64]


class Vectors(Protocol):
    """Unit vectors by position."""

    def __getitem__(self, positions: Positions, /) -> FloatArray:
        """The vectors at some positions, shape (n, d); zero rows for what has no vector."""

    def __len__(self) -> int: ...


class Directions:
    """The unit vectors of all passages of a snapshot, read where they lie: few are in memory at once.

    In a store without a model they are those of the passages' words; ``words``, shape (passages, 256), keeps these in
    half precision and on the disk, so that none is made twice, and has no rows where there is a model.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        folder: Path,
        known: NDArray[np.float16] | None = None,
        before: Positions | None = None,
    ) -> None:
        """``known`` are the ``words`` of another generation, ``before`` the place of each passage in it, -1 for none; what is
        made lies in ``folder``."""
        self._snapshot = snapshot
        self._count = snapshot.passage_count
        self.words = np.zeros((0, _DIMENSION), dtype=np.float16)
        if snapshot.dimension:
            return
        with ArrayFile(folder / "words.npy", np.float16) as file:
            for batch in batches(np.arange(self._count)):
                found = np.zeros((len(batch), _DIMENSION), dtype=np.float16)
                new = np.ones(len(batch), dtype=bool)
                if known is not None and before is not None:
                    new = before[batch] < 0
                    found[~new] = known[before[batch[~new]]]
                found[new] = passage_vectors(snapshot, batch[new])
                file.append(found.ravel())
        words = read_array(folder / "words.npy")
        self.words = words.reshape(-1, _DIMENSION)

    def __len__(self) -> int:
        return self._count

    @property
    def width(self) -> int:
        """Dimensions of a vector."""
        return width_of(self._snapshot)

    def __getitem__(self, positions: Positions, /) -> FloatArray:
        if self._snapshot.dimension:
            return self._snapshot.vectors("passage", positions)
        return self.words[positions].astype(np.float32)


def batches(positions: Positions) -> Iterator[Positions]:
    """The same in stretches that memory always has room for."""
    return (positions[at : at + _BATCH] for at in range(0, len(positions), _BATCH))


def width_of(snapshot: Snapshot) -> int:
    """Dimensions of what the passages of a snapshot are compared by."""
    return snapshot.dimension or _DIMENSION


def passage_vectors(snapshot: Snapshot, positions: Positions) -> FloatArray:
    """Unit vectors of passages, shape (n, d); zero rows for what has no vector."""
    if snapshot.dimension:
        return snapshot.vectors("passage", positions)
    return word_vectors(snapshot, [record.passage.text for record in snapshot.passages(positions)])


def sentence_vectors(snapshot: Snapshot, positions: Positions) -> FloatArray:
    """Unit vectors of sentences, shape (n, d)."""
    if snapshot.dimension:
        return snapshot.vectors("sentence", positions)
    return word_vectors(snapshot, [record.text for record in snapshot.sentences(positions)])


def word_vectors(snapshot: Snapshot, texts: Sequence[str]) -> FloatArray:
    """Unit vectors of the words of texts, shape (n, 256)."""
    return vectors_of_words(snapshot, [[word for word, _, _ in tokenize(text)] for text in texts])


def vectors_of_words(snapshot: Snapshot, texts: Sequence[Sequence[str]]) -> FloatArray:
    """Unit vectors of texts given by their folded words, weighted by their rarity in the store, shape (n, 256).

    The stem of each word is hashed to a place and a sign (Weinberger et al. 2009, "Feature hashing for large scale multitask
    learning").
    """
    known: dict[str, tuple[int, float]] = {}
    for word in {word for words in texts for word in words}:
        place, sign = _hashed(word)
        # A question may use a form of a word that no passage has.
        weight = 0.0 if word in FUNCTION_WORDS else snapshot.rarity(word) or 1.0
        known[word] = (place, sign * weight)
    counts = offsets_of([len(words) for words in texts])
    shape = (int(counts[-1]), 2)
    found = np.fromiter((value for words in texts for word in words for value in known[word]), dtype=np.float64)
    places, weights = found.reshape(shape).T
    cells = np.repeat(np.arange(len(texts)), np.diff(counts)) * _DIMENSION + places.astype(np.int64)
    sums: NDArray[np.float64] = np.bincount(cells, weights, len(texts) * _DIMENSION).astype(np.float64)
    return normalised(sums.reshape(-1, _DIMENSION))


@lru_cache(maxsize=_CACHED_WORDS)
def _hashed(word: str) -> tuple[int, float]:
    digest = xxhash.xxh32_intdigest(stem(word).encode("utf-8", "surrogatepass"))
    return digest % _DIMENSION, 1.0 if digest >> 31 else -1.0


def normalised(vectors: NDArray[np.floating[Any]]) -> FloatArray:
    """Rows brought to norm 1; what is zero stays zero."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-9), dtype=np.float32)


def centre_of(vectors: FloatArray, weights: Iterable[float] | None = None) -> FloatArray:
    """The mean direction of vectors, shape (n, d), by their weights where some are given: shape (d,), zero for none."""
    total = vectors.sum(axis=0) if weights is None else np.asarray(list(weights), dtype=np.float32) @ vectors
    centre: FloatArray = normalised(total[None, :])[0]
    return centre
