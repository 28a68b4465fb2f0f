"""What a sentence joins to a statement: the reason for it ("because"), what to do in a case ("if", "when"), and what a thing is
used for.

The statement is not read: all that the question says of it must stand in the sentence in the same order, with the same words
that deny it or leave it open. The order keeps who does what, as long as the voice is the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from graphmem.natlog.factuality import NEGATIONS, UNCERTAIN
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
_Place = tuple[int, int]
"""The first word, and the one behind the last."""
_OPEN = (UNCERTAIN - _CASE) | NEGATIONS


def joined(question: str, sentences: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Where sentences say the reason, what to do, or the use that a question asks for: the number of the sentence, and start
    and end of a text in it; nothing for any other question."""
    advice, used = _WHAT_TO_DO.match(question), _USED_FOR.match(question)
    if used:
        find, asked = _purpose, words_in(used.group(1))
    elif advice:
        find, asked = _advice, words_in(question[advice.end() :])[1:]
    elif _WHY.match(question):
        find, asked = _reason, words_in(question)[1:]
    else:
        return
    for number, sentence in enumerate(sentences):
        words = words_in(sentence)
        said = words[:-1] if words and words[-1].kind == "P" else words
        place = find(said, asked)
        if place is not None:
            yield number, said[place[0]].start, said[place[1] - 1].end


def _purpose(words: Sequence[Word], asked: Sequence[Word]) -> _Place | None:
    at = next((at for at in range(1, len(words) - 1) if words[at].folded == "used"), None)
    if at is None or words[at + 1].folded not in ("to", "for", "in") or not _says_all(words[:at], asked):
        return None
    return at + 1 + (words[at + 1].folded == "for"), len(words)


def _reason(words: Sequence[Word], asked: Sequence[Word]) -> _Place | None:
    at = next((at for at, word in enumerate(words) if word.folded == "because"), None)
    return (at, len(words)) if at is not None and _says_all(words[:at], asked) else None


def _advice(words: Sequence[Word], asked: Sequence[Word]) -> _Place | None:
    at = next((at for at, word in enumerate(words) if word.folded in _CASE), None)
    if at:
        return (0, at) if _says_all(words[at + 1 :], asked) else None
    comma = next((i for i, word in enumerate(words) if word.text == ","), len(words))
    opens = at == 0 and comma + 1 < len(words) and _says_all(words[1:comma], asked)
    return (comma + 1, len(words)) if opens else None


def _says_all(said: Sequence[Word], asked: Sequence[Word]) -> bool:
    if _left_open(said) != _left_open(asked):
        return False
    left = iter(word.folded for word in said)
    wanted = [word.folded for word in asked if word.kind != "P" and word.folded not in FUNCTION_WORDS | _ANYBODY]
    return bool(wanted) and all(any(same_verb(other, word) for other in left) for word in wanted)


def _left_open(words: Sequence[Word]) -> set[str]:
    return {family(word.folded) for word in words if word.folded in _OPEN}
