"""Word documents, through python-docx: heading styles become sections, table rows lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from graphmem.errors import DocumentError, MissingExtraError
from graphmem.ingest.readers.archive import open_archive
from graphmem.ingest.readers.layout import Layout
from graphmem.ingest.readers.plain import readable_name
from graphmem.ingest.sources import told
from graphmem.model import Document

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.table import Table
    from docx.text.paragraph import Paragraph

__all__ = ["read"]

_HEADING_STYLE = re.compile(r"heading (\d)")


def read(path: Path, source: str) -> Iterator[Document]:
    """The file as one document; its title is that of its properties, its title line, first heading or file name."""
    try:
        import docx
        from docx.table import Table
        from docx.text.paragraph import Paragraph
    except ImportError as error:
        raise MissingExtraError("python-docx", "documents", "reading Word files") from error
    open_archive(path).close()
    try:
        word = docx.Document(str(path))
    except MemoryError:
        raise
    except Exception as error:  # a broken package shows as any of a dozen exceptions
        raise DocumentError(f"it is no readable Word document ({told(error)})") from error
    layout = Layout()
    # Content controls wrap paragraphs and tables, and python-docx's own iteration passes over what they hold.
    for element in word.element.body.xpath(".//w:p[not(ancestor::w:tbl)] | .//w:tbl[not(ancestor::w:tbl)]"):
        if element.tag.endswith("}tbl"):
            _add_table(Table(element, word), layout)
        else:
            _add_paragraph(Paragraph(element, word._body), layout)
    text, sections = layout.finish()
    heading = next((section.title for section in sections if section.level), "")
    title = _property(word, "title") or heading or readable_name(path)
    metadata = {name: value for name in ("author", "created") if (value := _property(word, name))}
    yield Document(id=source, title=title, text=text, source=source, sections=sections, metadata=metadata)


def _add_paragraph(paragraph: Paragraph, layout: Layout) -> None:
    style = ((paragraph.style.name if paragraph.style else None) or "").lower()
    heading = _HEADING_STYLE.match(style)
    if heading or style == "title":
        layout.heading(paragraph.text, 1 + int(heading[1]) if heading else 1)  # the title stands above all headings
    elif style.startswith("list"):
        layout.line(f"- {paragraph.text}" if paragraph.text.strip() else "")
    else:
        layout.paragraph(paragraph.text)


def _add_table(table: Table, layout: Layout) -> None:
    """Each row as a line; a cell that goes on from the row above has its text.

    Read cell by cell: python-docx makes a list of as many cells as a row claims to span, and climbs up merged ones.
    """
    from docx.table import _Cell

    above: dict[int, str] = {}
    for row in table._tbl.tr_lst:
        column, texts = row.grid_before, {}
        for cell in row.tc_lst:
            merged = cell.vMerge == "continue" and column in above
            texts[column] = above[column] if merged else " ".join(_Cell(cell, table).text.split())
            column += cell.grid_span
        above = texts
        layout.line(" | ".join(text for text in texts.values() if text))


def _property(word: WordDocument, name: str) -> str:
    value = getattr(word.core_properties, name)
    return str(value).strip() if value else ""
