"""Writers of real files, one for each format that graphmem reads."""

from __future__ import annotations

import csv
import html
import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

Part = tuple[str, Sequence[str]]
"""A heading ("" for none) and the paragraphs below it."""

Writer = Callable[[Path, Sequence[Part]], None]


def write_text(path: Path, parts: Sequence[Part]) -> None:
    blocks = [block for heading, paragraphs in parts for block in (heading, *paragraphs) if block]
    path.write_bytes("\n\n".join(blocks).encode("utf-8"))


def write_markdown(path: Path, parts: Sequence[Part]) -> None:
    lines = [line for heading, paragraphs in parts for line in ([f"# {heading}"] if heading else []) + [*paragraphs]]
    path.write_text("\n\n".join(lines), encoding="utf-8")


def page(parts: Sequence[Part], namespace: str = "") -> str:
    body = "".join(
        (f"<h1>{html.escape(heading)}</h1>" if heading else "")
        + "".join(f"<p>{html.escape(p)}</p>" for p in paragraphs)
        for heading, paragraphs in parts
    )
    return f"<html{namespace}><head><title></title></head><body>{body}</body></html>"


def write_html(path: Path, parts: Sequence[Part]) -> None:
    path.write_text(page(parts), encoding="utf-8")


def write_docx(path: Path, parts: Sequence[Part]) -> None:
    import docx

    document = docx.Document()
    for heading, paragraphs in parts:
        if heading:
            document.add_heading(heading, 1)
        for paragraph in paragraphs:
            document.add_paragraph(paragraph)
    document.save(str(path))


def write_pdf(path: Path, parts: Sequence[Part]) -> None:
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    styles = getSampleStyleSheet()
    story = []
    for heading, paragraphs in parts:
        if heading:
            story.append(Paragraph(escape(heading), styles["Heading1"]))
        story += [Paragraph(escape(paragraph), styles["Normal"]) for paragraph in paragraphs]
    SimpleDocTemplate(str(path)).build(story)


def write_epub(path: Path, parts: Sequence[Part], *, extra: Sequence[tuple[str, str]] = ()) -> None:
    """A chapter for each part."""
    numbers = range(len(parts))
    items = "".join(f'<item id="c{n}" href="ch%20{n}.xhtml" media-type="application/xhtml+xml"/>' for n in numbers)
    spine = "".join(f'<itemref idref="c{n}"/>' for n in numbers)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr(
            "META-INF/container.xml",
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
        )
        archive.writestr(
            "OEBPS/book.opf",
            '<package xmlns="http://www.idpf.org/2007/opf"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<dc:title>The Book</dc:title><dc:creator>A. Berg</dc:creator></metadata><manifest>{items}</manifest>"
            f"<spine>{spine}</spine></package>",
        )
        for number, part in enumerate(parts):
            chapter = page([part], ' xmlns="http://www.w3.org/1999/xhtml"')
            archive.writestr(f"OEBPS/ch {number}.xhtml", f'<?xml version="1.0" encoding="utf-8"?>{chapter}')
        for name, content in extra:
            archive.writestr(name, content)


def write_jsonl(path: Path, parts: Sequence[Part]) -> None:
    lines = [
        json.dumps({"id": f"line-{number}", "title": heading, "text": "\n\n".join(paragraphs)}, ensure_ascii=False)
        for number, (heading, paragraphs) in enumerate(parts)
    ]
    path.write_text("\n".join(lines), encoding="utf-8")


def write_csv(path: Path, parts: Sequence[Part]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter="\t" if path.suffix == ".tsv" else ",")
        rows.writerow(["title", "text", "remark"])
        rows.writerows([heading, "\n\n".join(paragraphs), "a remark"] for heading, paragraphs in parts)


WRITERS: dict[str, Writer] = {
    ".txt": write_text,
    ".log": write_text,
    ".md": write_markdown,
    ".html": write_html,
    ".xhtml": write_html,
    ".docx": write_docx,
    ".pdf": write_pdf,
    ".epub": write_epub,
    ".jsonl": write_jsonl,
    ".csv": write_csv,
    ".tsv": write_csv,
}


@pytest.fixture(scope="session")
def writers() -> dict[str, Writer]:
    return WRITERS
