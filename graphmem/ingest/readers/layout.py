"""Headings, paragraphs and lines, as a reader meets them, become a document's text and sections."""

from __future__ import annotations

from graphmem.model import Section

__all__ = ["Layout"]


MAX_HEADING_CHARACTERS = 300
"""What is longer is no heading, whatever its markup says; every passage below would carry it."""


class Layout:
    """Collects the readable text of a document.

    Blocks are set apart by a blank line, lines of a list or table by a line end. A section's span begins behind its
    heading, which its passages carry beside their text; a heading with nothing below it is its own text, so that
    it can be found.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._headings: list[tuple[str, int, int, int]] = []

    def heading(self, title: str, level: int) -> None:
        """Begins a section; ``level`` 0 and no title where a part begins that has no heading of its own."""
        title = " ".join(title.split())
        if not title and level:
            return
        if len(title) > MAX_HEADING_CHARACTERS:
            self.paragraph(title)
            return
        self._append(title, "\n\n")
        self._headings.append((title, level, self._length - len(title), self._length))

    def paragraph(self, text: str) -> None:
        """A block of its own; white space at its ends is dropped."""
        self._append(text.strip(), "\n\n")

    def line(self, text: str) -> None:
        """A list item or table row, directly below the line before it."""
        self._append(" ".join(text.split()), "\n")

    def finish(self) -> tuple[str, tuple[Section, ...]]:
        """The text and its sections, which follow each other without overlap."""
        text = "".join(self._parts)
        sections: list[Section] = []
        first = self._headings[0][2] if self._headings else len(text)
        if text[:first].strip():
            sections.append(Section(title="", level=0, span=(0, first)))
        for index, (title, level, start, end) in enumerate(self._headings):
            following = self._headings[index + 1] if index + 1 < len(self._headings) else None
            stop = following[2] if following else len(text)
            has_parts = following is not None and following[1] > level
            empty = not text[end:stop].strip() and not has_parts
            sections.append(Section(title=title, level=level, span=(start if empty else end, stop)))
        return text, tuple(sections)

    def _append(self, text: str, separator: str) -> None:
        if not text:
            return
        piece = separator + text if self._parts else text
        self._parts.append(piece)
        self._length += len(piece)
