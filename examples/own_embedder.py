"""Bring your own embedder: any object with ``id``, ``dimension``, ``embed`` and ``count_tokens``."""

import hashlib
from collections.abc import Sequence

import numpy as np

from graphmem import GraphMemory


class LetterTriples:
    """Texts as counts of hashed letter triples: no model, and not bad at names."""

    id = "letter-triples-256"
    dimension = 256

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            lower = f"  {text.lower()}  "
            for at in range(len(lower) - 2):
                digest = hashlib.blake2b(lower[at : at + 3].encode(), digest_size=2).digest()
                vectors[row, int.from_bytes(digest) % self.dimension] += 1.0
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


with GraphMemory.open("letters-store", embedder=LetterTriples()) as memory:
    memory.add("Ulf Stone founded Norhaven in 1204.", title="Norhaven")
    memory.add("Elena Vane was born in Tolvaness.", title="Elena Vane")
    for hit in memory.search("founders of Norhavn", k=1).hits:
        print(hit.title, hit.why)
