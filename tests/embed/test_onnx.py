"""The built ONNX model gives the vectors that the reference implementation gives; skipped where it is not pulled."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from graphmem.embed import DEFAULT_MODEL, model_path, open_embedder
from graphmem.errors import ModelError
from graphmem.protocols import Embedder

REFERENCE = Path(__file__).with_name("reference.json")


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    if model_path(DEFAULT_MODEL) is None:
        pytest.skip(f"the model is not here: graphmem model pull {DEFAULT_MODEL}")
    return open_embedder(DEFAULT_MODEL)


def test_vectors_are_those_of_the_reference(embedder: Embedder) -> None:
    rows = json.loads(REFERENCE.read_text(encoding="utf-8"))
    found = embedder.embed([row["text"] for row in rows])
    for row, vector in zip(rows, found, strict=True):
        assert float(np.dot(vector, row["vector"])) >= 0.999, row["text"][:60]


def test_vectors_do_not_depend_on_their_company(embedder: Embedder) -> None:
    texts = ["A ship.", "Nobody knows how long the winter of 1899 was for those who waited on the quay.", "", "東京"]
    together = embedder.embed(texts)
    alone = np.concatenate([embedder.embed([text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)


def test_texts_of_many_lengths_come_back_in_their_order_from_several_threads(embedder: Embedder) -> None:
    texts = ["ship " * (number * 37 % 90) + f"{number % 40}" for number in range(120)]
    expected = np.concatenate([embedder.embed([text]) for text in texts])
    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(embedder.embed, [texts] * 4):
            np.testing.assert_allclose(found, expected, atol=1e-5)


def test_two_texts_are_the_same_on_a_core_each_and_on_one_that_threads_share(embedder: Embedder) -> None:
    pairs = [("Who designed the hull of the Kittiwake in 1899?", f"ship {number}") for number in range(12)]
    alone = [embedder.embed(pair) for pair in pairs]
    with ThreadPoolExecutor(3) as pool:
        shared = list(pool.map(embedder.embed, pairs))
    np.testing.assert_allclose(np.stack(shared), np.stack(alone), atol=1e-6)


def test_no_text_and_token_counts(embedder: Embedder) -> None:
    assert embedder.embed([]).shape == (0, embedder.dimension)
    assert embedder.count_tokens(["A ship.", ""]) == [3, 0]


def test_a_folder_without_a_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"model\.onnx"):
        open_embedder(str(tmp_path))


def test_a_broken_model(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").write_bytes(b"nonsense")
    (tmp_path / "tokenizer.json").write_text("{}", encoding="utf-8")
    with pytest.raises(ModelError, match="cannot be loaded"):
        open_embedder(str(tmp_path))
