"""Which words of a sentence stand in an upward, a downward or a flat context, without a parser.

Operators open a scope that runs to the end of their clause. A clause ends at a comma, a semicolon, "but", or a
conjunction that begins another clause. Quantifiers have two: the *restrictor*, their noun phrase up to the main verb, and
the *body*, the verb phrase behind it; a quantifier in object position has its noun phrase alone, up to a preposition.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from graphmem.natlog.lexicon import is_a, is_verb_form
from graphmem.natlog.projection import Context, composed

__all__ = ["contexts_of", "main_verb"]

_QUANTIFIERS: dict[tuple[str, ...], tuple[Context, Context]] = {
    ("every",): ("down", "up"),
    ("each",): ("down", "up"),
    ("all",): ("down", "up"),
    ("everybody",): ("down", "up"),
    ("everyone",): ("down", "up"),
    ("no",): ("down", "down"),
    ("none", "of"): ("down", "down"),
    ("neither",): ("down", "down"),
    ("few",): ("down", "down"),
    ("at", "most"): ("down", "down"),
    ("fewer", "than"): ("down", "down"),
    ("less", "than"): ("down", "down"),
    ("not", "more", "than"): ("down", "down"),
    ("no", "more", "than"): ("down", "down"),
    ("most",): ("flat", "up"),
    ("both",): ("flat", "up"),
    ("exactly",): ("flat", "flat"),
    ("only",): ("flat", "flat"),
    ("almost", "all"): ("flat", "up"),
    ("almost", "every"): ("flat", "up"),
    ("a", "few"): ("up", "up"),
    ("quite", "a", "few"): ("up", "up"),
    ("at", "least"): ("up", "up"),
    ("more", "than"): ("up", "up"),
    ("no", "less", "than"): ("up", "up"),
    ("no", "fewer", "than"): ("up", "up"),
    ("not", "less", "than"): ("up", "up"),
}
_CLAUSE: dict[tuple[str, ...], Context] = {
    ("not",): "down",
    ("never",): "down",
    ("hardly",): "down",
    ("scarcely",): "down",
    ("barely",): "down",
    ("rarely",): "down",
    ("seldom",): "down",
    ("without",): "down",
    ("nobody",): "down",
    ("nothing",): "down",
    ("no", "one"): "down",
    ("nowhere",): "down",
    ("deny",): "down",
    ("refuse",): "down",
    ("forbid",): "down",
    ("fail", "to"): "down",
    ("unless",): "down",
    ("before",): "down",
    ("if",): "down",
    ("too",): "down",
    ("lack",): "down",
    ("avoid",): "down",
    ("prevent",): "down",
}
"""Operators whose scope is the rest of their clause; "if" and "unless" have their own clause alone."""
_INFLECTED = {"denied": "deny", "denies": "deny", "refused": "refuse", "refuses": "refuse", "forbade": "forbid"}
_INFLECTED |= {
    "avoids": "avoid",
    "avoided": "avoid",
    "avoiding": "avoid",
    "prevents": "prevent",
    "prevented": "prevent",
}
_INFLECTED |= {
    "forbids": "forbid",
    "forbidden": "forbid",
    "failed": "fail",
    "fails": "fail",
    "lacks": "lack",
    "lacked": "lack",
}
_FIXED = frozenset(
    {
        ("not", "only"),
        ("no", "doubt"),
        ("no", "matter"),
        ("why", "not"),
        ("no", "wonder"),
        ("at", "all"),
        ("after", "all"),
    }
)
"""Words that negate nothing."""
_LONGEST = 3
_AUXILIARIES = frozenset(
    "is are was were am be been has have had do does did can could will would shall should may might must".split()
)
_BEFORE_VERBS = frozenset(
    "i you we they he she it who to not never can could will would shall should may might must".split()
)
_SUBJECTS = frozenset("i you we they he she it".split())
_CONSEQUENT = frozenset("would will should must can could may might".split())
_SINGULAR = {("every",), ("each",), ("no",)}
_RELATIVE = frozenset("who which that whose whom".split())


@lru_cache(maxsize=8192)
def contexts_of(words: tuple[str, ...]) -> tuple[Context, ...]:
    """The context of each word of a sentence."""
    found: list[list[Context]] = [[] for _ in words]
    # What is denied within the noun phrase of a quantifier is denied of nothing behind it.
    bound = len(words)
    at = 0
    while at < len(words):
        length = _operator(words, at)
        if not length:
            at += 1
            continue
        if at >= bound:
            bound = len(words)
        key = tuple(_INFLECTED.get(word, word) for word in words[at : at + length])
        scopes = _scopes(words, at, at + length, key)
        for start, end, context in scopes:
            for place in range(start, min(end, bound)):
                found[place].append(context)
        if key in _QUANTIFIERS and scopes and not _verb_before(words, at):
            bound = min(bound, scopes[0][1])
        at += length
    return tuple(composed(contexts) for contexts in found)


def main_verb(words: Sequence[str]) -> int:
    """The place of the first verb behind the subject; of the second word where there is none."""
    return _main_verb(words, 0, len(words), singular=False)


def _operator(words: Sequence[str], at: int) -> int:
    """How many words the operator at a place has, 0 where there is none."""
    if tuple(words[at : at + 2]) in _FIXED or (at and tuple(words[at - 1 : at + 1]) in _FIXED):
        return 0
    for length in range(_LONGEST, 0, -1):
        key = tuple(_INFLECTED.get(word, word) for word in words[at : at + length])
        if len(key) == length and (key in _QUANTIFIERS or key in _CLAUSE):
            return length
    return 0


def _scopes(words: Sequence[str], start: int, after: int, key: tuple[str, ...]) -> list[tuple[int, int, Context]]:
    end = _clause_end(words, after)
    if key == ("if",):
        end = min(end, next((p - 1 for p in range(after + 2, end) if words[p] in _CONSEQUENT), end))
    if key not in _QUANTIFIERS:
        if key == ("before",) and not _opens_clause(words, after, end):
            return []
        return [(after, end, _CLAUSE[key])]
    restrictor, body = _QUANTIFIERS[key]
    if key == ("only",) and (after >= len(words) or not words[after][0].isdigit()):
        # "only" before anything but a number leaves open what else is so.
        return [(after, end, "flat")]
    if _verb_before(words, start):
        middle = _phrase_end(words, after, end)
        # In object position the verb phrase has been said already; it is the body all the same.
        return [(after, middle, restrictor), (_clause_start(words, start), start, body), (middle, end, body)]
    middle = _main_verb(words, after, end, singular=key in _SINGULAR)
    return [(after, middle, restrictor), (middle, end, body)]


def _opens_clause(words: Sequence[str], after: int, end: int) -> bool:
    """Whether a subject and a verb follow: "before she came", not "never before seen"."""
    return after < end and not _is_verb(words, after) and any(_is_verb(words, place) for place in range(after + 1, end))


def _clause_start(words: Sequence[str], at: int) -> int:
    """Where the verb phrase that leads to a place begins."""
    for place in range(at - 1, -1, -1):
        if _is_verb(words, place):
            return place
        if words[place] in (",", ";", "but"):
            return place + 1
    return at


def _clause_end(words: Sequence[str], after: int) -> int:
    for place in range(after, len(words)):
        if words[place] in (";", "but", "although", "though"):
            return place
        follows = words[place + 1] if place + 1 < len(words) else ""
        if words[place] == "," and follows and follows not in ("or", "and"):
            return place
        if words[place] in ("and", "or") and (follows in _SUBJECTS or (follows,) in _QUANTIFIERS):
            return place
    return len(words)


def _phrase_end(words: Sequence[str], start: int, end: int) -> int:
    """Where the noun phrase of a quantifier in object position ends: at the next preposition of place or time."""
    for place in range(start + 1, end):
        if words[place] in ("during", "before", "after", "when", "while", "without", "because", "if"):
            return place
    return end


def _main_verb(words: Sequence[str], start: int, end: int, *, singular: bool) -> int:
    """The first verb behind a noun phrase that is not within its relative clause."""
    place, inside = start, False
    while place < end:
        if words[place] in ("and", "or") and place + 1 < end and (words[place + 1],) in _QUANTIFIERS:
            # "every boy and every girl": each has a noun phrase of its own.
            return place
        if words[place] in _RELATIVE and place > start:
            inside = True
        elif place > start and (_is_verb(words, place) or (singular and _third_person(words, place))):
            if not inside:
                return place
            inside = False
            # "did not eat" is one verb.
            while place + 1 < end and (words[place] in _AUXILIARIES or words[place] in ("not", "never")):
                place += 1
        place += 1
    return end if place == end and start + 2 > end else min(start + 1, end)


def _third_person(words: Sequence[str], at: int) -> bool:
    """ "leads" in "every road leads": after a singular, what ends in s is no plural."""
    return words[at].endswith("s") and is_a(words[at], "v") and is_a(words[at - 1], "n")


def _verb_before(words: Sequence[str], at: int) -> bool:
    return any(_is_verb(words, place) for place in range(at))


@lru_cache(maxsize=16384)
def _may_be_verb(word: str) -> bool:
    if word in _AUXILIARIES or is_verb_form(word):
        return True
    return is_a(word, "v") and (word.endswith("ed") or not is_a(word, "n"))


def _is_verb(words: Sequence[str], at: int) -> bool:
    word = words[at]
    if not word[0].isalpha() or word.endswith("ing"):
        return False
    if at and words[at - 1] in _BEFORE_VERBS and is_a(word, "v"):
        return True
    return _may_be_verb(word) or (
        at > 0 and word.endswith("s") and is_a(word, "v") and is_a(words[at - 1], "n") and not is_a(word, "n")
    )
