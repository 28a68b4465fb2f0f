"""An OpenAI-compatible embedding endpoint that the user has named: the only way by which a text leaves the machine."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from graphmem.errors import MissingExtraError, ModelError
from graphmem.keys import authorization
from graphmem.model import FloatArray

__all__ = ["EndpointEmbedder"]

_TEXTS_PER_REQUEST = 128
_TIMEOUT = 60.0
_RETRIES = 3


class EndpointEmbedder:
    """``POST <url>/embeddings``, with the key of :func:`graphmem.keys.authorization` where one is needed.

    ``spec`` is the address and, behind ``#``, the model's name.
    Raises :class:`ModelError`, and :class:`SettingsError` for a key that cannot be used.
    """

    def __init__(self, spec: str) -> None:
        try:
            import httpx
        except ModuleNotFoundError as error:
            raise MissingExtraError("httpx", "llm", "An embedding endpoint") from error
        self._url, _, self._model = spec.partition("#")
        if not self._model:
            raise ModelError(
                f"the endpoint {self._url} names no model: write it behind '#', as in https://host/v1#model"
            )
        self._client = httpx.Client(
            headers=authorization(self._url),
            timeout=_TIMEOUT,
            transport=httpx.HTTPTransport(retries=_RETRIES),
        )
        self.id = f"endpoint-{self._model}"
        self.dimension = int(self._request(["probe"]).shape[1])

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """Unit vectors, shape (len(texts), dimension)."""
        blocks = [self._request(texts[at : at + _TEXTS_PER_REQUEST]) for at in range(0, len(texts), _TEXTS_PER_REQUEST)]
        return np.concatenate(blocks) if blocks else np.zeros((0, self.dimension), dtype=np.float32)

    def _request(self, texts: Sequence[str]) -> FloatArray:
        import httpx

        address = f"{self._url.rstrip('/')}/embeddings"
        try:
            answer = self._client.post(address, json={"model": self._model, "input": list(texts)})
            answer.raise_for_status()
            rows = sorted(answer.json()["data"], key=lambda row: int(row["index"]))
            vectors = np.array([row["embedding"] for row in rows], dtype=np.float32)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ModelError(f"the embedding endpoint {address} did not answer as it should: {error}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(f"the embedding endpoint {address} answered in another form than OpenAI's") from error
        if vectors.ndim != 2 or len(vectors) != len(texts):
            raise ModelError(f"the embedding endpoint {address} gave {len(vectors)} vectors for {len(texts)} texts")
        return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12), dtype=np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """About the tokens of each text: its tokenizer is not here to ask."""
        return [len(text.split()) * 4 // 3 + 1 for text in texts]
