"""graphmem: answers from your own documents, on your own machine, with the evidence shown.

What is named here is imported at its first use, so that a program pays for what it needs.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from graphmem.errors import (
    DatasetError,
    DocumentError,
    GenerationError,
    GraphmemError,
    MissingExtraError,
    ModelError,
    QuestionError,
    SettingsError,
    StoreBusyError,
    StoreError,
)

if TYPE_CHECKING:
    from graphmem.ingest import Limits
    from graphmem.memory import GraphMemory
    from graphmem.model import Answer, Citation, Evidence, Hit, Proof, SearchResult, Trace

    __version__: str

__all__ = [
    "Answer",
    "Citation",
    "DatasetError",
    "DocumentError",
    "Evidence",
    "GenerationError",
    "GraphMemory",
    "GraphmemError",
    "Hit",
    "Limits",
    "MissingExtraError",
    "ModelError",
    "Proof",
    "QuestionError",
    "SearchResult",
    "SettingsError",
    "StoreBusyError",
    "StoreError",
    "Trace",
    "__version__",
]

_MODULES = {
    "GraphMemory": "memory",
    "Limits": "ingest",
    **dict.fromkeys(("Answer", "Citation", "Evidence", "Hit", "Proof", "SearchResult", "Trace"), "model"),
}


def __getattr__(name: str) -> object:
    if name in _MODULES:
        value = getattr(import_module(f"graphmem.{_MODULES[name]}"), name)
    elif name == "__version__":
        value = _version()
    else:
        raise AttributeError(f"module 'graphmem' has no attribute '{name}'")
    globals()[name] = value
    return value


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("graphmem")
    except PackageNotFoundError:  # a source tree that nobody installed
        return "0+unknown"
