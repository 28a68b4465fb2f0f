"""A GGUF embedding model, run by llama.cpp in a process of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from graphmem.llm import DEFAULT_CONTEXT, WorkerProcess
from graphmem.model import FloatArray

__all__ = ["GgufEmbedder"]


class GgufEmbedder:
    """Vectors by llama.cpp, pooled as the model's file says, else by the mean of its tokens."""

    def __init__(self, path: Path) -> None:
        self._process = WorkerProcess(path, {"embedding": True, "context": DEFAULT_CONTEXT, "kv": "f16"})
        self.id = f"gguf-{path.name}-{path.stat().st_size}"
        self.dimension = int(self._process.hello()["dimension"])

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """Unit vectors, shape (len(texts), dimension); what is beyond the model's context is not read."""
        vectors = np.asarray(self._asked("embed", texts), dtype=np.float32).reshape(len(texts), self.dimension)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / np.maximum(norms, 1e-12), dtype=np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without the marks at its ends."""
        return [int(count) for count in self._asked("count", texts)]

    def _asked(self, what: str, texts: Sequence[str]) -> list[Any]:
        (reply,) = self._process.ask({what: list(texts)})
        return list(reply["done"])
