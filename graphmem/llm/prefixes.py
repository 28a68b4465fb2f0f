"""What a model has made of its instructions, kept on disk: the next run need not read them again.

Only instructions are kept, never a question or a passage. A file is checked against its checksum before llama.cpp sees it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import llama_cpp

if TYPE_CHECKING:
    from graphmem.llm.generation import Generator

__all__ = ["PrefixFiles"]

_KEPT = 8
"""Files kept, newest first."""
_WORTH = 64
"""Tokens below which reading again is as fast."""


class PrefixFiles:
    """A folder of evaluated prefixes, each for one model, one way of keeping keys and values and one text."""

    def __init__(self, folder: str, model: Path, settings: Mapping[str, object]) -> None:
        self._folder = Path(folder)
        status = model.stat()
        self._key = [llama_cpp.__version__, str(model), status.st_size, status.st_mtime_ns, settings["kv"]]

    def restore(self, generator: Generator, prefix: Sequence[int]) -> None:
        """Have the prefix evaluated: it is in the context already, or in a file, or is evaluated and saved now."""
        if len(prefix) < _WORTH or tuple(generator.evaluated[: len(prefix)]) == tuple(prefix):
            return
        key = json.dumps([*self._key, list(prefix)])
        path = self._folder / f"{hashlib.blake2b(key.encode(), digest_size=16).hexdigest()}.state"
        if self._intact(path) and generator.load(path) and tuple(generator.evaluated) == tuple(prefix):
            return
        generator.prepare(prefix)
        generator.evaluate(prefix[len(generator.evaluated) :])
        # A full or a write-protected disk costs time and nothing else.
        with suppress(OSError):
            self._save(generator, path)

    def _save(self, generator: Generator, path: Path) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}")
        if generator.save(part):
            path.with_suffix(".sum").write_text(_digest(part), encoding="ascii")
            part.replace(path)
        part.unlink(missing_ok=True)
        kept = sorted(self._folder.glob("*.state"), key=lambda file: file.stat().st_mtime, reverse=True)
        for old in kept[_KEPT:]:
            old.unlink(missing_ok=True)
            old.with_suffix(".sum").unlink(missing_ok=True)

    @staticmethod
    def _intact(path: Path) -> bool:
        try:
            return path.with_suffix(".sum").read_text(encoding="ascii") == _digest(path)
        except (OSError, ValueError):
            return False


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()
