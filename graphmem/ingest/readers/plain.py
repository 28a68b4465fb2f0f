"""Plain text, kept exactly as it is, so that spans point into the decoded file itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from graphmem.ingest.readers.encodings import read_text
from graphmem.model import Document, Section

__all__ = ["read", "readable_name"]

MAX_TITLE_CHARACTERS = 100

_FIRST_LINE = re.compile(r"\s*(\S[^\r\n]*)(?:\r\n|\r|\n)[ \t]*(?:\r\n|\r|\n)")


def read(path: Path, source: str) -> Iterator[Document]:
    """The whole file as one document; a first line that looks like a title, with a blank line below, is one."""
    text = read_text(path)
    first = _FIRST_LINE.match(text[:1000])
    title = first.group(1).strip() if first else ""
    if first and _looks_like_title(title):
        body = Section(title=title, level=1, span=(first.end(), len(text)))
        yield Document(id=source, title=title, text=text, source=source, sections=(body,))
    else:
        yield Document(id=source, title=readable_name(path), text=text, source=source)


def readable_name(path: Path) -> str:
    """A file name as words: "harbour_law-1841.txt" is "harbour law 1841"."""
    return " ".join(re.sub(r"[_\-]+", " ", path.stem).split()) or path.name


def _looks_like_title(line: str) -> bool:
    return len(line) <= MAX_TITLE_CHARACTERS and line[-1] not in ".,;:!。।؟" and any(map(str.isalnum, line))
