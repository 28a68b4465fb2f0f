"""Peoples and their places: "a painter from Norway" is "a Norwegian painter", and "people from Norway" are "Norwegians"."""

from __future__ import annotations

from typing import Literal

import regex

from graphmem.folding import fold
from graphmem.natlog.lexicon import countries_of, is_abstract, is_known, is_of, is_place, names_country, of_somewhere
from graphmem.natlog.phrases import PREPOSITIONS
from graphmem.natlog.tokens import words_of
from graphmem.natlog.words import bare_name

__all__ = ["as_peoples", "is_country", "is_language", "is_people", "reworded", "shared_countries"]

_CAPITALISED = regex.compile(r"\b\p{Lu}[\p{L}\p{M}]+\b")
_NEXT = regex.compile(r"\s+(\p{Ll}[\p{L}\p{M}\-]*)")
_FROM = regex.compile(
    r"\s+(from|of|in)\s+(?:the\s+)?(\p{Lu}[\p{L}\p{M}]+(?:\s+(?:of\s+)?\p{Lu}[\p{L}\p{M}]+){0,3})(?![\p{L}\p{M}'’])"
)
_PERSONS = regex.compile(r"\b(?:people|persons?|citizens?|natives?|nationals?)$")
_IS = regex.compile(r"\b(?:is|was|are|were|be|been)$")
_SEVERAL = regex.compile(r"\s+and\s+|\s*[/&]\s*|(?<=\p{Ll})\s?[-–]\s?(?=\p{Lu})")
_WITHIN = regex.compile(r"\s*,\s*")
_DISTRICTS = frozenset(
    "county district province state region parish department prefecture oblast sea ocean gulf".split()
)
_ARTICLES = regex.compile(r"(?r)\b(?:a|an|the)\s+")
_ARTICLE = regex.compile(r"\ban?\s+$")
_TAUGHT = frozenset("teacher professor lecturer tutor student scholar translator interpreter teachers students".split())
_NEAR = 40
"""Letters that a noun stands before "from" at most for it to be what comes from there."""


def as_peoples(sentence: str, other: str) -> str:
    """A sentence, a place in it named by its people where the other sentence does so."""
    for match in _CAPITALISED.finditer(other):
        people = match.group()
        if is_people(fold(people)) and people not in _CAPITALISED.findall(sentence):
            behind = _NEXT.match(other, match.end())
            sentence = _worded(sentence, people, "" if behind is None else behind.group(1))
    return sentence


def reworded(before: str, after: str) -> tuple[str, str]:
    """What a sentence had other words for, and these: "from Norway" and "Norwegian"."""
    one, other = before.rstrip(" .").split(), after.rstrip(" .").split()
    gone, come = (
        " ".join(word for word in words if word not in others and word not in ("a", "an"))
        for words, others in ((one, other), (other, one))
    )
    return gone, come


def _worded(sentence: str, people: str, noun: str) -> str:
    """The sentence with the people for their place; ``noun`` is what is of that people in the other sentence, "" where that
    says who they are."""
    for match in _FROM.finditer(sentence):
        preposition, place = match.groups()
        if not is_of(fold(people), fold(place)):
            continue
        before, behind = sentence[: match.start()], sentence[match.end() :]
        persons = _PERSONS.search(before)
        if persons is not None and preposition != "in":
            return f"{before[: persons.start()]}{people}{behind}"
        article = _ARTICLES.search(before, max(len(before) - _NEAR, 0))
        if preposition == "from" and not noun and article is not None:
            # Who "is French" is a French somebody.
            return f"{_with_article(before[: article.end()], people)}{people} {before[article.end() :]}{behind}"
        if preposition == "from" and _IS.search(before):
            return f"{before} {people}{behind}"
        at = before.rfind(f" {noun}", max(len(before) - _NEAR, 0)) + 1 if noun else 0
        # The invasion of Norway is no Norwegian invasion, nor is every guest in Norway Norwegian.
        alike = is_place(noun) if preposition == "in" else not is_abstract(noun)
        own = words_of(before[at:])
        if at and alike and own[0] == noun and PREPOSITIONS.isdisjoint(own) and "," not in own:
            return f"{_with_article(before[:at], people)}{people} {before[at:]}{behind}"
    return sentence


def _with_article(before: str, people: str) -> str:
    return _ARTICLE.sub("an " if people[0] in "AEIOU" else "a ", before)


def is_people(word: str) -> bool:
    """Whether a folded word names a people, or what is of it ("Norwegian")."""
    return bool(of_somewhere(word))


def is_language(people: str, noun: str) -> bool:
    """Whether a people's name before a noun may be the language that somebody has to do with: an "English teacher"."""
    return noun in _TAUGHT and is_people(people)


def is_country(name: str) -> bool | None:
    """Whether a folded name is a country's; ``None`` for a name that the lexicon does not know and that tells no other kind."""
    if is_known(name):
        return names_country(name)
    return False if name.split()[-1] in _DISTRICTS else None


def shared_countries(one: str, other: str) -> Literal["all", "some", "none", ""]:
    """How many of their countries two places or peoples have in common, "" where those are not known.

    "Anglo-American" and "American" share some, "American" and "United States" all.
    """
    first, second = _countries(one), _countries(other)
    if not first or not second:
        return ""
    return "all" if first == second else "none" if first.isdisjoint(second) else "some"


def _countries(value: str) -> frozenset[int]:
    """The synsets of the countries that a value names, or that hold the places and peoples it names; none unless all do."""
    found = [_country(part) for part in _SEVERAL.split(value)]
    return frozenset().union(*found) if all(found) else frozenset()


def _country(place: str) -> frozenset[int]:
    """Of "Vell, Riga, Latvia" the widest that is known counts."""
    parts = reversed(_WITHIN.split(place))
    return next((found for part in parts if (found := countries_of(bare_name(part).removeprefix("the ")))), frozenset())
