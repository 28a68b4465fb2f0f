"""Evidence becomes an answer with citations."""

from __future__ import annotations

from collections.abc import Callable

from graphmem.errors import SettingsError
from graphmem.model import SearchResult
from graphmem.protocols import LLM, Reader
from graphmem.read.extractive import ExtractiveReader
from graphmem.read.llm import LlmReader

__all__ = ["ExtractiveReader", "LlmReader", "open_reader"]


def open_reader(name: str, llm: LLM | None, more: Callable[[str], SearchResult]) -> Reader:
    """The reader of a name, which may search for ``more``; raises :class:`SettingsError` for an unknown one, or for "llm"
    without a model.
    """
    if name == "llm":
        if llm is None:
            raise SettingsError("the reader 'llm' needs a language model: name one with --llm")
        return LlmReader(llm, more)
    if name != "extractive":
        raise SettingsError(f"'{name}' is no reader: choose extractive or llm")
    return ExtractiveReader()
