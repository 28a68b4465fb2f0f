"""Questions that threads ask at the same time are embedded together."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from graphmem.model import FloatArray
from graphmem.protocols import Embedder

__all__ = ["Together"]

_AT_ONCE = 8
"""Questions in a batch. In a larger one a text gains no more, and whoever is to work on what comes back would wait for it."""

_Asked = tuple[tuple[str, ...], Future[FloatArray]]
"""The texts of a question, and where their vectors are waited for."""


class Together:
    """Embeds the texts of one question at a call, from any thread; what waits meanwhile makes the next batch.

    A model that works on one batch after the other leaves the other cores to those who work on what it found. So it does
    with the texts of one question where ``is_crowded`` says that others are at work; alone they may have all cores.
    """

    def __init__(self, embedder: Embedder, is_crowded: Callable[[], bool] = lambda: False) -> None:
        self._embedder = embedder
        self._is_crowded = is_crowded
        self._waiting: deque[_Asked] = deque()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="graphmem-question")

    def __call__(self, texts: tuple[str, ...]) -> FloatArray:
        """Unit vectors, shape (len(texts), dimension); raises what the embedder raises."""
        vectors: Future[FloatArray] = Future()
        self._waiting.append((texts, vectors))
        self._worker.submit(self._next_batch)
        return vectors.result()

    def _next_batch(self) -> None:
        # Only the worker takes from the left: what is counted here is still there.
        self._answer([self._waiting.popleft() for _ in range(min(_AT_ONCE, len(self._waiting)))])

    def _answer(self, batch: list[_Asked]) -> None:
        if not batch:
            return
        try:
            found = self._vectors([text for texts, _ in batch for text in texts], is_one=len(batch) == 1)
        except BaseException as error:
            if len(batch) == 1:
                batch[0][1].set_exception(error)
                return
            # That one question cannot be embedded is nothing to the others.
            for one in batch:
                self._answer([one])
            return
        ends = np.cumsum([len(texts) for texts, _ in batch])
        for (_, vectors), part in zip(batch, np.split(found, ends[:-1]), strict=True):
            vectors.set_result(part)

    def _vectors(self, texts: list[str], *, is_one: bool) -> FloatArray:
        if is_one and self._is_crowded():
            return np.concatenate([self._embedder.embed([text]) for text in texts])
        return self._embedder.embed(texts)
