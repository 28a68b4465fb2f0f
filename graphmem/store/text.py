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
from graphmem.store.moves import Moves, Rows, Strings, offsets_of

__all__ = ["TextIndex", "change_text"]

_K1, _B = 1.5, 0.75
_Arrays = Mapping[str, NDArray[np.generic]]
_Posting = tuple["array[int]", "array[int]"]
"""Positions, ascending, and how often the word stands there."""


def change_text(old: _Arrays | None, passages: Moves, texts: Iterable[str]) -> dict[str, NDArray[np.generic]]:
    """Postings where passages have moved as said; ``texts`` are those of the new ones, in canonical order.

    A word keeps the most that it can add to a score, as a bound: what passes through it, and a new passage may raise it.
    """
    old = old or _NOTHING
    postings, new_lengths = _counted(passages.new().tolist(), texts)
    rows, frequencies = _moved(old, passages)
    counts = rows.counts()
    words = Strings(Rows(old["word_offsets"].astype(np.int64, copy=False), old["word_bytes"]))
    known = {word: at for word in postings if (at := words.find(word)) is not None}
    # Each posting goes into its word's row, that of a new word between the rows of its neighbours.
    places = np.zeros(0, dtype=np.int64)
    if postings:
        places = np.concatenate([_places(rows, words, known, word, found) for word, (found, _) in postings.items()])
    sizes = {word: len(found) for word, (found, _) in postings.items()}
    fresh = [word for word in postings if word not in known]
    counts[list(known.values())] += np.array([sizes[word] for word in known], dtype=np.int64)
    words, moves = words.edited(counts > 0, fresh)
    counts = moves.items(counts, np.array([sizes[word] for word in fresh], dtype=np.int64))
    lengths = passages.items(old["lengths"], new_lengths)
    mean = float(lengths.mean()) if len(lengths) else 1.0
    new_positions, new_frequencies = (_joined([pair[side] for pair in postings.values()]) for side in (0, 1))
    # The bound that holds for one mean length is scaled where a search has another.
    peak_mean = float(old["peak_mean"][0]) or mean
    term_now, term_new = moves.now(len(rows)), dict(zip(fresh, moves.new().tolist(), strict=True))
    terms = [term_new[word] if word in term_new else int(term_now[known[word]]) for word in postings]
    peaks = moves.items(old["peaks"], np.zeros(len(fresh)))
    worth = _saturated(new_frequencies, lengths[new_positions], peak_mean)
    np.maximum.at(peaks, np.repeat(np.array(terms, dtype=np.int64), list(sizes.values())), worth)
    return {
        "word_bytes": words.rows.values,
        "word_offsets": words.rows.offsets,
        "posting_offsets": offsets_of(counts),
        "positions": np.insert(rows.values, places, new_positions),
        "frequencies": np.insert(frequencies, places, new_frequencies),
        "lengths": lengths,
        "mean_length": np.array([mean]),
        "peaks": peaks,
        "peak_mean": np.array([peak_mean]),
    }


def _counted(numbers: list[int], texts: Iterable[str]) -> tuple[dict[str, _Posting], NDArray[np.int32]]:
    """Postings of the words of new passages, words ascending, and how long the passages are."""
    postings: dict[str, _Posting] = {}
    lengths = array("q")
    for position, text in zip(numbers, texts, strict=True):
        counts = Counter(word for word, _, _ in tokenize(text))
        lengths.append(sum(counts.values()))
        for word, count in counts.items():
            positions, frequencies = postings.setdefault(word, (array("q"), array("q")))
            positions.append(position)
            frequencies.append(count)
    return {word: postings[word] for word in sorted(postings)}, np.array(lengths, dtype=np.int32)


def _moved(old: _Arrays, passages: Moves) -> tuple[Rows, NDArray[np.generic]]:
    """The old postings by word, without those of passages that are gone, and their frequencies."""
    offsets = old["posting_offsets"].astype(np.int64, copy=False)
    positions = passages.now(len(old["lengths"])).astype(np.int32)[old["positions"].astype(np.int64, copy=False)]
    kept = positions >= 0
    if kept.all():
        return Rows(offsets, positions), old["frequencies"]
    return Rows(offsets_of(kept)[offsets], positions[kept]), old["frequencies"][kept]


def _places(rows: Rows, words: Strings, known: Mapping[str, int], word: str, found: array[int]) -> NDArray[np.int64]:
    """Where the postings of a word go among the old ones."""
    at = known.get(word)
    if at is None:
        return np.full(len(found), rows.offsets[words.lower_bound(word)], dtype=np.int64)
    start, end = rows.offsets[at], rows.offsets[at + 1]
    return np.asarray(start + np.searchsorted(rows.values[start:end], np.asarray(found)), dtype=np.int64)


def _saturated(frequencies: NDArray[np.generic], lengths: NDArray[np.generic], mean: float) -> NDArray[np.float64]:
    """What a word of idf 1 adds to the score of passages that have it so often and are so long."""
    often = frequencies.astype(np.float64)
    norm = _K1 * (1 - _B + _B * lengths.astype(np.float64) / max(mean, 1e-9))
    return np.asarray(often * (_K1 + 1) / (often + norm), dtype=np.float64)


_NOTHING: _Arrays = {
    "word_offsets": np.zeros(1, dtype=np.int64),
    "word_bytes": np.zeros(0, dtype=np.uint8),
    "posting_offsets": np.zeros(1, dtype=np.int64),
    "positions": np.zeros(0, dtype=np.int32),
    "frequencies": np.zeros(0, dtype=np.int32),
    "lengths": np.zeros(0, dtype=np.int32),
    "peaks": np.zeros(0),
    "peak_mean": np.zeros(1),
}


def _joined(rows: list[array[int]]) -> NDArray[np.int32]:
    return np.concatenate([np.asarray(row, dtype=np.int32) for row in rows]) if rows else np.zeros(0, dtype=np.int32)


class TextIndex:
    """Read access to the arrays of :func:`change_text`."""

    def __init__(self, arrays: _Arrays) -> None:
        self._words = Strings(Rows(arrays["word_offsets"].astype(np.int64, copy=False), arrays["word_bytes"]))
        self._postings, self._positions = arrays["posting_offsets"], arrays["positions"]
        self._frequencies, self._lengths = arrays["frequencies"], arrays["lengths"]
        self.mean_length = float(arrays["mean_length"][0])
        self._peaks, peak_mean = arrays["peaks"], float(arrays["peak_mean"][0])
        # A longer mean makes every passage shorter by comparison, and no score grows by more than that.
        self._scale = max(1.0, self.mean_length / max(peak_mean, 1e-9))

    def _idf(self, term: int) -> float:
        return float(np.log((len(self._lengths) + 1) / (self._postings[term + 1] - self._postings[term])))

    def _most(self, term: int) -> float:
        return self._idf(term) * float(self._peaks[term]) * self._scale

    def rarity(self, word: str) -> float:
        """The inverse document frequency of a folded word, 0.0 for an unknown one."""
        term = self._words.find(word)
        return 0.0 if term is None else self._idf(term)

    def match(self, text: str, k: int) -> tuple[NDArray[np.int64], FloatArray]:
        """The best ``k`` positions for the words of a text and their scores, ties in canonical order.

        The rarest words come first. Once all that the others could still add is less than what the k-th best has
        already, no further passage is taken up, and the others are looked up in the passages at hand alone: the result
        is exact, and a word that stands everywhere costs next to nothing (MaxScore: Turtle and Flood 1995).
        """
        terms = [term for word, _, _ in tokenize(text) if (term := self._words.find(word)) is not None]
        # Words that stand in few passages say most of them; of equal ones the first comes first.
        terms.sort(key=lambda term: -self._most(term))
        ahead = np.cumsum([self._most(term) for term in reversed(terms)])[::-1].tolist()
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
        worth = _saturated(frequencies, self._lengths[positions], self.mean_length)
        return np.asarray(self._idf(term) * worth, dtype=np.float64)
