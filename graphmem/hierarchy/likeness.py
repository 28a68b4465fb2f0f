"""What passages and sentences are compared by: the store's vectors, or those of their words where it has none."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xxhash
from numpy.typing import NDArray

from graphmem.folding import tokenize
from graphmem.model import FloatArray
from graphmem.natlog.words import FUNCTION_WORDS, stem
from graphmem.store import Snapshot

__all__ = ["normalised", "passage_vectors", "sentence_vectors", "word_vectors"]

_DIMENSION = 256
_BATCH = 2000

Positions = NDArray[np.int64]


def passage_vectors(snapshot: Snapshot, positions: Positions) -> FloatArray:
    """Unit vectors of passages, shape (n, d); zero rows for what has no vector."""
    if snapshot.dimension:
        return snapshot.vectors("passage", positions)
    parts = [
        word_vectors(snapshot, [record.passage.text for record in snapshot.passages(positions[at : at + _BATCH])])
        for at in range(0, len(positions), _BATCH)
    ]
    return np.concatenate(parts) if parts else np.zeros((0, _DIMENSION), dtype=np.float32)


def sentence_vectors(snapshot: Snapshot, positions: Positions) -> FloatArray:
    """Unit vectors of sentences, shape (n, d)."""
    if snapshot.dimension:
        return snapshot.vectors("sentence", positions)
    return word_vectors(snapshot, [record.text for record in snapshot.sentences(positions)])


def word_vectors(snapshot: Snapshot, texts: Sequence[str]) -> FloatArray:
    """Unit vectors of the words of texts, weighted by their rarity in the store, shape (n, 256).

    The stem of each word is hashed to a place and a sign (Weinberger et al. 2009, "Feature hashing for large scale multitask
    learning").
    """
    vectors = np.zeros((len(texts), _DIMENSION), dtype=np.float32)
    known: dict[str, tuple[int, float]] = {}
    for row, text in enumerate(texts):
        for word, _, _ in tokenize(text):
            if word not in known:
                digest = xxhash.xxh32_intdigest(stem(word).encode("utf-8", "surrogatepass"))
                # A question may use a form of a word that no passage has.
                weight = 0.0 if word in FUNCTION_WORDS else snapshot.rarity(word) or 1.0
                known[word] = (digest % _DIMENSION, weight if digest >> 31 else -weight)
            place, value = known[word]
            vectors[row, place] += value
    return normalised(vectors)


def normalised(vectors: FloatArray) -> FloatArray:
    """Rows brought to norm 1; what is zero stays zero."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-9), dtype=np.float32)
