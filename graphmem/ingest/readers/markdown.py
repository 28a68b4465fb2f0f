"""Markdown, through markdown-it-py: headings become sections, markup goes.

The document's text is the rendered text, not the raw source: links, emphasis and tables written in the middle of a
sentence would otherwise reach every search, proof and quotation. Spans are exact in that text, which the store keeps.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from graphmem.ingest.readers.encodings import read_text
from graphmem.ingest.readers.layout import Layout
from graphmem.ingest.readers.plain import readable_name
from graphmem.model import Document

if TYPE_CHECKING:
    from markdown_it.token import Token

__all__ = ["read"]

MAX_NESTING = 200
"""Levels of lists, quotes and brackets that are read."""

_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(.*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|$)", re.DOTALL)
_FIELD = re.compile(r"([A-Za-z][\w \-]*):[ \t]+(\S.*)")
_TAG = re.compile(r"<[^<>]*>")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def read(path: Path, source: str) -> Iterator[Document]:
    """The file as one document; its title is that of the front matter, its first main heading or its file name."""
    from markdown_it import MarkdownIt

    metadata, body = _front_matter(read_text(path))
    layout = Layout()
    # Whatever is nested deeper than maxNesting is dropped by the parser; its own 20 levels are soon used up.
    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable("table")
    _lay_out(parser.parse(body), layout)
    text, sections = layout.finish()
    heading = next((section.title for section in sections if section.level == 1), "")
    title = metadata.pop("title", "") or heading or readable_name(path)
    yield Document(id=source, title=title, text=text, source=source, sections=sections, metadata=metadata)


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    """The plain ``name: value`` lines between "---" at the top of a file, and the text below."""
    matter = _FRONT_MATTER.match(text)
    if not matter:
        return {}, text
    fields = (_FIELD.fullmatch(line.rstrip()) for line in matter.group(1).splitlines())
    return {field[1].strip().lower(): field[2].strip("\"'") for field in fields if field}, text[matter.end() :]


def _lay_out(tokens: Sequence[Token], layout: Layout) -> None:
    level, mark = 0, ""
    cells: list[str] | None = None
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1])
        elif token.type == "list_item_open":
            mark = f"{token.info}{token.markup} " if token.info else "- "
        elif token.type == "tr_open":
            cells = []
        elif token.type == "tr_close" and cells is not None:
            layout.line(" | ".join(cells))
            cells = None
        elif token.type in ("fence", "code_block"):
            layout.paragraph(token.content)
        elif token.type == "html_block":
            comment = token.content.startswith("<!--")
            content = token.content.partition("-->")[2] if comment else token.content
            layout.paragraph(html.unescape(_TAG.sub("", _BREAK.sub("\n", content))))
        elif token.type == "inline":
            text = _inline_text(token.children or [])
            if cells is not None:
                cells.append(text)
            elif level:
                layout.heading(text, level)
            elif mark:
                layout.line(mark + text)
            else:
                layout.paragraph(text)
            level, mark = 0, ""


def _inline_text(tokens: Sequence[Token]) -> str:
    parts: list[str] = []
    for token in tokens:
        if token.type == "softbreak":
            parts.append(" ")
        elif token.type == "hardbreak" or (token.type == "html_inline" and _BREAK.fullmatch(token.content)):
            parts.append("\n")
        elif token.type in ("text", "text_special", "code_inline", "image"):
            parts.append(token.content)
    return "".join(parts)
