"""Where a passage names something: capitalised spans, dates and numbers, each with its span."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from graphmem.folding import fold
from graphmem.model import Mention, Passage, Span

__all__ = ["mentions_of"]

_CAPITALISED = r"(?:(?:\p{Lu}\.)+(?:(?<=\.)\p{Lu}\b)?|\p{Lu}[\p{L}\p{M}\p{N}'’\-]*+(?:(?<=\b(?:St|Dr|Mt|Ft))\.)?)"
_JOINT = r"(?:of|of the|the|de|de la|la|le|von|van|van der|der|den|del|della|da|di|du|al|el|bin|ibn|&)"
_NAME = regex.compile(
    rf"(?<![\p{{L}}\p{{N}}]){_CAPITALISED}(?:(?:[ \u00a0]|\s?-\s?)(?:{_JOINT} )?(?:{_CAPITALISED}|\p{{N}}+(?=\W|$)))*+"
)
_MONTH = r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_DATE = regex.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)? {_MONTH}(?:,? \d{{3,4}})?"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?:, ?\d{{3,4}})?|{_MONTH},? \d{{4}}"
    rf"|(?:1[0-9]|20)\d{{2}}s?|\d{{4}}-\d{{2}}-\d{{2}})\b"
)
_NUMBER = regex.compile(r"(?<![\p{L}\p{N}.,])\d+(?:[.,]\d+)*(?:\s?%)?(?![\p{L}\p{N}])")
# Words that are capitalised for where they stand, not for what they name.
_OPENERS = frozenset(
    "a an the in on at by for from with of to as and or but if when while after before during since until he she it "
    "they we i you his her its their our my this that these those there here where who what which how why both each "
    "some many most all no not one two three other another such his also although though because however then thus "
    "its it's he's she's mr mrs ms dr sir lady according despite following upon under over between among into about "
    "even only several various today later early once so yet".split()
)


def _trim(text: str, start: int, end: int) -> Span | None:
    """Cut leading words that are capitalised only because a sentence starts there."""
    while start < end:
        space = text.find(" ", start, end)
        word = text[start : space if space >= 0 else end]
        if word.endswith(".") or fold(word) not in _OPENERS:
            return start, end
        if space < 0:
            return None
        start = space + 1
        while start < end and not (text[start].isupper() or text[start].isdigit()):
            space = text.find(" ", start, end)
            if space < 0:
                return None
            start = space + 1
    return None


def _spans(pattern: regex.Pattern[str], text: str, taken: list[Span]) -> Iterator[Span]:
    # What is taken divides: "In 1870 Stern" is a date and a name.
    for a, b in sorted(taken):
        text = f"{text[:a]}{chr(0) * (b - a)}{text[b:]}"
    for match in pattern.finditer(text):
        yield match.span()


_CALENDAR = frozenset(
    "january february march april may june july august september october november december monday tuesday wednesday "
    "thursday friday saturday sunday".split()
)


def _names_something(name: str) -> bool:
    """Whether a capitalised span can be a name: no lone letter or numeral, no day or month."""
    word = fold(name)
    return len(word) > 2 and word not in _CALENDAR and bool(word.strip("ivx"))


def mentions_of(passage: Passage) -> tuple[Mention, ...]:
    """The mentions of a passage in text order; no two overlap; spans point into the document."""
    found: list[Mention] = []
    for start, end in passage.sentences:
        base = start - passage.span[0]
        text = passage.text[base : end - passage.span[0]]
        taken: list[Span] = []
        for kind, pattern in (("date", _DATE), ("name", _NAME), ("number", _NUMBER)):
            for a, b in _spans(pattern, text, taken):
                span = _trim(text, a, b) if kind == "name" else (a, b)
                if span is not None and (kind != "name" or _names_something(text[span[0] : span[1]])):
                    found.append(Mention(text[span[0] : span[1]], (start + span[0], start + span[1]), kind))  # type: ignore[arg-type]
            taken += [(m.span[0] - start, m.span[1] - start) for m in found if m.span[0] >= start]
    return tuple(sorted(found, key=lambda mention: mention.span))
