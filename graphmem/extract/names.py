"""What a passage is *about*: its title, the shorter forms of it, and the names that its opening gives itself."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from graphmem.folding import fold
from graphmem.model import Document, Name, Passage

__all__ = ["names_of"]

# How much a passage is about a name of each kind (DESIGN.md, "Entities without an LLM").
TITLE, BARE_TITLE, HEADING, FIRST_SPAN, ALIAS = 1.0, 0.9, 0.7, 0.8, 0.7
LATER_PASSAGE = 0.5
"""A later passage of a document is about the title too, but the first one introduces it."""

_OPENING = 240
"""Characters at the start of a document in which it says what its subject is also called."""

_PARENTHESES = regex.compile(r"\s*\([^()]*\)")
_ARTICLE = regex.compile(r"^(?:the|a|an)\s+", regex.IGNORECASE)
_WORD = r"(?:(?:\p{Lu}\.)+|\p{Lu}[\p{L}\p{M}\p{N}'’\-]*+(?:(?<=\b(?:St|Dr|Mt|Jr|Sr))\.)?)"
_CAPITALISED = rf"(?:{_WORD}|\p{{N}}+)"
_PARTICLE = r"(?:of|the|de|la|le|von|van|der|den|del|della|da|di|du|al|el|bin|ibn|and|&|for|in|on|to|a|an|y|e)"
# "Elena Mary Vane (born 1841) was …": the first capitalised span of the text, whatever its small words.
_FIRST_SPAN = regex.compile(
    rf"^[\"“'‘«]?((?:{_CAPITALISED})(?:[\s\-]+(?:{_PARTICLE}\s+){{0,2}}{_CAPITALISED})*+)[\"”'’»]?(?=\s*(?:[(,;–—]|(?:is|was|are|were|refers|may|has|had|became|served|stands|lies)\b))"
)
_QUOTED = regex.compile(r"^[\"“«‘']\s?([^\"”»]{2,80}?)\s?[\"”»’'](?=[\s(,])")
_THE_SUBJECT = regex.compile(rf"^(?:The|A|An)\s+({_CAPITALISED}(?:\s+(?:of\s+(?:the\s+)?)?{_CAPITALISED})*+)")
_ALIAS = regex.compile(
    rf"(?:known (?:professionally |commonly |also |simply |better |formerly )?as|also called|also known by|"
    rf"nicknamed|née|nee|born(?: as)?|stylized as|abbreviated(?: as)?|or simply|alias|formerly|pen name|stage name)"
    rf"\s*[:,]?\s*(?:the\s+)?[\"“'‘]?\s?({_CAPITALISED}(?:[\s\-]+(?:{_PARTICLE}\s+)?{_CAPITALISED})*+)"
)
_HONORIFIC = regex.compile(
    r"^(?:Sir|Dame|Lord|Lady|Dr\.?|Prof(?:essor|\.)?|Rev(?:erend|\.)?|Saint|St\.?)\s+(?=\p{Lu}\S*\s)"
)
_LIFE = regex.compile(r"\W{0,2}\s*\(?(?:[^()]{0,80}\b\d{3,4}\b|\s*(?:born|née|died)\b)")
_ACRONYM = regex.compile(r"\((?:the\s+)?\"?(\p{Lu}{2,8})\"?[);,]")
_PRONOUN = frozenset(
    "he she it they this that these those there in on at by for from with after before when while during his her "
    "its their the a an as and but if one some many most all both each i we you born since".split()
)


def _shorter_titles(title: str) -> Iterator[Name]:
    bare = _PARENTHESES.sub("", title).strip()
    yield Name(title, "title", TITLE)
    if bare and bare != title:
        yield Name(bare, "bare-title", BARE_TITLE)
    head, comma, _ = bare.partition(",")
    if comma and head.strip():
        yield Name(head.strip(), "bare-title", HEADING)
    short = _ARTICLE.sub("", bare)
    if short != bare and " " in short:
        yield Name(short, "bare-title", HEADING)


def _opening_names(text: str, title: str) -> Iterator[Name]:
    opening = text.lstrip()[:_OPENING]
    found = _QUOTED.match(opening) or _FIRST_SPAN.match(opening) or _THE_SUBJECT.match(opening)
    if found is not None:
        first = found.group(1).strip(" .'’-")
        words = fold(first).split()
        # A titled text that opens with another name only speaks of it ("The United States has only two parties").
        shares = not title or bool(set(words) & set(fold(title).split()))
        if words and shares and not (len(words) == 1 and words[0] in _PRONOUN):
            yield Name(first, "first-span", FIRST_SPAN)
            plain = _HONORIFIC.sub("", first)
            if plain != first:
                yield Name(plain, "alias", ALIAS)
            if len(words) > 2 and words[0] not in _PRONOUN and _LIFE.match(opening, found.end()):
                # "Robert Kincaid Florey (1900–1979)" is called Robert Florey everywhere else.
                parts = first.split()
                yield Name(f"{parts[0]} {parts[-1]}", "alias", ALIAS)
    for pattern in (_ALIAS, _ACRONYM):
        for match in pattern.finditer(opening):
            alias = match.group(1).strip(" .'’-")
            if not alias.isnumeric() and len(alias) > 1 and fold(alias).split()[0] not in _MONTHS:
                yield Name(alias, "alias", ALIAS)


_MONTHS = frozenset("january february march april may june july august september october november december".split())


def names_of(document: Document, passage: Passage) -> tuple[Name, ...]:
    """The names of a passage, the best weight for each folded form, strongest first.

    The document's first passage owns its title and what the opening says the subject is called; the first passage
    under a heading owns the heading; every later passage owns the title at half weight.
    """
    first = passage.ordinal == 0
    found: list[Name] = []
    if document.title:
        factor = 1.0 if first else LATER_PASSAGE
        found += [Name(n.text, n.kind, n.weight * factor) for n in _shorter_titles(document.title)]
    heading = passage.heading.rpartition(" > ")[2]
    if heading and fold(heading) != fold(document.title):
        found.append(Name(heading, "heading", HEADING))
    if first:
        found += _opening_names(passage.text, document.title)
    best: dict[str, Name] = {}
    for name in found:
        key = fold(name.text)
        if key and (key not in best or name.weight > best[key].weight):
            best[key] = name
    return tuple(sorted(best.values(), key=lambda name: (-name.weight, name.text)))
