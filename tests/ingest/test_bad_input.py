"""A file that cannot be read costs one clear sentence, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from graphmem.ingest import Failure, Source, cut, ingest, read
from graphmem.ingest.readers import archive, rows
from graphmem.model import Document


def reasons(path: Path) -> list[str]:
    found = list(read(Source(path.name, path)))
    assert all(isinstance(each, Failure) and each.source == path.name for each in found), found
    return [each.reason for each in found if isinstance(each, Failure)]


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html", ".pdf", ".docx", ".epub", ".jsonl", ".csv"])
def test_a_file_of_no_bytes(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"a{suffix}").touch()
    assert reasons(tmp_path / f"a{suffix}") == ["the file is empty (0 bytes)"]


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html", ".jsonl", ".csv", ".tsv"])
def test_a_text_of_white_space(tmp_path: Path, suffix: str) -> None:
    (tmp_path / f"a{suffix}").write_text(" \n\n\t\n", encoding="utf-8")
    assert reasons(tmp_path / f"a{suffix}") == ["it holds no text"]


@pytest.mark.parametrize("suffix", [".txt", ".log", ".md", ".html", ".pdf", ".docx", ".epub", ".jsonl", ".csv", ".png"])
@pytest.mark.parametrize(
    "content", [bytes(range(256)) * 40, b"\x89PNG\r\n\x1a\n" + bytes(range(1, 256)) * 40, b"\x7fELF" + b"\0" * 5000]
)
def test_binary_data(tmp_path: Path, suffix: str, content: bytes) -> None:
    (tmp_path / f"a{suffix}").write_bytes(content)
    (reason,) = reasons(tmp_path / f"a{suffix}")
    assert len(reason) < 300


@pytest.mark.parametrize(
    ("suffix", "expected"), [(".pdf", "no readable PDF"), (".docx", "no zip container"), (".epub", "no zip container")]
)
def test_text_under_a_wrong_name(tmp_path: Path, suffix: str, expected: str) -> None:
    (tmp_path / f"a{suffix}").write_text("Plain words.", encoding="utf-8")
    (reason,) = reasons(tmp_path / f"a{suffix}")
    assert expected in reason


@pytest.mark.parametrize("suffix", [".docx", ".epub"])
def test_a_zip_of_something_else(tmp_path: Path, suffix: str) -> None:
    with zipfile.ZipFile(tmp_path / f"a{suffix}", "w") as made:
        made.writestr("hello.txt", "Plain words.")
    assert len(reasons(tmp_path / f"a{suffix}")) == 1


@pytest.mark.parametrize("suffix", [".pdf", ".docx", ".epub"])
def test_a_truncated_file(tmp_path: Path, suffix: str, writers) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / f"a{suffix}"
    writers[suffix](path, [("One", ["Some words of text."])])
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert len(reasons(path)) == 1


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_an_encrypted_pdf(tmp_path: Path, algorithm: str, writers) -> None:  # type: ignore[no-untyped-def]
    import pypdf

    writers[".pdf"](tmp_path / "a.pdf", [("One", ["Some words of text."])])
    writer = pypdf.PdfWriter(clone_from=tmp_path / "a.pdf")
    writer.encrypt("secret", algorithm=algorithm)
    writer.write(tmp_path / "b.pdf")
    assert reasons(tmp_path / "b.pdf") == ["it is encrypted: save it without its password"]


def test_a_pdf_without_text(tmp_path: Path) -> None:
    import pypdf

    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.write(tmp_path / "a.pdf")
    (reason,) = reasons(tmp_path / "a.pdf")
    assert "no text layer" in reason


def test_one_broken_page_does_not_cost_the_others(tmp_path: Path) -> None:
    import pypdf
    from pypdf.generic import DictionaryObject, NameObject, StreamObject
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(tmp_path / "a.pdf"))
    for number in range(3):
        canvas.drawString(72, 700, f"The words of page {number + 1}.")
        canvas.showPage()
    canvas.save()
    writer = pypdf.PdfWriter(clone_from=tmp_path / "a.pdf")
    broken = StreamObject()
    broken.set_data(b"garbage")
    broken.update(DictionaryObject({NameObject("/Filter"): NameObject("/Unknown")}))
    writer.pages[1][NameObject("/Contents")] = writer._add_object(broken)
    writer.write(tmp_path / "b.pdf")
    failure, document = read(Source("b.pdf", tmp_path / "b.pdf"))
    assert isinstance(failure, Failure)
    assert failure.reason.startswith("page 2 could not be read")
    assert isinstance(document, Document)
    assert "page 1" in document.text
    assert "page 3" in document.text


def test_an_old_or_encrypted_word_file(tmp_path: Path) -> None:
    (tmp_path / "a.docx").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 1000)
    (reason,) = reasons(tmp_path / "a.docx")
    assert "encrypted or in the old binary Word format" in reason


@pytest.mark.parametrize("suffix", [".docx", ".epub"])
def test_zip_bombs_are_refused(tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "FREE_EXPANDED_BYTES", 1024**2)
    with zipfile.ZipFile(tmp_path / f"a{suffix}", "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("word/document.xml", b" " * 2 * 1024**2)
    (reason,) = reasons(tmp_path / f"a{suffix}")
    assert reason.startswith("refused: it would unpack to 2,097,152 bytes")


def test_an_epub_with_locked_chapters(tmp_path: Path, writers) -> None:  # type: ignore[no-untyped-def]
    lock = '<encryption><CipherReference URI="OEBPS/ch 0.xhtml"/></encryption>'
    writers[".epub"](tmp_path / "a.epub", [("One", ["Words."])], extra=[("META-INF/encryption.xml", lock)])
    (reason,) = reasons(tmp_path / "a.epub")
    assert "DRM" in reason


def test_xml_entities_are_not_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("a secret", encoding="utf-8")
    container = (
        f'<!DOCTYPE x [<!ENTITY s SYSTEM "{secret.as_uri()}"><!ENTITY a "lol"><!ENTITY b "&a;&a;">]>'
        "<container><rootfiles><rootfile full-path='c.opf'/></rootfiles></container>"
    )
    package = container.split(">]>")[0] + (
        ">]><package><metadata><title>&s;&b;</title></metadata>"
        "<manifest><item id='c' href='c.xhtml' media-type='application/xhtml+xml'/></manifest>"
        "<spine><itemref idref='c'/></spine></package>"
    )
    with zipfile.ZipFile(tmp_path / "a.epub", "w") as book:
        book.writestr("META-INF/container.xml", container)
        book.writestr("c.opf", package)
        book.writestr("c.xhtml", container.split(">]>")[0] + ">]><html><body><p>Words &s; &b;</p></body></html>")
    (document,) = read(Source("a.epub", tmp_path / "a.epub"))
    assert isinstance(document, Document)
    assert "secret" not in document.title + document.text
    assert "lollol" not in document.title + document.text


def test_deeply_nested_pages(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("<div>" * 1000 + "Words." + "</div>" * 1000, encoding="utf-8")
    (tmp_path / "b.html").write_text("<div>" * 100_000 + "Words.", encoding="utf-8")
    assert [d.text for d in read(Source("a", tmp_path / "a.html")) if isinstance(d, Document)] == ["Words."]
    assert reasons(tmp_path / "b.html") == ["its elements are nested too deeply to be a page"]


def test_bad_lines_of_a_data_set_are_named(tmp_path: Path) -> None:
    lines = [
        '{"id": "a", "text": "One."}',
        "no json",
        "[1]",
        '{"id": "b"}',
        '{"id": "a", "text": "Again."}',
        "[" * 99_999,
        '{"id": "c", "text": 5}',
        '{"id": "d", "text": "Two."}',
    ]
    (tmp_path / "c.jsonl").write_text("\n".join(lines), encoding="utf-8")
    found = list(read(Source("c.jsonl", tmp_path / "c.jsonl")))
    assert [each.id for each in found if isinstance(each, Document)] == ["a", "d"]
    named = [each.reason.partition(":")[0] for each in found if isinstance(each, Failure)]
    assert named == ["line 2", "line 3", "line 4", "line 5", "line 6", "line 7"]


def test_a_file_that_is_no_data_set_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text("no json\n" * 5000, encoding="utf-8")
    found = reasons(tmp_path / "c.jsonl")
    assert len(found) == rows.MAX_FIRST_FAILURES
    assert found[-1].startswith("its first 100 lines are no data set lines")


def test_a_line_without_end_is_refused_in_bounded_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MAX_LINE_CHARACTERS", 1000)
    (tmp_path / "c.jsonl").write_text('{"text": "' + "x" * 5500 + '"}\n{"text": "Two."}\n', encoding="utf-8")
    failure, document = read(Source("c.jsonl", tmp_path / "c.jsonl"))
    assert isinstance(failure, Failure)
    assert failure.reason.startswith("line 1")
    assert isinstance(document, Document)
    assert document.id == "c.jsonl#2"


def test_bad_rows_are_named(tmp_path: Path) -> None:
    content = 'id,name\n1,Vik\n2,Lund,extra\n3,"quote" open\n1,Again\n4,Berg\n5\n6,"never closed\n7,swallowed\n'
    (tmp_path / "t.csv").write_text(content, encoding="utf-8")
    found = list(read(Source("t.csv", tmp_path / "t.csv")))
    assert [each.id for each in found if isinstance(each, Document)] == ["t.csv#1", "t.csv#4", "t.csv#5"]
    named = [each.reason.partition(":")[0] for each in found if isinstance(each, Failure)]
    assert named == ["line 3", "line 4", "line 5", "line 8"]


def test_too_large_a_page_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with (tmp_path / "a.md").open("wb") as file:
        file.truncate(65 * 1024**2)
    assert reasons(tmp_path / "a.md") == ["it has 65 MiB, and such a file is read up to 64 MiB: divide it"]


def test_a_folder_and_a_missing_file(tmp_path: Path) -> None:
    assert len(reasons(tmp_path)) == 1
    (reason,) = reasons(tmp_path / "gone.txt")
    assert "No such file" in reason


def test_the_rest_is_read(tmp_path: Path) -> None:
    for name in ("a.pdf", "b.docx", "c.epub"):
        (tmp_path / name).write_bytes(b"junk")
    (tmp_path / "d.txt").write_text("Fine words.", encoding="utf-8")
    found = list(ingest([tmp_path], root=tmp_path))
    assert [type(each) for each in found] == [Failure, Failure, Failure, Document]


@pytest.mark.parametrize(
    "make",
    [
        lambda: "x" * 10_000_000,
        lambda: "word " * 1_000_000,
        lambda: "שלום עולם " * 200_000,
        lambda: "東京は" * 500_000,
        lambda: "😀" * 500_000,
    ],
)
def test_a_monster_line(tmp_path: Path, make: Callable[[], str]) -> None:
    (tmp_path / "a.txt").write_text(make(), encoding="utf-8")
    (document,) = read(Source("a.txt", tmp_path / "a.txt"))
    assert isinstance(document, Document)
    passages = cut(document)
    assert max(len(passage.text) for passage in passages) <= 4000
    assert sum(len(passage.text) for passage in passages) >= 0.99 * len(document.text.strip())
    assert all(document.text[a:b] == p.text for p in passages for a, b in [p.span])


@pytest.mark.parametrize(
    ("suffix", "package"), [(".pdf", "pypdf"), (".docx", "docx"), (".epub", "lxml"), (".html", "lxml")]
)
def test_a_missing_extra_is_named(tmp_path: Path, suffix: str, package: str, writers) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / f"a{suffix}"
    writers[suffix](path, [("One", ["Words."])])
    code = (
        f"import sys; sys.modules[{package!r}] = None\n"
        "from pathlib import Path; from graphmem.ingest import Source, read\n"
        f"for each in read(Source('a', Path({str(path)!r}))): print(each.reason)"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "pip install 'graphmem[documents]'" in printed


def test_readers_are_imported_only_when_needed() -> None:
    heavy = ["pypdf", "docx", "lxml", "markdown_it", "charset_normalizer"]
    code = f"import sys, graphmem.ingest; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
