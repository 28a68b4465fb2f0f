"""A file becomes documents: one module a family of formats, chosen by the file's ending."""

from __future__ import annotations

import hashlib
import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from graphmem.errors import DocumentError, GraphmemError
from graphmem.ingest.readers import docx, epub, html, markdown, pdf, plain, rows
from graphmem.ingest.sources import Failure, Source, told
from graphmem.model import Document

__all__ = ["SUFFIXES", "read", "standard_input"]

MIB = 1024**2

MAX_TITLE_CHARACTERS = 300
"""What comes behind is cut: every passage of a document carries its title."""


@dataclass(frozen=True, slots=True)
class _Format:
    """How files of a kind are read, and the size in bytes up to which they are; files read by lines have no bound."""

    read: Callable[[Path, str], Iterator[Document | Failure]]
    max_bytes: int | None


_PLAIN = _Format(plain.read, 512 * MIB)
_JSONL = _Format(rows.read_jsonl, None)
_CSV = _Format(rows.read_csv, None)
_MARKDOWN = _Format(markdown.read, 64 * MIB)
_HTML = _Format(html.read, 128 * MIB)

SUFFIXES = {
    ".txt": _PLAIN,
    ".text": _PLAIN,
    ".log": _PLAIN,
    ".md": _MARKDOWN,
    ".markdown": _MARKDOWN,
    ".html": _HTML,
    ".htm": _HTML,
    ".xhtml": _HTML,
    ".pdf": _Format(pdf.read, 512 * MIB),
    ".docx": _Format(docx.read, 256 * MIB),
    ".epub": _Format(epub.read, 256 * MIB),
    ".jsonl": _JSONL,
    ".csv": _CSV,
    ".tsv": _CSV,
}
"""The formats by file ending; a file with any other that is named outright is read as plain text."""


def read(source: Source) -> Iterator[Document | Failure]:
    """The documents of a file, one by one, and a ``Failure`` for it or for each line or page that cannot be read.

    Raises nothing for a bad file: one clear sentence in the failure says what is wrong with it. Only a
    ``MemoryError`` gets through, because what is left may not do for the next file.
    """
    if source.path is None:
        with standard_input() as copied:
            yield from read(copied)
        return
    found = False
    try:
        for each in _read_file(source.path, source.id):
            found = found or isinstance(each, Failure) or bool(each.text.strip())
            if isinstance(each, Failure):
                yield each
            elif each.text.strip():
                yield replace(each, title=" ".join(each.title[:MAX_TITLE_CHARACTERS].split()))
        if not found:
            yield Failure(source.id, "it holds no text")
    except GraphmemError as error:
        yield Failure(source.id, str(error))
    except OSError as error:
        yield Failure(source.id, f"it cannot be opened ({error.strerror or error})")
    except RecursionError:
        yield Failure(source.id, "it is too deeply nested to be read here")
    except MemoryError:
        raise
    except Exception as error:  # the libraries that read a format show a broken file as anything
        yield Failure(source.id, f"it is damaged, or no file of its kind ({told(error)})")


def _read_file(path: Path, source: str) -> Iterator[Document | Failure]:
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise DocumentError("it is a folder, a device or a pipe, not a file")
    if not status.st_size:
        raise DocumentError("the file is empty (0 bytes)")
    kind = SUFFIXES.get(path.suffix.lower(), _PLAIN)
    if kind.max_bytes and status.st_size > kind.max_bytes:
        size, limit = status.st_size / MIB, kind.max_bytes // MIB
        raise DocumentError(f"it has {size:,.0f} MiB, and such a file is read up to {limit:,} MiB: divide it")
    return kind.read(path, source)


@contextmanager
def standard_input() -> Iterator[Source]:
    """Standard input as a file: a data set if its first line is a JSON object, else plain text.

    Its id is made from its content, so that a second text from standard input does not replace the first.
    """
    with tempfile.TemporaryDirectory(prefix="graphmem-") as folder:
        path = Path(folder) / "standard input"
        with path.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()[:12]
            file.seek(0)
            suffix = ".jsonl" if file.readline(4096).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b'{"') else ".txt"
        yield Source(f"stdin-{digest}", path.rename(path.with_suffix(suffix)))
