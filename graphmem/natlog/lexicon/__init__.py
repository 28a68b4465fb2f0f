"""Which words mean the same, more, less, or the opposite: a compact form of WordNet 3.0's hierarchy.

The data is derived from WordNet by :mod:`graphmem.natlog.lexicon.build`; its licence stands in ``WORDNET-LICENCE.txt``.
"""

from __future__ import annotations

from functools import lru_cache

from graphmem.natlog.lexicon.data import lexicon
from graphmem.natlog.relations import Relation

__all__ = ["is_a", "is_verb_form", "lexical_relation", "place_relation"]

_SENSES = 14
"""Senses of a word that are considered, the most frequent ones: the rarest let everything entail everything."""

_ADJECTIVE = 2

Synsets = frozenset[int]


@lru_cache(maxsize=65536)
def _entry(word: str) -> tuple[frozenset[str], dict[int, int]]:
    """Lemmas of a word, and its synsets with their rank by frequency."""
    data = lexicon()
    known = data.lemmas(word)
    ranks: dict[int, int] = {}
    for lemma in known:
        for rank, synset in enumerate(data.senses(lemma)[:_SENSES]):
            ranks[synset] = min(rank, ranks.get(synset, rank))
    return known, ranks


@lru_cache(maxsize=65536)
def _above(synset: int) -> Synsets:
    return lexicon().above(frozenset((synset,)))


@lru_cache(maxsize=65536)
def lexical_relation(one: str, other: str) -> Relation:
    """The relation between two words or fixed phrases; independence where the lexicon knows none.

    Words have several senses: of the relations that some pair of senses makes, the one counts whose senses are the most
    frequent.
    """
    data = lexicon()
    (lemmas_one, ranks_one), (lemmas_other, ranks_other) = _entry(one), _entry(other)
    if one == other or lemmas_one & lemmas_other:
        return Relation.EQUIVALENCE
    if any(data.number[b] in data.antonyms(a) for a in lemmas_one for b in lemmas_other):
        return Relation.ALTERNATION
    found = [
        (rank + ranks_other[synset], 0, Relation.EQUIVALENCE)
        for synset, rank in ranks_one.items()
        if synset in ranks_other
    ]
    found += [(cost, 1, Relation.FORWARD) for cost in _below(ranks_one, ranks_other)]
    found += [(cost, 1, Relation.REVERSE) for cost in _below(ranks_other, ranks_one)]
    if found:
        return min(found)[2]
    # Co-hyponyms exclude each other, adjectives alike do not: "huge" and "vast" are both "large".
    shared = data.parents(frozenset(ranks_one)) & data.parents(frozenset(ranks_other))
    if any(synset & 3 != _ADJECTIVE for synset in shared):
        return Relation.ALTERNATION
    return Relation.INDEPENDENCE


def _below(lower: dict[int, int], upper: dict[int, int]) -> list[int]:
    """The ranks, added, of the pairs of senses of which the first is a kind of the second."""
    return [
        rank + upper[synset] for low, rank in lower.items() for synset in _above(low) & upper.keys() if synset != low
    ]


@lru_cache(maxsize=65536)
def is_a(word: str, part: str) -> bool:
    """Whether the most frequent sense of a word, or one nearly as frequent, is of a part of speech ("n", "v", "a", "r")."""
    data = lexicon()
    return any("nvar"[synset & 3] == part for lemma in data.lemmas(word) for synset in data.senses(lemma)[:2])


@lru_cache(maxsize=65536)
def place_relation(one: str, other: str) -> Relation:
    """Whether one place is part of the other ("Riga" ⊑ "Latvia": what is in the one is in the other)."""
    data = lexicon()
    first, second = (frozenset(_entry(word)[1]) for word in (one, other))
    if data.around(first) & second:
        return Relation.FORWARD
    return Relation.REVERSE if data.around(second) & first else Relation.INDEPENDENCE


def is_verb_form(word: str) -> bool:
    """Whether a word is the irregular form of a verb ("sang")."""
    data = lexicon()
    return any(synset & 3 == 1 for lemma in data.irregular(word) for synset in data.senses(lemma)[:1])
