"""Binding: the values that evidence gives to a step of the claim.

A value counts only where the step's relation is really stated: by a triple one of whose sides is the anchor, or by a
sentence about the anchor that says the relation right before a mention of the right type. Whatever else the step says
(a number, a name, an ordinal) must stand in the sentence as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import regex

from graphmem.folding import fold, tokenize
from graphmem.model import AnswerType, Evidence, Span, Step, Triple
from graphmem.natlog.asked import readings_of
from graphmem.natlog.factuality import NEGATIONS, is_aside, is_certain, is_over
from graphmem.natlog.fill import Filled, fill
from graphmem.natlog.lexicon import is_place, is_verb_form
from graphmem.natlog.origin import location_in, origin_in
from graphmem.natlog.owned import owned_by
from graphmem.natlog.reference import is_about, may_mean, owners
from graphmem.natlog.tokens import words_of
from graphmem.natlog.wanted import Wanted, wanted_of
from graphmem.natlog.words import (
    AGENTS,
    CONVERSE,
    FUNCTION_WORDS,
    bare_name,
    content_stems,
    family,
    same_name,
    stem,
)

__all__ = ["CLAUSE", "Value", "says", "speaks_of", "values_of"]

STATED, CLAUSE, SAID = 0.9, 0.8, 0.65
"""How sure a value is that a triple states, one that a clause of a sentence gives, and one that only stands behind the
relation's word in a sentence."""

_ENOUGH = 0.67
"""The share of a relation's words that a predicate must say."""
_NEAR = 60
"""Characters between the relation's word and the mention that it speaks of."""
_PLACE_BEFORE = regex.compile(r"\b(?:in|at|near|on|of|from|to)(?:\s+the)?(?:\s+\p{Ll}+){0,2}\s*$")
_UNTIL = regex.compile(r"(?<=\b(?:between|from)\s)\d{3,4}\s+(?:and|to)\s+\d{3,4}\b")
_YEAR = regex.compile(r"\b\d{3,4}\b")
_DIGIT = regex.compile(r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand)\b")
_CAPITAL = regex.compile(r"\p{Lu}|\p{Lo}")
_PREPOSITIONS = frozenset("in on at off near from to into for with over".split())
_DATED = frozenset({"releas", "pass"})
"""Families of relations whose date is told with what a thing is."""
_STANDING = frozenset("stands stood lies lay located situated".split())
_WIDER = 0.99
"""How sure of a place each one is that holds it."""
_COPULA = frozenset("is was are were be been became remains".split())
_AUXILIARIES = _COPULA | {"has", "had", "have"}


@dataclass(frozen=True, slots=True)
class Value:
    """What a sentence gives to a step: ``span`` is its place in the document."""

    text: str
    span: Span
    evidence: Evidence
    confidence: float


def speaks_of(evidence: Evidence, anchor: str) -> bool:
    """Whether a sentence is about a name: it says the name, or stands in a passage that is about it."""
    key = bare_name(anchor)
    return not key or is_about(evidence, key) or f" {key} " in f" {fold(evidence.text)} "


def says(relation: str, text: str) -> float:
    """The share of a relation's words that a text says, by families of words; in [0, 1]."""
    wanted = content_stems(relation)
    return len(wanted & content_stems(text)) / len(wanted) if wanted else 0.0


def _is_subject(item: Evidence, key: str) -> bool:
    """Whether a sentence is likely to say what it says of a name, not only to mention it."""
    return is_about(item, key) or not key or fold(item.text).removeprefix("the ").startswith(key.removeprefix("the "))


def values_of(step: Step, anchor: str, evidence: Sequence[Evidence]) -> list[Value]:
    """The values for a step from a name, surest first, each text once."""
    wanted = wanted_of(step, anchor)
    best: dict[str, Value] = {}
    for item in evidence:
        if speaks_of(item, anchor) and wanted.holds_particulars(item):
            for value in _from(wanted, item):
                _keep(best, wanted.key, value)
    if not best:
        for filled in _from_clauses(step, anchor, evidence):
            _keep(best, wanted.key, Value(filled.text, filled.span, filled.evidence, CLAUSE))
    return sorted(best.values(), key=lambda value: (-value.confidence, value.text))


def _from(wanted: Wanted, item: Evidence) -> Iterator[Value]:
    if not wanted.origin:
        yield from _from_triples(wanted, item)
        yield from _from_words(wanted, item)
        yield from _from_owned(wanted, item)
    if wanted.origin or (wanted.located and wanted.expected == "place"):
        yield from _from_places(wanted, item)


def _keep(best: dict[str, Value], anchor: str, value: Value) -> None:
    key = fold(value.text)
    if key and key != anchor and (key not in best or value.confidence > best[key].confidence):
        best[key] = value


def _from_clauses(step: Step, anchor: str, evidence: Sequence[Evidence]) -> Iterator[Filled]:
    """What sentences answer to a step put as a question of its own."""
    verb, _, by = step.relation.partition(" ")
    asked: tuple[str, ...] = ()
    if by == "by":
        asked = (f"Who {verb} {anchor}?",)
    elif not by and step.expected in ("date", "place"):
        word = "When" if step.expected == "date" else "Where"
        asked = (f"{word} was {anchor} {verb}?", f"{word} did {anchor} {verb}?")
    readings = [reading for question in asked for reading in readings_of(question)]
    return (filled for filled in fill(readings, evidence) if not filled.denied)


def _from_owned(wanted: Wanted, item: Evidence) -> Iterator[Value]:
    """Whom a sentence calls somebody's wife, assistant or director."""
    for start, end in owned_by(wanted.name, wanted.last, item) if wanted.is_noun else ():
        yield Value(item.text[start:end], (item.span[0] + start, item.span[0] + end), item, CLAUSE)


def _from_places(wanted: Wanted, item: Evidence) -> Iterator[Value]:
    """The country that a sentence says its subject is of, or the places that it says it is in."""
    if not _begins_with(wanted.name, item):
        return
    origin = origin_in(item.text) if wanted.origin else None
    spans = location_in(item.text) if wanted.located else [origin] if origin is not None else []
    for number, (start, end) in enumerate(spans):
        yield Value(item.text[start:end], (item.span[0] + start, item.span[0] + end), item, STATED * _WIDER**number)


def _begins_with(key: str, item: Evidence) -> bool:
    """Whether the subject of a sentence is a bare name, or a pronoun for it."""
    text = fold(item.text).removeprefix("the ")
    opening = text.partition(" ")[0]
    # Two names of what the passage is about: "Andrew James Summers, known as Andy Summers, is …".
    names = [name.removeprefix("the ") for name in owners(item)] if is_about(item, key) else []
    return any(text.startswith(f"{name} ") for name in (key, *names)) or (
        opening in _PRONOUNS and may_mean(item, opening, key)
    )


# --- triples ----------------------------------------------------------------------------------------


def _from_triples(wanted: Wanted, item: Evidence) -> Iterator[Value]:
    for triple in item.triples:
        if not _is_told(wanted, item, triple):
            continue
        sides = (_is_side(wanted, item, triple, triple.subject, 0), _is_side(wanted, item, triple, triple.object, 2))
        if sides[0] and _leads_forward(wanted, triple):
            yield from _value(wanted, item, triple, triple.object, triple.spans[2])
        if sides[1] and _leads_back(wanted, triple):
            yield from _value(wanted, item, triple, triple.subject, triple.spans[0])


def _is_told(wanted: Wanted, item: Evidence, triple: Triple) -> bool:
    """Whether a triple is told as a fact: "was not born in" gives no birthplace, nor does "was possibly born in"; and what
    belonged to somebody until 1950 does not belong to him."""
    predicate = triple.predicate
    words = tokenize(predicate)
    verb = next((start for word, start, _ in words if family(word) in wanted.stems), len(predicate))
    if not NEGATIONS.isdisjoint(words_of(predicate)) or not is_certain(predicate[:verb]):
        return False
    spans = [span for span in triple.spans if span is not None]
    before = item.text[: max(spans[0][0] - item.span[0], 0)] if spans and wanted.present else ""
    return not is_over([word for word, _, _ in tokenize(before)])


def _is_side(wanted: Wanted, item: Evidence, triple: Triple, text: str, side: int) -> bool:
    key = bare_name(text)
    if side == 0 and (key in _PRONOUNS or (item.refers and triple.spans[0] is None)):
        opening = fold(item.text).partition(" ")[0]
        return may_mean(item, key if key in _PRONOUNS else opening, wanted.key)
    lower = text.casefold().replace("’", "'")
    if f"{wanted.name}'s " in lower or f"{wanted.name}' " in lower:
        # "Ben's aunt" is not Ben.
        return False
    key = key.removeprefix("the ")
    names = [name.removeprefix("the ") for name in owners(item)]
    if key in names and any(same_name(name, wanted.name) for name in names):
        # Two names of what the passage is about: "Andrew James Summers, known as Andy Summers".
        return True
    return same_name(key, wanted.name) or (
        f" {wanted.key} " in f" {key} " and len(key.split()) <= len(wanted.key.split()) + 3
    )


_PRONOUNS = frozenset("he she it they".split())


def _predicate(triple: Triple) -> tuple[list[str], bool, bool]:
    """Its words, whether it is passive with an agent, and whether it says "R of"."""
    words = [word for word, _, _ in tokenize(triple.predicate)]
    return words, bool(words) and words[-1] == "by", bool(words) and words[-1] == "of"


def _leads_forward(wanted: Wanted, triple: Triple) -> bool:
    """Whether the object is what the step asks for, the anchor being the subject."""
    words, by, of = _predicate(triple)
    stems = {family(word) for word in words if word not in FUNCTION_WORDS}
    if of and wanted.kin:
        return (
            bool({CONVERSE[wanted.kin]} & stems)
            if wanted.kin in ("father", "mother", "parent", "child")
            else wanted.kin in stems
        )
    if of and not by and any(word in AGENTS for word in words):
        return False
    if wanted.stems <= _DATED and wanted.stems and wanted.expected == "date" and words and words[0] in _COPULA:
        # "X is a 1941 film", "was a law of 1847".
        return True
    # "is a town on": where something lies is said without a verb for it.
    somewhere = words and words[-1] in ("in", "on", "at", "near") and (len(words) == 1 or _stands(words[-2]))
    predicate = f"located {triple.predicate}" if somewhere else triple.predicate
    if wanted.fit(predicate) < _ENOUGH:
        return False
    if by:
        return wanted.agent
    # "the designer was": the object is whoever did it, though nothing says "by".
    return not wanted.agent or words[-1] in _COPULA or any(word in AGENTS for word in words)


def _stands(word: str) -> bool:
    """Whether something is where a word before a preposition says it is: "is a town on", not "is a ship built in"."""
    return word in _COPULA or word in _STANDING or is_place(word)


def _leads_back(wanted: Wanted, triple: Triple) -> bool:
    """Whether the subject is what the step asks for, the anchor being the object."""
    words, by, of = _predicate(triple)
    stems = {family(word) for word in words if word not in FUNCTION_WORDS}
    if of and wanted.kin:
        return wanted.kin in stems
    if wanted.fit(triple.predicate) < _ENOUGH:
        return False
    if by:
        return not wanted.agent
    # "that was first performed on X": the subject is asked for, whatever the voice.
    return wanted.agent or of or (words[-1] in _PREPOSITIONS and words[-1] == wanted.last)


def _value(wanted: Wanted, item: Evidence, triple: Triple, text: str, span: Span | None) -> Iterator[Value]:
    found = _typed(wanted.expected, item, text, span)
    if (
        wanted.expected == "thing"
        and found is not None
        and (_is_date(item, found[1]) or _is_of_another_year(wanted, item, found[1]))
    ):
        return
    if found is not None and fold(found[0]) not in _PRONOUNS:
        yield Value(found[0], found[1], item, STATED * triple.confidence)


def _is_date(item: Evidence, span: Span) -> bool:
    """Whether a place in a sentence is that of a date: no answer to "what"."""
    return any(m.kind == "date" and m.span[0] <= span[0] and span[1] <= m.span[1] for m in item.mentions)


def _is_of_another_year(wanted: Wanted, item: Evidence, span: Span) -> bool:
    """Whether the year next behind a value is another than the step tells: "copper until 1962 and zinc from 1963"."""
    year = _YEAR.search(item.text, span[1] - item.span[0])
    asked = {word for word in wanted.particulars if _YEAR.fullmatch(word)}
    return bool(asked) and year is not None and year.group() not in asked


def _typed(expected: AnswerType, item: Evidence, text: str, span: Span | None) -> tuple[str, Span] | None:
    """The part of a text that is of the expected type, and its span; ``None`` where there is none."""
    place = span if span is not None else item.span
    inside = [m for m in item.mentions if span is not None and span[0] <= m.span[0] and m.span[1] <= span[1]]
    if expected == "date":
        dates = [m for m in inside if m.kind == "date" or _YEAR.search(m.text)]
        return (dates[0].text, dates[0].span) if dates else ((text, place) if _YEAR.search(text) else None)
    if expected == "number":
        return (text, place) if _DIGIT.search(text) and not any(m.kind == "date" for m in inside) else None
    if expected in ("person", "place", "organisation"):
        names = [m for m in inside if m.kind == "name"]
        if expected == "place" and any(m.kind == "date" and m.span[0] == place[0] for m in inside):
            return None
        if names and expected == "person":
            # "Swedish prime minister Olof Palme": the longest name is the person's.
            named = max(names, key=lambda mention: (len(mention.text.split()), mention.span))
            return named.text, named.span
        if names:
            return names[0].text, names[0].span
        return (text, place) if _CAPITAL.search(text) and not _YEAR.search(text) else None
    return (text, place) if text else None


# --- words ------------------------------------------------------------------------------------------


def _from_words(wanted: Wanted, item: Evidence) -> Iterator[Value]:
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


_AFTER_UNIT = regex.compile(r"\s+(?:for|in|on|of|at|to|by|from|with)\s*$")
_UNIT = regex.compile(r"\s+(?:(?!(?:and|or|but)\b)\p{L}+\s+){0,2}")
