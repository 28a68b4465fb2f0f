"""Whom "he" and "she" stand for, and what "it": the one person or thing that a passage has spoken of last, where there is
only one.

A pronoun that opens a sentence takes up the subject of what came before (centering, Grosz, Joshi and Weinstein 1995, with the
subject as the preferred centre). Nobody's gender is known here, so a second person who could be meant leaves it open.
"""

from __future__ import annotations

from dataclasses import dataclass
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
_OF_THINGS = {"it": "it", "its": "it", "they": "they", "their": "they"}
"""Pronouns that open a sentence about a thing, or about several."""
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
    return _are_about(item.about, key)


@lru_cache(maxsize=16384)
def _are_about(about: tuple[str, ...], key: str) -> bool:
    return any(same_name(name, key) for name in _bare_names(about))


def may_mean(item: Evidence, pronoun: str, key: str) -> bool:
    """Whether a pronoun of a sentence may stand for a bare name: for whom its passage has spoken of last, where that is
    sure, else for what it is about."""
    if pronoun in ("it", "they") and item.refers:
        return set(key.split()) <= set(fold(item.refers).split()) or is_about(item, key)
    if pronoun not in _PERSONAL | {"him"} or not item.refers:
        return is_about(item, key)
    person = bare_name(item.refers)
    # Two names of what the passage is about: "Andrew James Summers, known as Andy Summers".
    return same_name(person, key) or (person in {bare_name(name) for name in item.about} and is_about(item, key))


@lru_cache(maxsize=4096)
def says_pronoun(text: str) -> bool:
    """Whether a sentence may have a pronoun whose referent :func:`referents` tells."""
    said = fold(text).split()
    return not _OF_THINGS.keys().isdisjoint(said[:1]) or not _PERSONAL.isdisjoint(said)


@lru_cache(maxsize=1024)
def referents(sentences: tuple[str, ...], topic: str) -> tuple[str, ...]:
    """For each sentence of a passage who or what a pronoun opening it stands for, "" where that is not sure.

    ``topic`` is the name that the passage stands under, its title or heading.
    """
    current = topic if _APPOSED.match(topic) else ""
    things = _Things()
    found: list[str] = []
    for sentence in sentences:
        words = words_in(sentence)
        personal = any(w.kind == "w" and w.folded in _PERSONAL for w in words)
        opening, before = words[0].folded if words else "", things
        subject, people, opens = _subject(words), _people(words), _opens_with_pronoun(words)
        if subject:
            current = _full(subject, current) if set(people) <= {subject} else ""
        elif not opens:
            current = people[0] if len(people) == 1 else current if not people else ""
        things = _things(words, things)
        found.append(before.meant(opening) if opening in _OF_THINGS else current if personal else "")
        if opens and people:
            # "She married Conrad Vale. He …" may be either.
            current = ""
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Things:
    """What "it" and "they" stand for behind a sentence, "" where that is not sure."""

    it: str = ""
    they: str = ""

    def meant(self, pronoun: str) -> str:
        """What an opening pronoun stands for."""
        return {"it": self.it, "they": self.they}.get(_OF_THINGS.get(pronoun, ""), "")


def _things(words: tuple[Word, ...], before: _Things) -> _Things:
    """The subject of a sentence, as the one or the many, where it speaks of no other such thing; ``before`` for a sentence
    about what was meant before."""
    last = len(words) - (bool(words) and words[-1].kind == "P")
    if last < 2 or any(word.kind == "P" and word.text != "," for word in words[:last]):
        return _Things()
    # "In March the pump …"
    begin = attached(words, 0, last)[1]
    verb = find_verb([word.folded or word.text for word in words[:last]], begin, last, singular=True)
    subject = phrase(words, begin, verb or begin)
    if verb is None or subject is None:
        return _Things()
    behind, reaches = attached(words, subject.end, verb)
    if reaches < verb or any(not _is_no_thing(words, r) for _, r in behind):
        return _Things()
    while verb + 1 < last and (
        is_adverb(words[verb + 1]) or words[verb + 1].folded in BE or is_participle(words[verb + 1])
    ):
        verb += 1
    read, rest, end = complements(words, verb + 1, last)
    named = words[subject.start : subject.end]
    opening = named[0].folded
    meant = before.meant(opening)
    if not meant and (opening in ("the", "this", "these") or named[-1].kind in "Nn" or _is_many(words, subject)):
        meant = " ".join(word.text for word in named if word.folded not in ("the", "this", "these"))
    if words[verb].folded in ("called", "named") and read is not None and not rest:
        # "The server is called heron": both are names of it.
        return _Things(it=f"{meant} {words[read.head].text}") if meant else _Things()
    others = [read] if read is not None else []
    # "64 GB of memory" is an amount.
    others += [r for p, r in rest if p not in ("by", "of")]
    if end < last or not meant:
        return _Things()
    many = _OF_THINGS.get(opening) == "they" or _is_many(words, subject)
    if any(_is_many(words, r) is many and not _is_no_thing(words, r) for r in others):
        return _Things()
    return _Things(they=meant) if many else _Things(it=meant)


def _is_many(words: tuple[Word, ...], read: Phrase) -> bool:
    """Whether a phrase is in the plural, as far as its head and its numbers tell."""
    head = words[read.head]
    amounts = [value_of(word.folded) for word in words[read.start : read.end]]
    if any(amount is not None and amount != 1 for amount in amounts):
        return True
    return head.kind in "wn" and head.folded.endswith("s") and not head.folded.endswith("ss") and is_a(head.folded, "n")


def _is_no_thing(words: tuple[Word, ...], read: Phrase) -> bool:
    """Whether a phrase cannot be what a pronoun stands for: an amount, a date, a place by its name, an adjective."""
    inside = words[read.start : read.end]
    if any(word.kind == "#" for word in inside) or words[read.start].folded in ("every", "each"):
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
