"""HTML, through lxml: headings become sections; scripts, styles, navigation and hidden parts go."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from graphmem.errors import DocumentError, MissingExtraError
from graphmem.ingest.readers.encodings import detect_encoding
from graphmem.ingest.readers.layout import Layout
from graphmem.ingest.readers.plain import readable_name
from graphmem.ingest.sources import told
from graphmem.model import Document

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["lay_out", "parse", "read"]

_DROPPED = re.compile(
    "head|script|style|nav|noscript|template|svg|math|iframe|object|embed|canvas|audio|video"
    "|button|select|input|textarea|datalist"
)
_BLOCK = re.compile(
    "address|article|aside|blockquote|body|caption|center|dd|details|dialog|div|dl|dt|fieldset|figcaption|figure"
    "|footer|form|h[1-6]|header|hgroup|hr|html|legend|li|main|ol|p|pre|section|summary|table|tbody|tfoot|thead|tr|ul"
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_\-]+)""")
_INVISIBLE = re.compile(r"display\s*:\s*none", re.IGNORECASE)


def read(path: Path, source: str) -> Iterator[Document]:
    """The page as one document; its title is ``<title>``, less a site's name behind it, or its first heading."""
    root = parse(path.read_bytes().decode(_encoding(path), errors="replace"))
    layout = Layout()
    lay_out(root, layout)
    text, sections = layout.finish()
    titles = [" ".join(str(found).split()) for found in root.xpath("//title[1]//text()")]
    heading = next((section.title for section in sections if section.level), "")
    title = "".join(titles[:1])
    if heading and title.startswith(heading):
        title = heading
    metadata = {name: value for name in ("author", "date") if (value := _meta(root, name))}
    title = title or heading or readable_name(path)
    yield Document(id=source, title=title, text=text, source=source, sections=sections, metadata=metadata)


def parse(page: str) -> _Element:
    """The tree of a page; entities are never expanded beyond HTML's own and nothing is fetched.

    Raises ``DocumentError`` for an empty page, and for one nested deeper than libxml2's limit (2,048).
    """
    try:
        from lxml import etree
    except ImportError as error:
        raise MissingExtraError("lxml", "documents", "reading HTML and EPUB files") from error
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(page.encode("utf-8", errors="replace"), parser)
    except etree.XMLSyntaxError as error:
        raise DocumentError(f"it is no readable HTML ({told(error)})") from error
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise DocumentError("its elements are nested too deeply to be a page")
    if root is None:
        raise DocumentError("it holds no text")
    return root


def lay_out(root: _Element, layout: Layout) -> None:
    """Writes what a reader of the page would see."""
    from lxml import etree

    writer = _Writer(layout)
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        tag = element.tag if isinstance(element.tag, str) else ""
        tag = tag.rpartition("}")[2].lower()
        seen = not (_DROPPED.fullmatch(tag) or _is_hidden(element))
        if event == "end":
            if seen:
                writer.end(tag)
            writer.write(element.tail)
        elif seen:
            writer.begin(tag, element)
            writer.write(element.text)
        else:
            walker.skip_subtree()
            if _BLOCK.fullmatch(tag):
                writer.flush()
    writer.flush()


class _Writer:
    """Joins running text into blocks at the edges of block elements."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._text: list[str] = []
        self._mark = ""
        self._preformatted = 0
        self._tables: list[bool] = []
        """For each open table, whether it holds data (its rows become lines) or arranges the page."""
        self._cells: list[str] = []

    def write(self, text: str | None) -> None:
        if text:
            self._text.append(text if self._preformatted else re.sub(r"\s+", " ", text))

    def begin(self, tag: str, element: _Element) -> None:
        if tag == "br":
            self._text.append("\n")
        elif tag == "table":
            self.flush()
            self._tables.append(_holds_data(element))
        elif _BLOCK.fullmatch(tag):
            self.flush()
        if tag == "li":
            self._mark = "- "
        self._preformatted += tag == "pre"

    def end(self, tag: str) -> None:
        if tag in _HEADINGS and not self._in_row():
            title = self._take()
            self._layout.heading(title, _HEADINGS[tag])
        elif tag in ("td", "th"):
            if self._in_row():
                self._cells.append(" ".join(self._take().split()))
            self.flush()
        elif tag == "tr" and self._in_row():
            self._layout.line(" | ".join(cell for cell in self._cells if cell))
            self._cells = []
        elif tag == "table":
            self.flush()
            self._tables = self._tables[:-1]
        elif _BLOCK.fullmatch(tag):
            self.flush()
        if tag == "li":
            self._mark = ""
        self._preformatted -= tag == "pre"

    def flush(self) -> None:
        """Ends a block; inside a row of data, only a word."""
        if self._in_row():
            self._text.append(" ")
            return
        text = self._take()
        if text and self._mark:
            self._layout.line(self._mark + text)
            self._mark = ""
        else:
            self._layout.paragraph(text)

    def _in_row(self) -> bool:
        return bool(self._tables and self._tables[-1])

    def _take(self) -> str:
        text = "".join(self._text)
        self._text = []
        return text if self._preformatted else "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()


def _holds_data(table: _Element) -> bool:
    return next(table.iterdescendants("table", *_HEADINGS), None) is None


def _is_hidden(element: _Element) -> bool:
    return "hidden" in element.attrib or bool(_INVISIBLE.search(str(element.get("style", ""))))


def _encoding(path: Path) -> str:
    """UTF-8 and UTF-16 are recognised; anything else is what the page declares, if it is a known encoding."""
    detected = detect_encoding(path)
    with path.open("rb") as file:
        declared = _DECLARED.search(file.read(4096))
    if declared and not detected.startswith("utf"):
        try:
            name = codecs.lookup(declared.group(1).decode("ascii")).name
        except LookupError:
            return detected
        # As browsers have it: pages that say Latin-1 mean Windows-1252; and this one is not UTF-8, whatever it says.
        return detected if name.startswith("utf") else {"iso8859-1": "cp1252"}.get(name, name)
    return detected


def _meta(root: _Element, name: str) -> str:
    found = root.xpath("string(//meta[@name=$name]/@content)", name=name)
    return str(found).strip()
