"""Binding: the values that evidence gives to a step of the claim.

A value counts only where the step's relation is really stated: by a triple one of whose sides is the anchor, or by a
sentence about the anchor that says the relation right before a mention of the right type. Whatever else the step says
(a number, a name, an ordinal) must stand in the sentence as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import regex

from graphmem.folding import fold, tokenize
from graphmem.model import AnswerType, Evidence, Span, Step, Triple
from graphmem.natlog.asked import readings_of
from graphmem.natlog.beside import values_beside
from graphmem.natlog.compare import TO
from graphmem.natlog.factuality import NEGATIONS, is_certain, is_over
from graphmem.natlog.fill import Filled, fill
from graphmem.natlog.lexicon import is_place
from graphmem.natlog.origin import is_kind_of, location_in, origin_in
from graphmem.natlog.owned import owned_by, owner_beside, parents_in
from graphmem.natlog.reference import is_about, may_mean, owners
from graphmem.natlog.tokens import without_asides, words_of
from graphmem.natlog.wanted import CLAUSE, STATED, Value, Wanted, wanted_of
from graphmem.natlog.words import (
    AGENTS,
    CONVERSE,
    FUNCTION_WORDS,
    are_opposed,
    bare_name,
    content_stems,
    family,
    same_name,
)

__all__ = ["CLAUSE", "Value", "says", "speaks_of", "values_of"]

_ENOUGH = 0.67
"""The share of a relation's words that a predicate must say."""
_YEAR = regex.compile(r"\b\d{3,4}\b")
_DIGIT = regex.compile(r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand)\b")
_DESCRIBED = regex.compile(r"\s+(?!(?:of|and|from|in|the|or|who)\b)\p{Ll}")
_CAPITAL = regex.compile(r"\p{Lu}|\p{Lo}")
_NEAR_A_PLACE = regex.compile(r"\b(?:in|at|on)\s+\p{Lu}.*\bnear$")
_PREPOSITIONS = frozenset("in on at off near from to into for with over".split())
_DATED = frozenset({"releas", "pass"})
"""Families of relations whose date is told with what a thing is."""
_STANDING = frozenset("stands stood lies lay located situated".split())
_PARENTS = {"father": 0, "mother": 1, "parent": None}
"""Which of two parents, as they are told in order."""
_MADE = {
    **dict.fromkeys(
        ("performer", "singer"), frozenset("song single album ballad track recording cover ep hymn".split())
    ),
    "director": frozenset("film movie documentary drama comedy western thriller short".split()),
    **dict.fromkeys(
        ("author", "writer"), frozenset("novel book poem play story essay memoir trilogy novella collection".split())
    ),
    "painter": frozenset("painting portrait picture fresco".split()),
}
"""Who has made what "is a song by" somebody."""
_MUSIC = regex.compile(
    r"^(?:the (?:film|movie|play|series|show|game)['’]s|its) (?:music|score|soundtrack)$", regex.IGNORECASE
)
_WIDER = 0.99
"""How sure of a place each one is that holds it."""
_COPULA = frozenset("is was are were be been became remains".split())


def speaks_of(evidence: Evidence, anchor: str) -> bool:
    """Whether a sentence is about a name: it says the name, or stands in a passage that is about it."""
    key = bare_name(anchor)
    return not key or is_about(evidence, key) or f" {key} " in f" {fold(evidence.text)} "


def says(relation: str, text: str) -> float:
    """The share of a relation's words that a text says, by families of words; in [0, 1]."""
    wanted, said = content_stems(relation), content_stems(text)
    # Whose son somebody is, is his father.
    told = sum(stem in said or CONVERSE.get(stem) in said for stem in wanted)
    return told / len(wanted) if wanted else 0.0


def values_of(step: Step, anchor: str, evidence: Sequence[Evidence]) -> list[Value]:
    """The values for a step from a name, surest first, each text once."""
    if step.relation == "lived" and step.expected == "thing":
        return _lives(step, anchor, evidence)
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


def _lives(step: Step, anchor: str, evidence: Sequence[Evidence]) -> list[Value]:
    """From when to when somebody lived."""
    born, died = (
        values_of(replace(step, relation=word, expected="date"), anchor, evidence) for word in ("born", "died")
    )
    if not born or not died:
        return []
    text = f"{born[0].text}{TO}{died[0].text}"
    return [replace(died[0], text=text, confidence=min(born[0].confidence, died[0].confidence))]


def _from(wanted: Wanted, item: Evidence) -> Iterator[Value]:
    parents = parents_in(item.text) if wanted.kin in _PARENTS and _begins_with(wanted.name, item) else ()
    if parents:
        asked = (number for number in range(len(parents)) if _PARENTS[wanted.kin] in (None, number))
        yield from (_at(item, parents[number], CLAUSE) for number in asked)
        return
    if not wanted.origin and not wanted.within:
        yield from _from_triples(wanted, item)
        yield from values_beside(wanted, item)
        yield from _from_owned(wanted, item)
    if wanted.origin or wanted.kind or wanted.within:
        yield from _from_places(wanted, item)


def _at(item: Evidence, span: Span, confidence: float) -> Value:
    """What stands at a place in a sentence."""
    start, end = span
    return Value(item.text[start:end], (item.span[0] + start, item.span[0] + end), item, confidence)


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
    for span in owned_by(wanted.name, wanted.last, item) if wanted.is_noun else ():
        yield _at(item, span, CLAUSE)


def _from_places(wanted: Wanted, item: Evidence) -> Iterator[Value]:
    """The country that a sentence says its subject is of, or the places that it says it is in."""
    if not _begins_with(wanted.name, item):
        return
    origin = origin_in(item.text) if wanted.origin else None
    spans = location_in(item.text) if wanted.within or wanted.kind else [origin] if origin is not None else []
    if wanted.kind:
        # "Jefferson County" and "Jefferson County, Iowa" are names of one place.
        ends = {
            span: next((e for s, e in spans if s == span[1] + 2 and item.text[span[1]] == ","), 0) for span in spans
        }
        spans = [span for span in spans if is_kind_of(item.text, span, wanted.kind)]
        spans += [(span[0], ends[span]) for span in spans if ends[span]]
    for number, span in enumerate(spans):
        yield _at(item, span, STATED * _WIDER**number)


def _begins_with(key: str, item: Evidence) -> bool:
    """Whether the subject of a sentence is a bare name, or a pronoun for it; "The Aske Bridge" does not begin with the Aske."""
    # Two names of what the passage is about: "Andrew James Summers, known as Andy Summers, is …".
    names = {key, *(name.removeprefix("the ") for name in owners(item))} if is_about(item, key) else {key}
    words = without_asides(item.text).split()
    said = ""
    for word, behind in zip(words, (*words[1:], ""), strict=True):
        said = f"{said} {fold(word)}".strip()
        if said.removeprefix("the ") in names and not (word[-1].isalnum() and behind[:1].isupper()):
            return True
    opening = fold(words[0]) if words else ""
    return opening in _PRONOUNS and may_mean(item, opening, key)


# --- triples ----------------------------------------------------------------------------------------


def _from_triples(wanted: Wanted, item: Evidence) -> Iterator[Value]:
    for triple in item.triples:
        sides = (_is_side(wanted, item, triple, triple.subject, 0), _is_side(wanted, item, triple, triple.object, 2))
        if not any(sides) or not _is_told(wanted, item, triple):
            continue
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
    place = triple.spans[2]
    owner = owner_beside(item.text, place[0] - item.span[0]) if len(words) == 1 and place is not None else ""
    if owner and not same_name(bare_name(owner), bare_name(triple.subject)):
        # Who is "the child of Hans Eide and his wife Berta" has no wife.
        return False
    spans = [span for span in triple.spans if span is not None]
    before = item.text[: max(spans[0][0] - item.span[0], 0)] if spans and wanted.present else ""
    return not is_over([word for word, _, _ in tokenize(before)])


def _is_side(wanted: Wanted, item: Evidence, triple: Triple, text: str, side: int) -> bool:
    key = bare_name(text)
    if side == 0 and (key in _PRONOUNS or (item.refers and triple.spans[0] is None)):
        opening = fold(item.text).partition(" ")[0]
        return may_mean(item, key if key in _PRONOUNS else opening, wanted.key)
    if side == 0 and wanted.last == "composer" and _MUSIC.match(text):
        return is_about(item, wanted.key)
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


_OF_EITHER = frozenset(("brother", "sister"))
_SHORT = {"b": "born", "d": "died"}
_PRONOUNS = frozenset("he she it they".split())


def _predicate(triple: Triple) -> tuple[list[str], bool, bool]:
    """Its words, whether it is passive with an agent, and whether it says "R of"."""
    words = [_SHORT.get(word, word) for word, _, _ in tokenize(triple.predicate)]
    return words, bool(words) and words[-1] == "by", bool(words) and words[-1] == "of"


def _leads_forward(wanted: Wanted, triple: Triple) -> bool:
    """Whether the object is what the step asks for, the anchor being the subject."""
    words, by, of = _predicate(triple)
    stems = {family(word) for word in words if word not in FUNCTION_WORDS}
    if of and wanted.kin:
        if wanted.kin == "mother" or "law" in words or wanted.last in words or wanted.last in _OF_EITHER:
            # Of one parent it is not said which it is, nor is a sister's sibling a sister or a brother; she is a wife whose
            # husband is asked for; and whoever is a brother-in-law is no brother.
            return False
        return (
            bool({CONVERSE[wanted.kin]} & stems) if wanted.kin in ("father", "parent", "child") else wanted.kin in stems
        )
    if of and not by and any(word in AGENTS for word in words):
        return False
    if _NEAR_A_PLACE.search(triple.predicate):
        # "Died in Harl, near Riga": not in Riga.
        return False
    if wanted.stems <= _DATED and wanted.stems and wanted.expected == "date" and words and words[0] in _COPULA:
        # "X is a 1941 film", "was a law of 1847".
        return True
    if by and words[0] in _COPULA and not _MADE.get(wanted.last, frozenset()).isdisjoint(words):
        return True
    # "is a town on": where something lies is said without a verb for it.
    somewhere = words and words[-1] in ("in", "on", "at", "near") and (len(words) == 1 or _stands(words[-2]))
    predicate = f"located {triple.predicate}" if somewhere else triple.predicate
    if _is_opposed(wanted, words):
        return False
    if wanted.fit(" ".join(_SHORT.get(word, word) for word in fold(predicate).split())) < _ENOUGH:
        return False
    if by:
        return wanted.agent
    # "the designer was": the object is whoever did it, though nothing says "by".
    return not wanted.agent or words[-1] in _COPULA or any(word in AGENTS for word in words)


def _is_opposed(wanted: Wanted, words: Sequence[str]) -> bool:
    """Whether a predicate tells of a brother, or a sister-in-law, where a sister is asked for."""
    return (bool(wanted.kin) and "law" in words) or any(are_opposed(wanted.last, word) for word in words)


def _stands(word: str) -> bool:
    """Whether something is where a word before a preposition says it is: "is a town on", not "is a ship built in"."""
    return word in _COPULA or word in _STANDING or is_place(word)


def _leads_back(wanted: Wanted, triple: Triple) -> bool:
    """Whether the subject is what the step asks for, the anchor being the object."""
    words, by, of = _predicate(triple)
    stems = {family(word) for word in words if word not in FUNCTION_WORDS}
    if of and wanted.kin:
        return wanted.kin in stems and "law" not in words and not _is_opposed(wanted, words)
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
            behind = item.text[named.span[1] - item.span[0] : place[1] - item.span[0]]
            # A "Quebec film director" is not called Quebec.
            return None if _DESCRIBED.match(behind) else (named.text, named.span)
        if names:
            return names[0].text, names[0].span
        return (text, place) if _CAPITAL.search(text) and not _YEAR.search(text) else None
    return (text, place) if text else None
