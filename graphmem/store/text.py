"""BM25 over the passages: postings by term, mapped into memory, scored at the question.

Scores are those of rank_bm25's ``BM25Plus`` with delta = 0 (Robertson and Zaragoza 2009, k1 = 1.5, b = 0.75; an idf that
stays positive, so that a word which every passage of a small store has still finds them), reached through the postings
of the question's words alone.

The postings lie in two segments, a large one and one of what has come since, as in a log-structured merge tree (O'Neil
et al. 1996); ``text_build`` writes them. A segment numbers its passages itself, and says where each of them stands now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from graphmem.folding import tokenize
from graphmem.model import FloatArray
from graphmem.store.derived import read_arrays
from graphmem.store.moves import Rows, Strings

__all__ = ["SEGMENTS", "Segment", "TextIndex", "saturated"]

SEGMENTS = ("base", "tail")
_K1, _B = 1.5, 0.75
_CACHED_WORDS = 1024
_ROUNDING = 1 + 1e-9
"""Sums in another order differ by less than this."""

Positions = NDArray[np.int64]


def saturated(frequencies: NDArray[Any], lengths: NDArray[Any], mean: float) -> NDArray[np.float64]:
    """What a word of idf 1 adds to the score of passages that have it so often and are so long."""
    norm = _K1 * (1 - _B + _B * lengths / max(mean, 1e-9))
    return np.asarray(frequencies * (_K1 + 1) / (frequencies + norm), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Segment:
    """Postings of some passages: ``postings`` are their numbers by word, ascending, ``frequencies`` lie beside them.

    ``lengths`` are the words of each passage, ``places`` its position, ascending. ``peaks`` are the most that each word
    can add to a score (of idf 1, where passages have ``mean`` words), as a bound.
    """

    words: Strings
    postings: Rows
    frequencies: NDArray[Any]
    lengths: NDArray[np.int32]
    places: NDArray[np.int32]
    peaks: NDArray[np.float64]
    total: int
    mean: float

    @classmethod
    def read(cls, folder: Path, name: str) -> Segment:
        """A segment of a folder that :func:`change_text` has filled."""
        places = cast(NDArray[np.int32], read_arrays(folder)[f"{name}_places"])
        return cls.of(read_arrays(folder / name), places)

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], places: NDArray[np.int32]) -> Segment:
        """From the arrays of its files."""
        return cls(
            Strings(Rows(arrays["word_offsets"], arrays["word_bytes"])),
            Rows(arrays["posting_offsets"], arrays["postings"]),
            arrays["frequencies"],
            arrays["lengths"],
            places,
            arrays["peaks"],
            int(arrays["total"][0]),
            float(arrays["mean"][0]),
        )

    def numbers_of(self, positions: Positions) -> tuple[Positions, Positions]:
        """Which of some positions, ascending, are in here, and their numbers."""
        count = len(self.places)
        if count and self.places[-1] == count - 1:
            # Nothing is missing: each passage has its position for a number.
            inside = np.arange(positions.searchsorted(count))
            return inside, positions[inside]
        return _places_of(positions, self.places)


class _Found(NamedTuple):
    """A word in a segment."""

    segment: Segment
    rows: slice
    peak: float


class _Term(NamedTuple):
    """A word of the question: where it stands, its idf, and the most that it can add to a score."""

    found: tuple[_Found, ...]
    idf: float
    most: float


class TextIndex:
    """Read access to what :func:`change_text` wrote."""

    def __init__(self, folder: Path) -> None:
        self._segments = [Segment.read(folder, name) for name in SEGMENTS]
        self._count = sum(len(segment.lengths) for segment in self._segments)
        total = sum(segment.total for segment in self._segments)
        self.mean_length = total / self._count if self._count else 1.0
        self._term = lru_cache(maxsize=_CACHED_WORDS)(self._look_up)

    def _look_up(self, word: str) -> _Term | None:
        found: list[_Found] = []
        count = 0
        for segment in self._segments:
            number = segment.words.find(word)
            if number is not None:
                rows = slice(*segment.postings.offsets[number : number + 2].tolist())
                # A longer mean makes every passage shorter by comparison, and no score grows by more than that.
                scale = max(1.0, self.mean_length / max(segment.mean, 1e-9))
                found.append(_Found(segment, rows, float(segment.peaks[number]) * scale))
                count += rows.stop - rows.start
        if not found:
            return None
        idf = float(np.log((self._count + 1) / count))
        return _Term(tuple(found), idf, idf * max(item.peak for item in found))

    def rarity(self, word: str) -> float:
        """The inverse document frequency of a folded word, 0.0 for an unknown one."""
        term = self._look_up(word)
        return 0.0 if term is None else term.idf

    def having(self, words: Sequence[str]) -> Positions:
        """The positions of all passages that have all of some folded words, ascending."""
        found: list[Positions] = [np.zeros(0, dtype=np.int64)]
        for segment in self._segments:
            numbers = [number for word in set(words) if (number := segment.words.find(word)) is not None]
            if len(numbers) == len(set(words)):
                rows = [segment.postings.values[slice(*segment.postings.offsets[n : n + 2].tolist())] for n in numbers]
                rarest, *others = sorted(rows, key=len)
                for other in others:
                    rarest = rarest[_places_of(rarest, other)[0]]
                found.append(segment.places[rarest].astype(np.int64))
        return np.sort(np.concatenate(found))

    def match(self, text: str, k: int, allowed: NDArray[np.bool_] | None = None) -> tuple[Positions, FloatArray]:
        """The best ``k`` of all positions, or of those allowed, for the words of a text, and their scores, ties in order.

        The rarest words come first. Once all that the others could still add is less than what the k-th best has
        already, no further passage is taken up, and the others are looked up in the passages at hand alone; of these too
        go those that cannot be among the best any more. The result is exact, and a word that stands everywhere costs
        next to nothing (MaxScore: Turtle and Flood 1995).
        """
        terms = [term for word, _, _ in tokenize(text) if (term := self._term(word)) is not None]
        # Words that stand in few passages say most of them; of equal ones the first comes first.
        terms.sort(key=lambda term: -term.most)
        ahead = [*accumulate((term.most for term in reversed(terms)), initial=0.0)][::-1]
        pool, scores, best = np.zeros(0, dtype=np.int64), np.zeros(0), 0.0
        for term, (still, later) in zip(terms, pairwise(ahead), strict=True):
            if len(pool) >= k:
                best = float(np.partition(scores, -k)[-k])
                kept = scores + still * _ROUNDING >= best
                pool, scores = pool[kept], scores[kept]
            for found in term.found:
                if still * _ROUNDING < best:
                    self._add_to(pool, scores, term.idf, found)
                else:
                    least = best - later * _ROUNDING
                    pool, scores = self._joined(pool, scores, term.idf, found, allowed, least)
        order = np.lexsort((pool, -scores))[:k]
        return pool[order], scores[order].astype(np.float32)

    def _joined(
        self,
        pool: Positions,
        scores: NDArray[np.float64],
        idf: float,
        found: _Found,
        allowed: NDArray[np.bool_] | None,
        least: float,
    ) -> tuple[Positions, NDArray[np.float64]]:
        """The pool, and of all other passages of a segment those that a word alone gives a score of ``least`` or more."""
        segment, rows, _ = found
        numbers = segment.postings.values[rows]
        positions = segment.places[numbers].astype(np.int64)
        worth = idf * saturated(segment.frequencies[rows], segment.lengths[numbers], self.mean_length)
        if allowed is not None:
            positions, worth = positions[allowed[positions]], worth[allowed[positions]]
        if not len(pool):
            return positions, worth
        at = pool.searchsorted(positions)
        known = pool.take(at, mode="clip") == positions
        scores[at[known]] += worth[known]
        new = ~known & (worth >= least)
        both = np.concatenate((pool, positions[new]))
        order = both.argsort(kind="stable")
        return both[order], np.concatenate((scores, worth[new]))[order]

    def _add_to(self, pool: Positions, scores: NDArray[np.float64], idf: float, found: _Found) -> None:
        """Raise the scores of those passages of the pool that have a word in a segment."""
        segment, rows, _ = found
        inside, numbers = segment.numbers_of(pool)
        having, at = _places_of(numbers, segment.postings.values[rows])
        worth = saturated(segment.frequencies[rows][at], segment.lengths[numbers[having]], self.mean_length)
        scores[inside[having]] += idf * worth


def _places_of(wanted: NDArray[Any], among: NDArray[np.int32]) -> tuple[Positions, Positions]:
    """Which of some numbers are among others, which ascend, and where there."""
    if not len(among):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    at = among.searchsorted(wanted.astype(among.dtype))
    there = (among.take(at, mode="clip") == wanted).nonzero()[0]
    return there, at[there]
