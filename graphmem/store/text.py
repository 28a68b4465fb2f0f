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

__all__ = ["TextIndex", "build_text", "with_weights"]

_K1, _B = 1.5, 0.75
_TERMS = 10_000
"""Words that are weighed at once, so that memory stays small."""
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
    return with_weights(
        {
            "word_bytes": np.frombuffer(b"".join(encoded), dtype=np.uint8),
            "word_offsets": starts,
            "posting_offsets": offsets,
            "positions": _joined([postings[word][0] for word in words]),
            "frequencies": _joined([postings[word][1] for word in words]),
            "lengths": np.array(lengths, dtype=np.int32),
        }
    )


def with_weights(arrays: _Arrays) -> _Arrays:
    """The postings, with what depends on all of them: idf, mean length, and the most that each word can add."""
    offsets, lengths = arrays["posting_offsets"].astype(np.int64), arrays["lengths"]
    mean = float(lengths.mean()) if len(lengths) else 1.0
    idf = np.log((len(lengths) + 1) / np.diff(offsets))
    most = np.zeros(len(idf))
    for start in range(0, len(idf), _TERMS):
        stop = min(len(idf), start + _TERMS)
        rows = slice(offsets[start], offsets[stop])
        worth = _worth(
            np.repeat(idf[start:stop], np.diff(offsets[start : stop + 1])),
            arrays["frequencies"][rows].astype(np.float64),
            lengths[arrays["positions"][rows]].astype(np.float64),
            mean,
        )
        most[start:stop] = np.maximum.reduceat(worth, offsets[start:stop] - offsets[start])
    return {**arrays, "idf": idf, "most": most, "mean_length": np.array([mean])}


def _worth(
    idf: float | NDArray[np.float64], frequencies: NDArray[np.float64], lengths: NDArray[np.float64], mean: float
) -> NDArray[np.float64]:
    """What a word adds to the score of passages that have it so often and are so long."""
    norm = _K1 * (1 - _B + _B * lengths / max(mean, 1e-9))
    return np.asarray(idf * frequencies * (_K1 + 1) / (frequencies + norm), dtype=np.float64)


def _joined(rows: list[array[int]]) -> NDArray[np.int32]:
    return np.concatenate([np.asarray(row, dtype=np.int32) for row in rows]) if rows else np.zeros(0, dtype=np.int32)


class TextIndex:
    """Read access to the arrays of :func:`build_text`."""

    def __init__(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        self._bytes, self._offsets = arrays["word_bytes"], arrays["word_offsets"]
        self._postings, self._positions = arrays["posting_offsets"], arrays["positions"]
        self._frequencies, self._idf = arrays["frequencies"], arrays["idf"]
        self._most, self._lengths = arrays["most"], arrays["lengths"]
        self.mean_length = float(arrays["mean_length"][0])

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
        """The best ``k`` positions for the words of a text and their scores, ties in canonical order.

        The rarest words come first. Once all that the others could still add is less than what the k-th best has
        already, no further passage is taken up, and the others are looked up in the passages at hand alone: the result
        is exact, and a word that stands everywhere costs next to nothing (MaxScore: Turtle and Flood 1995).
        """
        terms = [term for word, _, _ in tokenize(text) if (term := self._find(word)) is not None]
        # Words that stand in few passages say most of them; of equal ones the first comes first.
        terms.sort(key=lambda term: -float(self._most[term]))
        ahead = np.cumsum([float(self._most[term]) for term in reversed(terms)])[::-1].tolist()
        pool, scores = np.zeros(0, dtype=np.int64), np.zeros(0)
        for term, still in zip(terms, ahead, strict=True):
            rows = slice(int(self._postings[term]), int(self._postings[term + 1]))
            positions = self._positions[rows]
            if len(pool) >= k:
                best = float(np.partition(scores, -k)[-k])
                # Sums in another order differ by less than this.
                kept = scores + still * (1 + 1e-9) >= best
                pool, scores = pool[kept], scores[kept]
                if still * (1 + 1e-9) < best:
                    at = np.searchsorted(positions, pool)
                    there = at < len(positions)
                    there[there] = positions[at[there]] == pool[there]
                    scores[there] += self._worth(term, pool[there], self._frequencies[rows][at[there]])
                    continue
            found = np.asarray(positions, dtype=np.int64)
            merged = np.union1d(pool, found)
            summed = np.zeros(len(merged))
            summed[np.searchsorted(merged, pool)] = scores
            summed[np.searchsorted(merged, found)] += self._worth(term, found, self._frequencies[rows])
            pool, scores = merged, summed
        order = np.lexsort((pool, -scores))[:k]
        return pool[order], scores[order].astype(np.float32)

    def _worth(self, term: int, positions: NDArray[np.int64], frequencies: NDArray[np.generic]) -> NDArray[np.float64]:
        lengths = self._lengths[positions].astype(np.float64)
        return _worth(float(self._idf[term]), frequencies.astype(np.float64), lengths, self.mean_length)
