"""A GGUF file as a language model."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from graphmem.llm.gguf import DEFAULT_CONTEXT, KV
from graphmem.llm.process import WorkerProcess
from graphmem.model import Completion

__all__ = ["GgufLLM"]

_READ = 1 << 20


class GgufLLM:
    """llama.cpp over a GGUF file, in a process of its own, which is started when something is asked for first.

    ``context`` is how many tokens it is to have room for; a model trained on fewer uses no more than those. ``kv`` is how
    keys and values are kept. ``lookup`` drafts what comes next from the prompt (the text stays the same), ``keep`` uses
    again what two prompts begin with alike, and ``prefixes`` is a folder where evaluated instructions are kept for the
    next run ("" for none). Several threads may ask at once: one is answered after the other.

    Raises :class:`ModelError` for a file that is missing or no GGUF by its first bytes, and, when something is asked for
    first, for one that llama.cpp cannot load.
    """

    def __init__(
        self,
        path: Path,
        *,
        context: int = DEFAULT_CONTEXT,
        kv: KV = "f16",
        lookup: bool = True,
        keep: bool = True,
        prefixes: str = "",
    ) -> None:
        settings = {"context": context, "kv": kv, "lookup": lookup, "keep": keep, "prefixes": prefixes}
        self._process = WorkerProcess(path, {**settings, "embedding": False})
        self.id = f"gguf-{path.name}-{_digest(path)}"

    @cached_property
    def context(self) -> int:
        """Tokens that a prompt and what is written may have together."""
        return int(self._process.hello()["context"])

    def complete(self, system: str, user: str, *, schema: Mapping[str, object] | None, max_tokens: int) -> Completion:
        """The whole text; see :class:`graphmem.model.LLM`."""
        pieces: list[str] = []
        for reply in self._replies(system, user, schema, max_tokens):
            if "done" in reply:
                finished, prompt, reused, written, seconds = reply["done"]
                break
            pieces.append(reply["text"])
        return Completion("".join(pieces), finished, prompt, reused, written, seconds)

    def stream(self, system: str, user: str, *, schema: Mapping[str, object] | None, max_tokens: int) -> Iterator[str]:
        """The text piece by piece; closing the iterator stops the model."""
        for reply in self._replies(system, user, schema, max_tokens):
            if "text" in reply:
                yield reply["text"]

    def _replies(
        self, system: str, user: str, schema: Mapping[str, object] | None, most: int
    ) -> Iterator[dict[str, Any]]:
        return self._process.ask({"system": system, "user": user, "schema": schema, "max_tokens": most})

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without the marks at its ends."""
        (reply,) = self._process.ask({"count": list(texts)})
        return [int(count) for count in reply["done"]]


def _digest(path: Path) -> str:
    """A file by its size, its beginning and its end: all of it may be many gigabytes."""
    size = path.stat().st_size
    digest = hashlib.blake2b(str(size).encode(), digest_size=8)
    with path.open("rb") as file:
        digest.update(file.read(_READ))
        file.seek(max(size - _READ, 0))
        digest.update(file.read(_READ))
    return digest.hexdigest()
