"""A passage becomes names, mentions and triples: by patterns, by a language model, from the user's own triples, or not at all."""

from __future__ import annotations

from graphmem.errors import SettingsError
from graphmem.extract.given import GivenExtractor, GivenTriples, read_triples
from graphmem.extract.llm import LlmExtractor, Tally
from graphmem.extract.pattern import NullExtractor, PatternExtractor
from graphmem.protocols import LLM, Extractor

__all__ = [
    "EXTRACTORS",
    "QUICK",
    "GivenExtractor",
    "GivenTriples",
    "LlmExtractor",
    "Tally",
    "open_extractor",
    "read_triples",
]

EXTRACTORS: dict[str, type[PatternExtractor] | type[NullExtractor]] = {
    "pattern": PatternExtractor,
    "none": NullExtractor,
}
QUICK = frozenset(kind.id for kind in EXTRACTORS.values())
"""Ids of those that take no time to speak of."""


def open_extractor(name: str, llm: LLM | None = None) -> Extractor:
    """The extractor of a name; raises :class:`SettingsError` for an unknown one, or for "llm" without a model."""
    if name == "llm":
        if llm is None:
            raise SettingsError("the extractor 'llm' needs a language model: name one with --llm")
        return LlmExtractor(llm)
    if name not in EXTRACTORS:
        raise SettingsError(f"'{name}' is no extractor: choose {', '.join(EXTRACTORS)} or llm")
    return EXTRACTORS[name]()
