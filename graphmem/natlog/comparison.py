"""Which two things a question compares, and by what: "Which came out first, X or Y?", "Are X and Y from the same country?"."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from graphmem.model import AnswerType
from graphmem.natlog.words import AGENTS, TYPES

__all__ = ["AUXILIARY", "MARK", "MEASURES", "YES_NO", "Comparison", "comparison_in"]

MARK = regex.compile(r"⟦(\d+)⟧")
"""What stands for a name in a question taken apart."""
AUXILIARY = r"(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would)"
YES_NO = regex.compile(rf"^{AUXILIARY}\b\s*")
MEASURES = {
    "long": "length",
    "high": "height",
    "tall": "height",
    "deep": "depth",
    "far": "distance",
    "old": "age",
    "wide": "width",
}
"""What is asked for with "how" and an adjective."""
_COMPARISONS: tuple[tuple[str, str, str], ...] = (
    # What the question says, how the values compare, and what is compared where nothing else is named.
    (r"\bsame\b|\bboth\b", "same", ""),
    (r"\b(?:lived|living) longer\b", "longest", "lived"),
    (r"\b(?:older|oldest|elder)\b", "earliest", "born"),
    (r"\b(?:younger|youngest)\b", "latest", "born"),
    (r"\b(?:first|earlier|earliest|before)\b", "earliest", ""),
    (r"\b(?:later|latest|last|after|more recent(?:ly)?|newer)\b", "latest", ""),
    (
        r"\b(?:longer|longest|larger|largest|bigger|biggest|higher|highest|taller|tallest|more|most|greater|deeper)\b",
        "most",
        "",
    ),
    (r"\b(?:shorter|shortest|smaller|smallest|lower|lowest|fewer|fewest|less|least)\b", "least", ""),
)
_SIDE_BY_SIDE = regex.compile(
    rf"\s*(?:\([^)]*\))?\s*,?\s*(?:or|and)\s+(?:the\s+)?(?:(?:{'|'.join(sorted(AGENTS))})\s+of\s+(?:the\s+)?)?(?:\w+\s)?"
)
"""What stands between the two sides of a comparison."""
_AS = regex.compile(r"[^⟦]*\bsame\b[^⟦]*\bas\s+(?:the\s+)?(?:\w+\s)?")
_COMPARED: dict[str, AnswerType] = {"earliest": "date", "latest": "date", "most": "number", "least": "number"}
_DATED = regex.compile(
    r"\b(born|birth|died|death|released|published|founded|built|established|launched|opened|came out|begin|began|"
    r"completed|invented|discovered|started|created|premiered|made)\b"
)
_PLACED = regex.compile(
    r"\b(nationality|country|nation|place of birth|birthplace|city|town|county|state|region|born|die|died|river|founded|"
    r"built|occupation|profession)\b"
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two names, by the numbers of their marks, are compared: ``relations`` lead from each to the value that is."""

    kind: str
    relations: tuple[str, ...]
    expected: AnswerType
    sides: tuple[int, int]
    yes_no: bool


def comparison_in(masked: str) -> Comparison | None:
    """The comparison that a question makes, lower case with its names as marks; ``None`` where it makes none."""
    marks = list(MARK.finditer(masked))
    if len(marks) < 2:
        return None
    one, two = marks[-2], marks[-1]
    between = masked[one.end() : two.start()]
    yes_no = bool(YES_NO.match(masked))
    held_against = yes_no and _AS.fullmatch(between) is not None
    if not held_against and not _SIDE_BY_SIDE.fullmatch(between):
        return None
    rest = f"{masked[: one.start()]} {between if held_against else ''} {masked[two.end() :]}"
    if not yes_no and " or " not in between and "out of" not in rest and "between" not in rest:
        return None
    for pattern, kind, subject in _COMPARISONS:
        if regex.search(pattern, rest) and (kind == "same") == yes_no:
            relations = _compared_relations(rest, kind, subject)
            expected: AnswerType = _COMPARED.get(kind, "place" if relations[-1].endswith(" in") else "thing")
            return Comparison(kind, tuple(relations), expected, (int(one.group(1)), int(two.group(1))), yes_no)
    return None


def _compared_relations(rest: str, kind: str, subject: str) -> list[str]:
    """What leads from each side to the value that is compared: a role where one is named, then the attribute."""
    roles = [word.removesuffix("s") for word in regex.findall(r"\w+", rest) if word.removesuffix("s") in AGENTS]
    if subject:
        return [*roles[:1], subject]
    found = (_PLACED if kind == "same" else _DATED).search(rest)
    if found is not None:
        attribute = found.group(1)
    elif kind in ("most", "least"):
        attribute = _measure(rest)
    elif kind == "same":
        attribute = "country"
    else:
        attribute = "released"
    attribute = {"die": "died", "came out": "released"}.get(attribute, attribute)
    if kind == "same" and attribute in ("born", "died", "founded", "built"):
        attribute = f"{attribute} in"
    return [*roles[:1], attribute]


def _measure(rest: str) -> str:
    words = regex.findall(r"long|high|tall|deep|wide|larg|big|small", rest)
    nouns = [word for word in regex.findall(r"\w+", rest) if TYPES.get(word) == "number"]
    more = regex.search(r"\b(?:more|most|fewer|fewest|less|least)\s+(\w+)", rest)
    if nouns:
        return str(nouns[0])
    if more is not None:
        return str(more.group(1))
    return MEASURES.get(words[0], "population") if words else "number"
