"""What several rooms' tests share: an embedder that needs no model, and small documents with links between them."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from graphmem.folding import tokenize
from graphmem.model import FloatArray


class WordEmbedder:
    """A user's own embedder: each word a fixed random direction, a text the sum of its words."""

    id = "words-64"
    dimension = 64

    def embed(self, texts: Sequence[str]) -> FloatArray:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word, _, _ in tokenize(text):
                vectors[row] += _direction(word, self.dimension)
            vectors[row] /= max(float(np.linalg.norm(vectors[row])), 1e-9)
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(tokenize(text)) for text in texts]


@cache
def _direction(word: str, dimension: int) -> FloatArray:
    seed = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "big")
    return np.random.default_rng(seed).standard_normal(dimension).astype(np.float32)


@pytest.fixture
def word_embedder() -> WordEmbedder:
    return WordEmbedder()


TEXTS = {
    "vane.txt": "Elena Vane (12 March 1841 – 1909) was a shipbuilder. She was born in Norhaven. She designed the Grey Gull.",
    "gull.txt": "The Grey Gull is a schooner. It was built in 1872 by Marrow and Sons. Its first captain was Ivo Stern.",
    "norhaven.txt": "Norhaven is a town on the river Skerry. It was founded in 1204 by Ulf Stone.",
    "stone.txt": "Ulf Stone was a fisherman. He came from the island of Harl.",
    "marrow.txt": "Marrow and Sons is a shipyard in Eastport. It was founded in 1850 by Ada Marrow.",
    "stern.txt": "Ivo Stern was a sailor. He died in Eastport in 1901. His wife was Ada Marrow.",
}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A folder of six short texts that refer to each other."""
    folder = tmp_path / "docs"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def tiny_gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real model for llama.cpp with random weights, 4,096 tokens of context, and one head."""
    pytest.importorskip("llama_cpp", reason="llama-cpp-python is an extra: pip install 'graphmem[llm]'")
    pytest.importorskip("gguf")
    from llm.tiny import write_tiny_gguf

    return write_tiny_gguf(tmp_path_factory.mktemp("model") / "tiny.gguf", context=4096, heads=1)


@pytest.fixture(scope="session")
def fuzz() -> ModuleType:
    """``benchmarks/fuzz.py``, which knows how to damage inputs."""
    path = Path(__file__).parents[1] / "benchmarks" / "fuzz.py"
    specification = importlib.util.spec_from_file_location("fuzz", path)
    assert specification is not None
    assert specification.loader is not None
    module = sys.modules["fuzz"] = importlib.util.module_from_spec(specification)  # its dataclasses look for it there
    specification.loader.exec_module(module)
    return module
