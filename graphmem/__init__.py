"""graphmem: answers from your own documents, on your own machine, with the evidence shown."""

from importlib.metadata import PackageNotFoundError, version

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
from graphmem.ingest import Limits
from graphmem.memory import GraphMemory
from graphmem.model import Answer, Citation, Evidence, Hit, Proof, SearchResult, Trace

try:
    __version__ = version("graphmem")
except PackageNotFoundError:  # a source tree that nobody installed
    __version__ = "0+unknown"

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
