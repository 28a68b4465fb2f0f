"""A question as one clause with a hole: what has to be said for it to be answered, and where the answer stands.

English questions turn a statement round ("Which supplier did the group choose?" asks for the object of "the group chose
___"). Where words leave open what is the verb, every reading is given; the evidence decides which of them is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from graphmem.natlog.clauses import roles
from graphmem.natlog.factuality import NEGATIONS
from graphmem.natlog.lexicon import is_a, is_verb_form, main_part
from graphmem.natlog.phrases import (
    BE,
    Hanging,
    Phrase,
    Word,
    attached,
    complements,
    is_adverb,
    is_participle,
    is_particle,
    phrase,
    words_in,
)
from graphmem.natlog.quantities import quantities_of
from graphmem.natlog.tokens import words_of
from graphmem.natlog.words import TYPES

__all__ = ["MEASURES", "Asked", "Hole", "has_measure", "readings_of"]

Hole = Literal["", "agent", "patient", "when", "where", "number", "why", "rest", "measure", "often"]

_WHO = frozenset("who whom what which".split())
_CALLED = frozenset("called named titled entitled".split())
_WHEN = frozenset("year date day month century decade time".split())
_WORDS = _WHO | frozenset("when where why how".split())
MEASURES = {
    "long": ("second", "month", "metre"),
    "old": ("second", "month"),
    "heavy": ("gram",),
    **dict.fromkeys(("far", "high", "tall", "deep", "wide", "thick", "broad"), ("metre",)),
    **dict.fromkeys(("big", "large"), ("hectare", "metre")),
}
"""What is asked for with "how" and an adjective: dimensions of quantities."""
_MEASURING = {
    "long": ("lasts", "runs", "measures", "covers"),
    "heavy": ("weighs",),
    **dict.fromkeys(("high", "tall", "deep", "wide", "big", "large"), ("measures",)),
}
"""Verbs that say so: what weighs 80 kg is 80 kg heavy."""
_LASTING = frozenset("take takes took last lasts lasted stay stays stayed wait waits waited".split())
"""Verbs of time: what they say of something long is no length."""
_STANDING, _KEPT = ("stands", "lies", "hangs", "sits"), ("kept", "stored", "located", "placed")
"""Verbs that say where something is, and what somebody does to it."""
_COLOURED = ("painted", "dyed", "varnished", "coloured")
"""What is done to a thing that is then of the colour that stands behind it."""
_DO = frozenset("do does did".split())
_MODAL = frozenset("can could must should may might will would".split())
_HAVE = frozenset("has have had".split())
_INSIDE = frozenset("in at on near".split())
_IN = frozenset("in on at near from to into with for of by about under during since until till".split())


@dataclass(frozen=True, slots=True)
class Asked:
    """One reading of a question: a clause of its words, and the hole in it ("" for a yes-no question).

    ``verb`` is a folded word, "" for a predicate after *be*, which is then ``patient``. ``kind`` are the folded words of what
    is asked for ("supplier" in "Which supplier …", "long" in "How long …"), and ``preposition`` stands before the hole where it
    is among the rest. ``adverbs`` narrow the verb ("first").
    """

    words: tuple[Word, ...]
    verb: str
    modal: str
    agent: Phrase | None
    patient: Phrase | None
    rest: tuple[Hanging, ...]
    hole: Hole
    kind: tuple[str, ...] = ()
    preposition: str = ""
    adverbs: frozenset[str] = frozenset()


def has_measure(question: str, answer: str) -> bool:
    """Whether an answer measures what the question asks for, where it asks how long or how high something is."""
    how, adjective, *rest = (*words_of(question), "", "")
    wanted = MEASURES.get(adjective) if how == "how" else None
    if adjective == "long" and not _LASTING.isdisjoint(rest):
        wanted = ("second", "month")
    offered = {quantity.unit for quantity in quantities_of(words_of(answer))}
    return wanted is None or bool(offered & {*wanted, *(("date",) if adjective == "old" else ())})


@lru_cache(maxsize=512)
def readings_of(question: str) -> tuple[Asked, ...]:
    """The readings of a question as a clause with a hole, the likeliest first; none where it is no such question."""
    text = " ".join(question.split()).rstrip(" ?.!")
    words = words_in(text)
    asks = question.rstrip().endswith("?") or (bool(words) and words[0].folded in _WORDS)
    return tuple(_readings(words)) if asks else ()


def _readings(words: tuple[Word, ...]) -> Iterator[Asked]:
    if len(words) < 2:
        return
    first = words[0].folded
    if first in _DO | BE | _MODAL | _HAVE:
        yield from _inverted(words, 0, "", (), "")
        return
    preposition = first if first in _IN and len(words) > 3 else ""
    at = 1 if preposition else 0
    asks = words[at].folded
    if asks == "how" and words[at + 1].folded in ("many", "much"):
        for end, kind in _kinds(words, at + 2):
            yield from _rest(words, end, "number", kind, preposition)
    elif asks == "how" and words[at + 1].folded == "often":
        yield from _rest(words, at + 2, "often", (), preposition)
    elif asks == "how" and words[at + 1].folded in MEASURES:
        yield from _rest(words, at + 2, "measure", (words[at + 1].folded,), preposition)
    elif asks in ("when", "where", "why"):
        yield from _rest(words, at + 1, asks, (), preposition)  # type: ignore[arg-type]
    elif asks in ("who", "whom"):
        yield from _rest(words, at + 1, "agent", (asks,), preposition)
    elif asks in ("what", "which"):
        for end, kind in _kinds(words, at + 1):
            hole: Hole = "agent"
            if words[end].folded in BE and words[-1].folded in _INSIDE and TYPES.get("".join(kind[-1:])) == "place":
                # "Which county is it in?" is "In which county is it?"
                yield from _rest(words[:-1], end, "where", kind, words[-1].folded)
                continue
            if kind and kind[-1] in _WHEN and (preposition or words[end].folded in _DO | BE):
                hole = "when"
            elif kind and preposition in _INSIDE and TYPES.get(kind[-1]) == "place":
                hole = "where"
            yield from _rest(words, end, hole, kind, preposition)


def _kinds(words: Sequence[Word], at: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Where the noun phrase behind "which" may end, and its words: before a verb, or an auxiliary for sure."""
    for end in range(at, min(at + 5, len(words) - 1)):
        folded = words[end].folded
        if folded in _DO | BE | _MODAL | _HAVE:
            yield end, tuple(word.folded for word in words[at:end])
            return
        if end > at and words[end].kind == "w" and (is_a(folded, "v") or is_verb_form(folded)):
            yield end, tuple(word.folded for word in words[at:end])
        if words[end].kind == "P":
            return
    if at < len(words) and words[at].kind == "w" and is_a(words[at].folded, "v"):
        yield at, ()


def _rest(words: tuple[Word, ...], at: int, hole: Hole, kind: tuple[str, ...], preposition: str) -> Iterator[Asked]:
    if at >= len(words):
        return
    if words[at].folded in _DO | BE | _MODAL | _HAVE and len(words) > at + 1:
        yield from _inverted(words, at, hole, kind, preposition)
    if words[at].folded in _DO and kind == ("who",) and not preposition:
        # "Who did the last test?"
        read, hanging, end = complements(words, at + 1, len(words))
        if end == len(words) and read is not None:
            yield Asked(words, words[at].folded, "", None, read, tuple(hanging), "agent", kind)
    if hole in ("agent", "number") and not preposition and words[at].folded not in _DO:
        # What is asked for is the subject: "Who designed the hull …?", "Who can waive it?"
        modal = words[at].folded if words[at].folded in _MODAL else ""
        verb = at + (words[at].folded in _HAVE | _MODAL and len(words) > at + 2)
        passive = words[at].folded in BE
        verb += passive and words[verb].folded in BE
        if verb >= len(words) or words[verb].kind != "w" or (passive and not is_participle(words[verb])):
            return
        read, hanging, end = complements(words, verb + 1, len(words))
        if end < len(words) or words[verb].folded in BE:
            return
        counted: Hole = "number" if hole == "number" else "patient" if passive else "agent"
        agent, patient, rest = roles(None, read, hanging, passive=passive)
        yield Asked(words, words[verb].folded, modal, agent, patient, tuple(rest), counted, kind)


def _inverted(words: tuple[Word, ...], at: int, hole: Hole, kind: tuple[str, ...], preposition: str) -> Iterator[Asked]:
    """After "did", "was", "has" or "can": a subject, and what is said of it."""
    auxiliary, start = words[at].folded, at + 1
    subject = phrase(words, start, len(words))
    if subject is None:
        return
    modal = auxiliary if auxiliary in _MODAL else ""
    for verb in range(start + 1, len(words)):
        word = words[verb]
        # After "does" something must be the verb: the last word, if none was.
        left_over = auxiliary in _DO and verb == len(words) - 1
        if left_over and not hole and any(main_part(other.folded) == "v" for other in words[start + 2 : verb]):
            # "Did the choir win first prize?": it was.
            break
        if word.kind != "w" or not (left_over or _is_verb_here(word, auxiliary)):
            continue
        read = phrase(words, start, verb)
        if read is None:
            continue
        hanging, end = attached(words, read.end, verb)
        before = end
        while end < verb and is_adverb(words[end]) and words[end].folded not in NEGATIONS:
            end += 1
        # "Must the pads be checked?", "Has the tunnel been closed?"
        after = verb + ((modal != "" and word.folded == "be") or (auxiliary in _HAVE and word.folded == "been"))
        if end != verb or after >= len(words) or (after > verb and not is_participle(words[after])):
            continue
        passive = (auxiliary in BE and not word.text.endswith("ing")) or after > verb
        object_, more, stop = complements(words, after + 1, len(words))
        stranded = (
            words[-1].folded if words[-1].folded in _IN and stop >= len(words) - 1 and after < len(words) - 1 else ""
        )
        if stranded and stop == len(words) and hole != "agent":
            # "When is the water turned on?": it belongs to the verb.
            stranded = ""
        elif stranded:
            stop = len(words) - 1
        if stop + bool(stranded) < len(words):
            continue
        if hole == "number" and object_ is not None and not passive:
            # "How many concerts does the choir give a year?": what is counted is the object.
            more, object_ = [("", object_), *more], None
        agent, patient, rest = roles(read, object_, [*hanging, *more], passive=passive)
        if hole == "agent" and auxiliary in ("do", "does") and word.folded == "do" and _for_a_living(words, rest):
            yield Asked(words, "works", "", read, None, (), "rest", kind, "as")
        where = _hole(hole, preposition or stranded, passive=passive, has_object=object_ is not None)
        if hole == "agent" and passive and word.folded in _CALLED and object_ is None:
            where = "rest"
        if where is not None:
            verb_word = words[after].folded
            particles = (
                words[after + 1 : after + 1 + is_particle(words, after + 1, len(words))] if stop > after + 1 else ()
            )
            adverbs = frozenset(word.folded for word in (*words[before:verb], *particles))
            yield Asked(
                words, verb_word, modal, agent, patient, tuple(rest), where, kind, preposition or stranded, adverbs
            )
    if auxiliary in BE:
        yield from _without_verb(words, start, subject, hole, kind, preposition)


def _without_verb(
    words: tuple[Word, ...], start: int, subject: Phrase, hole: Hole, kind: tuple[str, ...], preposition: str
) -> Iterator[Asked]:
    """After a form of *be* that is the verb itself."""
    if hole in ("", "when", "where", "number", "measure", "often"):
        yield from _copular(words, start, hole, kind)
    elif hole == "agent" and not preposition:
        # "What is the pressure of the pump?": the sentence may begin with either side.
        hanging, end = attached(words, subject.end, len(words))
        if end == len(words):
            yield Asked(words, "", "", subject, None, tuple(hanging), "patient", kind)
            yield Asked(words, "", "", None, subject, tuple(hanging), "agent", kind)
            for verb_word in _COLOURED if kind[-1:] in (("colour",), ("color",)) else ():
                yield Asked(words, verb_word, "", None, subject, tuple(hanging), "rest", kind)


def _for_a_living(words: Sequence[Word], rest: Sequence[Hanging]) -> bool:
    """ "What does she do?", and the same "for a living": no other phrase narrows it."""
    return all(preposition == "for" and words[read.head].folded == "living" for preposition, read in rest)


def _hole(hole: Hole, preposition: str, *, passive: bool, has_object: bool) -> Hole | None:
    """Where what is asked for stands behind an inverted verb, ``None`` where it has no place."""
    if hole in ("agent", "number") and passive and preposition == "by":
        return "agent"
    if hole != "agent":
        return hole
    if preposition:
        return "rest"
    return None if passive or has_object else "patient"


def _copular(words: tuple[Word, ...], start: int, hole: Hole, kind: tuple[str, ...]) -> Iterator[Asked]:
    """ "Is the stew vegan?", "How often is maintenance due?": a subject, and a predicate without a verb; "Where is the key?":
    a subject alone."""
    subject = phrase(words, start, len(words)) if hole else None
    if subject is not None:
        hanging, end = attached(words, subject.end, len(words))
        if end == len(words):
            verbs = _MEASURING.get(kind[0], ()) if hole == "measure" else _STANDING if hole == "where" else ()
            for verb in ("", *verbs):
                yield Asked(words, verb, "", subject, None, tuple(hanging), hole, kind)
            for verb in _KEPT if hole == "where" else ():
                yield Asked(words, verb, "", None, subject, tuple(hanging), hole, kind)
    for end in range(start + 1, len(words)):
        read = phrase(words, start, end)
        if read is None:
            continue
        hanging, after = attached(words, read.end, end)
        if after != end:
            continue
        predicate = phrase(words, end, len(words))
        if predicate is None:
            continue
        more, stop = attached(words, predicate.end, len(words))
        if stop == len(words):
            yield Asked(words, "", "", read, predicate, (*hanging, *more), hole, kind)


def _is_verb_here(word: Word, auxiliary: str) -> bool:
    if auxiliary in BE:
        return is_participle(word) or (word.text.endswith("ing") and is_a(word.folded, "v"))
    if auxiliary in _HAVE:
        return is_participle(word)
    return word.folded == "be" or is_a(word.folded, "v")
