"""The few weights of retrieval, named once and the same for every collection."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DEFAULT_WEIGHTS", "Weights"]


@dataclass(frozen=True, slots=True)
class Weights:
    """What each ingredient counts for; ``benchmarks/recall.py`` takes them out one by one.

    The scale is that of the fused dense and BM25 score of a passage, which lies in [0, 1].
    """

    dense: float = 0.5
    lexical: float = 0.5
    link: float = 3.0
    """A passage that is about a name in the question."""
    chain: float = 2.0
    """The best chain of statements that reaches a passage."""
    spread: float = 0.5
    """Its share of Personalized PageRank over the question's local graph."""
    second_hop: float = 0.5
    """Each further hop counts this much of the one before."""
    residual: float = 2.0
    """The question without its names, against the whole question, in what a statement is compared with."""
    unlike: float = 0.05
    """How well a statement fits that is nothing like the question; 1 is the best fit."""
    fan_out: float = 0.5
    """How fast an entity that leads to many passages loses its hold on each: their number to minus this power."""
    relevance_power: float = 1.0
    """How sharply an entity prefers those of its passages that fit the question best."""
    damping: float = 0.5
    premise: float = 2.0
    """A passage that the proof stands on."""
    fit: float = 0.3
    """How much of its place a passage owes to its own likeness to what is asked, most of all without the names."""
    named_again: float = 0.7
    """What a name in the question still counts for with each further passage that has to do with it."""


DEFAULT_WEIGHTS = Weights()
