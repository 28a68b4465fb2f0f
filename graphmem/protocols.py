"""What a user may pass their own of: extractor, embedder, reader, language model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from graphmem.model import Answer, Completion, Document, Extraction, FloatArray, Passage, SearchResult


class Extractor(Protocol):
    """Finds names, mentions and triples in a passage; raises ``GraphmemError`` where a passage fails."""

    id: str

    def extract(self, document: Document, passage: Passage) -> Extraction: ...


class Embedder(Protocol):
    """Turns texts into unit vectors: ``embed`` returns shape (len(texts), dimension), float32, rows of norm 1.

    Several threads may ask at once, and indexing asks from another thread than the one that it was called in.
    """

    id: str
    dimension: int

    def embed(self, texts: Sequence[str]) -> FloatArray: ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]: ...


class Reader(Protocol):
    """Turns a search result into an answer with citations."""

    def read(self, result: SearchResult) -> Answer: ...


class LLM(Protocol):
    """A language model: ``system`` are instructions, ``user`` is what they are to be applied to.

    What is written follows the JSON schema where one is given. ``context`` is how many tokens a prompt and what is
    written may have together. Raises ``GenerationError`` where one request fails, ``ModelError`` where none can succeed.
    """

    id: str

    @property
    def context(self) -> int: ...

    def complete(
        self, system: str, user: str, *, schema: Mapping[str, object] | None, max_tokens: int
    ) -> Completion: ...

    def stream(
        self, system: str, user: str, *, schema: Mapping[str, object] | None, max_tokens: int
    ) -> Iterator[str]: ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]: ...


class Completions(Protocol):
    """Where what a model has written is kept; the store's writer is one."""

    def remembered(self, key: str) -> tuple[str, bool] | None: ...

    def remember(self, key: str, passage_texts: Sequence[str], text: str, finished: bool) -> None: ...
