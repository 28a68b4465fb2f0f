"""From passages to topics, themes and one root, a summary at each; and events in ordered text."""

from graphmem.hierarchy.abstract import Abstractor, Told
from graphmem.hierarchy.build import derive_hierarchy
from graphmem.hierarchy.communities import communities
from graphmem.hierarchy.describe import describe, sentences_of
from graphmem.hierarchy.documents import describe_documents
from graphmem.hierarchy.likeness import normalised, passage_vectors, sentence_vectors, word_vectors
from graphmem.hierarchy.summary import central_and_diverse
from graphmem.hierarchy.tree import ROOT, Hierarchy, Node

__all__ = [
    "ROOT",
    "Abstractor",
    "Hierarchy",
    "Node",
    "Told",
    "central_and_diverse",
    "communities",
    "derive_hierarchy",
    "describe",
    "describe_documents",
    "normalised",
    "passage_vectors",
    "sentence_vectors",
    "sentences_of",
    "word_vectors",
]
