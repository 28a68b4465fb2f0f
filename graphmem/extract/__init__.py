"""A passage becomes names, mentions and triples: by patterns, from the user's own triples, or not at all."""

from __future__ import annotations

from graphmem.errors import SettingsError
from graphmem.extract.given import GivenExtractor, GivenTriples, read_triples
from graphmem.extract.pattern import NullExtractor, PatternExtractor
from graphmem.model import Extractor

__all__ = ["EXTRACTORS", "GivenExtractor", "GivenTriples", "open_extractor", "read_triples"]

EXTRACTORS: dict[str, type[PatternExtractor] | type[NullExtractor]] = {
    "pattern": PatternExtractor,
    "none": NullExtractor,
}


def open_extractor(name: str) -> Extractor:
    """The extractor of a name; raises :class:`SettingsError` for an unknown one."""
    if name not in EXTRACTORS:
        raise SettingsError(f"'{name}' is no extractor: choose {' or '.join(EXTRACTORS)}")
    return EXTRACTORS[name]()
