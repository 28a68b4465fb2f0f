"""Which words mean the same, more, less, or the opposite: a compact form of WordNet 3.0's hierarchy.

The data is derived from WordNet by :mod:`graphmem.natlog.lexicon.build`; its licence stands in ``WORDNET-LICENCE.txt``.
"""

from __future__ import annotations

from functools import lru_cache

from graphmem.natlog.lexicon.data import lexicon
from graphmem.natlog.relations import Relation

__all__ = ["is_a", "is_verb_form", "lexical_relation"]

_SENSES = 14
"""Senses of a word that are considered, the most frequent ones: the rarest let everything entail everything."""

Synsets = frozenset[int]


@lru_cache(maxsize=65536)
def _entry(word: str) -> tuple[frozenset[str], Synsets, Synsets]:
    """Lemmas of a word, its synsets, and these with all above them."""
    data = lexicon()
    known = data.lemmas(word)
    synsets = frozenset(synset for lemma in known for synset in data.senses(lemma)[:_SENSES])
    return known, synsets, data.above(synsets)


@lru_cache(maxsize=65536)
def lexical_relation(one: str, other: str) -> Relation:
    """The relation between two words or fixed phrases; independence where the lexicon knows none."""
    data = lexicon()
    (lemmas_one, synsets_one, above_one), (lemmas_other, synsets_other, above_other) = _entry(one), _entry(other)
    if one == other or lemmas_one & lemmas_other:
        return Relation.EQUIVALENCE
    if any(data.number[b] in data.antonyms(a) for a in lemmas_one for b in lemmas_other):
        return Relation.ALTERNATION
    if synsets_one & synsets_other:
        return Relation.EQUIVALENCE
    if synsets_other & above_one:
        return Relation.FORWARD
    if synsets_one & above_other:
        return Relation.REVERSE
    if data.parents(synsets_one) & data.parents(synsets_other):
        return Relation.ALTERNATION
    return Relation.INDEPENDENCE


@lru_cache(maxsize=65536)
def is_a(word: str, part: str) -> bool:
    """Whether the most frequent sense of a word, or one nearly as frequent, is of a part of speech ("n", "v", "a", "r")."""
    data = lexicon()
    return any("nvar"[synset & 3] == part for lemma in data.lemmas(word) for synset in data.senses(lemma)[:2])


def is_verb_form(word: str) -> bool:
    """Whether a word is the irregular form of a verb ("sang")."""
    data = lexicon()
    return any(synset & 3 == 1 for lemma in data.irregular(word) for synset in data.senses(lemma)[:1])
