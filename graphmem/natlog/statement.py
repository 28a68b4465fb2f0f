"""A statement taken apart: of whom something is said, what, and the value it is said to have."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from graphmem.model import AnswerType, Span
from graphmem.natlog.lexicon import is_place, is_verb_form, main_part

__all__ = ["WITHIN", "Parts", "affirmed", "halves", "taken_apart"]

_DONE = (
    r"born|founded|established|built|designed|composed|drafted|written|opened|published|released|passed|painted|drawn|"
    r"discovered|invented|directed|produced|launched|closed|performed|finished|completed|made|commanded|edited"
)
_PASSIVE = regex.compile(rf"^(.+?) (?:was|were|is|are) (?:first )?({_DONE}) (in|by|on|at|before|after) (.+)$")
_WENT = regex.compile(r"^(.+?) (died|studied|lived|worked|sank) (in|at|on|before|after) (.+)$")
_ACTIVE = regex.compile(rf"^(.+?) ({_DONE}|wrote|drew|made|led) ((?:the |The )?(?:[\p{{Lu}}]).+)$")
WITHIN = "lies within"
"""The relation of what is somewhere to every place that holds it."""
_LOCATED = regex.compile(
    r"^((?:[Tt]he )?\P{Ll}.+?) (?:is|was|are|were|lies|lie|stands|stand)(?: located| situated)? (?:in|at|on) "
    r"((?:the )?\p{Lu}[^,]+)$"
)
_PLACED = regex.compile(
    r"^((?:[Tt]he )?\P{Ll}.+?) (is|was|are|were) (an? (?:[\p{Ll}\-]+ )*?([\p{Ll}\-]+)) ((?:in|on|at) (?:the )?\p{Lu}[^,]+)$"
)
_KIN = regex.compile(
    r"^(.+?) (?:was|is) (?:the|a|an) (father|mother|son|daughter|husband|wife|brother|sister|child) of (.+)$"
)
_PREDICATED = regex.compile(
    rf"^(.+) ((?:was|were|is|are|has|had|{_DONE}|wrote|drew|studied|taught|led|saved|won)\b .+)$"
)
_YEAR = regex.compile(r"\b\d{3,4}$|\bcentury$")
_DATE = r"(?:(?:the )?\d{1,2}(?:st|nd|rd|th) century|(?:\d{1,2} )?(?:\p{Lu}\p{Ll}+ )?(?:\d{1,2}, )?\d{3,4})"
_THEN = regex.compile(rf"^(.+) ((?:in|on|before|after) {_DATE})$")
_DATE_FIRST = regex.compile(rf"^({_DATE}) ((?:by|in|at) .+)$")
_DESCRIPTION = regex.compile(r"^[Tt]he (?:[\p{Ll}\-]+ ){1,3}(?:of|that|who|which)\b")
_PARENT = {"son": "parent", "daughter": "parent", "child": "parent"}
_ACTIVE_OF = {"wrote": "written", "drew": "drawn", "led": "led"}


_PASTS = {
    **{
        base: f"{base}ed"
        for base in "found establish design draft open publish paint discover launch finish edit direct invent perform command "
        "work".split()
    },
    **{base: f"{base}d" for base in "compose release produce close complete die live".split()},
    **{
        "build": "built",
        "write": "wrote",
        "draw": "drew",
        "make": "made",
        "lead": "led",
        "study": "studied",
        "sink": "sank",
    },
}
"""The verbs of these forms as a question with "did" says them, and as a statement does."""
_BASE = regex.compile(rf"\b(?:{'|'.join(_PASTS)})\b")
_MODAL = frozenset("can could will would".split())
_WORD = regex.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Parts:
    """``subject`` is a name, or where ``is_description`` words that lead to one; ``comparison`` is "before", "after"
    or "" for the value itself, and "says" where ``value`` is a whole predicate ("was a composer")."""

    subject: str
    relation: str
    expected: AnswerType
    value: str
    comparison: str
    is_description: bool


def affirmed(asked: str, auxiliary: str, name: Span | None) -> str:
    """A yes-no question without its auxiliary as a statement: "X built in Y" with "was" as "X was built in Y". ``name`` is where
    its first name stands, which is the subject if no verb is before it."""
    if auxiliary in ("do", "does", "did") or name is None:
        return _BASE.sub(lambda match: _PASTS[match.group()], asked, count=1) if auxiliary == "did" else asked
    before = list(_WORD.finditer(asked, 0, name[0]))[1:]
    verb = next((match.start() for match in before if _is_deed(match.group(), auxiliary)), None)
    at = name[1] if verb is None else verb - 1
    return f"{asked[:at]} {auxiliary}{asked[at:]}"


def _is_deed(word: str, auxiliary: str) -> bool:
    if auxiliary in _MODAL:
        return main_part(word) == "v"
    return word.endswith("ed") or is_verb_form(word)


def halves(statement: str) -> tuple[str, str] | None:
    """Two statements for one that tells when as well as where, whom or by whom: "X was built by Y in 1890" as "X was built by
    Y" and "X was built in 1890"; or what kind of place it is, and in which: "X is a village in Y"; ``None`` for any other."""
    placed = _PLACED.match(statement)
    if placed is not None and is_place(placed.group(4)):
        subject, verb, kind, _, within = placed.groups()
        return f"{subject} {verb} {kind}", f"{subject} {verb} {within}"
    told = _PASSIVE.match(statement) or _WENT.match(statement)
    if told is not None:
        preposition, value = told.groups()[2:]
        begins = statement[: told.start(3) - 1]
        then, first = _THEN.match(value), _DATE_FIRST.match(value)
        if then is not None:
            return f"{begins} {preposition} {then.group(1)}", f"{begins} {then.group(2)}"
        return (f"{begins} {first.group(2)}", f"{begins} {preposition} {first.group(1)}") if first is not None else None
    active, then = _ACTIVE.match(statement), _THEN.match(statement)
    if active is None or then is None:
        return None
    verb, thing = active.group(2), then.group(1)[active.start(3) :]
    return then.group(1), f"{thing} was {_ACTIVE_OF.get(verb, verb)} {then.group(2)}"


def taken_apart(statement: str) -> Parts | None:
    """The parts of a statement of a known form, else ``None``."""
    passive = _PASSIVE.match(statement) or _WENT.match(statement)
    if passive is not None:
        subject, verb, preposition, value = passive.groups()
        if preposition == "by":
            return _parts(subject, f"{verb} by", "thing", value)
        dated = _YEAR.search(value) is not None
        if preposition in ("before", "after"):
            return _parts(subject, verb, "date", value, preposition) if dated else None
        return _parts(subject, verb, "date" if dated else "place", value)
    kin = _KIN.match(statement)
    if kin is not None:
        # "A was a daughter of B": one of A's parents is B.
        subject, relation, other = kin.groups()
        if relation in _PARENT:
            return _parts(subject, "parent", "person", other)
        return _parts(other, relation, "person", subject) if not _DESCRIPTION.match(other) else None
    located = _LOCATED.match(statement)
    if located is not None:
        return _parts(located.group(1), WITHIN, "place", located.group(2))
    active = _ACTIVE.match(statement)
    if active is not None and not _DESCRIPTION.match(active.group(1)):
        subject, verb, thing = active.groups()
        return _parts(thing, f"{_ACTIVE_OF.get(verb, verb)} by", "thing", subject)
    return _described(statement)


def _described(statement: str) -> Parts | None:
    """What is said of somebody who is described, not named: the last verb begins what is said."""
    match = _PREDICATED.match(statement)
    if match is None or not _DESCRIPTION.match(match.group(1)):
        return None
    subject, predicate = match.groups()
    return Parts(f"t{subject[1:]}", predicate, "thing", predicate, "says", True)


def _parts(subject: str, relation: str, expected: AnswerType, value: str, comparison: str = "") -> Parts | None:
    if value.startswith(("a ", "an ")):
        # A kind of thing is no value to compare.
        return None
    described = _DESCRIPTION.match(subject) is not None
    return Parts(f"t{subject[1:]}" if described else subject, relation, expected, value, comparison, described)
