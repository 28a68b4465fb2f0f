"""Texts that nobody vouches for: marks that a model would take for the frame of the conversation are taken out of a
prompt, and marks that a terminal would obey out of what a model has written.
"""

from __future__ import annotations

from collections.abc import Sequence

import regex

__all__ = ["as_line", "as_sentence", "cited_numbers", "harmless", "printable"]

# The frames of ChatML, Llama, Mistral, Gemma, DeepSeek, Phi and T5: what an endpoint's own list would have, about.
_MARKS = regex.compile(
    r"<[|｜][^<>\n]{1,64}[|｜]>|</?s>|\[/?(?:INST|SYSTEM_PROMPT|AVAILABLE_TOOLS|TOOL_CALLS|TOOL_RESULTS)\]|<</?SYS>>"
    r"|<(?:start|end)_of_turn>|</?(?:bos|eos|pad|unk|think|tool_call|tool_response|tools|evidence)>",
    regex.IGNORECASE,
)
_ROUNDS = 64
_BRACKETS = str.maketrans("[]", "()")
_CONTROL = regex.compile(r"\p{C}|\p{Zl}|\p{Zp}")


def harmless(text: str, marks: Sequence[str] = ()) -> str:
    """The text without marks of a conversation's frame, those of a model's own vocabulary (``marks``) included.

    A space takes the place of each, and again until none is left, so that no mark is made of what is left of others.
    """
    for _ in range(_ROUNDS):
        cleaned = _MARKS.sub(" ", text)
        for mark in marks:
            cleaned = cleaned.replace(mark, " ")
        if cleaned == text:
            return text
        text = cleaned
    return regex.sub(r"[<>|\[\]｜]", " ", text)


def printable(text: str) -> str:
    """The text in one line, without control characters, escape sequences and halves of characters."""
    return " ".join(_CONTROL.sub(" ", text).split())


def as_line(text: str) -> str:
    """A text as one line of a prompt, in which nothing can be taken for the frame around it, or for another line's number."""
    return harmless(printable(text)).translate(_BRACKETS)


def as_sentence(text: object) -> str:
    """What a model has written as one line, without what could be taken for a citation."""
    return printable(str(text)).translate(_BRACKETS)


def cited_numbers(given: object, most: int) -> list[int]:
    """The numbers from 1 to ``most`` that a model cites, each once: an endpoint may not hold to its schema."""
    numbers = given if isinstance(given, list) else []
    return list(dict.fromkeys(n for n in numbers if isinstance(n, int) and n is not True and 1 <= n <= most))
