"""What several threads ask at the same time is embedded in one batch, and each gets its own."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from graphmem.embed import Together
from graphmem.errors import ModelError
from graphmem.model import FloatArray


class Slow:
    """Tells texts apart by their numbers; each batch waits until it is let go."""

    id = "slow"
    dimension = 2

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.started = threading.Event()
        self.go = threading.Event()

    def embed(self, texts: Sequence[str]) -> FloatArray:
        self.batches.append(list(texts))
        self.started.set()
        assert self.go.wait(30)
        if "broken" in texts:
            raise ModelError("the model is gone")
        return np.array([[float(text), 1.0] for text in texts], dtype=np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [1 for _ in texts]


def test_what_waits_is_one_batch_and_each_gets_its_own() -> None:
    embedder = Slow()
    together = Together(embedder)
    asked = [(str(number), str(number + 100)) for number in range(11)]
    with ThreadPoolExecutor(12) as pool:
        first = pool.submit(together, ("1000",))
        assert embedder.started.wait(30)
        others = [pool.submit(together, texts) for texts in asked]
        while len(together._waiting) < len(asked):
            pass
        embedder.go.set()
        assert first.result().tolist() == [[1000, 1]]
        for texts, found in zip(asked, others, strict=True):
            assert found.result()[:, 0].tolist() == [float(text) for text in texts]
    assert [len(batch) for batch in embedder.batches] == [1, 16, 6]


def test_an_error_reaches_whoever_asked_and_nobody_else() -> None:
    embedder = Slow()
    together = Together(embedder)
    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(together, ("1000",))
        assert embedder.started.wait(30)
        others = [pool.submit(together, texts) for texts in (("5", "6"), ("broken",), ("7",))]
        while len(together._waiting) < len(others):
            pass
        embedder.go.set()
        assert first.result().shape == (1, 2)
        with pytest.raises(ModelError, match="the model is gone"):
            others[1].result()
        assert [others[at].result()[0, 0] for at in (0, 2)] == [5, 7]


@pytest.mark.parametrize(("is_crowded", "sizes"), [(False, [2]), (True, [1, 1])])
def test_a_question_has_all_cores_only_where_nobody_else_is_at_work(is_crowded: bool, sizes: list[int]) -> None:
    embedder = Slow()
    embedder.go.set()
    found = Together(embedder, lambda: is_crowded)(("3", "4"))
    assert found[:, 0].tolist() == [3, 4]
    assert [len(batch) for batch in embedder.batches] == sizes
