"""A GGUF embedding model, run by llama.cpp in process."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from graphmem.llm import load_gguf
from graphmem.model import FloatArray

__all__ = ["GgufEmbedder"]


class GgufEmbedder:
    """Vectors by llama.cpp, pooled as the model's file says, else by the mean of its tokens."""

    def __init__(self, path: Path) -> None:
        self._model = load_gguf(path, embedding=True)
        self.id = f"gguf-{path.name}-{path.stat().st_size}"
        self.dimension = int(self._model.n_embd())

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """Unit vectors, shape (len(texts), dimension); what is beyond the model's context is not read."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            # An empty text has no token to pool.
            output = np.asarray(self._model.embed(text or " ", truncate=True), dtype=np.float32)
            vector = output.mean(axis=0) if output.ndim == 2 else output
            vectors[row] = vector / max(float(np.linalg.norm(vector)), 1e-12)
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without the marks at its ends."""
        return [len(self._model.tokenize(text.encode("utf-8"), add_bos=False)) for text in texts]
