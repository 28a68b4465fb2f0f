"""EPUB books: a zip container of XHTML chapters, read with zipfile and lxml in the order of the spine."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from graphmem.errors import DocumentError, MissingExtraError
from graphmem.ingest.readers.archive import open_archive
from graphmem.ingest.readers.html import lay_out, parse
from graphmem.ingest.readers.layout import Layout
from graphmem.ingest.readers.plain import readable_name
from graphmem.ingest.sources import told
from graphmem.model import Document

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["read"]

CONTAINER = "META-INF/container.xml"
ENCRYPTION = "META-INF/encryption.xml"
_METADATA = {"creator": "author", "date": "date", "language": "language", "publisher": "publisher"}


def read(path: Path, source: str) -> Iterator[Document]:
    """The book as one document, its chapters in reading order.

    Raises ``DocumentError`` for a container that is no EPUB, and for one whose chapters are encrypted (DRM).
    """
    with open_archive(path) as archive:
        try:
            package_name = _first(_xml(archive, CONTAINER), "//*[local-name()='rootfile']/@full-path")
            package = _xml(archive, package_name)
            layout = Layout()
            for chapter in _chapters(archive, package, posixpath.dirname(package_name)):
                layout.heading("", 0)
                lay_out(parse(archive.read(chapter).decode("utf-8-sig", errors="replace")), layout)
        except (KeyError, zipfile.BadZipFile, NotImplementedError) as error:
            raise DocumentError(f"it is a broken EPUB ({told(error)})") from error
    text, sections = layout.finish()
    title = _first(package, "//*[local-name()='metadata']/*[local-name()='title']/text()")
    found = {
        ours: _first(package, f"//*[local-name()='metadata']/*[local-name()='{name}']/text()")
        for name, ours in _METADATA.items()
    }
    yield Document(
        id=source,
        title=title or readable_name(path),
        text=text,
        source=source,
        sections=sections,
        metadata={name: value for name, value in found.items() if value},
    )


def _chapters(archive: zipfile.ZipFile, package: _Element, folder: str) -> Iterator[str]:
    """The names of the chapters in the container, each once, without the table of contents."""
    items = {item.get("id"): item for item in package.xpath("//*[local-name()='manifest']/*[local-name()='item']")}
    locked = set(_xml(archive, ENCRYPTION).xpath("//@URI")) if ENCRYPTION in archive.namelist() else set()
    # A small book that names a large chapter a million times would never end.
    for reference in dict.fromkeys(package.xpath("//*[local-name()='spine']/*[local-name()='itemref']/@idref")):
        item = items.get(reference)
        if item is None or "html" not in item.get("media-type", "") or "nav" in item.get("properties", "").split():
            continue
        name = posixpath.normpath(posixpath.join(folder, unquote(item.get("href", ""))))
        if name in locked:
            raise DocumentError("its chapters are encrypted (DRM), so graphmem cannot read them")
        yield name


def _xml(archive: zipfile.ZipFile, name: str) -> _Element:
    """An XML part of the container; entities stay unexpanded."""
    try:
        from lxml import etree
    except ImportError as error:
        raise MissingExtraError("lxml", "documents", "reading EPUB files") from error
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    root = etree.fromstring(archive.read(name), parser)
    if root is None:
        raise DocumentError(f"it is a broken EPUB: its part {name} is empty")
    return root


def _first(root: _Element, query: str) -> str:
    return " ".join(str(next(iter(root.xpath(query)), "")).split())
