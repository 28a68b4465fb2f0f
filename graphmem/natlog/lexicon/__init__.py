"""Which words mean the same, more, less, or the opposite: a compact form of WordNet 3.0's hierarchy.

The data is derived from WordNet by :mod:`graphmem.natlog.lexicon.build`; its licence stands in ``WORDNET-LICENCE.txt``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from graphmem.natlog.lexicon.data import lexicon
from graphmem.natlog.relations import Relation

__all__ = [
    "countries_of",
    "is_a",
    "is_abstract",
    "is_deed",
    "is_kind",
    "is_known",
    "is_lemma",
    "is_nearly",
    "is_of",
    "is_place",
    "is_region",
    "is_verb_form",
    "lexical_relation",
    "main_part",
    "names_country",
    "of_somewhere",
    "part_relation",
]

_SENSES = 14
"""Senses of a word that are considered, the most frequent ones: the rarest let everything entail everything."""

_NOUN = 0
_CONCRETE = ("physical entity", "time period", "time unit")
_REGIONS = ("location", "dry land", "geological formation", "body of water", "municipality")
_STRUCTURES = ("structure", "facility")
_FEW = 12
"""The kinds that a noun has at most right below it for one of them to be nearly the same."""

Synsets = frozenset[int]


@dataclass(frozen=True, slots=True)
class _Entry:
    """What the lexicon has on a word: its lemmas, their antonyms, the ranks of its synsets by frequency, the kinds that
    it names one of, and the synsets all above and around its own."""

    lemmas: frozenset[str]
    antonyms: frozenset[int]
    ranks: dict[int, int]
    kinds: Synsets
    above: Synsets
    around: Synsets


@lru_cache(maxsize=65536)
def _entry(word: str) -> _Entry:
    data = lexicon()
    lemmas = data.lemmas(word)
    ranks: dict[int, int] = {}
    for lemma in lemmas:
        for rank, synset in enumerate(data.senses(lemma)[:_SENSES]):
            ranks[synset] = min(rank, ranks.get(synset, rank))
    antonyms = frozenset(number for lemma in lemmas for number in data.antonyms(lemma))
    synsets = frozenset(ranks)
    above = frozenset(up for synset in synsets for up in _above(synset) if up != synset)
    return _Entry(lemmas, antonyms, ranks, _kinds(lemmas), above, data.around(synsets))


def _kinds(lemmas: frozenset[str]) -> Synsets:
    """What nouns name kinds of that exclude each other, by what each names first: a dog is no cat, but a poet may be a
    novelist, who dances may sing, and what is huge may be vast."""
    data = lexicon()
    firsts = [[n for n in data.senses(lemma)[:2] if n & 3 == _NOUN and not data.is_added(n)][:1] for lemma in lemmas]
    parents = data.parents(frozenset(synset for first in firsts for synset in first))
    person = data.senses("person")[0]
    return frozenset(up for up in parents if person not in _above(up))


@lru_cache(maxsize=65536)
def _above(synset: int) -> Synsets:
    return lexicon().above(frozenset((synset,)))


@lru_cache(maxsize=65536)
def lexical_relation(one: str, other: str) -> Relation:
    """The relation between two words or fixed phrases; independence where the lexicon knows none.

    Words have several senses: of the relations that some pair of senses makes, the one counts whose senses are the most
    frequent.
    """
    number = lexicon().number
    first, second = _entry(one), _entry(other)
    if one == other or first.lemmas & second.lemmas:
        return Relation.EQUIVALENCE
    if any(number[lemma] in first.antonyms for lemma in second.lemmas):
        return Relation.ALTERNATION
    shared = first.ranks.keys() & second.ranks.keys()
    found = [(first.ranks[synset] + second.ranks[synset], 0, Relation.EQUIVALENCE) for synset in shared]
    found += [(cost, 1, Relation.FORWARD) for cost in _below(first, second)]
    found += [(cost, 1, Relation.REVERSE) for cost in _below(second, first)]
    if found:
        return min(found)[2]
    return Relation.INDEPENDENCE if first.kinds.isdisjoint(second.kinds) else Relation.ALTERNATION


def _below(lower: _Entry, upper: _Entry) -> list[int]:
    """The ranks, added, of the pairs of senses of which the first is a kind of the second."""
    if lower.above.isdisjoint(upper.ranks):
        return []
    return [
        rank + upper.ranks[synset]
        for low, rank in lower.ranks.items()
        for synset in _above(low) & upper.ranks.keys()
        if synset != low
    ]


def is_kind(word: str, kind: str) -> bool:
    """Whether a word means a kind of what another means, or the same."""
    return lexical_relation(word, kind) in (Relation.FORWARD, Relation.EQUIVALENCE)


def part_relation(one: str, other: str) -> Relation:
    """Whether one place or time is part of the other ("Riga" ⊑ "Latvia", "morning" ⊑ "day": what is in the one is in the
    other)."""
    first, second = _entry(one), _entry(other)
    if not first.around.isdisjoint(second.ranks):
        return Relation.FORWARD
    return Relation.INDEPENDENCE if second.around.isdisjoint(first.ranks) else Relation.REVERSE


@lru_cache(maxsize=65536)
def of_somewhere(word: str) -> frozenset[int]:
    """The synsets of the places that a word says somebody or something is of ("Norwegian", "Swede"); empty for most words."""
    data = lexicon()
    return frozenset(place for synset in _entry(word).ranks for place in data.places(synset))


@lru_cache(maxsize=65536)
def is_of(word: str, place: str) -> bool:
    """Whether a word says that somebody or something is of a place."""
    return not of_somewhere(word).isdisjoint(_entry(place).ranks)


@lru_cache(maxsize=65536)
def countries_of(word: str) -> frozenset[int]:
    """The synsets of the countries that a place is or lies in, or a people is of, in any sense of the word."""
    named = frozenset(synset for synset in _entry(word).ranks if synset & 3 == _NOUN) | of_somewhere(word)
    return frozenset(filter(_is_country, named | lexicon().around(named)))


def names_country(word: str) -> bool:
    """Whether a word is the name of a country, in any of its senses."""
    return any(map(_is_country, _entry(word).ranks))


@lru_cache(maxsize=65536)
def _is_country(synset: int) -> bool:
    data = lexicon()
    district = data.senses("administrative district")[0]
    return any(kind in _above(synset) for kind in data.senses("country") if district in _above(kind))


@lru_cache(maxsize=65536)
def is_place(word: str) -> bool:
    """Whether a noun names a kind of place in one of its first three senses ("town", "river", "museum")."""
    return _is_below(word, (*_REGIONS, *_STRUCTURES))


@lru_cache(maxsize=65536)
def is_region(word: str) -> bool:
    """Whether a noun names a kind of land or water in one of its first three senses, and nothing that is built."""
    return _is_below(word, _REGIONS) and not _is_below(word, _STRUCTURES)


@lru_cache(maxsize=16)
def _meant(kinds: tuple[str, ...]) -> Synsets:
    """What words mean above all, a synset each."""
    return frozenset(lexicon().senses(kind)[0] for kind in kinds)


def _is_below(word: str, kinds: tuple[str, ...]) -> bool:
    data = lexicon()
    firsts = [[n for n in data.senses(lemma) if n & 3 == _NOUN][:3] for lemma in data.lemmas(word)]
    return any(not _meant(kinds).isdisjoint(_above(synset)) for first in firsts for synset in first)


@lru_cache(maxsize=65536)
def is_a(word: str, part: str) -> bool:
    """Whether the most frequent sense of a word, or one nearly as frequent, is of a part of speech ("n", "v", "a", "r")."""
    data = lexicon()
    return any("nvar"[synset & 3] == part for lemma in data.lemmas(word) for synset in data.senses(lemma)[:2])


@lru_cache(maxsize=65536)
def is_abstract(word: str) -> bool:
    """Whether a word is above all a noun, and for neither a thing or a being nor a stretch of time."""
    data = lexicon()
    firsts = [[n for n in data.senses(lemma) if n & 3 == _NOUN][:1] for lemma in sorted(data.lemmas(word))]
    first = next((senses for senses in firsts if senses), [])
    return bool(first) and main_part(word) == "n" and _meant(_CONCRETE).isdisjoint(_above(first[0]))


@lru_cache(maxsize=65536)
def is_nearly(lower: str, upper: str) -> bool:
    """Whether a noun is one of the few kinds right below another and both are abstract: a wish is hardly less than a
    desire, a guarantee than an assurance, while theft is one crime of many."""
    data = lexicon()
    first, second = _entry(lower), _entry(upper)
    made = [
        (rank + second.ranks[up], synset, up)
        for synset, rank in first.ranks.items()
        if synset & 3 == _NOUN
        for up in data.parents(frozenset((synset,))) & second.ranks.keys()
    ]
    if not made:
        return False
    _, synset, up = min(made)
    return _meant((*_CONCRETE, "group")).isdisjoint(_above(synset)) and data.kinds[up] <= _FEW


@lru_cache(maxsize=65536)
def is_known(term: str) -> bool:
    """Whether the lexicon has a word or fixed phrase, in whatever form."""
    return bool(lexicon().lemmas(term))


def is_lemma(term: str) -> bool:
    """Whether the lexicon has a word or fixed phrase in this form."""
    return term in lexicon().number


@lru_cache(maxsize=65536)
def main_part(word: str) -> str:
    """The part of speech of a word's most frequent sense ("n", "v", "a", "r"); "" for a word that the lexicon has not."""
    data = lexicon()
    lemmas = [word] if word in data.number else sorted(data.lemmas(word))
    return "nvar"[data.senses(lemmas[0])[0] & 3] if lemmas else ""


def is_verb_form(word: str) -> bool:
    """Whether a word is the irregular form of a verb ("sang")."""
    data = lexicon()
    return any(synset & 3 == 1 for lemma in data.irregular(word) for synset in data.senses(lemma)[:1])


def is_deed(word: str) -> bool:
    """Whether a word is a verb for sure: the irregular form of one, or one that is no noun as well."""
    return is_verb_form(word) or (is_a(word, "v") and not is_a(word, "n"))
