"""Verb groups: where one starts, where it ends, and whether it is a form of *be*, a passive, *have* or another verb."""

from __future__ import annotations

from typing import Literal

from graphmem.extract.patterns.lexicon import (
    ADVERBS,
    BE,
    BECOME,
    FUNCTION_WORDS,
    HAVE,
    ING_NOUNS,
    IRREGULAR_PARTICIPLES,
    MODALS,
    PARTICLES,
    REPORTING,
)
from graphmem.extract.patterns.phrases import Sentence, is_participle, is_verb

__all__ = ["Group", "adverbs", "participial", "verb_group"]

Group = tuple[int, Literal["be", "passive", "have", "active"]]
"""The index after a verb group, and its kind."""


def verb_group(s: Sentence, i: int) -> Group | None:
    """The verb group that starts at ``i``, its adverbs and negation included; ``None`` for no verb or a report."""
    j = adverbs(s, i)
    modal = False
    while s.tags[j] == "w" and s.words[j] in MODALS:
        modal = True
        j = adverbs(s, j + 1)
    if s.tags[j] != "w":
        return None
    word = s.words[j]
    if word in HAVE:
        return _after_have(s, j + 1)
    if word in BE:
        return _after_be(s, j + 1)
    if word in BECOME or (modal and word == "become"):
        return j + 1, "be"
    if (not modal and not is_verb(s, j)) or word in REPORTING or s.words[j + 1] == "that":
        return None
    while s.words[j + 1] == "and" and is_verb(s, j + 2):
        j += 2
    return j + 1 + (s.words[j + 1] in PARTICLES), "active"


def _after_have(s: Sentence, i: int) -> Group:
    j = adverbs(s, i)
    if s.words[j] == "been":
        return _after_be(s, j + 1)
    perfect = s.words[j] in IRREGULAR_PARTICIPLES or (
        is_participle(s, j) and (s.words[j + 1] in FUNCTION_WORDS or s.tags[j + 1] != "w")
    )
    return (j + 1, "active") if perfect else (i, "have")


def _after_be(s: Sentence, i: int) -> Group:
    """After a form of *be*: "written and directed", "believed to be", "leading"; else the form stands alone."""
    j = adverbs(s, i)
    if s.words[j] == "being":
        j += 1
    if not is_participle(s, j):
        going = j == i and s.tags[j] == "w" and s.words[j].endswith("ing") and s.words[j] not in ING_NOUNS
        return (j + 1, "active") if going else (j, "be")
    j += 1
    while s.words[j] in ("and", ",", "or"):
        after = adverbs(s, j + 1 + (s.words[j] == "," and s.words[j + 1] == "and"))
        if not is_participle(s, after) or s.words[after + 1] not in ("by", "and", ","):
            break
        j = after + 1
    if s.words[j] == "to" and s.words[j + 1] in ("be", "have"):
        if s.words[j + 2] == "been":
            return j + 3, "be"
        return j + 2, "be" if s.words[j + 1] == "be" else "have"
    return j + (s.words[j] in PARTICLES), "passive"


def adverbs(s: Sentence, i: int) -> int:
    """The index after adverbs and negation."""
    while s.tags[i] == "w" and (s.words[i] in ADVERBS or (s.words[i].endswith("ly") and len(s.words[i]) > 4)):
        i += 1
    return i


def participial(s: Sentence, i: int) -> bool:
    """Whether a sentence opens with a participle ("Born", "Elevated", "Owing"), capital or not."""
    return s.lowers[i].endswith(("ed", "ing")) or s.lowers[i] in IRREGULAR_PARTICIPLES
