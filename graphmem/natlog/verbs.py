"""Where the verbs of a sentence are, told by the lexicon, endings and neighbours, without a parser."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial

from graphmem.natlog.lexicon import is_a, is_verb_form, lexical_relation, main_part
from graphmem.natlog.phrases import BE
from graphmem.natlog.relations import Relation
from graphmem.natlog.words import family

__all__ = ["SUBJECTS", "find_verb", "is_noun", "is_verb", "same_verb", "verb_behind"]

_AUXILIARIES = frozenset(
    "is are was were am be been has have had do does did can could will would shall should may might must".split()
)
SUBJECTS = frozenset("i you we they he she it".split())
_RELATIVE = frozenset("who which that whose whom".split())
_PLURALS = frozenset("men women children people".split())
_BEFORE_VERBS = SUBJECTS | frozenset("who to not never can could will would shall should may might must".split())
_BEFORE_NOUNS = frozenset(
    "a an the this that these those his her its their my your our some any every each all no of in on at with without by "
    "for from to about under over".split()
)


def is_verb(words: Sequence[str], at: int) -> bool:
    """Whether a word is a finite verb, as far as it and the word before it tell."""
    word = words[at]
    if not word[0].isalpha() or (word.endswith("ing") and _is_participle(word)):
        return False
    before = words[at - 1] if at else ""
    if before in _BEFORE_VERBS and is_a(word, "v"):
        return True
    return _may_be_verb(word) or (
        at > 0 and word.endswith("s") and is_a(word, "v") and is_a(before, "n") and not is_a(word, "n")
    )


def verb_behind(words: Sequence[str], start: int, end: int, *, singular: bool = False) -> int:
    """The place of the main verb behind the noun phrase that begins at ``start``, or where that ends for want of a verb."""
    found = find_verb(words, start, end, singular=singular)
    if found is not None:
        return found
    heads = (place for place in range(start, end) if is_noun(words[place]) and main_part(words[place]) in ("n", ""))
    return next((place + 1 for place in heads), end)


def find_verb(words: Sequence[str], start: int, end: int, *, singular: bool = False) -> int | None:
    """The place of the main verb behind the noun phrase that begins at ``start``, ``None`` where none is seen.

    A verb within a relative clause is none, nor is a participle that describes ("every grown man"). ``singular`` tells
    that a word in -s behind a noun is a verb ("every road leads").
    """
    for tell in (partial(_follows_subject, singular=singular), _mostly_verb, _behind_plural):
        place, inside = start + 1, False
        while place < end:
            if words[place] in _RELATIVE:
                place = _past_verb(words, place, end)
                inside = words[place] in _RELATIVE
            elif (words[place] in _AUXILIARIES or _apart(words, start, place)) and tell(words, place, end):
                if not inside:
                    return place
                inside = False
                # "did not eat" is one verb.
                while place + 1 < end and (words[place] in _AUXILIARIES or words[place] in ("not", "never")):
                    place += 1
            place += 1
    return None


def is_noun(word: str) -> bool:
    """Whether a word may head a noun phrase: a noun, a pronoun, a number, or a name that the lexicon does not know."""
    if word in _BEFORE_NOUNS:
        return False
    part = main_part(word)
    return part in ("n", "") or word in SUBJECTS or (part != "r" and is_a(word, "n"))


def _past_verb(words: Sequence[str], at: int, end: int) -> int:
    """The place of the verb that follows a relative pronoun ("who can swim"); of the pronoun where it has a subject yet."""
    place = at
    while place + 1 < end and (words[place + 1] in _AUXILIARIES or words[place + 1] in ("not", "never")):
        place += 1
    follows = place + 1 < end and (is_a(words[place + 1], "v") and words[place + 1] not in _BEFORE_NOUNS)
    return place + 1 if follows else place


def _apart(words: Sequence[str], start: int, place: int) -> bool:
    """Whether a noun phrase may end before a place."""
    return words[place - 1] not in _BEFORE_NOUNS and any(is_noun(other) for other in words[start:place])


def _follows_subject(words: Sequence[str], place: int, end: int, *, singular: bool) -> bool:
    word, before = words[place], words[place - 1]
    if word not in _AUXILIARIES and (word.endswith("ed") or is_verb_form(word)):
        behind = words[place + 1] if place + 1 < end else ""
        # "All good desired things came": what stands between an adjective and a noun describes the noun.
        if main_part(before) in ("a", "v") and behind not in _BEFORE_NOUNS and main_part(behind) == "n":
            return False
    return is_verb(words, place) or (singular and _third_person(words, place))


def _mostly_verb(words: Sequence[str], place: int, end: int) -> bool:
    """ "come" in "all things in life come"."""
    before, word = words[place - 1], words[place]
    ends_phrase = is_a(before, "n") or _is_participle(before)
    return place < end and ends_phrase and main_part(word) == "v" and not _is_participle(word)


def _behind_plural(words: Sequence[str], place: int, end: int) -> bool:
    """ "drink" in "all sailors drink rum"."""
    before = words[place - 1]
    is_plural = before in _PLURALS or (before.endswith("s") and main_part(before) == "n")
    return place < end and is_plural and is_a(words[place], "v")


def _is_participle(word: str) -> bool:
    """ "singing", "asked", not "sing"."""
    bare = word.removesuffix("ing").removesuffix("ed")
    return bare != word and any(letter in "aeiouy" for letter in bare)


def _third_person(words: Sequence[str], at: int) -> bool:
    """ "leads" in "every road leads": after a singular, what ends in s is no plural."""
    return words[at].endswith("s") and is_a(words[at], "v") and is_noun(words[at - 1])


@lru_cache(maxsize=16384)
def _may_be_verb(word: str) -> bool:
    if word in _AUXILIARIES or is_verb_form(word):
        return True
    return is_a(word, "v") and (word.endswith("ed") or not is_a(word, "n"))


@lru_cache(maxsize=16384)
def same_verb(word: str, verb: str) -> bool:
    """Whether a folded word is a form of a verb, or says the same; "" stands for *be*."""
    if not verb or verb in BE:
        return word in BE
    return word == verb or family(word) == family(verb) or lexical_relation(word, verb) is Relation.EQUIVALENCE
