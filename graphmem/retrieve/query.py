"""The question understood: the names in it, what is asked of them, and the vector that statements are compared with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from graphmem.errors import QuestionError
from graphmem.model import Claim, FloatArray
from graphmem.natlog import parse_question
from graphmem.retrieve.forms import other_forms
from graphmem.retrieve.linking import Link, link_names, without
from graphmem.retrieve.relevance import DenseRelevance, LexicalRelevance, Relevance
from graphmem.retrieve.weights import Weights
from graphmem.store import Snapshot
from graphmem.visible import storable

__all__ = ["MAX_QUESTION_CHARACTERS", "Query", "understand"]

MAX_QUESTION_CHARACTERS = 8000


@dataclass(frozen=True, slots=True)
class Query:
    """``vector`` is that of the whole question, ``None`` without a model; ``relevance`` weighs the residual more.

    ``forms`` are its dates and numbers as they may be written elsewhere.
    """

    text: str
    links: tuple[Link, ...]
    residual: str
    claim: Claim
    vector: FloatArray | None
    relevance: Relevance
    forms: str

    @property
    def linked(self) -> frozenset[int]:
        """The entities named in the question."""
        return frozenset(link.entity for link in self.links)


def checked_question(question: str) -> str:
    """The question without surrounding space; raises :class:`QuestionError` for none, or for a text of book length."""
    text = storable(" ".join(question.split()))
    if not text:
        raise QuestionError("the question is empty: ask something, for example 'Who founded …?'")
    if len(text) > MAX_QUESTION_CHARACTERS:
        raise QuestionError(
            f"the question has {len(text):,} characters and at most {MAX_QUESTION_CHARACTERS:,} can be searched for: "
            "shorten it, or index the text and ask about it"
        )
    return text


def understand(
    question: str, snapshot: Snapshot, embed: Callable[[tuple[str, ...]], FloatArray] | None, weights: Weights
) -> Query:
    """Link the names of a question, take them out of it, and parse what it claims."""
    text = checked_question(question)
    links = link_names(snapshot.graph, text)
    residual = without(text, [link.span for link in links]) or text
    claim = parse_question(text, [link.span for link in links])
    forms = other_forms(text)
    if embed is None:
        return Query(text, links, residual, claim, None, LexicalRelevance(snapshot, f"{residual} {forms}"), forms)
    # A question that names nothing is one text, not two.
    vectors = embed(tuple(dict.fromkeys((text, residual))))
    vector, asked = vectors[0], vectors[-1]
    mixed = vector + np.float32(weights.residual) * asked
    mixed /= max(float(np.linalg.norm(mixed)), 1e-9)
    return Query(text, links, residual, claim, vector, DenseRelevance(snapshot, mixed), forms)
