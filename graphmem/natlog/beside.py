"""The values that only stand beside a relation's word: "was founded in 1204", "is 87 kilometres long"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import regex

from graphmem.folding import fold, tokenize
from graphmem.model import Evidence, Span
from graphmem.natlog.factuality import NEGATIONS, is_aside, is_certain, is_over
from graphmem.natlog.lexicon import is_verb_form
from graphmem.natlog.reference import is_about
from graphmem.natlog.tokens import words_of
from graphmem.natlog.wanted import SAID, Value, Wanted
from graphmem.natlog.words import family, stem

__all__ = ["values_beside"]

_NEAR = 60
"""Characters between the relation's word and the mention that it speaks of."""
_PLACE_BEFORE = regex.compile(r"\b(?:in|at|near|on|of|from|to)(?:\s+the)?(?:\s+\p{Ll}+){0,2}\s*$")
_UNTIL = regex.compile(r"(?<=\b(?:between|from)\s)\d{3,4}\s+(?:and|to)\s+\d{3,4}\b")
_AFTER_UNIT = regex.compile(r"\s+(?:for|in|on|of|at|to|by|from|with)\s*$")
_UNIT = regex.compile(r"\s+(?:(?!(?:and|or|but)\b)\p{L}+\s+){0,2}")
_AUXILIARIES = frozenset("is was are were be been became remains has had have".split())


def values_beside(wanted: Wanted, item: Evidence) -> Iterator[Value]:
    """Mentions of the right type next to the relation's word, in a sentence that says all of the relation."""
    if wanted.expected not in ("date", "place", "number") or not wanted.stems or wanted.fit(item.text) < 1.0:
        return
    if wanted.is_case:
        # "when it closed" tells of which number it is, and nothing here reads that.
        return
    if not _is_subject(item, wanted.key) or not NEGATIONS.isdisjoint(words_of(item.text)):
        # "was laid in 1962 and had never been inspected": the year is of what is not denied.
        return
    said = [
        (start, end)
        for word, start, end in tokenize(item.text)
        if (family(word) in wanted.stems or stem(word) in wanted.stems)
        and is_certain(item.text[max(0, start - _NEAR) : start])
        and not is_aside(item.text[:start])
        and not (wanted.present and is_over(fold(item.text[:start]).split()))
    ]
    yield from _measures(item, said) if wanted.expected == "number" else _behind(wanted, item, said)


def _behind(wanted: Wanted, item: Evidence, said: Sequence[Span]) -> Iterator[Value]:
    """ "was founded in 1204": the first date or place behind the word."""
    kind = "date" if wanted.expected == "date" else "name"
    for mention in item.mentions:
        at = mention.span[0] - item.span[0]
        behind = max((end for _, end in said if end <= at), default=-_NEAR - 1)
        gap = at - behind
        before = item.text[max(0, at - 30) : at]
        # The "Japan" of "Maiden Japan" is part of a name, and no place.
        apart = f" {fold(mention.text)} " not in f" {wanted.key} "
        if mention.kind == kind and apart and gap <= _NEAR and (kind == "date" or _PLACE_BEFORE.search(before)):
            if _says_more(item.text[behind:at]):
                return
            until = _UNTIL.match(item.text, at) if kind == "date" else None
            end = mention.span[1] if until is None else item.span[0] + until.end()
            text = item.text[at : end - item.span[0]]
            yield Value(text, (mention.span[0], end), item, SAID * (1 - gap / (4 * _NEAR)))
            return


def _says_more(between: str) -> bool:
    """Whether another verb begins in a stretch of a sentence: "designed [by Elena Vane and was built in] 1872". "Born [and raised
    in]" is one, and so is "opening [was in]"."""
    words = words_of(between)[1:]
    linked = (word for before, word in pairwise(words) if before in ("and", "but", "then"))
    return not _AUXILIARIES.isdisjoint(words) or any(word.endswith("ed") or is_verb_form(word) for word in linked)


def _measures(item: Evidence, said: Sequence[Span]) -> Iterator[Value]:
    """ "is 87 kilometres long", "has 740 seats": a number with at most two words between it and the word."""
    for mention in item.mentions:
        start, end = (edge - item.span[0] for edge in mention.span)
        for first, _ in said:
            unit = item.text[end:first]
            if mention.kind != "name" and end <= first and _UNIT.fullmatch(unit):
                text = _AFTER_UNIT.sub("", item.text[start:first]).strip()
                span = (mention.span[0], mention.span[0] + len(text))
                yield Value(text, span, item, SAID)
                return


def _is_subject(item: Evidence, key: str) -> bool:
    """Whether a sentence is likely to say what it says of a name, not only to mention it."""
    return is_about(item, key) or not key or fold(item.text).removeprefix("the ").startswith(key.removeprefix("the "))
