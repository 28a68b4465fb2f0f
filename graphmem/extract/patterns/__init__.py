"""The sentence patterns behind ``extract_triples``: words, phrases, clauses, asides."""

from __future__ import annotations

from graphmem.extract.patterns.asides import appositions, possessions
from graphmem.extract.patterns.clauses import read_sentence
from graphmem.extract.patterns.phrases import Part, Sentence
from graphmem.extract.patterns.relation import Reading, Relation

__all__ = ["Part", "Reading", "Relation", "Sentence", "appositions", "possessions", "read_sentence"]
