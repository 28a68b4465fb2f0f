"""What the patterns find, before it becomes a triple."""

from __future__ import annotations

from dataclasses import dataclass, field

from graphmem.extract.patterns.phrases import Part

__all__ = ["Reading", "Relation"]


@dataclass(frozen=True, slots=True)
class Relation:
    """Subject, predicate and object as token ranges; a predicate that no word stands for is given as a text."""

    subject: Part
    predicate: Part | str
    object: Part
    confidence: float


@dataclass(slots=True)
class Reading:
    """What was read of one sentence: its relations, its first subject, and the noun that defines that subject."""

    relations: list[Relation] = field(default_factory=list)
    subject: Part | None = None
    kind: str = ""

    def add(self, subject: Part, predicate: Part, value: Part, confidence: float) -> None:
        """Takes in a relation."""
        self.relations.append(Relation(subject, predicate, value, confidence))
