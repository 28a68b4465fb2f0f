"""The tree of exceptions. Each message says what was wrong, where, and what to do.

GraphmemError
├── StoreError      the store folder or its database
│   └── StoreBusyError   another process is writing
├── DocumentError   a file that cannot be read
├── QuestionError   a question or search option that makes no sense
├── ModelError      an embedding or language model that is missing or wrong
├── GenerationError one request that a language model could not meet
├── DatasetError    a data set folder for ``eval``
├── SettingsError   a configuration value
└── MissingExtraError    an optional package that is not installed
"""

from __future__ import annotations

__all__ = [
    "DatasetError",
    "DocumentError",
    "GenerationError",
    "GraphmemError",
    "MissingExtraError",
    "ModelError",
    "QuestionError",
    "SettingsError",
    "StoreBusyError",
    "StoreError",
]


class GraphmemError(Exception):
    """Root of all errors that graphmem raises on purpose."""


class StoreError(GraphmemError):
    """The store folder or its database cannot be used as it is."""


class StoreBusyError(StoreError):
    """Another process is writing to the store."""


class DocumentError(GraphmemError):
    """A file cannot be read as a document."""


class QuestionError(GraphmemError):
    """A question or a search option makes no sense."""


class ModelError(GraphmemError):
    """An embedding or language model is missing, broken or does not fit the store."""


class GenerationError(GraphmemError):
    """A language model failed on one request; another may succeed."""


class DatasetError(GraphmemError):
    """A data set folder does not have the form that ``eval`` reads."""


class SettingsError(GraphmemError):
    """A configuration value is unknown or out of range."""


class MissingExtraError(GraphmemError):
    """An optional package is not installed."""

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        super().__init__(
            f"{purpose} needs the package '{package}', which is not installed: pip install 'graphmem[{extra}]'"
        )
