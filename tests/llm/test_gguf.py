"""GGUF models in the real runtime, and a clear sentence for whatever is in the way."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from graphmem import GraphMemory
from graphmem.embed import open_embedder
from graphmem.errors import MissingExtraError, ModelError
from graphmem.llm import load_gguf


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    pytest.importorskip("llama_cpp", reason="llama-cpp-python is an extra: pip install 'graphmem[llm]'")
    pytest.importorskip("gguf")
    from llm.tiny import write_tiny_gguf

    return write_tiny_gguf(tmp_path / "tiny.gguf")


def test_a_model_is_loaded_and_writes(tiny: Path) -> None:
    model = load_gguf(tiny)
    written = model("A ship", max_tokens=4, temperature=0.0)
    assert written["usage"]["completion_tokens"] >= 1


def test_a_model_embeds(tiny: Path) -> None:
    embedder = open_embedder(str(tiny))
    vectors = embedder.embed(["A ship.", "A ship.", "Another thing altogether", ""])
    assert vectors.shape == (4, embedder.dimension)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-5)
    assert float(vectors[0] @ vectors[2]) < 0.9999


def test_a_store_built_with_it(tiny: Path, tmp_path: Path) -> None:
    with GraphMemory.open(tmp_path / "store", embedder=str(tiny)) as memory:
        memory.add("Ulf Stone founded Norhaven in 1204.", title="Norhaven")
        assert memory.ask("Who founded Norhaven?").short == "Ulf Stone"
    with GraphMemory.open(tmp_path / "store") as memory:
        assert memory.stats().embedder.startswith("gguf-")
        assert memory.ask("Who founded Norhaven?").short == "Ulf Stone"


@pytest.mark.parametrize("content", [b"", b"no model", b"GGUF and then nonsense"])
def test_a_file_that_is_no_model(tmp_path: Path, content: bytes) -> None:
    if content.startswith(b"GGUF"):
        pytest.importorskip("llama_cpp", reason="llama-cpp-python is an extra")
    path = tmp_path / "model.gguf"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=r"model\.gguf"):
        load_gguf(path)


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        load_gguf(tmp_path / "nothing.gguf")


def test_a_missing_runtime_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "llama_cpp", None)
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    with pytest.raises(MissingExtraError, match=r"pip install 'graphmem\[llm\]'"):
        load_gguf(tmp_path / "model.gguf")
