"""Where two words that exclude each other make the sentences around them exclude each other.

"The boat is red" excludes "the boat is blue"; "a boat is red" does not exclude "a boat is blue", nor does "Tom visited
Paris" exclude "Tom visited London". In the terms of MacCartney and Manning (2009, section 4): an existential quantifier
turns alternation into independence and negation into cover, and so does a verb whose object is not the only one.
"""

from __future__ import annotations

from collections.abc import Sequence

from graphmem.natlog.compare import is_functional
from graphmem.natlog.relations import Relation
from graphmem.natlog.scope import main_verb
from graphmem.natlog.verbs import SUBJECTS

__all__ = ["within_sentence"]

_INDEFINITE = frozenset(
    "a an some several many few someone somebody something there one another any other others people".split()
)
_COPULAS = frozenset("is are was were am be been being becomes became remains remained weighs weighed measures".split())
_WITHIN = frozenset("in at from within into inside".split())
_CLAUSE_OPENERS = SUBJECTS | frozenset(", the a an that this these those my your his her its our their".split())
_KEPT_APART = frozenset({Relation.ALTERNATION, Relation.NEGATION})


def within_sentence(relation: Relation, source: str, words: Sequence[str], at: int) -> Relation:
    """What exclusion between two words at a place amounts to for the sentence; other relations stay as they are.

    ``source`` is what licenses the relation ("number", "negation", …), ``words`` the sentence that the place is in.
    """
    if source == "place" and words[max(at - 1, 0)] not in _WITHIN:
        # What lives in Riga lives in Latvia; who is mayor of Riga is not mayor of Latvia.
        return Relation.INDEPENDENCE
    verb = main_verb(words)
    if source == "time" and not _is_frequency(words, at, verb):
        return Relation.INDEPENDENCE
    if relation not in _KEPT_APART:
        return relation
    if source in ("deletion", "insertion", "negation"):
        # "Not" before the sentence's quantifier denies all of it; behind an existential one, only what it says of some.
        if at > 0 and _is_existential(words):
            return Relation.COVER if relation is Relation.NEGATION else Relation.INDEPENDENCE
        return relation
    if source in ("quantifier", "number") and at <= 1:
        # The determiner of the subject: it speaks of the whole sentence.
        return relation
    if _is_existential(words) or at < verb:
        return Relation.INDEPENDENCE
    predicate = words[verb:at]
    if is_functional(" ".join(words)) or (words[verb : verb + 1] and words[verb] in _COPULAS and len(predicate) <= 4):
        return relation
    # An amount of something is one amount, a date of something that may happen again is one of several.
    dated = words[at] in ("in", "on", "during", "by", "since", "before", "after", "until")
    return relation if source == "quantifier" or (source == "number" and not dated) else Relation.INDEPENDENCE


def _is_frequency(words: Sequence[str], at: int, verb: int) -> bool:
    """Whether a time is how often something happens: what happens every morning happens every day."""
    opens = at + 1 < len(words) and words[at + 1] in _CLAUSE_OPENERS
    return at > 0 and words[at - 1] in ("every", "each") and (at > verb or opens)


def _is_existential(words: Sequence[str]) -> bool:
    return bool(words) and words[0] in _INDEFINITE
