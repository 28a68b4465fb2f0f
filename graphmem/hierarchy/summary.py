"""What a node is about, said by its members alone: sentences quoted, names and phrases counted, years spanned.

No word of a summary is made up, so nothing in it has to be checked against the members.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import regex
from numpy.typing import NDArray

from graphmem.folding import Token, fold, tokenize
from graphmem.hierarchy.incidence import Incidence
from graphmem.hierarchy.likeness import batches, vectors_of_words
from graphmem.hierarchy.tree import Node
from graphmem.model import FloatArray, Mention
from graphmem.natlog.words import FUNCTION_WORDS
from graphmem.store import Snapshot, concatenated_ranges

__all__ = ["POINTING", "Summariser", "central_and_diverse"]

_QUOTES = {"topic": 3, "theme": 6, "root": 8}
_LISTED = 8
_SPEAKING = 100
"""Children, the largest of a node, whose sentences its own are chosen from."""
_DIVERSITY = 0.5
"""Against centrality: what a sentence loses for being like one that was chosen before it (maximal marginal relevance)."""
_FEW_WORDS, _MANY_WORDS = 5, 45
POINTING = frozenset("he she it they this that these those his her its their there here however then also".split())
"""A sentence that begins with one of these does not say whom it speaks of."""
_UNCLEAR = 0.7
"""What a sentence keeps of its centrality that does not say whom it speaks of, or that is hardly a sentence."""
_SMALL = FUNCTION_WORDS | POINTING
_YEAR = regex.compile(r"\b(1\d{3}|20\d{2})\b")

Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Sentences that may be quoted: passage and place of each, vectors of shape (n, d), clarity of shape (n,)."""

    passages: Positions
    places: Positions
    vectors: FloatArray
    clarity: FloatArray


class Summariser:
    """Summaries over one snapshot; ``rows`` are the store's rows of all passages."""

    def __init__(self, snapshot: Snapshot, rows: Positions, incidence: Incidence) -> None:
        self._snapshot = snapshot
        self._rows = rows
        self._incidence = incidence
        self._spread = snapshot.graph.passages.counts()

    def topic(self, node: Node, members: Positions, centre: FloatArray) -> Node:
        """A topic with its summary, from the sentences of its passages."""
        offsets = self._snapshot.passage_sentences
        sentences, starts = concatenated_ranges(offsets, members)
        owners = self._snapshot.passages_of("sentence", sentences)
        texts = [record.text for record in self._snapshot.sentences(sentences)]
        tokens = [tokenize(text) for text in texts]
        found = _Candidates(
            owners,
            sentences - offsets[owners],
            self._vectors(sentences, tokens),
            np.array([_clarity(told) for told in tokens], dtype=np.float32),
        )
        terms = [
            {term for text, told in list(zip(texts, tokens, strict=True))[a:b] for term in _terms(text, told)}
            for a, b in pairwise([*starts.tolist(), len(texts)])
        ]
        years = [year for record in self._snapshot.passages(members) for year in _years(record.mentions)]
        return self._told(node, members, centre, found, self._phrases(terms), _span_of(years))

    def above(self, node: Node, members: Positions, centre: FloatArray, children: Sequence[Node]) -> Node:
        """A theme or the root with its summary, from what its children's summaries quote; the largest come first."""
        quotes = [quote for child in children[:_SPEAKING] for quote in child.quotes]
        rows = self._rows[members]
        order = np.argsort(rows)
        passages = members[order[np.searchsorted(rows, [row for row, _ in quotes], sorter=order)]]
        places = np.array([place for _, place in quotes], dtype=np.int64)
        sentences = self._snapshot.passage_sentences[passages] + places
        tokens = [tokenize(record.text) for record in self._snapshot.sentences(sentences)]
        clarity = np.array([_clarity(told) for told in tokens], dtype=np.float32)
        found = _Candidates(passages, places, self._vectors(sentences, tokens), clarity)
        counts = Counter(phrase for child in children for phrase in child.phrases)
        phrases = sorted(counts, key=lambda phrase: (-counts[phrase] * self._rarity(phrase), phrase))[:_LISTED]
        years = [year for child in children if child.years is not None for year in child.years]
        return self._told(node, members, centre, found, phrases, _span_of(years))

    def _vectors(self, sentences: Positions, tokens: Sequence[Sequence[Token]]) -> FloatArray:
        if self._snapshot.dimension:
            return self._snapshot.vectors("sentence", sentences)
        return vectors_of_words(self._snapshot, [[word for word, _, _ in told] for told in tokens])

    def _told(
        self,
        node: Node,
        members: Positions,
        centre: FloatArray,
        candidates: _Candidates,
        phrases: Sequence[str],
        years: tuple[int, int] | None,
    ) -> Node:
        entities = self._named(members)
        central = (candidates.vectors @ centre) * candidates.clarity
        chosen = central_and_diverse(candidates.vectors, central, candidates.passages, _QUOTES[node.level])
        quotes = [(int(self._rows[candidates.passages[c]]), int(candidates.places[c])) for c in chosen]
        return replace(
            node,
            name=_name(entities, phrases, years),
            entities=tuple(entities),
            phrases=tuple(phrases),
            years=years,
            quotes=tuple(quotes),
        )

    def _named(self, members: Positions) -> list[str]:
        """Names that are much more frequent here than elsewhere, by their share of the Kullback-Leibler divergence."""
        found, weight, times = np.zeros(0, dtype=np.int32), np.zeros(0), np.zeros(0)
        for batch in batches(members):
            told = self._incidence.some(batch)
            assert told.weights is not None
            found, which = np.unique(np.concatenate((found, told.values)), return_inverse=True)
            weight = np.bincount(which, np.concatenate((weight, told.weights)), len(found)).astype(float)
            times = np.bincount(which, np.concatenate((times, np.ones(len(told.values)))), len(found)).astype(float)
        # A name of one passage only, a heading often, says little of the others.
        common = times >= min(2, len(members))
        found, weight = found[common], weight[common]
        lift = (weight / max(len(members), 1)) / (self._spread[found] / max(len(self._rows), 1))
        score = weight * np.log1p(lift)
        names: list[str] = []
        for index in np.lexsort((found, -score))[: 3 * _LISTED].tolist():
            label = self._snapshot.graph.label(int(found[index]))
            # One name within another says the same twice.
            if not any(fold(label) in fold(name) or fold(name) in fold(label) for name in names):
                names.append(label)
        return names[:_LISTED]

    def _rarity(self, term: str) -> float:
        """That of its rarest word: how often the words of a pair stand together elsewhere nobody has counted."""
        return max(self._snapshot.rarity(word) for word in term.split())

    def _phrases(self, terms: Sequence[set[str]]) -> list[str]:
        """Words and pairs of words, not names, that several members use and others rarely do."""
        counts = Counter(term for each in terms for term in each)
        least = 2 if len(terms) > 2 else 1
        score = {
            term: math.sqrt(count) * math.log1p(count / len(terms) * math.exp(self._rarity(term)))
            for term, count in counts.items()
            if count >= least
        }
        chosen: list[str] = []
        for term in sorted(score, key=lambda term: (-score[term], -len(term.split()), term)):
            words = set(term.split())
            if not any(words & set(other.split()) for other in chosen):
                chosen.append(term)
            if len(chosen) == _LISTED:
                break
        return chosen


def central_and_diverse(vectors: FloatArray, central: FloatArray, groups: Positions, count: int) -> list[int]:
    """Up to ``count`` rows that are central and unlike each other, from as many groups as there are.

    ``vectors`` has the shape (n, d), ``central`` and ``groups`` (n,). Maximal marginal relevance (Carbonell and
    Goldstein 1998); a group gives a second row only when every other has given one.
    """
    chosen: list[int] = []
    likeness = np.zeros(len(vectors), dtype=np.float32)
    _, of = np.unique(groups, return_inverse=True)
    used = np.zeros(len(vectors), dtype=np.float32)
    while len(chosen) < min(count, len(vectors)):
        # Cosines lie within [-1, 1]: a turn outweighs them all.
        scores = central - _DIVERSITY * likeness - 4 * used[of]
        scores[chosen] = -np.inf
        best = int(np.argmax(scores))
        chosen.append(best)
        used[of[best]] += 1
        likeness = np.maximum(likeness, vectors @ vectors[best])
    return chosen


def _clarity(words: Sequence[Token]) -> float:
    if not words:
        return 0.0
    good = _FEW_WORDS <= len(words) <= _MANY_WORDS and words[0][0] not in POINTING
    return 1.0 if good else _UNCLEAR


def _terms(text: str, tokens: Sequence[Token]) -> Iterator[str]:
    before, stop = "", 0
    for word, start, end in tokens:
        if len(word) > 3 and text[start].islower() and word not in _SMALL:
            yield word
            if before and text[stop:start] == " ":
                yield f"{before} {word}"
            before = word
        else:
            before = ""
        stop = end


def _years(mentions: Sequence[Mention]) -> list[int]:
    texts = [mention.text for mention in mentions if mention.kind == "date"]
    return [int(year) for text in texts for year in _YEAR.findall(text)]


def _span_of(years: Sequence[int]) -> tuple[int, int] | None:
    return (min(years), max(years)) if years else None


def _name(entities: Sequence[str], phrases: Sequence[str], years: tuple[int, int] | None) -> str:
    told = ", ".join(entities[:2])
    if phrases:
        told = f"{told}: {phrases[0]}" if told else f"{phrases[0][0].upper()}{phrases[0][1:]}"
    if years is None:
        return told
    span = str(years[0]) if years[0] == years[1] else f"{years[0]}–{years[1]}"
    return f"{told}, {span}" if told else span
