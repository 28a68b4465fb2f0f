"""What a sentence joins to a statement: the reason for it ("because"), what to do in a case ("if", "when"), and what a thing is
used for.

The statement is not read: all that the question says of it must stand in the sentence in the same order, with the same words
that deny it or leave it open. The order keeps who does what, as long as the voice is the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from graphmem.natlog.align import NEGATIONS, UNCERTAIN
from graphmem.natlog.phrases import Word, words_in
from graphmem.natlog.verbs import same_verb
from graphmem.natlog.words import FUNCTION_WORDS, family

__all__ = ["joined"]

_WHY = regex.compile(r"^why\b", regex.IGNORECASE)
_WHAT_TO_DO = regex.compile(
    r"^what (?:(?:should|must|can|do|shall) (?:i|you|we|one|they|users|people)(?: have to)? do|(?:has|is) to be done) "
    r"(?=(?:if|when)\b)",
    regex.IGNORECASE,
)
_USED_FOR = regex.compile(r"^what (?:is|are|was|were) (.+) used for\b", regex.IGNORECASE)
_CASE = frozenset("if when whenever".split())
_ANYBODY = frozenset("i you we one my your our".split())
"""Whom advice is for, whoever asks."""
_OPEN = (UNCERTAIN - _CASE) | NEGATIONS


def joined(question: str, sentence: str) -> Iterator[tuple[int, int]]:
    """Where in a sentence the reason stands, or what to do, that a question asks for: start and end of a text in it."""
    words = words_in(sentence)
    last = len(words) - (bool(words) and words[-1].kind == "P")
    used = _USED_FOR.match(question)
    if used:
        at = next((at for at in range(1, last - 1) if words[at].folded == "used"), last)
        if at < last and words[at + 1].folded in ("to", "for", "in") and _says_all(words[:at], words_in(used.group(1))):
            yield words[at + 1 + (words[at + 1].folded == "for")].start, words[last - 1].end
        return
    asks_what = _WHAT_TO_DO.match(question)
    if not asks_what and not _WHY.match(question):
        return
    asked = words_in(question[asks_what.end() :] if asks_what else question)[1:]
    marks = _CASE if asks_what else ("because",)
    at = next((at for at, word in enumerate(words[:last]) if word.folded in marks), last)
    if at == last:
        return
    if not asks_what:
        if _says_all(words[:at], asked):
            yield words[at].start, words[last - 1].end
    elif at == 0:
        comma = next((i for i in range(last) if words[i].text == ","), last)
        if comma + 1 < last and _says_all(words[1:comma], asked):
            yield words[comma + 1].start, words[last - 1].end
    elif _says_all(words[at + 1 : last], asked):
        yield words[0].start, words[at - 1].end


def _says_all(said: Sequence[Word], asked: Sequence[Word]) -> bool:
    if _left_open(said) != _left_open(asked):
        return False
    left = iter(word.folded for word in said)
    wanted = [word.folded for word in asked if word.kind != "P" and word.folded not in FUNCTION_WORDS | _ANYBODY]
    return bool(wanted) and all(any(same_verb(other, word) for other in left) for word in wanted)


def _left_open(words: Sequence[Word]) -> set[str]:
    return {family(word.folded) for word in words if word.folded in _OPEN}
