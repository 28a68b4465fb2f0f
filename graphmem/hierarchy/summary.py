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

from graphmem.folding import fold, tokenize
from graphmem.hierarchy.likeness import normalised, sentence_vectors
from graphmem.hierarchy.tree import Node
from graphmem.model import FloatArray, Mention
from graphmem.natlog.words import FUNCTION_WORDS
from graphmem.store import Snapshot, concatenated_ranges

__all__ = ["POINTING", "Summariser", "central_and_diverse"]

_QUOTES = {"topic": 3, "theme": 6, "root": 8}
_LISTED = 8
_DIVERSITY = 0.5
"""Against centrality: what a sentence loses for being like one that was chosen before it (maximal marginal relevance)."""
_FEW_WORDS, _MANY_WORDS = 5, 45
POINTING = frozenset("he she it they this that these those his her its their there here however then also".split())
"""A sentence that begins with one of these does not say whom it speaks of."""
_UNCLEAR = 0.7
"""What a sentence keeps of its centrality that does not say whom it speaks of, or that is hardly a sentence."""
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
    """Summaries over one snapshot; ``rows`` are the store's rows of all passages, ``vectors`` their (n, d) vectors."""

    def __init__(self, snapshot: Snapshot, rows: Positions, vectors: FloatArray) -> None:
        self._snapshot = snapshot
        self._rows = rows
        self._vectors = vectors
        self._indptr, self._entities, self._strength = snapshot.entities_by_passage
        self._spread = np.diff(snapshot.graph.passage_indptr)

    def topic(self, node: Node, members: Positions) -> Node:
        """A topic with its summary, from the sentences of its passages."""
        records = self._snapshot.passages(members)
        texts = [record.passage.text for record in records]
        offsets = self._snapshot.passage_sentences
        sentences, _ = concatenated_ranges(offsets, members)
        owners = self._snapshot.sentence_passage[sentences]
        clarity = [_clarity(record.text) for record in self._snapshot.sentences(sentences)]
        found = _Candidates(
            owners,
            sentences - offsets[owners],
            sentence_vectors(self._snapshot, sentences),
            np.array(clarity, dtype=np.float32),
        )
        years = [year for extraction in self._snapshot.extractions(members) for year in _years(extraction.mentions)]
        return self._told(node, members, found, self._phrases(texts), (min(years), max(years)) if years else None)

    def above(self, node: Node, members: Positions, children: Sequence[Node]) -> Node:
        """A theme or the root with its summary, from what its children's summaries quote."""
        position = {int(self._rows[member]): int(member) for member in members}
        quotes = [(position[row], place) for child in children for row, place in child.quotes if row in position]
        passages = np.array([passage for passage, _ in quotes], dtype=np.int64)
        places = np.array([place for _, place in quotes], dtype=np.int64)
        sentences = self._snapshot.passage_sentences[passages] + places
        clarity = np.array([_clarity(record.text) for record in self._snapshot.sentences(sentences)], dtype=np.float32)
        found = _Candidates(passages, places, sentence_vectors(self._snapshot, sentences), clarity)
        counts = Counter(phrase for child in children for phrase in child.phrases)
        phrases = sorted(counts, key=lambda phrase: (-counts[phrase] * self._rarity(phrase), phrase))[:_LISTED]
        years = [year for child in children if child.years is not None for year in child.years]
        return self._told(node, members, found, phrases, (min(years), max(years)) if years else None)

    def _told(
        self,
        node: Node,
        members: Positions,
        candidates: _Candidates,
        phrases: Sequence[str],
        years: tuple[int, int] | None,
    ) -> Node:
        entities = self._named(members)
        chosen: list[int] = []
        if len(candidates.passages):
            centre = normalised(self._vectors[members].mean(axis=0, keepdims=True))[0]
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
        at, _ = concatenated_ranges(self._indptr, members)
        found, which = np.unique(self._entities[at], return_inverse=True)
        weight = np.bincount(which, self._strength[at], minlength=len(found))
        # A name of one passage only, a heading often, says little of the others.
        common = np.bincount(which, minlength=len(found)) >= min(2, len(members))
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

    def _phrases(self, texts: Sequence[str]) -> list[str]:
        """Words and pairs of words, not names, that several members use and others rarely do."""
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(set(_terms(text)))
        least = 2 if len(texts) > 2 else 1
        score = {
            term: math.sqrt(count) * math.log1p(count / len(texts) * math.exp(self._rarity(term)))
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


def _clarity(text: str) -> float:
    words = tokenize(text)
    if not words:
        return 0.0
    good = _FEW_WORDS <= len(words) <= _MANY_WORDS and words[0][0] not in POINTING
    return 1.0 if good else _UNCLEAR


def _terms(text: str) -> Iterator[str]:
    tokens = [(word, start, end) for word, start, end in tokenize(text)]
    usable = [
        len(word) > 3 and text[start].islower() and word not in FUNCTION_WORDS and word not in POINTING
        for word, start, _ in tokens
    ]
    yield from (word for (word, _, _), good in zip(tokens, usable, strict=True) if good)
    for ((one, _, end), first), ((other, start, _), second) in pairwise(zip(tokens, usable, strict=True)):
        if first and second and text[end:start] == " ":
            yield f"{one} {other}"


def _years(mentions: Sequence[Mention]) -> list[int]:
    texts = [mention.text for mention in mentions if mention.kind == "date"]
    return [int(year) for text in texts for year in _YEAR.findall(text)]


def _name(entities: Sequence[str], phrases: Sequence[str], years: tuple[int, int] | None) -> str:
    told = ", ".join(entities[:2])
    if phrases:
        told = f"{told}: {phrases[0]}" if told else f"{phrases[0][0].upper()}{phrases[0][1:]}"
    if years is None:
        return told
    span = str(years[0]) if years[0] == years[1] else f"{years[0]}–{years[1]}"
    return f"{told}, {span}" if told else span
