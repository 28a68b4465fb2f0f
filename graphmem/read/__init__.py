"""Evidence becomes an answer with citations."""

from __future__ import annotations

from graphmem.errors import SettingsError
from graphmem.model import Reader
from graphmem.read.extractive import ExtractiveReader

__all__ = ["ExtractiveReader", "open_reader"]


def open_reader(name: str) -> Reader:
    """The reader of a name; raises :class:`SettingsError` for an unknown one."""
    if name != "extractive":
        raise SettingsError(f"'{name}' is no reader: choose extractive")
    return ExtractiveReader()
