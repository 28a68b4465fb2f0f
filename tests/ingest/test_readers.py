"""What each reader makes of a well-formed file."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from graphmem.ingest import Failure, Source, cut, read
from graphmem.model import Document


def documents(path: Path) -> list[Document]:
    found = list(read(Source(path.name, path)))
    assert not [each for each in found if isinstance(each, Failure)]
    return [each for each in found if isinstance(each, Document)]


def headings(document: Document) -> list[tuple[str, list[str]]]:
    return [(p.heading, [document.text[a:b] for a, b in p.sentences]) for p in cut(document)]


# --- plain text ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("The Harbour Law\n\nIt was passed.", "The Harbour Law"),
        ("\r\nThe Harbour Law\r\n\r\nIt was passed.", "The Harbour Law"),
        ("The harbour law was passed.\n\nIt failed.", "harbour law 1841"),
        ("The Harbour Law\nIt was passed.", "harbour law 1841"),
        ("-----\n\nIt was passed.", "harbour law 1841"),
        ("word " * 40 + "\n\nIt was passed.", "harbour law 1841"),
    ],
)
def test_titles_of_plain_text(tmp_path: Path, text: str, title: str) -> None:
    path = tmp_path / "harbour_law-1841.txt"
    path.write_text(text, encoding="utf-8", newline="")
    (document,) = documents(path)
    assert (document.title, document.text) == (title, text)
    assert (title in cut(document)[0].text) is False


# --- markdown --------------------------------------------------------------------------------------------

MARKDOWN = """---
title: "Ansa Holm"
date: 1841-02-03
tags: [a, b]
---

# A heading

[Ansa Holm](b.md "her page") was *born* in
**Vik** in `1841` &amp; left.\\
Then back. ![The ship](ship.png)

## Life

### Early years

Some <b>bold</b> text.<!-- not this -->

1. one
2. two
   more

* bullet

| Town | People |
|------|--------|
| Vik  | 900    |

<!-- nor this -->

<div>raw &lt;html&gt;<br>two</div>

```python
x = 1
```

## Left empty
"""


def test_markdown(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text(MARKDOWN, encoding="utf-8")
    (document,) = documents(path)
    assert document.title == "Ansa Holm"
    assert document.metadata == {"date": "1841-02-03", "tags": "[a, b]"}
    assert [(section.title, section.level) for section in document.sections] == [
        ("A heading", 1),
        ("Life", 2),
        ("Early years", 3),
        ("Left empty", 2),
    ]
    assert headings(document) == [
        ("A heading", ["Ansa Holm was born in Vik in 1841 & left.", "Then back.", "The ship"]),
        (
            "A heading > Life > Early years",
            ["Some bold text.", "one", "two more", "bullet", "Town | People", "Vik | 900", "raw <html>\ntwo", "x = 1"],
        ),
        ("A heading > Left empty", ["Left empty"]),
    ]


@pytest.mark.parametrize(
    ("text", "title"),
    [("# The Law\n\nText.", "The Law"), ("Text.\n\nThe Law\n===\n\nMore.", "The Law"), ("## Part\n\nText.", "my file")],
)
def test_titles_of_markdown(tmp_path: Path, text: str, title: str) -> None:
    path = tmp_path / "my-file.markdown"
    path.write_text(text, encoding="utf-8")
    assert documents(path)[0].title == title


def test_markdown_keeps_what_is_nested_and_what_follows_a_comment(tmp_path: Path) -> None:
    nested = "".join("  " * level + f"- item {level}\n" for level in range(60))
    (tmp_path / "a.md").write_text(f"{nested}\nBetween.\n\n<!-- not this --> but this.\n", encoding="utf-8")
    sentences = headings(documents(tmp_path / "a.md")[0])[0][1]
    assert sentences == [*(f"item {level}" for level in range(60)), "Between.", "but this."]


# --- html ------------------------------------------------------------------------------------------------

HTML = """<!doctype html><html><head><title>Vik | The Region</title><meta name="author" content="A. Berg">
<style>p {color: red}</style></head><body><nav><a>Menu</a></nav><script>var x = "no";</script>
<h1>Vik</h1><p>Vik is a   <a href=x>har</a>bour
town.<br>It is old.</p>tail<ul><li>one</li><li><p>two</p><p>more</p></li></ul>
<table><tr><th>Town</th><th>People</th></tr><tr><td>Vik<p>new</p></td><td>900</td></tr></table>
<h2>Early <i>years</i></h2><div>Seen<div hidden>not</div><span style="display: none">nor</span> still</div>
<pre>a  b
c</pre><table><tr><td><h2>Layout</h2><p>In a table.</p></td></tr></table></body></html>"""


@pytest.mark.parametrize("suffix", [".html", ".htm", ".xhtml"])
def test_html(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_text(HTML, encoding="utf-8")
    (document,) = documents(path)
    assert (document.title, document.metadata) == ("Vik", {"author": "A. Berg"})
    assert headings(document) == [
        (
            "",
            ["Vik is a harbour town.", "It is old.", "tail", "one", "two", "more", "Town | People", "Vik new | 900"],
        ),
        ("Early years", ["Seen", "still", "a  b\nc"]),
        ("Layout", ["In a table."]),
    ]


def test_xhtml_with_a_declaration_and_entities(tmp_path: Path) -> None:
    path = tmp_path / "a.xhtml"
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE html [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>'
        '<html xmlns="http://www.w3.org/1999/xhtml"><body><p>K&ouml;ln &b; end</p></body></html>',
        encoding="utf-8",
    )
    text = documents(path)[0].text
    assert "Köln" in text
    assert "lollol" not in text


# --- pdf, docx, epub -------------------------------------------------------------------------------------


def test_docx(tmp_path: Path) -> None:
    import docx

    word = docx.Document()
    word.add_heading("The Harbour Law", 0)
    word.add_heading("Text", 1)
    word.add_paragraph("It taxed herring. It failed.")
    word.add_paragraph("an item", style="List Bullet")
    table = word.add_table(2, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Town", "People"
    table.cell(1, 0).merge(table.cell(1, 1)).text = "merged"
    word.add_heading("Detail", 2)
    word.add_paragraph("東京。 And 😀.")
    word.core_properties.author = "A. Berg"
    word.save(str(tmp_path / "a.docx"))
    (document,) = documents(tmp_path / "a.docx")
    assert (document.title, document.metadata["author"]) == ("The Harbour Law", "A. Berg")
    assert headings(document) == [
        ("Text", ["It taxed herring.", "It failed.", "an item", "Town | People", "merged"]),
        ("Text > Detail", ["東京。", "And 😀."]),
    ]


def test_docx_text_in_content_controls_is_read(tmp_path: Path) -> None:
    import docx
    from docx.oxml import parse_xml

    word = docx.Document()
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    control = f"<w:sdt {space}><w:sdtContent><w:p><w:r><w:t>Inside a control.</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    word.element.body.insert(0, parse_xml(control))
    word.save(str(tmp_path / "a.docx"))
    assert documents(tmp_path / "a.docx")[0].text == "Inside a control."


def make_pdf(path: Path) -> None:
    """Six pages with a running foot, an outline, wrapped lines and a hyphenated word."""
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path))
    canvas.setTitle("The Region")
    for number in range(1, 7):
        lines = [f"Chapter {number}", f"In the year {1840 + number} the town of Vik was known as an inter-",
                 "national harbour. It sold herring to Lund, and the people of", "Berg bought it there."]  # fmt: skip
        canvas.bookmarkPage(f"c{number}")
        canvas.addOutlineEntry(f"Chapter {number}", f"c{number}", 0)
        for row, line in enumerate([*lines, f"Gazette of the Region, page {number}"]):
            canvas.drawString(72, 700 - 14 * row, line)
        canvas.showPage()
    canvas.save()


def test_pdf(tmp_path: Path) -> None:
    make_pdf(tmp_path / "a.pdf")
    (document,) = documents(tmp_path / "a.pdf")
    assert (document.title, document.metadata) == ("The Region", {"pages": "6"})
    assert headings(document) == [
        (
            f"Chapter {number}",
            [
                f"In the year {1840 + number} the town of Vik was known as an international harbour.",
                "It sold herring to Lund, and the people of\nBerg bought it there.",
            ],
        )
        for number in range(1, 7)
    ]


def test_pdf_locked_only_against_changes_is_read(tmp_path: Path) -> None:
    import pypdf

    make_pdf(tmp_path / "a.pdf")
    writer = pypdf.PdfWriter(clone_from=tmp_path / "a.pdf")
    writer.encrypt("", owner_password="secret", algorithm="AES-256")
    writer.write(tmp_path / "b.pdf")
    assert "harbour" in documents(tmp_path / "b.pdf")[0].text


def test_epub(tmp_path: Path, writers) -> None:  # type: ignore[no-untyped-def]
    writers[".epub"](tmp_path / "a.epub", [("One", ["First é text."]), ("", ["Without a heading."])])
    (document,) = documents(tmp_path / "a.epub")
    assert (document.title, document.metadata) == ("The Book", {"author": "A. Berg"})
    assert headings(document) == [("One", ["First é text."]), ("", ["Without a heading."])]


# --- data sets -------------------------------------------------------------------------------------------


def test_jsonl(tmp_path: Path) -> None:
    lines = [
        {"id": "q-1", "title": "Vik", "text": "Vik is a town.\nIt is old.", "year": 1841, "port": True, "none": None},
        {"id": 7, "text": "No title. Lone \ud800 surrogate.", "list": [1], "part": {"a": 1}},
        {"text": "No id."},
    ]
    (tmp_path / "c.jsonl").write_text("\n\n".join(json.dumps(line) for line in lines), encoding="utf-8-sig")
    first, second, third = documents(tmp_path / "c.jsonl")
    assert (first.id, first.title, first.text, first.source) == ("q-1", "Vik", lines[0]["text"], "c.jsonl")
    assert first.metadata == {"year": "1841", "port": "true", "line": "1"}
    assert first.whole
    assert (second.id, second.title, second.text) == ("7", "", "No title. Lone \ufffd surrogate.")
    assert second.metadata == {"line": "3"}
    assert third.id == "c.jsonl#5"


def test_jsonl_is_read_line_by_line(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text('{"id": 1, "text": "One."}\n' + "not read yet\n" * 5, encoding="utf-8")
    assert isinstance(next(iter(read(Source("c.jsonl", tmp_path / "c.jsonl")))), Document)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv(tmp_path: Path, delimiter: str) -> None:
    rows = [
        ["Town", "Name", "people", "", "people"],
        ["1", "Vik", "900", "x", "y"],
        [""],
        ["2", '"Lund\nby ""Berg"""'],
    ]
    text = "\r\n".join(delimiter.join(row) for row in rows)
    (tmp_path / "t.csv").write_text(text, encoding="utf-8", newline="")
    first, second = documents(tmp_path / "t.csv")
    assert (first.id, first.title, first.whole) == ("t.csv#1", "Vik", True)
    assert first.text == "Town: 1\nName: Vik\npeople: 900\ncolumn 4: x\npeople (5): y"
    assert first.metadata["Name"] == "Vik"
    assert first.metadata["line"] == "2"
    assert (second.id, second.title) == ("t.csv#2", 'Lund by "Berg"')
    assert second.metadata["line"] == "4"
    assert headings(second) == [("", ["Town: 2", 'Name: Lund by "Berg"'])]


def test_csv_prose_and_ids(tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_text("id\ttitle\ttext\nx9\tVik\tVik is a town. It is old.\n", encoding="utf-8")
    (document,) = documents(tmp_path / "t.tsv")
    assert (document.id, document.title) == ("t.tsv#x9", "Vik")
    assert headings(document) == [("", ["id: x9", "title: Vik", "Vik is a town.", "It is old."])]


@pytest.mark.parametrize(
    ("content", "texts"),
    [
        (b"Plain words. And more.", ["Plain words. And more."]),
        (b'{"id": "a", "text": "One."}\n{"id": "b", "text": "Two."}\n', ["One.", "Two."]),
        (b"{braces} in plain text", ["{braces} in plain text"]),
    ],
)
def test_standard_input(monkeypatch: pytest.MonkeyPatch, content: bytes, texts: list[str]) -> None:
    sources = set()
    for each in (content, content, content + b" "):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(each)))
        found = list(read(Source("-", None)))
        assert [d.text.strip() for d in found if isinstance(d, Document)] == texts
        sources |= {d.source for d in found if isinstance(d, Document)}
    assert len(sources) == 2  # one for each content, so that a second text does not replace the first
