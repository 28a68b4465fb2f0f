"""What a step of a claim wants, taken apart, and what a sentence gives to it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import regex

from graphmem.folding import fold, tokenize
from graphmem.model import AnswerType, Evidence, Span, Step
from graphmem.natlog.lexicon import main_part
from graphmem.natlog.origin import HOLDING
from graphmem.natlog.statement import WITHIN
from graphmem.natlog.words import AGENTS, CONVERSE, TYPES, bare_name, content_stems, family

__all__ = ["CLAUSE", "SAID", "STATED", "Value", "Wanted", "wanted_of"]

STATED, CLAUSE, SAID = 0.9, 0.8, 0.65
"""How sure a value is that a triple states, one that a clause of a sentence gives, and one that only stands behind the
relation's word in a sentence."""

_PARTICULAR = regex.compile(r"\b\p{Lu}[\w\-]+|\b\d[\d.,]*")
_CASES = frozenset("when while if unless".split())
_TELLING = frozenset(
    "captain president king queen mayor father mother son daughter wife husband spouse brother sister child grandfather "
    "grandmother population length height depth width area birthplace birthday capital nationality country distance age".split()
)
"""Nouns that name a type and a relation at once."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a sentence gives to a step: ``span`` is its place in the document."""

    text: str
    span: Span
    evidence: Evidence
    confidence: float


class Wanted:
    """A step of a claim from a name.

    ``stems`` are the families of words that say the relation, ``particulars`` what else the sentence must say, ``kin`` the
    kinship it is, "" for none; ``origin`` and ``within`` whether it asks for a country, or for all places that hold
    something, and ``kind`` in which kind of place.
    """

    def __init__(self, step: Step, anchor: str) -> None:
        words = [word for word, _, _ in tokenize(step.relation)]
        self.key = bare_name(anchor)
        self.name = self.key.removeprefix("the ")
        self.expected: AnswerType = step.expected
        self.last = words[-1] if words else ""
        self.agent = "by" in words or any(word in AGENTS for word in words)
        self.particulars = {fold(t) for t in _PARTICULAR.findall(step.relation)}
        types = frozenset(word for word in words if word in TYPES and word not in _TELLING)
        self.stems = content_stems(step.relation, without=types) - {family(word) for word in self.particulars}
        self.types = types
        # Without a name it is the type that says what is spoken of: "the company".
        self.subject = frozenset() if self.key else frozenset(family(word) for word in types)
        self.kin = next((s for s in self.stems if s in CONVERSE), "")
        if not self.stems and types:
            self.stems = frozenset(family(word) for word in types)
        self.present = bool(words) and main_part(self.last) == "v" and not self.last.endswith("ed")
        self.is_case = not _CASES.isdisjoint(words[1:])
        self.is_noun = len(words) == 1 and step.expected in ("person", "thing") and main_part(self.last) == "n"
        self.origin = self.stems <= {"nationality", "country"} and bool(self.stems | types)
        self.kind = step.relation if step.relation in HOLDING and not self.origin else ""
        self.within = step.relation == WITHIN

    def holds_particulars(self, evidence: Evidence) -> bool:
        """Whether a sentence says whatever else the step says: a number, a name."""
        if not self.particulars:
            return True
        text = f" {fold(evidence.text)} {' '.join(fold(name) for name in evidence.about)} "
        return all(f" {word} " in text for word in self.particulars)

    def fit(self, text: str) -> float:
        """The share of the relation's words that a text says."""
        said = content_stems(text)
        if not self.subject <= said:
            return 0.0
        if "parent" in self.stems and said & {"father", "mother"}:
            return 1.0
        return len(self.stems & said) / len(self.stems) if self.stems else 0.0


@lru_cache(maxsize=512)
def wanted_of(step: Step, anchor: str) -> Wanted:
    """A step taken apart, once for all sentences."""
    return Wanted(step, anchor)
