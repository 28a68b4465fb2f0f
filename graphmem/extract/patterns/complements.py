"""What follows a verb or a noun: objects of prepositions, and modifiers such as "directed by" and "starring"."""

from __future__ import annotations

from graphmem.extract.patterns.lexicon import (
    DETERMINERS,
    IRREGULAR_PASTS,
    KIN,
    LISTING,
    NOT_MODIFIERS,
    PREPOSITIONS,
)
from graphmem.extract.patterns.phrases import (
    Part,
    Sentence,
    closing,
    date,
    is_participle,
    name_list,
    object_phrase,
)
from graphmem.extract.patterns.relation import Reading
from graphmem.extract.patterns.verbs import adverbs

__all__ = [
    "ACTIVE",
    "COPULA",
    "MODIFIER",
    "PASSIVE",
    "complement",
    "complements",
    "is_kin",
    "listed",
    "modifier",
    "modifies",
]

# Confidence by pattern; see ``extract_triples``.
COPULA, PASSIVE, MODIFIER, ACTIVE = 0.9, 0.85, 0.8, 0.75

MAX_PREDICATE = 9
"""Tokens of a predicate."""
MAX_COMPLEMENTS = 6

_AFTER_COMMA = frozenset("in on at near by".split())
_PLACES = frozenset("in at near to from of on".split())
_NAMING = frozenset("called named born titled entitled nicknamed".split())


def complements(
    s: Sentence, verb: Part, i: int, subject: Part, reading: Reading, confidence: float, *, split: bool = False
) -> int:
    """Reads prepositions and modifiers from ``i`` on; the index after them.

    ``verb`` is the verb group; what stands between it and a preposition belongs to the predicate ("was born in Y
    to"), but a date that follows other complements is said of a verb that is not *be* by itself (was born, 1850).
    ``split`` makes the first object a list of names.
    """
    first = i
    has_object = i > verb[1]
    for _ in range(MAX_COMPLEMENTS):
        i = closing(s, i)
        j = adverbs(s, i + (s.words[i] == "," and i > first and s.words[i + 1] in _AFTER_COMMA))
        if s.words[j] not in PREPOSITIONS or s.tags[j] != "w":
            break
        alone = confidence != COPULA and not has_object and i > verb[1] and date(s, j + 1) > j + 1
        predicate = verb if alone else None
        listed_ = split or s.words[j] == "by"
        after = complement(s, verb[0], j, subject, reading, confidence, split=listed_, predicate=predicate)
        if after == j:
            break
        i, split = after, False
    return i if confidence == ACTIVE else _modified(s, first, i, subject, reading, strict=confidence == PASSIVE)


def complement(
    s: Sentence,
    start: int,
    i: int,
    subject: Part,
    reading: Reading,
    confidence: float,
    *,
    split: bool,
    predicate: Part | None = None,
) -> int:
    """One preposition at ``i`` and its object; the predicate, unless given, is all from ``start`` to the object.

    The index after the object, ``i`` where there is none.
    """
    j = i + 1
    if s.words[i] == "to" and s.tags[j] == "w" and s.words[j] not in DETERMINERS:
        return i
    if s.words[j].endswith("ing") and s.tags[j] == "w" and (s.words[j + 1] in DETERMINERS or s.tags[j + 1] in "NQ"):
        j += 1
    items, end = _objects(s, i, j, split=split)
    part = predicate or (start, j)
    broken = any(s.words[k] in ("(", ")", ";") or s.tags[k] == "Q" for k in range(*part))
    if part[1] - part[0] <= MAX_PREDICATE and not broken:
        for item in items:
            reading.add(subject, part, item, confidence)
    return end if items else i


def _objects(s: Sentence, preposition: int, i: int, *, split: bool) -> tuple[list[Part], int]:
    end = date(s, i)
    if end > i and s.words[end] in ("to", "until", "and", "–", "-") and (after := date(s, end + 1)) > end + 1:
        return [(i, after)], after
    if split:
        return name_list(s, i)
    end = object_phrase(s, i, place=s.words[preposition] in _PLACES)
    if s.words[preposition] == "between" and s.words[end] == "and":
        end = max(end, object_phrase(s, end + 1))
    return ([(i, end)], end) if end > i else ([], i)


def listed(s: Sentence, predicate: Part, subject: Part, reading: Reading) -> int:
    """A list of names right after the predicate ("starring A, B and C"); the index after it."""
    items, after = name_list(s, predicate[1])
    for item in items:
        reading.add(subject, predicate, item, MODIFIER)
    return after


def is_kin(s: Sentence, part: Part) -> bool:
    """Whether a part names a kinship, so that "of" is followed by persons."""
    return any(s.words[j].removesuffix("s") in KIN or s.words[j] == "children" for j in range(*part))


# --- modifiers -----------------------------------------------------------------------------------------


def modifies(s: Sentence, i: int) -> bool:
    """Whether "directed by", "starring" or "known as" starts at ``i``."""
    i = adverbs(s, i)
    word, after = s.words[i], s.words[i + 1]
    if word in LISTING:
        return word.endswith("ing")
    if not is_participle(s, i) or word in NOT_MODIFIERS:
        return False
    return after in PREPOSITIONS or after in ("and", ",") or (word in _NAMING and s.tags[i + 1] in "N#Q")


def modifier(s: Sentence, i: int, subject: Part, reading: Reading) -> int:
    """Reads the modifier at ``i``, said of ``subject``; the index after it, ``i`` where it says nothing."""
    j = adverbs(s, i)
    end = j + 1
    if s.words[j] in LISTING:
        return listed(s, (j, end), subject, reading)
    while s.words[end] in ("and", ","):
        after = end + 1 + (s.words[end] == "," and s.words[end + 1] == "and")
        if not is_participle(s, after):
            break
        end = after + 1
    if s.words[end] in PREPOSITIONS:
        return complements(s, (j, end), end, subject, reading, MODIFIER)
    after = object_phrase(s, end)
    if end > j + 1 or after == end:
        return i
    reading.add(subject, (j, end), (end, after), MODIFIER)
    return complements(s, (j, end), after, subject, reading, MODIFIER)


def _modified(s: Sentence, first: int, i: int, subject: Part, reading: Reading, *, strict: bool) -> int:
    """Modifiers from ``i`` on, where they can be told to belong to the subject.

    Right after the verb's own words they do; after a preposition's object only when that is a name or a date and so
    takes no modifier itself, or when a comma or "and" stands between (``strict``: "and", or a comma after a name).
    """
    for _ in range(MAX_COMPLEMENTS):
        i = closing(s, i)
        j = i + (s.words[i] == ",")
        j += s.words[j] == "and"
        if not modifies(s, j) or (s.words[adverbs(s, j)] in IRREGULAR_PASTS and j > i and s.words[j + 1] != "by"):
            break
        if i > first and s.tags[i - 1] not in "N#Q" and (j == i or (strict and s.words[j - 1] != "and")):
            break
        after = modifier(s, j, subject, reading)
        if after <= j:
            break
        first = i = after
    return i
