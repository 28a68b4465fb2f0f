"""BM25 over the passages: postings by term, mapped into memory, scored at the question.

Scores are those of rank_bm25's ``BM25Plus`` with delta = 0 (Robertson and Zaragoza 2009, k1 = 1.5, b = 0.75; an idf that
stays positive, so that a word which every passage of a small store has still finds them), reached through the postings
of the question's words alone.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from graphmem.folding import tokenize
from graphmem.model import FloatArray

__all__ = ["TextIndex", "build_text"]

_K1, _B = 1.5, 0.75
_Arrays = dict[str, NDArray[np.generic]]


def build_text(texts: Iterable[str]) -> _Arrays:
    """Postings of the texts, which come in canonical order."""
    postings: dict[str, tuple[array[int], array[int]]] = {}
    lengths = array("l")
    for position, text in enumerate(texts):
        counts = Counter(word for word, _, _ in tokenize(text))
        lengths.append(sum(counts.values()))
        for word, count in counts.items():
            positions, frequencies = postings.setdefault(word, (array("l"), array("l")))
            positions.append(position)
            frequencies.append(count)
    words = sorted(postings)
    offsets = np.zeros(len(words) + 1, dtype=np.int64)
    np.cumsum([len(postings[word][0]) for word in words], out=offsets[1:])
    encoded = [word.encode("utf-8") for word in words]
    starts = np.zeros(len(words) + 1, dtype=np.int64)
    np.cumsum([len(item) for item in encoded], out=starts[1:])
    document_frequency = np.diff(offsets)
    idf = np.log((len(lengths) + 1) / document_frequency)
    return {
        "word_bytes": np.frombuffer(b"".join(encoded), dtype=np.uint8),
        "word_offsets": starts,
        "posting_offsets": offsets,
        "positions": _joined([postings[word][0] for word in words]),
        "frequencies": _joined([postings[word][1] for word in words]),
        "idf": idf,
        "lengths": np.array(lengths, dtype=np.int32),
    }


def _joined(rows: list[array[int]]) -> NDArray[np.int32]:
    return np.concatenate([np.asarray(row, dtype=np.int32) for row in rows]) if rows else np.zeros(0, dtype=np.int32)


class TextIndex:
    """Read access to the arrays of :func:`build_text`."""

    def __init__(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        self._bytes, self._offsets = arrays["word_bytes"], arrays["word_offsets"]
        self._postings, self._positions = arrays["posting_offsets"], arrays["positions"]
        self._frequencies, self._idf = arrays["frequencies"], arrays["idf"]
        lengths = np.asarray(arrays["lengths"], dtype=np.float64)
        mean = float(lengths.mean()) if len(lengths) else 1.0
        self.mean_length = mean
        self._norm = _K1 * (1 - _B + _B * lengths / max(mean, 1e-9))

    def _find(self, word: str) -> int | None:
        target = word.encode("utf-8")
        low, high = 0, len(self._offsets) - 1
        while low < high:
            middle = (low + high) // 2
            if self._bytes[self._offsets[middle] : self._offsets[middle + 1]].tobytes() < target:
                low = middle + 1
            else:
                high = middle
        if low == len(self._offsets) - 1:
            return None
        found = self._bytes[self._offsets[low] : self._offsets[low + 1]].tobytes()
        return low if found == target else None

    def rarity(self, word: str) -> float:
        """The inverse document frequency of a folded word, 0.0 for an unknown one."""
        term = self._find(word)
        return 0.0 if term is None else float(self._idf[term])

    def match(self, text: str, k: int) -> tuple[NDArray[np.int64], FloatArray]:
        """The best ``k`` positions for the words of a text and their scores, ties in canonical order."""
        scores = np.zeros(len(self._norm))
        touched: list[NDArray[np.int64]] = []
        for word, _, _ in tokenize(text):
            term = self._find(word)
            if term is None:
                continue
            rows = slice(self._postings[term], self._postings[term + 1])
            positions = np.asarray(self._positions[rows], dtype=np.int64)
            frequencies = np.asarray(self._frequencies[rows], dtype=np.float64)
            scores[positions] += self._idf[term] * frequencies * (_K1 + 1) / (frequencies + self._norm[positions])
            touched.append(positions)
        if not touched:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        pool = np.unique(np.concatenate(touched))
        order = np.lexsort((pool, -scores[pool]))[:k]
        return pool[order], scores[pool[order]].astype(np.float32)
