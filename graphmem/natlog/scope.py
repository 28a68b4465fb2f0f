"""Which words of a sentence stand in an upward, a downward or a flat context, without a parser.

Operators open a scope that runs to the end of their clause. A clause ends at a comma, a semicolon, "but", or a
conjunction that begins another clause. Quantifiers have two: the *restrictor*, their noun phrase up to the main verb, and
the *body*, the verb phrase behind it; a quantifier in object position has its noun phrase alone, up to a preposition.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from graphmem.natlog.lexicon import is_a, is_lemma
from graphmem.natlog.projection import Context, composed
from graphmem.natlog.verbs import SUBJECTS, find_verb, is_verb, verb_behind

__all__ = ["TIMES", "contexts_of", "main_verb"]

_QUANTIFIERS: dict[tuple[str, ...], tuple[Context, Context]] = {
    ("every",): ("down", "up"),
    ("each",): ("down", "up"),
    ("all",): ("down", "up"),
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
    **{(almost, every): ("flat", "up") for almost in ("almost", "nearly") for every in ("all", "every")},
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
    ("with", "no"): "down",
    ("nothing",): "down",
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
    ("absence",): "down",
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
        ("each", "other"),
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
_CONSEQUENT = frozenset("would will should must can could may might".split())
_APART = frozenset("in on at from during for since and or because".split())
"""Where what is lacking ends: "lack of oxygen in the room"."""
_WHEN = frozenset("during before after when while".split())
_RANKED = frozenset("first last latest eldest best worst".split())
_FIRSTS = frozenset(key[0] for key in (*_QUANTIFIERS, *_CLAUSE)) | {"the"}
"""What operators begin with, superlatives among them."""
_NEGATING = frozenset("not no never nothing without".split())
_OPENERS = frozenset("that because when while whether if although though but ; ,".split())
TIMES = frozenset("day morning evening afternoon night week month year summer winter spring autumn hour time".split())
"""Nouns that say when something happens."""
_FLOATED_FROM = SUBJECTS | frozenset("us them".split())
_SINGULAR = {("every",), ("each",), ("no",)}


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
    return verb_behind(words, 0, len(words))


def _operator(words: Sequence[str], at: int) -> int:
    """How many words the operator at a place has, 0 where there is none."""
    if _INFLECTED.get(words[at], words[at]) not in _FIRSTS:
        return 0
    if tuple(words[at : at + 2]) in _FIXED or (at and tuple(words[at - 1 : at + 1]) in _FIXED):
        return 0
    if _is_superlative(words, at):
        return 2
    for length in range(_LONGEST, 0, -1):
        key = tuple(_INFLECTED.get(word, word) for word in words[at : at + length])
        if len(key) == length and (key in _QUANTIFIERS or key in _CLAUSE):
            return length
    return 0


def _is_superlative(words: Sequence[str], at: int) -> bool:
    """ "the first", "the eldest", "the tallest"."""
    if words[at] != "the" or at + 1 == len(words):
        return False
    word = words[at + 1]
    return word in _RANKED or (word.endswith("est") and is_a(word, "a") and not is_lemma(word))


def _described_end(words: Sequence[str], start: int, end: int) -> int:
    """Where the description of a thing ends: at a verb, or at a time."""
    for place in range(start + 1, end):
        dated = words[place - 1] in ("in", "on", "at") and words[place][0].isdigit()
        if dated or words[place] in _WHEN or is_verb(words, place):
            return place - dated
    return end


def _scopes(words: Sequence[str], start: int, after: int, key: tuple[str, ...]) -> list[tuple[int, int, Context]]:
    end = _clause_end(words, after)
    named = end
    if key in _QUANTIFIERS and words[end : end + 1] == ("but",) and not any(is_verb(words, p) for p in range(end)):
        # "Every boy but Tom left": an exception, and the clause goes on.
        end = _clause_end(words, end + 1)
    if key == ("if",) and words[end : end + 1] != (",",):
        end = min(end, next((p - 1 for p in range(after + 2, end) if words[p] in _CONSEQUENT), end))
    if _is_superlative(words, start):
        # "The first large ship" need not be the first ship, nor the first ship large.
        return [(after, _described_end(words, after, end), "flat")]
    if key not in _QUANTIFIERS:
        if key == ("before",) and not _opens_clause(words, after, end):
            return []
        return [(*_reach(words, after, end, key), _CLAUSE[key])]
    restrictor, body = _QUANTIFIERS[key]
    if key == ("all",) and start and words[start - 1] in _FLOATED_FROM:
        # "They all left", "you all": it has no noun of its own.
        return []
    if key == ("only",) and (after >= len(words) or not words[after][0].isdigit()):
        # "only" before anything but a number leaves open what else is so.
        return [(after, end, "flat")]
    if key == ("both",) and "and" in words[after:end]:
        # "Both Ivo and Elena": two, each named.
        return []
    if _verb_before(words, start):
        middle = _phrase_end(words, after, end)
        # In object position the verb phrase has been said already; it is the body all the same.
        # Behind "and" it says nothing of what stands before: "no grades and no homework".
        begin = start if start and words[start - 1] in ("and", "or") else _clause_start(words, start)
        return [(after, middle, restrictor), (begin, start, body), (middle, end, body)]
    middle = verb_behind(words, after, _next_quantifier(words, after, end), singular=key in _SINGULAR)
    return [(after, min(middle, named), restrictor), (middle, end, body)]


def _reach(words: Sequence[str], after: int, end: int, key: tuple[str, ...]) -> tuple[int, int]:
    """The words that an operator without a restrictor speaks of."""
    if key == ("too",):
        # "Too tired to eat cake": what does not happen is the eating; "too much of a problem" denies nothing.
        return next((place for place in range(after, end) if words[place] == "to"), end), end
    if key in (("without",), ("with", "no")) and not any(is_verb(words, place) for place in range(after - len(key))):
        # "A rapper without bling is poor": within the subject, it ends with it.
        return after, verb_behind(words, after, end, singular=True)
    if key in (("lack",), ("absence",)) and words[after : after + 1] == ("of",):
        return after, next((p for p in range(after + 1, end) if words[p] in _APART), end)
    return after, end


def _opens_clause(words: Sequence[str], after: int, end: int) -> bool:
    """Whether a subject and a verb follow: "before she came", not "never before seen"."""
    return after < end and not is_verb(words, after) and any(is_verb(words, place) for place in range(after + 1, end))


def _clause_start(words: Sequence[str], at: int) -> int:
    """Where the verb phrase that leads to a place begins."""
    for place in range(at - 1, -1, -1):
        if is_verb(words, place):
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
        if words[place] in ("and", "or") and (follows in SUBJECTS or (follows,) in _QUANTIFIERS):
            return place
        if words[place] == "and" and not _NEGATING.isdisjoint(words[place + 1 : _comma(words, place)]):
            # "No grades and students with no homework": what is denied by itself is not denied twice.
            return place
    return len(words)


def _comma(words: Sequence[str], start: int) -> int:
    return next((place for place in range(start, len(words)) if words[place] in (",", ";", "but")), len(words))


def _phrase_end(words: Sequence[str], start: int, end: int) -> int:
    """Where the noun phrase of a quantifier in object position ends: at the next preposition of place or time."""
    timed = start < end and (words[start] in TIMES or words[start].endswith("day"))
    for place in range(start + 1, end):
        if timed and words[place] in ("with", "for", "to", "by"):
            # "Every Sunday with friends": who is there belongs to what is done, not to the day.
            return place
        if words[place] in _WHEN or words[place] in ("without", "because", "if"):
            return place
    return end


def _next_quantifier(words: Sequence[str], start: int, end: int) -> int:
    """Where a second noun phrase with a quantifier of its own begins: "every boy and every girl"."""
    for place in range(start, end - 1):
        if words[place] in ("and", "or") and (words[place + 1],) in _QUANTIFIERS:
            return place
    return end


def _verb_before(words: Sequence[str], at: int) -> bool:
    """Whether a verb of the same clause comes before a place."""
    opened = max((place + 1 for place in range(at) if words[place] in _OPENERS), default=0)
    return any(is_verb(words, place) for place in range(opened, at)) or find_verb(words, opened, at) is not None
