"""Files become documents, and documents passages with the spans of their sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from graphmem.ingest.bounded import DEFAULT_LIMITS, BoundedReader, Limits
from graphmem.ingest.discover import discover, identify
from graphmem.ingest.passages import DEFAULT_PASSAGE_TOKENS, cut
from graphmem.ingest.readers import read
from graphmem.ingest.sentences import split_sentences
from graphmem.ingest.sources import Failure, Source
from graphmem.model import Document

__all__ = [
    "DEFAULT_LIMITS",
    "DEFAULT_PASSAGE_TOKENS",
    "Failure",
    "Limits",
    "Source",
    "cut",
    "discover",
    "identify",
    "ingest",
    "read",
    "split_sentences",
]


def ingest(
    paths: Sequence[str | Path], *, root: Path, excludes: Sequence[str] = (), limits: Limits = DEFAULT_LIMITS
) -> Iterator[Document | Failure]:
    """Every document behind ``paths``, and a ``Failure`` for whatever could not be read: ``discover``, then ``read``.

    Lazy: one document is held at a time, and none may take more than ``limits`` to read. Raises ``SettingsError``
    for a malformed exclude pattern.
    """
    with BoundedReader(limits) as reader:
        for found in discover(paths, root=root, excludes=excludes):
            if isinstance(found, Failure):
                yield found
            else:
                yield from reader.read(found)
