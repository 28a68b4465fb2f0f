"""A question becomes a claim with an open slot: a chain of steps from a name to what is asked, or two that are compared.

The grammar is that of questions about documents: of-chains ("the birthplace of the director of X"), genitives ("X's
mother"), relative clauses ("the company that built X"), comparisons ("Which came out first, X or Y?"), and statements
to be proved. What it cannot take apart becomes one step in the question's own words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import regex

from graphmem.model import AnswerType, Claim, Span, Step
from graphmem.natlog.comparison import AUXILIARY, MARK, MEASURES, YES_NO, comparison_in
from graphmem.natlog.statement import affirmed, taken_apart
from graphmem.natlog.words import AGENTS, FUNCTION_WORDS, KINSHIP, TYPES, expected_type

__all__ = ["SLOT", "names_in", "parse_question"]

SLOT = "___"

_CAPITALISED = r"(?:\p{Lu}|\p{N}+(?=\s\p{Lu}))[\p{L}\p{M}\p{N}.\-]*(?:[’'](?!s\b)[\p{L}]+)*"
_NAME = regex.compile(
    rf"[\"“]([^\"”]+)[\"”]|(?<!^)(?<![.!?]\s)\b{_CAPITALISED}(?:\s+(?:(?:of|the|de|la|von|van)\s+){{0,2}}{_CAPITALISED})*"
)
_GENITIVE = regex.compile(r"[’']s\b")
_OF = regex.compile(r"\bof\b")
_POINT = regex.compile(r"(?<=\d)(?:\.\d+)+")
_BRACKET = regex.compile(r"\s*\([^()]*\)")
_WH = regex.compile(
    r"^(?:(?:in|on|at|by|from|for|to|of|during|under|with)\s+)?"
    r"(who|whom|whose|what|which|where|when|why|how many|how much|how (?:long|old|far|high|tall|deep|wide)|how)\b\s*"
)
_LEADING_AUXILIARY = regex.compile(rf"^{AUXILIARY}\b\s*(?:the name of\s+)?")
_COMPOUND = regex.compile(
    r"\b(place|date|year|day|cause|country|city|town|time) of (birth|death|origin|citizenship|burial|residence)\b"
)
_HOLDING = regex.compile(
    r"\b(?:the\s+)?(country|state|county|city|town|village|province|district|region|continent)\s+"
    r"(?:(?:where|in which|that|which)\s+(?:the\s+)?(⟦\d+⟧)\s+(?:is|was|are|lies)\s*(?:located|situated|found)?(?:\s+in)?"
    r"(?=\s*[,?]|\s*$)|"
    r"(?:the\s+)?(⟦\d+⟧)\s+(?:is|was|are|lies)\s+(?:located|situated|found)?\s*in\b)"
)
"""The country that holds a place: "the country where X is located", "the country X is in"."""
_RELATIVE = regex.compile(r"\s*,?\s*\b(?:in which|of which|to which|at which|that|which|who|whom|where|whose)\b\s*")
_CLAUSE_SUBJECT = regex.compile(r"\b(?:that|which|whom?|where)(?:\s+the)?\s*$")
_PHRASE = regex.compile(r"^(?:in|on|at|during|since|before|after)\b")
_ATTRIBUTES = frozenset("birthplace nationality capital population length height depth area anthem motto flag".split())
_WHENCE = frozenset(
    {"from", "in", "located", "situated", "come from", "comes from", "came from", "located in", "situated in", "lie in"}
)
_LEADING = frozenset("the a an its their his her was were is are did does do has had have been also".split())
_VERBS = frozenset(
    "sank lies lay stands stood wrote built made sang led won drew designs owns runs plays sold bought broke taught found "
    "gave held".split()
)
_ASKED_NOUN = regex.compile(
    rf"((?:(?!{AUXILIARY}\b|⟦)[\w\-]+\s+){{1,4}}?)(?={AUXILIARY}\b|⟦|(?:\w+ed|\w+s|{'|'.join(_VERBS)})\b)"
)
_LAST_VERB = regex.compile(
    rf"\s+(?:{AUXILIARY}\s+)?(die|died|born|from|study|studied|work|worked|live|lived|located|buried|found|come|detained|"
    r"educated|in)\b.*$"
)


def parse_question(question: str, names: Sequence[Span] = ()) -> Claim:
    """The claim of an English question or statement; ``names`` are spans of it that are known to name something."""
    text = " ".join(question.split())
    spans = _with_own_names(text, [span for span in names if text[slice(*span)].strip()])
    called = [text[a:b].strip("\"“”' ") for a, b in spans]
    masked = text
    for number, (a, b) in reversed(list(enumerate(spans))):
        masked = f"{masked[:a]}⟦{number}⟧{masked[b:]}"
    asks = masked.rstrip().endswith("?") or _WH.match(masked.lower()) or YES_NO.match(masked.lower())
    masked = _GENITIVE.sub(" 's", masked.lower().strip(" ?.!"))
    if not asks:
        return parse_statement(text)
    compared = _comparison(text, masked, called)
    if compared is not None:
        return compared
    yes_no = YES_NO.match(masked)
    if yes_no is not None:
        statement = _statement(text, masked, called, yes_no.group().strip())
        told = parse_statement(statement)
        return replace(told, question=text) if told.claimed else Claim(text, statement, "yes-no", ((),))
    steps, expected = _chain(masked, called)
    return Claim(text, _hypothesis(steps), expected, (steps,))


@lru_cache(maxsize=512)
def names_in(question: str) -> tuple[str, ...]:
    """The names that a question writes with capitals or in quotation marks."""
    text = " ".join(question.split())
    return tuple(text[a:b].strip("\"“”' ") for a, b in _with_own_names(text, []))


def parse_statement(text: str) -> Claim:
    """A statement as a chain of steps and the value that it claims for the last; whole where it is of another form."""
    hypothesis = text.rstrip(" .")
    parts = taken_apart(hypothesis)
    if parts is None:
        return Claim(text, hypothesis, "yes-no", ((),))
    steps: tuple[Step, ...] = ()
    if parts.is_description:
        (steps,) = parse_question(f"Who is {parts.subject}?").branches
        if not steps[0].anchor:
            return Claim(text, hypothesis, "yes-no", ((),))
    anchor: str | int = len(steps) - 1 if steps else parts.subject
    branch = (*steps, Step(parts.relation, anchor, parts.expected))
    return Claim(text, hypothesis, "yes-no", (branch,), parts.comparison, parts.value)


def _with_own_names(text: str, names: Sequence[Span]) -> list[Span]:
    spans = [(a, _with_bracket(text, a, b)) for a, b in names]
    for match in _NAME.finditer(text):
        a, b = match.span()
        inside = [span for span in spans if span[0] < b and a < span[1]]
        if not inside:
            spans.append((a, _with_bracket(text, a, b)))
        elif len(inside) == 1 and a <= inside[0][0] and inside[0][1] < b:
            # "Calder Sound Yacht Club" is not Calder Sound.
            spans[spans.index(inside[0])] = (a, b)
    spans.sort()
    return [span for at, span in enumerate(spans) if not at or spans[at - 1][1] <= span[0]]


def _with_bracket(text: str, start: int, end: int) -> int:
    """Where a name ends, with the bracket that belongs to it: "(1982 film)" tells two of one name apart, as does the rest of a
    number ("Version 4[.2]")."""
    if "(" in text[start:end] and text[end : end + 1] == ")":
        return end + 1
    behind = _BRACKET.match(text, end) or _POINT.match(text, end)
    return end if behind is None else behind.end()


def _statement(text: str, masked: str, called: Sequence[str], auxiliary: str) -> str:
    """A yes-no question as the statement that it asks about: "Was X built in Y?" → "X was built in Y"."""
    rest = masked[len(auxiliary) :].strip()
    first = MARK.search(rest)
    return _named(affirmed(rest, auxiliary, None if first is None else first.span()), called)


def _named(text: str, called: Sequence[str]) -> str:
    whole: str = MARK.sub(lambda match: called[int(match.group(1))], text)
    return " ".join(whole.replace(" 's", "'s").split())


# --- comparisons ------------------------------------------------------------------------------------


def _comparison(text: str, masked: str, called: Sequence[str]) -> Claim | None:
    compared = comparison_in(masked)
    if compared is None:
        return None
    sides = [called[number] for number in compared.sides]
    branches = tuple(_steps(compared.relations, side, compared.expected) for side in sides)
    shown = f"{sides[0]} and {sides[1]}: {compared.kind} {compared.relations[-1]}"
    return Claim(text, shown, "yes-no" if compared.yes_no else "choice", branches, compared.kind)


# --- chains -----------------------------------------------------------------------------------------


def _chain(masked: str, called: Sequence[str]) -> tuple[tuple[Step, ...], AnswerType]:
    wh = _WH.match(masked)
    word = wh.group(1) if wh is not None else ""
    body = masked[wh.end() :] if wh is not None else masked
    body = _HOLDING.sub(lambda match: f"{match.group(2) or match.group(3)} 's {match.group(1)}", body)
    body = _COMPOUND.sub(lambda match: match.group().replace(" ", "_"), body)
    head, body = _asked_noun(word, body)
    if word.startswith("how ") and word[4:] in MEASURES:
        head = [MEASURES[word[4:]]]
    expected = _expected(word, head)
    marks = list(MARK.finditer(body))
    if not marks:
        relation = _relation(body) or body
        return (Step(relation, called[0] if called else "", expected),), expected
    mark = _anchor(body, marks)
    left, right = body[: mark.start()], body[mark.end() :]
    relations = _relations(_named(left, called), _named(right, called), word, head)
    if not relations:
        relations = [" ".join(head) or "is"]
    steps = _steps(relations, called[int(mark.group(1))], expected)
    if expected == "thing":
        expected = steps[-1].expected
    return steps, expected


def _asked_noun(word: str, body: str) -> tuple[list[str], str]:
    """The noun phrase behind "which", "what" and "how many", up to the verb, and what follows it."""
    if word not in ("which", "what", "how many", "how much", "whose"):
        return [], body
    match = _ASKED_NOUN.match(body)
    if match is None:
        return [], body
    phrase = match.group(1).split()
    if not phrase or (phrase[0] in FUNCTION_WORDS and phrase[0] not in TYPES):
        return [], body
    return phrase, body[match.end() :]


def _expected(word: str, head: Sequence[str]) -> AnswerType:
    if word in ("how many", "how much", *(f"how {word}" for word in MEASURES)):
        return "number"
    by_word: dict[str, AnswerType] = {
        "who": "person",
        "whom": "person",
        "where": "place",
        "when": "date",
        "why": "reason",
    }
    return by_word.get(word) or expected_type(reversed(list(head))) or "thing"


def _anchor(body: str, marks: Sequence[regex.Match[str]]) -> regex.Match[str]:
    """The name that the chain starts from: one with a genitive, else the innermost, which comes last."""
    for mark in marks:
        if body[mark.end() :].startswith(" 's"):
            return mark
    return marks[-1]


def _relations(left: str, right: str, word: str, head: Sequence[str]) -> list[str]:
    """Relations from the name outwards, from what stands left and right of it."""
    left = _LEADING_AUXILIARY.sub("", left.strip())
    right = right.strip(" ,")
    found, tail = _genitives(right) if right.startswith("'s") else ([], right)
    if _CLAUSE_SUBJECT.search(left):
        # "the town where X was born": what X does leads from X.
        found.append(_relation(tail))
        tail = ""
    parts = [_RELATIVE.split(part) for part in _OF.split(left)]
    segments = [piece.strip() for pieces in parts for piece in pieces]
    typed = [piece.strip() for pieces in parts for piece in pieces[:-1]]
    for place, segment in enumerate(reversed(segments)):
        relation = _relation(segment)
        adjacent = place == 0 and not found
        if not relation or (adjacent and _is_type(segment)) or (segment in typed and _is_bare_noun(segment)):
            continue
        outermost = place == len(segments) - 1
        agent = (not outermost or word in ("who", "which", "what")) and _is_active(segment)
        found.append(f"{relation} by" if agent else relation)
    tail = _relation(tail)
    asked = [w for w in head if w not in FUNCTION_WORDS]
    if tail and found and _PHRASE.match(tail):
        # "the mayor of X in 1913": when and where narrows down what stands next to the name.
        found[0] = f"{found[0]} {tail}"
    elif tail in _WHENCE and asked[-1:] in (["country"], ["nation"]):
        found.append("country")
    elif tail:
        found.append(" ".join([*(w for w in asked if w not in TYPES), tail]))
    elif head and (not any(found) or expected_type(reversed(head)) == "place"):
        found.append(" ".join(head))
    elif head and word in ("how many", "how much"):
        found[-1] = f"{' '.join(asked)} {found[-1]}".strip()
    return [relation for relation in found if relation]


def _genitives(right: str) -> tuple[list[str], str]:
    """ "'s mother 's husband die" → the kin in order, and the verb at the end."""
    parts = [part.strip() for part in right.split("'s") if part.strip()]
    kin: list[str] = []
    for part in parts[:-1]:
        kin.append(_relation(part))
    last = parts[-1] if parts else ""
    verb = _LAST_VERB.search(last)
    if verb is None:
        return [*kin, _relation(last)], ""
    return [*kin, _relation(last[: verb.start()])], last[verb.start() :].strip()


def _relation(segment: str) -> str:
    """A segment in its own words, without articles, auxiliaries and the bare type of what follows."""
    words = segment.replace("_", " ").split()
    while words and words[0] in _LEADING:
        words = words[1:]
    while len(words) > 1 and words[-1] in ("the", "a", "an", "at"):
        words = words[:-1]
    # "founded the company" leads to the company: the verb is the relation.
    for at in range(1, len(words)):
        if words[at] in ("the", "a", "an"):
            return " ".join(words[:at])
    return " ".join(word for word in words if word not in ("main", "same"))


def _is_type(segment: str) -> bool:
    """ "film" in "the director of film X": it only says what X is."""
    words = [word for word in segment.split() if word not in FUNCTION_WORDS]
    telling = any(word in AGENTS or TYPES.get(word) == "person" or word in _ATTRIBUTES for word in words)
    verb = any(word.endswith("ed") or word in _VERBS for word in words)
    return len(words) <= 2 and not telling and not verb


def _is_bare_noun(segment: str) -> bool:
    """ "the association" before "which …": the kind of thing that the clause leads to."""
    words = segment.split()
    return (
        bool(words) and len(words) <= 3 and words[0] in ("the", "a", "an") and words[-1] not in ("in", "at", "on", "by")
    )


def _is_active(segment: str) -> bool:
    """Whether a segment is a verb whose subject is asked for: "founded the company", "wrote"."""
    words = segment.split()
    if not words or words[0] in ("the", "a", "an") or words[-1] in ("by", "in", "at", "on", "from"):
        return False
    return words[0].endswith("ed") or words[0] in _VERBS


def _steps(relations: Sequence[str], anchor: str, expected: AnswerType | None) -> tuple[Step, ...]:
    names = [piece for relation in relations for piece in KINSHIP.get(relation, (relation,))]
    steps = [
        Step(relation, anchor if number == 0 else number - 1, expected_type(reversed(relation.split())) or "thing")
        for number, relation in enumerate(names)
    ]
    if expected is not None and expected != "thing":
        steps[-1] = replace(steps[-1], expected=expected)
    return tuple(steps)


def _hypothesis(steps: Sequence[Step]) -> str:
    """The statement with its slot: "the born of the director of X is ___"."""
    text = str(steps[0].anchor)
    for step in steps:
        text = f"{step.relation} of {text}"
    return f"{text} = {SLOT}"
