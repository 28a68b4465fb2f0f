"""Names in a question: exact, folded, lower-case and misspelt ones, each led to its entity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex
from rapidfuzz import fuzz, process

from graphmem.folding import Token, tokenize
from graphmem.model import Span
from graphmem.store import Graph

__all__ = ["Link", "link_names", "without"]

_MAX_NAME_WORDS = 24
_FUZZY_SCORE = 88.0
"""Similarity (0 to 100, rapidfuzz ratio) from which a misspelt name is taken for another; unlike names stay apart."""
_FUZZY_POOL = 2000
_NAME_SPAN = regex.compile(
    r"\p{Lu}[\p{L}\p{M}\p{N}'’\-]*+(?:\s+(?:(?:of|the|de|la|von|van)\s+){0,2}[\p{Lu}\p{N}][\p{L}\p{M}\p{N}'’\-]*+)*"
)
_FUNCTION_WORDS = frozenset(
    "a an the of in on at by for from with to and or is are was were be been do does did has have had who whom whose "
    "what which when where why how that this these those it its he she his her they their there than as if not no "
    "both all each any some more most many much first last same other one two".split()
)


@dataclass(frozen=True, slots=True)
class Link:
    """A span of the question and the entity it names; ``strength`` in (0, 1], 1 for an exact name."""

    entity: int
    span: Span
    strength: float


def link_names(graph: Graph, question: str) -> tuple[Link, ...]:
    """Entities named in a question, longest match first come, left to right; then misspelt names in what is left."""
    tokens = tokenize(question)
    # Someone who types no capitals names things all the same; someone who does means something by each.
    mixed = any(question[start].isupper() for _, start, _ in tokens[1:])
    links: list[Link] = []
    at = 0
    while at < len(tokens):
        found = _longest(graph, question, tokens, at, mixed)
        if found is None:
            at += 1
            continue
        entity, end = found
        links.append(Link(entity, (tokens[at][1], tokens[end - 1][2]), 1.0))
        at = end
    links += _misspelt(graph, question, [link.span for link in links])
    return tuple(sorted(links, key=lambda link: link.span))


def _longest(graph: Graph, question: str, tokens: Sequence[Token], at: int, mixed: bool) -> tuple[int, int] | None:
    best: tuple[int, int] | None = None
    key = ""
    for end in range(at + 1, min(len(tokens), at + _MAX_NAME_WORDS) + 1):
        key = f"{key} {tokens[end - 1][0]}" if key else tokens[at][0]
        first = graph.first(key)
        if first is None:
            break
        entity, name = first
        if name == key and _may_name(graph, entity, question, tokens[at:end], at == 0, mixed):
            best = (entity, end)
    return best


def _may_name(graph: Graph, entity: int, question: str, words: Sequence[Token], first: bool, mixed: bool) -> bool:
    content = [word for word, _, _ in words if word not in _FUNCTION_WORDS]
    lower = all(question[start].islower() for _, start, _ in words)
    if not content or len(graph.passages_of(entity)[0]) == 0:
        return False
    if len(words) == 1:
        ordinary = bool(graph.ordinary[entity])
        if question[words[0][1]].isdigit() or (first and ordinary):
            return False
        return not (lower and (mixed or ordinary))
    # "the place of birth" is no mention of a film called The Place.
    return not (lower and (mixed or len(content) < 2))


def _misspelt(graph: Graph, question: str, taken: list[Span]) -> Iterator[Link]:
    for match in _NAME_SPAN.finditer(question):
        start, end = match.span()
        words = tokenize(match.group())
        if (start == 0 and len(words) == 1) or any(start < b and a < end for a, b in taken):
            continue
        if words and words[0][0] in _FUNCTION_WORDS and len(words) > 1:
            words = words[1:]
            start += words[0][1]
        name = " ".join(word for word, _, _ in words)
        if len(name) < 5:
            continue
        pool = graph.starting_with(name[:3], _FUZZY_POOL)
        close = process.extractOne(name, [key for _, key in pool], scorer=fuzz.ratio, score_cutoff=_FUZZY_SCORE)
        if close is not None:
            yield Link(pool[close[2]][0], (start, end), close[1] / 100 * 0.9)


def without(question: str, spans: list[Span]) -> str:
    """The question with some spans taken out: what is asked, without of whom."""
    kept: list[str] = []
    at = 0
    for start, end in sorted(spans):
        kept.append(question[at:start])
        at = max(at, end)
    kept.append(question[at:])
    return " ".join("".join(kept).split())
