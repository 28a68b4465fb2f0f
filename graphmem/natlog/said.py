"""Whether a sentence of a document says a statement in words of its own: the same subject, verb and roles, whatever the
order of the rest.

Where a derivation needs the sentence to be worded like the statement, this asks for less and answers less: who does what
to whom must be plain, what may not have happened counts for nothing, and amounts and dates are compared as intervals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import regex

from graphmem.folding import Token, fold, tokenize
from graphmem.model import Evidence, Span, Verdict
from graphmem.natlog.compare import is_functional
from graphmem.natlog.factuality import NEGATIONS, is_aside, is_certain
from graphmem.natlog.lexicon import is_a, is_deed
from graphmem.natlog.peoples import is_language
from graphmem.natlog.phrases import DETERMINERS, PREPOSITIONS
from graphmem.natlog.quantities import Quantity, quantities_of, quantity_relation, value_of
from graphmem.natlog.reference import may_mean
from graphmem.natlog.relations import Relation
from graphmem.natlog.tokens import words_of
from graphmem.natlog.words import FUNCTION_WORDS, bare_name, family, same_name

__all__ = ["said", "subject_of", "told_of"]

_NAME = r"\p{Lu}[\p{L}\p{M}\p{N}.\-]*(?:\s+(?:(?:of|the|de|la|von|van)\s+)?\p{Lu}[\p{L}\p{M}\p{N}.\-]*)*"
_NAMES = regex.compile(_NAME)
_SUBJECT = regex.compile(rf"(?:[Tt]he\s+)?({_NAME})")
_PRONOUN = regex.compile(r"^(?:[^,]{1,60},\s+)?([Hh]e|[Ss]he|[Ii]t|[Tt]hey)\b")
_POSSESSIVE = regex.compile(r"^[’'](?:s\b)?")
_OWNER = regex.compile(r"\b(?:\p{Lu}\p{Ll}+\s+)?\p{Ll}+(?=['’]s?\s)")
_BE = regex.compile(
    r"\b(?:was|were|is|are|be|been|being|got)\s+(?:\w+ly\s+|not\s+|never\s+|also\s+|first\s+|later\s+)?$"
)
_PREDICATIVE = regex.compile(
    r"\b(?:was|were|is|are|be|been|became|remained)\b(?:\s+(?!(?:of|by|for|to|with|from|in|at|on|who|which|that|whose|where)\b)[\w\-,]+){0,8}\s+$"
)
_COPULA_FIRST = regex.compile(r"^\s*(?:was|were|is|are|became|remained)\b")
_PARTICIPLE = regex.compile(r"(?:ed|en|wn|ne|nt|lt|ld|de|ung|unk|awn|ut|ght|rn)$")
_BY = regex.compile(rf"\s+(?:\w+\s+){{0,3}}?by\s+(?:the\s+)?((?>{_NAME}))(?![’'])")
_BEFORE = regex.compile(
    r"\b(in|at|of|on|by|with|from|to|near|for|about|after|before|against)\s+(?:the\s+|a\s+)?$", regex.IGNORECASE
)
_CHAINED = regex.compile(r"(?:\b(?:and|then|who|which)\b|,)(?:\s+\w+){0,2}\s+$")
_ADJUNCT = r"(?:in|on|at|from|to|until|by|for|with|under|after|before)"
_COORDINATED = regex.compile(rf"^(.+?\s)({_ADJUNCT}\s.+?)\s(?:and|but)\s((?:\w+\s){{0,3}}?)({_ADJUNCT}\s.+)$")
_OPEN: tuple[Verdict, Relation, str] = ("insufficient", Relation.INDEPENDENCE, "")
_SUBJECT_WORDS = 5
_JOINING = frozenset("and but then".split())
_DIMENSIONS = frozenset("long wide high tall deep thick broad away old".split())
_FINITE = frozenset("is are was were be been has had have became remained".split())
_COUNTED = frozenset("more less fewer least most than over under exactly up only".split())
_PLACED = frozenset({"in", "at", "on"})


@dataclass(frozen=True, slots=True)
class _Deed:
    """Who a clause says something of, its verb, and for a passive with "by" who did it."""

    subject: Span
    verb: Span
    passive: bool
    agent: str


def subject_of(hypothesis: str) -> str:
    """The name that a statement begins with, "" where it begins otherwise."""
    match = _SUBJECT.match(hypothesis)
    return "" if match is None else match.group(1)


def told_of(hypothesis: str, item: Evidence) -> str | None:
    """The part of a sentence that says the statement's verb of the statement's subject, as a fact, with its names in their
    places; ``None`` where it says that nowhere."""
    match = _SUBJECT.match(hypothesis)
    if match is None:
        return None
    rest = hypothesis[match.end() :]
    verb = _verb_of(rest)
    wanted = None if verb is None else _deed(hypothesis, match.span(1), verb)
    if verb is None or wanted is None:
        return None
    told = next(_deeds(item, match.group(1), verb, wanted, _COPULA_FIRST.match(rest) is not None), None)
    if told is None or not _factual(item.text[: told.verb[0]], hypothesis):
        return None
    if not _placed_alike(rest, item.text, wanted):
        return None
    # "The one gives 40 litres; the other gives 60."
    begin, end = item.text.rfind(";", 0, told.subject[0]) + 1, item.text.find(";", told.verb[1])
    text = item.text[begin:] if end < 0 else item.text[begin:end]
    return _own_part(text, told.verb[0] - begin)


def said(hypothesis: str, item: Evidence, text: str) -> tuple[Verdict, Relation, str]:
    """The verdict on a statement of what a sentence tells of it, the relation between the two, and why."""
    both = _COORDINATED.match(text)
    if both is None:
        return _said(hypothesis, item, text)
    # "Made in Riga until 2014 and in Vell from then on": not in Vell until 2014.
    begins = both.group(1)
    if both.group(3):
        # "Studied law in Riga and art in Vell": the second part has an object of its own.
        verb = next((end for word, _, end in tokenize(begins) if _is_verb(word)), len(begins))
        parts = (f"{begins}{both.group(2)}", f"{begins[:verb]} {both.group(3)}{both.group(4)}")
    else:
        parts = (f"{begins}{both.group(2)}", f"{begins}{both.group(4)}")
    said_of = [_said(hypothesis, item, part) for part in parts]
    supported = next((told for told in said_of if told[0] == "supported"), None)
    return supported or (said_of[0] if said_of[0][0] == said_of[1][0] else _OPEN)


def _said(hypothesis: str, item: Evidence, text: str) -> tuple[Verdict, Relation, str]:
    counted = {word for q in quantities_of(words_of(hypothesis)) for word in words_of(hypothesis)[q.start : q.end]}
    parts = {part for part, word in _content(hypothesis) if word not in counted | _COUNTED}
    names = {family(word) for owner in item.about for word in fold(owner).split()}
    subject = {family(word) for word in fold(subject_of(hypothesis)).split()}
    predicate = _COPULA_FIRST.match(hypothesis[len(subject_of(hypothesis)) :]) is not None
    if parts - {part for part, _ in _content(_unowned(text) if predicate else text)} - (names & subject):
        return _OPEN
    amounts = _amounts(hypothesis, text)
    if amounts is Relation.INDEPENDENCE:
        return _OPEN
    opposed = _negations(hypothesis) % 2 != _negations(text) % 2
    if amounts is Relation.ALTERNATION:
        return _OPEN if opposed else ("refuted", amounts, "the evidence gives another value")
    if opposed:
        return "refuted", Relation.NEGATION, "the evidence says the opposite"
    return "supported", Relation.FORWARD, "the evidence says all of it"


def _verb_of(rest: str) -> str | None:
    """The family of the first word behind a statement's subject that carries meaning: its verb, or what it is said to be."""
    return next((word for word, text in _content(rest) if value_of(text) is None), None)


def _own_part(text: str, place: int) -> str:
    """What a sentence says with the verb at a place: of "she was designed by Vane and was built in 1872" not when it is of the
    designing, and of "Ivo was elected treasurer, and Elena was elected secretary" who it is of whom. What stands before
    the first of several verbs is said with all that have no subject of their own."""
    words = tokenize(text)
    verbs = [at for at, (word, _, _) in enumerate(words) if _is_verb(word)]
    if not verbs or place < words[verbs[0]][1]:
        return text
    head = text[: words[verbs[0]][1]]
    begin = words[verbs[0]][1]
    for before, at in pairwise(verbs):
        subject = _begins(words, before, at, text)
        if subject is None:
            continue
        if words[subject][1] > place:
            return head + text[begin : words[subject][1]]
        head, begin = (head if subject == at else text[words[subject][1] : words[at][1]]), words[at][1]
    return head + text[begin:]


def _begins(words: Sequence[Token], before: int, at: int, text: str) -> int | None:
    """Where the part of a verb begins that is not the first: with its own subject, or with itself; ``None`` where it belongs to
    the verb ``before`` it, as in "was built" and "born and raised"."""
    if "," in text[words[at - 1][2] : words[at][1]]:
        return at
    joins = [place for place in range(before + 1, at) if words[place][0] in _JOINING]
    if not joins or joins[-1] == before + 1 == at - 1:
        return None
    first = joins[-1] + 1
    between = [word for word, _, _ in words[first:at]]
    if not between or (len(between) == 1 and is_a(between[0], "r")):
        return at
    named = text[words[first][1]].isupper() or between[0] in DETERMINERS
    return first if named and len(between) <= _SUBJECT_WORDS and PREPOSITIONS.isdisjoint(between) else None


def _is_verb(word: str) -> bool:
    return word in _FINITE or word.endswith("ed") or is_deed(word)


def _content(text: str) -> Iterator[tuple[str, str]]:
    """The families and words that carry meaning, in order; an English teacher is one thing, and need not be English."""
    words = tokenize(text)
    behinds = [*(word for word, _, _ in words[1:]), ""]
    for (word, _, _), behind in zip(words, behinds, strict=False):
        if word not in FUNCTION_WORDS and word not in NEGATIONS:
            yield (f"{word} {behind}" if is_language(word, behind) else family(word)), word


def _unowned(text: str) -> str:
    """A text without those to whom something belongs: the Danish painter's son is no painter."""
    return _OWNER.sub(lambda owner: " " * len(owner.group()), text)


def _negations(text: str) -> int:
    return sum(word in NEGATIONS for word in words_of(text))


def _factual(before: str, hypothesis: str) -> bool:
    """Whether nothing before the verb takes back that it happened."""
    return is_certain(before, words_of(hypothesis))


def _deed(text: str, subject: Span, verb: str) -> _Deed | None:
    """What is said of a subject by a verb that follows it."""
    for word, start, end in tokenize(text):
        if start >= subject[1] and family(word) == verb:
            passive = _BE.search(text[:start]) is not None and _PARTICIPLE.search(word) is not None
            by = _BY.match(text[end:]) if passive else None
            return _Deed(subject, (start, end), passive, fold(by.group(1)) if by is not None else "")
    return None


def _deeds(item: Evidence, subject: str, verb: str, wanted: _Deed, is_predicate: bool) -> Iterator[_Deed]:
    """Clauses of a sentence that say the verb of the subject, in the role that the statement gives it."""
    text, key = item.text, fold(subject)
    for place in _places(item, subject):
        deed = _deed(text, place, verb)
        if deed is None or not _is_its_verb(text[place[1] : deed.verb[0]], is_predicate and not deed.passive):
            continue
        if deed.passive == wanted.passive and (not wanted.agent or wanted.agent == deed.agent):
            yield deed
    if wanted.passive and wanted.agent:
        # "The Gull was built by Vane", of a sentence that says "Vane built the Gull".
        for place in _named(text, wanted.agent):
            deed = _deed(text, place, verb)
            if deed is not None and not deed.passive and key in fold(text[deed.verb[1] :]):
                yield deed
    elif not wanted.passive and not is_predicate:
        for match in _NAMES.finditer(text):
            deed = _deed(text, match.span(), verb)
            if deed is not None and deed.passive and deed.agent and same_name(deed.agent, key):
                yield deed


def _is_its_verb(between: str, is_predicate: bool) -> bool:
    """Whether what stands between a subject and a verb leaves the one the subject of the other."""
    if is_predicate:
        return _PREDICATIVE.search(between) is not None
    if is_aside(between):
        return False
    others = [match for match in _NAMES.finditer(between) if not _BEFORE.search(between[: match.start()])]
    if others and not between[others[-1].end() :].strip(" ,").startswith(("and ", "was ", "is ")):
        return False
    verbs = [w for w, _, _ in tokenize(between) if w not in FUNCTION_WORDS and is_a(w, "v") and not is_a(w, "n")]
    return not verbs or _CHAINED.search(between) is not None


def _places(item: Evidence, subject: str) -> Iterator[Span]:
    """Where a sentence says the name as a subject may stand, or a pronoun for it."""
    yield from _named(item.text, fold(subject))
    pronoun = _PRONOUN.match(item.text)
    if pronoun is not None and may_mean(item, pronoun.group(1).lower(), bare_name(subject)):
        yield pronoun.span()


def _named(text: str, key: str) -> Iterator[Span]:
    for match in _NAMES.finditer(text):
        start, end = match.span()
        apart = not _POSSESSIVE.match(text[end:]) and not _BEFORE.search(text[:start])
        if apart and (same_name(fold(match.group()), key) or fold(match.group()).endswith(f" {key}")):
            yield start, end


def _placed_alike(rest: str, text: str, wanted: _Deed) -> bool:
    """Whether the names behind the statement's verb stand behind the same prepositions in the sentence ("from Riga")."""
    for match in _NAMES.finditer(rest):
        if wanted.agent and wanted.agent == fold(match.group()):
            continue
        key, before = fold(match.group()), _preposition(rest[: match.start()])
        places = [m for m in _NAMES.finditer(text) if key in fold(m.group())]
        owns = _POSSESSIVE.match(rest[match.end() :]) is not None
        if places and all((_POSSESSIVE.match(text[m.end() :]) is not None) != owns for m in places):
            # Who married the cousin of somebody did not marry him.
            return False
        found = [_preposition(text[: m.start()]) for m in places]
        if found and not any(one == before or {one, before} <= _PLACED for one in found):
            return False
    return True


def _preposition(before: str) -> str:
    match = _BEFORE.search(before)
    return "" if match is None else match.group(1).lower()


def _amounts(hypothesis: str, text: str) -> Relation:
    """How the amounts and dates of a sentence stand to those that a statement claims, the worst of them."""
    offered, worst = list(_counted_in(text)), Relation.FORWARD
    for claimed, noun in _counted_in(hypothesis):
        of_unit = [(quantity, other) for quantity, other in offered if quantity.unit == claimed.unit]
        alike = [q for q, other in of_unit if other == noun or (claimed.unit and not (other and noun))]
        relations = {quantity_relation(quantity, claimed) for quantity in alike}
        if relations & {Relation.EQUIVALENCE, Relation.FORWARD}:
            continue
        # A date of what may happen again is one of several.
        single = len(alike) == 1 and (claimed.unit != "date" or is_functional(hypothesis))
        if single and relations <= {Relation.ALTERNATION, Relation.NEGATION}:
            worst = Relation.ALTERNATION
        else:
            return Relation.INDEPENDENCE
    return worst


def _counted_in(text: str) -> Iterator[tuple[Quantity, str]]:
    """The quantities of a text, each with the family of what is counted or measured; a date counts nothing."""
    words = words_of(text)
    for quantity in quantities_of(words):
        behind = words[quantity.end] if quantity.end < len(words) else ""
        noun = behind if quantity.unit == "" or behind in _DIMENSIONS else ""
        yield quantity, family(noun)
