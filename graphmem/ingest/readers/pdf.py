"""PDF files, through pypdf: the text layer page by page, the outline's entries as sections."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphmem.errors import DocumentError, MissingExtraError
from graphmem.ingest.readers.layout import Layout
from graphmem.ingest.readers.plain import readable_name
from graphmem.ingest.sources import Failure, told
from graphmem.model import Document
from graphmem.visible import storable

if TYPE_CHECKING:
    from pypdf import PdfReader

__all__ = ["read"]

MAX_LEVEL = 9
"""Deeper entries of an outline count as of this level: a passage carries the headings of all levels above it."""

MIN_PAGES_FOR_RUNNING_LINES = 3
"""Fewer pages do not show which lines are repeated on every page."""

_HYPHENATION = re.compile(r"(?<=[^\W\d_])[\u00ad\u2010-](?:\r\n|\n)(?=[a-zß-öø-ÿ])")
_UNTITLED = re.compile(r"untitled|microsoft word|\.(?:docx?|pdf|tex|indd|qxd)\b|^\W*$", re.IGNORECASE)
_NUMBERS = re.compile(r"\d+")

Heading = tuple[str, int]
"""An entry of the outline: its title and its level."""


def read(path: Path, source: str) -> Iterator[Document | Failure]:
    """The file as one document. A page that cannot be read is a ``Failure`` of its own, the others come.

    Words hyphenated at a line end are joined, and lines repeated at the top or bottom of the pages left out. Raises
    ``DocumentError`` for a broken or encrypted file, and for one without a text layer.
    """
    reader = _open(path)
    pages, failures = _page_texts(reader)
    if not any(page.strip() for page in pages) and not failures:
        raise DocumentError("it has no text layer (scanned pages?): run a text recognition (OCR) over it first")
    layout = Layout()
    outline = _outline(reader)
    _lay_out(_without_running_lines(pages, outline), outline, layout)
    text, sections = layout.finish()
    yield from (Failure(source, reason) for reason in failures)
    if text:
        title = _title(reader) or readable_name(path)
        metadata = {"pages": str(len(pages))}
        yield Document(id=source, title=title, text=text, source=source, sections=sections, metadata=metadata)


def _open(path: Path) -> PdfReader:
    try:
        import pypdf
        from pypdf.errors import DependencyError
    except ImportError as error:
        raise MissingExtraError("pypdf", "documents", "reading PDF files") from error
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its remarks on sloppy files would break the progress bar
    try:
        reader = pypdf.PdfReader(path)
        # Many files are locked only against changes: those open with the empty password.
        if reader.is_encrypted and not reader.decrypt(""):
            raise DocumentError("it is encrypted: save it without its password")
        len(reader.pages)
    except DependencyError as error:
        raise MissingExtraError("cryptography", "documents", "reading an encrypted PDF file") from error
    except (DocumentError, MemoryError):
        raise
    except Exception as error:  # a broken file shows as any of a dozen exceptions
        raise DocumentError(f"it is no readable PDF ({told(error)})") from error
    return reader


def _page_texts(reader: PdfReader) -> tuple[list[str], list[str]]:
    texts: list[str] = []
    failures: list[str] = []
    for number in range(len(reader.pages)):
        try:
            texts.append(storable(reader.pages[number].extract_text()))
        except MemoryError:
            raise
        except Exception as error:  # as above, page by page
            texts.append("")
            failures.append(f"page {number + 1} could not be read ({told(error)})")
    return texts, failures


def _without_running_lines(pages: Sequence[str], outline: dict[int, list[Heading]]) -> list[list[str]]:
    """The lines of each page less its first or last where more than half of the pages have the same (numbers aside).

    A line that ends a sentence or is a heading belongs to the text, however often its like comes.
    """
    lines = [[line.rstrip() for line in page.strip().splitlines()] for page in pages]
    if len(lines) < MIN_PAGES_FOR_RUNNING_LINES:
        return lines
    for edge in (0, -1):
        common = Counter(_NUMBERS.sub("#", page[edge]) for page in lines if page)
        for number, page in enumerate(lines):
            if not page or common[_NUMBERS.sub("#", page[edge])] * 2 <= len(lines) or page[edge].endswith("."):
                continue
            if _comparable(page[edge]) not in {_comparable(title) for title, _ in outline.get(number, ())}:
                page.pop(edge)
    return lines


def _lay_out(pages: Sequence[Sequence[str]], outline: dict[int, list[Heading]], layout: Layout) -> None:
    """Lines become paragraphs, which go on over a page's end; a line that an outline entry repeats is its heading."""
    paragraph: list[str] = []

    def flush() -> None:
        layout.paragraph(_HYPHENATION.sub("", "\n".join(paragraph)))
        paragraph.clear()

    for number, lines in enumerate(pages):
        headings = {_comparable(title): (title, level) for title, level in outline.get(number, ())}
        for line in lines:
            heading = headings.pop(_comparable(line), None)
            if heading or not line.strip():
                flush()
            if heading:
                layout.heading(*heading)
            elif line.strip():
                paragraph.append(line)
    flush()


def _outline(reader: PdfReader) -> dict[int, list[Heading]]:
    """The outline's entries by page; none where the file's outline is broken."""
    found: dict[int, list[Heading]] = {}

    def collect(entries: Sequence[Any], level: int) -> None:
        for entry in entries:
            if isinstance(entry, list):
                collect(entry, level + 1)
            else:
                page = reader.get_destination_page_number(entry)
                found.setdefault(-1 if page is None else page, []).append(
                    (storable(str(entry.title)), min(level, MAX_LEVEL))
                )

    try:
        collect(reader.outline, 1)
    except Exception:  # an outline is a help; a file without one is read as well
        return {}
    return found


def _comparable(line: str) -> str:
    return "".join(line.split()).casefold()


def _title(reader: PdfReader) -> str:
    try:
        title = storable(str((reader.metadata and reader.metadata.title) or "")).strip()
    except Exception:  # broken metadata is no reason to lose the text
        return ""
    return "" if _UNTITLED.search(title) else title
