"""Whom "he" and "she" stand for, and what "it": the one person or thing that a passage has spoken of last, where there is
only one.

A pronoun that opens a sentence takes up the subject of what came before (centering, Grosz, Joshi and Weinstein 1995, with the
subject as the preferred centre). Nobody's gender is known here, so a second person who could be meant leaves it open.
"""

from __future__ import annotations

from functools import lru_cache

import regex

from graphmem.folding import fold
from graphmem.model import Evidence
from graphmem.natlog.lexicon import is_a
from graphmem.natlog.phrases import BE, Phrase, Word, attached, complements, is_adverb, is_participle, phrase, words_in
from graphmem.natlog.quantities import value_of
from graphmem.natlog.verbs import find_verb
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
    if pronoun == "it" and item.refers:
        return set(key.split()) <= set(fold(item.refers).split()) or is_about(item, key)
    if pronoun not in _PERSONAL | {"him"} or not item.refers:
        return is_about(item, key)
    person = bare_name(item.refers)
    # Two names of what the passage is about: "Andrew James Summers, known as Andy Summers".
    return same_name(person, key) or (person in {bare_name(name) for name in item.about} and is_about(item, key))


def says_pronoun(text: str) -> bool:
    """Whether a sentence may have a pronoun whose referent :func:`referents` tells."""
    said = fold(text).split()
    return said[:1] in (["it"], ["its"]) or not _PERSONAL.isdisjoint(said)


@lru_cache(maxsize=1024)
def referents(sentences: tuple[str, ...], topic: str) -> tuple[str, ...]:
    """For each sentence of a passage who or what a pronoun opening it stands for, "" where that is not sure.

    ``topic`` is the name that the passage stands under, its title or heading.
    """
    current = topic if _APPOSED.match(topic) else ""
    thing = ""
    found: list[str] = []
    for sentence in sentences:
        words = words_in(sentence)
        says_pronoun = any(w.kind == "w" and w.folded in _PERSONAL for w in words)
        before = thing
        subject, people, opens = _subject(words), _people(words), _opens_with_pronoun(words)
        if subject:
            current = _full(subject, current) if set(people) <= {subject} else ""
        elif not opens:
            current = people[0] if len(people) == 1 else current if not people else ""
        thing = _thing(words, thing)
        it = bool(words) and words[0].folded in ("it", "its")
        found.append(before if it else current if says_pronoun else "")
        if opens and people:
            # "She married Conrad Vale. He …" may be either.
            current = ""
    return tuple(found)


def _thing(words: tuple[Word, ...], before: str) -> str:
    """What "it" stands for behind a sentence: its subject, where it speaks of no other thing; ``before`` for one about "it"."""
    last = len(words) - (bool(words) and words[-1].kind == "P")
    if last < 2 or any(word.kind == "P" and word.text != "," for word in words[:last]):
        return ""
    # "In March the pump …"
    begin = attached(words, 0, last)[1]
    verb = find_verb([word.folded or word.text for word in words[:last]], begin, last, singular=True)
    subject = phrase(words, begin, verb or begin)
    if verb is None or subject is None or subject.end < verb:
        return ""
    while verb + 1 < last and (
        is_adverb(words[verb + 1]) or words[verb + 1].folded in BE or is_participle(words[verb + 1])
    ):
        verb += 1
    read, rest, end = complements(words, verb + 1, last)
    others = [r for r in (read, *(r for p, r in rest if p != "by")) if r is not None]
    if end < last or any(not _is_no_thing(words, r) for r in others):
        return ""
    named = words[subject.start : subject.end]
    if named[0].folded in ("it", "its"):
        return before
    definite = named[0].folded in ("the", "this") or named[-1].kind in "Nn"
    return " ".join(word.text for word in named if word.folded not in ("the", "this")) if definite else ""


def _is_no_thing(words: tuple[Word, ...], read: Phrase) -> bool:
    """Whether a phrase cannot be what "it" stands for: an amount, a date, a place by its name, an adjective."""
    inside = words[read.start : read.end]
    if any(word.kind == "#" or value_of(word.folded) is not None for word in inside):
        return True
    if words[read.start - 1].folded in ("in", "at", "from", "on", "of") and inside[-1].kind == "N":
        return True
    return len(inside) == 1 and is_a(inside[0].folded, "a") and not is_a(inside[0].folded, "n")


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
