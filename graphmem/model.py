"""The plain data that every other package speaks: no behaviour beyond small derived properties.

Spans are half-open character offsets into ``Document.text``: ``document.text[a:b]`` is the thing itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Span = tuple[int, int]
FloatArray = NDArray[np.float32]

Verdict = Literal["supported", "refuted", "insufficient"]
Scope = Literal["auto", "local", "global"]
Stopped = Literal["proved", "refuted", "exhausted", "budget"]


# --- documents -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a document under one heading; level 0 is the text before any heading."""

    title: str
    level: int
    span: Span


@dataclass(frozen=True, slots=True)
class Document:
    """A readable text with its sections.

    ``whole`` marks a text that whoever made it has already cut to passage size (a line of a data set): it stays
    one passage unless it is far too long for that.
    """

    id: str
    title: str
    text: str
    source: str
    sections: tuple[Section, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrievable piece of a document that never cuts a sentence.

    ``id`` is ``"<document id>#<ordinal>"``; ``heading`` the title of its section ("" where there is none);
    ``sentences`` the spans of its sentences in the document, in order and without overlap.
    """

    id: str
    document_id: str
    ordinal: int
    title: str
    heading: str
    text: str
    span: Span
    sentences: tuple[Span, ...]


# --- what is extracted from a passage --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Name:
    """A name that a passage is *about*, and how sure that is (``weight`` in (0, 1])."""

    text: str
    kind: Literal["title", "bare-title", "heading", "first-span", "alias", "definition"]
    weight: float


@dataclass(frozen=True, slots=True)
class Mention:
    """A span of a passage that names something: a capitalised span, a date or a number."""

    text: str
    span: Span
    kind: Literal["name", "date", "number"]


@dataclass(frozen=True, slots=True)
class Triple:
    """Subject, predicate and object with the sentence that states them.

    ``spans`` are the spans of the three parts in the document, ``None`` for a part that is not written there as
    such (a given triple; a subject that stands for the title). ``sentence`` is the span of the stating sentence.
    """

    subject: str
    predicate: str
    object: str
    sentence: Span
    spans: tuple[Span | None, Span | None, Span | None]
    confidence: float
    source: Literal["pattern", "llm", "given"]


@dataclass(frozen=True, slots=True)
class Extraction:
    """All that one extractor found in one passage."""

    names: tuple[Name, ...] = ()
    mentions: tuple[Mention, ...] = ()
    triples: tuple[Triple, ...] = ()

    @property
    def statements(self) -> tuple[Triple, ...]:
        """Triples that are searched for as sentences of their own: what a pattern reads in a sentence says no more than
        that sentence, which is searched for anyway."""
        return tuple(triple for triple in self.triples if triple.source != "pattern")


# --- the question ----------------------------------------------------------------------------------

AnswerType = Literal["person", "place", "organisation", "date", "number", "yes-no", "choice", "reason", "thing"]


@dataclass(frozen=True, slots=True)
class Step:
    """One link of a claim: the ``relation`` that leads from ``anchor`` to what is asked.

    ``anchor`` is a name written in the question, or the index of the earlier step whose value it is.
    ``relation`` is the question's own wording ("place of birth", "directed", "located in the country").
    """

    relation: str
    anchor: str | int
    expected: AnswerType = "thing"


@dataclass(frozen=True, slots=True)
class Claim:
    """The question as a statement with an open slot.

    ``hypothesis`` is the statement, with ``___`` where the answer goes (a yes-no question has none).
    ``branches`` are the chains of steps that must hold: one for a plain question, one a side for a comparison.
    ``claimed`` is the value that a statement gives to its last step; ``comparison`` says how values are held against
    each other or against it.
    """

    question: str
    hypothesis: str
    expected: AnswerType
    branches: tuple[tuple[Step, ...], ...]
    comparison: str = ""
    claimed: str = ""


# --- the way of an answer --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence that may speak for or against the claim, with what its passage is about and what was read in it.

    ``source`` is that of its document. ``about`` are the names of its passage, strongest first; ``mentions`` and
    ``triples`` are those of this sentence. ``refers`` is who or what "he", "she" or an opening "it" or "they" stands for in
    it, "" where that is not sure. ``score`` in [0, 1] is its fit to the question.
    """

    passage_id: str
    span: Span
    text: str
    score: float
    source: str = ""
    about: tuple[str, ...] = ()
    mentions: tuple[Mention, ...] = ()
    triples: tuple[Triple, ...] = ()
    refers: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage of the result; ``why`` is the chain of reasons that led to it, in plain words."""

    rank: int
    score: float
    passage_id: str
    document_id: str
    title: str
    text: str
    source: str
    span: Span
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ProofStep:
    """One rewrite of a proof.

    ``relation`` is one of the seven of natural logic (≡ ⊑ ⊒ ^ | ⌣ #), ``polarity`` the context of the span
    ("up", "down" or "flat"), ``state`` the proof's verdict after the step, ``source`` what licenses it
    ("lexicon", "number", "place", "deletion", "insertion", …; "embedding" for words that a model finds near each other; "graph"
    for what a triple says of a name, "graph fact" for a triple that lets one name stand for another, with its passage and
    sentence).
    """

    premise: str
    relation: str
    hypothesis: str
    polarity: Literal["up", "down", "flat"]
    state: Verdict
    source: str
    passage_id: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Binding:
    """The value that a sentence gives to one step of the claim (``Claim.branches[branch][step]``).

    ``span`` is the place of the value in its document, ``sentence`` that of the sentence, ``quote`` its text;
    ``confidence`` in [0, 1].
    """

    branch: int
    step: int
    value: str
    passage_id: str
    span: Span
    sentence: Span
    quote: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Proof:
    """A verdict, the steps that lead to it, the relation they join to, and one line in plain words.

    ``bindings`` are the values found for the claim's slots; ``answer`` is what they come to ("" where the claim is
    not settled): the value of the last step, the winner of a comparison, "yes" or "no". ``score`` in [0, 1] is how
    sure the verdict is; of "insufficient", how much of what the question needs the evidence speaks of.
    """

    verdict: Verdict
    relation: str
    steps: tuple[ProofStep, ...]
    summary: str = ""
    score: float = 0.0
    bindings: tuple[Binding, ...] = ()
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Hop:
    """One round of seeds, spreading and proof; ``reached`` are (passage id, score, by way of)."""

    seeds: tuple[tuple[str, float, str], ...]
    reached: tuple[tuple[str, float, str], ...]
    proof: Proof


@dataclass(frozen=True, slots=True)
class Breadth:
    """Whether a question asks for the whole: ``score`` in [0, 1] of two signs, each in [0, 1].

    ``wording`` says whether it is put as a broad question, ``unnamed`` how little a name ties it to one place.
    """

    score: float
    wording: float
    unnamed: float
    broad: bool


@dataclass(frozen=True, slots=True)
class Trace:
    """How a result came about; ``reading`` are the ranks of the hits that account for what is asked, in the order in which to
    read them, where they were asked for."""

    claim: Claim
    entities: tuple[str, ...]
    hops: tuple[Hop, ...]
    timings_ms: Mapping[str, float]
    breadth: Breadth
    reading: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """A topic that speaks to a broad question: its fit in [-1, 1], and the sentences of its passages that do."""

    id: str
    name: str
    score: float
    quotes: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What ``search`` returns: ranked passages, evidence sentences, the proof and why the search stopped.

    ``overview`` holds the topics that a broad question was answered from; it is empty for a narrow one.
    """

    question: str
    hits: tuple[Hit, ...]
    evidence: tuple[Evidence, ...]
    proof: Proof
    stopped: Stopped
    trace: Trace
    overview: tuple[Branch, ...] = ()


@dataclass(frozen=True, slots=True)
class AbstractSentence:
    """A sentence that a language model wrote of a node: the ids of the children that it cites (of passages, where those are
    right under the node), and the sentences of the documents that prove it.
    """

    text: str
    cites: tuple[str, ...]
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class TreeNode:
    """A node of a tree over all passages. ``level`` is "root"; "theme" or "topic" in the hierarchy; "document" or
    "heading" in the tree of documents. ``size`` counts the passages under it.

    ``summary`` are sentences of its passages, most central first; ``entities`` and ``phrases`` are what is more
    frequent in it than elsewhere, ``years`` the first and the last that it names. ``passages`` are the ids of the
    passages right under it; a passage may be in two topics. ``abstract`` is what a language model made of the
    children's summaries, where one was asked and anything of it is proved.
    """

    id: str
    level: str
    name: str
    size: int
    entities: tuple[str, ...]
    phrases: tuple[str, ...]
    years: tuple[int, int] | None
    summary: tuple[Evidence, ...]
    children: tuple[TreeNode, ...] = ()
    passages: tuple[str, ...] = ()
    abstract: tuple[AbstractSentence, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation:
    """A quotation: ``marker`` is its number in the answer, ``span`` its place in the source document."""

    marker: int
    passage_id: str
    source: str
    span: Span
    quote: str


@dataclass(frozen=True, slots=True)
class Answer:
    """``text`` carries markers ([1]) into ``citations``; ``short`` is the bare answer where one was bound."""

    question: str
    text: str
    short: str
    citations: tuple[Citation, ...]
    confident: bool
    result: SearchResult


# --- what a language model writes ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Completion:
    """What a language model wrote; ``finished`` is false where it ran out of tokens.

    ``prompt_tokens`` counts the whole prompt, ``reused_tokens`` those of it that were still evaluated from before, and
    ``completion_tokens`` what was written, in ``seconds``.
    """

    text: str
    finished: bool
    prompt_tokens: int = 0
    reused_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
