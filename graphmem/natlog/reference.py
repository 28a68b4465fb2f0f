"""Whom "he" and "she" stand for: the one person that a passage has spoken of last, where there is only one.

A pronoun that opens a sentence takes up the subject of what came before (centering, Grosz, Joshi and Weinstein 1995, with the
subject as the preferred centre). Nobody's gender is known here, so a second person who could be meant leaves it open.
"""

from __future__ import annotations

from functools import lru_cache

import regex

from graphmem.folding import fold
from graphmem.model import Evidence
from graphmem.natlog.clauses import Word, attached, phrase, words_in
from graphmem.natlog.words import bare_name, same_name

__all__ = ["OWNERS", "is_about", "may_mean", "owners", "referents", "says_pronoun"]

_PERSONAL = frozenset("he she his her".split())
_TITLES = frozenset("mr mrs ms miss dr sir dame lord lady captain professor king queen".split())
_APPOSED = regex.compile(r"^[\p{Lu}][\p{L}\p{M}.'’\-]+(?:\s[\p{Lu}][\p{L}\p{M}.'’\-]*){1,3}$")
_MOST = 4
"""Words of a person's name."""
OWNERS = 4
"""Names of a passage that a pronoun in it may stand for."""


def owners(item: Evidence) -> tuple[str, ...]:
    """The bare names of what the passage of a sentence is about most of all."""
    return _bare_names(item.about)


@lru_cache(maxsize=4096)
def _bare_names(about: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(bare_name(name) for name in about[:OWNERS])


def is_about(item: Evidence, key: str) -> bool:
    """Whether a sentence stands in a passage about a bare name."""
    return any(same_name(name, key) for name in owners(item))


def may_mean(item: Evidence, pronoun: str, key: str) -> bool:
    """Whether a pronoun of a sentence may stand for a bare name: for whom its passage has spoken of last, where that is
    sure, else for what it is about."""
    if pronoun not in _PERSONAL | {"him"} or not item.refers:
        return is_about(item, key)
    person = bare_name(item.refers)
    # Two names of what the passage is about: "Andrew James Summers, known as Andy Summers".
    return same_name(person, key) or (person in {bare_name(name) for name in item.about} and is_about(item, key))


def says_pronoun(text: str) -> bool:
    """Whether a sentence may have a pronoun whose referent :func:`referents` tells."""
    return not _PERSONAL.isdisjoint(fold(text).split())


@lru_cache(maxsize=1024)
def referents(sentences: tuple[str, ...], topic: str) -> tuple[str, ...]:
    """For each sentence of a passage the person that a pronoun opening it stands for, "" where that is not sure.

    ``topic`` is the name that the passage stands under, its title or heading.
    """
    current = topic if _APPOSED.match(topic) else ""
    found: list[str] = []
    for sentence in sentences:
        words = words_in(sentence)
        says_pronoun = any(w.kind == "w" and w.folded in _PERSONAL for w in words)
        subject, people, opens = _subject(words), _people(words), _opens_with_pronoun(words)
        if subject:
            current = _full(subject, current) if set(people) <= {subject} else ""
        elif not opens:
            current = people[0] if len(people) == 1 else current if not people else ""
        found.append(current if says_pronoun else "")
        if opens and people:
            # "She married Conrad Vale. He …" may be either.
            current = ""
    return tuple(found)


def _full(subject: str, current: str) -> str:
    """A name, by its fuller form where that came before ("Vane" after "Elena Vane")."""
    return current if current.endswith(f" {subject}") else subject if " " in subject else ""


def _opens_with_pronoun(words: tuple[Word, ...]) -> bool:
    first = [word.folded for word in words[:8]]
    if first and first[0] in _PERSONAL:
        return True
    # "In 1902 she …", "Before that she …"
    return any(folded in ("he", "she") for folded in first) and not _people(words[:8])


def _subject(words: tuple[Word, ...]) -> str:
    """The person's name that a sentence begins with, "" where it begins otherwise."""
    read = phrase(words, 0, len(words))
    if read is None:
        return ""
    names = [word for word in words[read.start : read.end] if word.kind in "Nn"]
    if len(names) != read.end - read.start or not 1 <= len(names) <= _MOST or names[0].kind == "n":
        return ""
    hanging, _ = attached(words, read.end, min(read.end + 4, len(words)))
    return "" if any(preposition == "of" for preposition, _ in hanging) else " ".join(word.text for word in names)


def _people(words: tuple[Word, ...]) -> list[str]:
    """The names in a sentence that may be a person's: two words or more, without an article and not behind "in" or "at"."""
    found: list[str] = []
    at = 0
    while at < len(words):
        end = at
        while end < len(words) and words[end].kind == "N":
            end += 1
        before = words[at - 1].folded if at else ""
        titled = end > at and words[at].folded in _TITLES
        if (end - at >= 2 and before not in ("the", "in", "at", "of")) or titled:
            found.append(" ".join(word.text for word in words[at:end]))
        at = max(end, at + 1)
    return found
