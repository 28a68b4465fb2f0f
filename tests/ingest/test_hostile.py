"""Files, folders and names made to do harm: each costs at most itself, and one sentence."""

from __future__ import annotations

import os
import random
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingest import hostile_files

from graphmem.folding import fold
from graphmem.ingest import Failure, Source, cut, discover, identify, ingest, read
from graphmem.model import Document
from graphmem.visible import one_line


def one_sentence(found: object) -> str:
    assert isinstance(found, Failure), found
    assert found.reason
    assert "\n" not in found.reason
    return found.reason


# --- containers ------------------------------------------------------------------------------------------


def test_a_chapter_that_the_spine_names_thousands_of_times_is_read_once(tmp_path: Path) -> None:
    hostile_files.write_epub(tmp_path / "a.epub", "<p>Words of a chapter.</p>" * 100, spine=50_000)
    (book,) = read(Source("a.epub", tmp_path / "a.epub"))
    assert isinstance(book, Document)
    assert book.text.count("Words") == 100


def test_a_container_that_declares_less_than_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "a.epub"
    hostile_files.write_epub(path, "<p>" + "Words. " * 100_000)
    content = path.read_bytes()
    size = zipfile.ZipFile(path).getinfo("c.xhtml").file_size
    assert content.count(size.to_bytes(4, "little")) == 2
    path.write_bytes(content.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little")))
    (found,) = read(Source("a.epub", path))
    one_sentence(found)


def test_a_bomb_inside_a_container_is_not_unpacked(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "inner.zip", "w", zipfile.ZIP_DEFLATED) as inner:
        inner.writestr("zeros", b"\0" * 50_000_000)
    hostile_files.write_epub(tmp_path / "a.epub", "<p>Words.")
    with zipfile.ZipFile(tmp_path / "a.epub", "a") as book:
        book.write(tmp_path / "inner.zip", "c/inner.zip")
    (found,) = read(Source("a.epub", tmp_path / "a.epub"))
    assert isinstance(found, Document)
    assert found.text == "Words."


def test_a_member_whose_stream_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.epub"
    hostile_files.write_epub(path, "<p>" + "Words. " * 1000)
    content = bytearray(path.read_bytes())
    start = content.find(b"c.xhtml") + len("c.xhtml")
    content[start : start + 40] = bytes(range(40))
    path.write_bytes(content)
    (found,) = read(Source("a.epub", path))
    one_sentence(found)


def test_entities_in_a_word_file(tmp_path: Path, writers) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "secret").write_text("a secret", encoding="utf-8")
    entities = hostile_files.ENTITIES.replace("@SECRET@", (tmp_path / "secret").as_uri())
    for entity in ("&j;", "&s;"):
        path = tmp_path / "a.docx"
        writers[".docx"](path, [("One", ["Some words."])])
        hostile_files.rewrite(path, "word/document.xml", b"<w:document", entities.encode() + b"<w:document")
        hostile_files.rewrite(path, "word/document.xml", b"Some words.", f"Some words. {entity}".encode())
        (found,) = read(Source("a.docx", path))
        if isinstance(found, Document):
            assert "secret" not in found.text
            assert len(found.text) < 1000
        else:
            one_sentence(found)


def test_entities_in_a_book_and_a_page(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a secret", encoding="utf-8")
    entities = hostile_files.ENTITIES.replace("@SECRET@", (tmp_path / "secret").as_uri())
    hostile_files.write_epub(tmp_path / "a.epub", "<p>Words &j; &s;</p>", declaration=entities)
    (tmp_path / "b.html").write_text(f"{entities}<html><body><p>Words &j; &s;</p></body></html>", encoding="utf-8")
    for name in ("a.epub", "b.html"):
        (found,) = read(Source(name, tmp_path / name))
        assert isinstance(found, Document)
        assert "secret" not in found.text
        assert len(found.text) < 1000


def test_a_table_that_claims_to_be_endlessly_wide_and_cells_merged_all_the_way_down(tmp_path: Path) -> None:
    import docx
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    document = docx.Document()
    table = document.add_table(2000, 2)
    for number, row in enumerate(table._tbl.tr_lst):
        first, second = row.tc_lst
        merge = OxmlElement("w:vMerge")
        merge.set(qn("w:val"), "continue" if number else "restart")
        first.get_or_add_tcPr().append(merge)
        if not number:
            first.p_lst[0].add_r().text = "above"
            second.p_lst[0].add_r().text = "beside"
            span = OxmlElement("w:gridSpan")
            span.set(qn("w:val"), "2000000000")
            second.get_or_add_tcPr().append(span)
    document.save(str(tmp_path / "a.docx"))
    (found,) = read(Source("a.docx", tmp_path / "a.docx"))
    assert isinstance(found, Document)
    assert found.text.splitlines() == ["above | beside", *["above"] * 1999]


@pytest.mark.parametrize(
    "write",
    [
        hostile_files.pdf_whose_pages_are_a_circle,
        hostile_files.pdf_whose_forms_are_a_circle,
        hostile_files.pdf_whose_forms_double,
        hostile_files.pdf_that_unpacks_to_much,
    ],
)
def test_pdfs_that_never_end(tmp_path: Path, write: Callable[[Path], None]) -> None:
    write(tmp_path / "a.pdf")
    for found in read(Source("a.pdf", tmp_path / "a.pdf")):
        if isinstance(found, Document):
            assert len(found.text) < 1_000_000
        else:
            one_sentence(found)


# --- text ------------------------------------------------------------------------------------------------


def test_what_every_passage_would_carry_is_bounded(tmp_path: Path) -> None:
    long = "Very " * 100_000
    (tmp_path / "a.html").write_text(f"<title>{long}</title><h1>{long}</h1><p>Words.", encoding="utf-8")
    (tmp_path / "b.jsonl").write_text(f'{{"id": "b", "title": "{long}", "text": "Words."}}\n', encoding="utf-8")
    (tmp_path / "c.jsonl").write_text(f'{{"id": "{long}", "text": "Words."}}\n', encoding="utf-8")
    page, row, refused = ingest([tmp_path], root=tmp_path)
    for found in (page, row):
        assert isinstance(found, Document)
        assert len(found.title) <= 300
        assert all(len(passage.heading) <= 300 for passage in cut(found))
    assert isinstance(page, Document)
    assert page.text.count("Very") == 100_000
    assert "its id has 499,999 characters" in one_sentence(refused)


def test_a_line_of_ten_million_characters(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "' + "x" * 10_000_000 + '"}\n{"text": "Two."}\n', encoding="utf-8")
    (tmp_path / "b.csv").write_text("text\n" + "y" * 10_000_000 + "\nTwo.\n", encoding="utf-8")
    assert [len(each.text) for each in ingest([tmp_path], root=tmp_path) if isinstance(each, Document)] == [
        10_000_000,
        4,
    ] * 2


def test_a_header_of_a_hundred_thousand_columns(tmp_path: Path) -> None:
    names = ",".join(f"c{n}" for n in range(100_000))
    (tmp_path / "a.csv").write_text(f"{names}\n{names}\n", encoding="utf-8")
    (found,) = read(Source("a.csv", tmp_path / "a.csv"))
    assert isinstance(found, Document)
    assert len(found.metadata) == 100_001


def test_letters_that_look_alike_stay_different_names() -> None:
    assert fold("Аda Vane") != fold("Ada Vane")  # a Cyrillic А
    assert fold("Ada Vаne") != fold("Ada Vane")  # a Cyrillic а
    assert fold("Ａｄａ Ｖａｎｅ") == fold("Ada Vane")  # the same letters, wide


def test_control_characters_are_kept_as_they_are_in_text(tmp_path: Path) -> None:
    text = "Ada \x1b[31mVane\x1b[0m \u202ewas\u202c here, and so were a good many other people of the town of Norhaven."
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    (found,) = ingest([tmp_path], root=tmp_path)
    assert isinstance(found, Document)
    assert found.text == text


# --- names and folders -----------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such names")
@pytest.mark.parametrize(
    "name", ["a\x1b[31mb.txt", "a\nb.txt", "a\rb.txt", "x\\..\\y.txt", "a\u202eb.txt", "-k.txt", "$(id).txt"]
)
def test_ids_can_be_printed(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("Words.", encoding="utf-8")
    (found,) = ingest([tmp_path], root=tmp_path)
    assert isinstance(found, Document)
    assert found.id == one_line(name)
    assert found.id.isprintable()


@given(st.text(st.characters(exclude_characters="/\0", exclude_categories=("Cs",)), min_size=1, max_size=50))
def test_every_file_name_gives_an_id_of_one_line_below_its_folder(name: str) -> None:
    id_ = identify(f"/folder/{name}", Path("/folder"))
    assert len(id_.splitlines()) <= 1
    assert "\x1b" not in id_
    assert name in (".", "..") or len(id_) == len(name)


def test_names_that_climb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "x").write_text("outside", encoding="utf-8")
    (tmp_path / "a" / "b").mkdir(parents=True)
    rows = '{"id": "../../x", "title": "../../x", "text": "Words."}\n{"id": "/etc/passwd", "text": "Words."}\n'
    (tmp_path / "a" / "b" / "c.jsonl").write_text(rows, encoding="utf-8")
    hostile_files.write_epub(tmp_path / "a" / "b" / "d.epub", "<p>Words.")
    hostile_files.rewrite(tmp_path / "a" / "b" / "d.epub", "c.opf", b"c.xhtml", b"../../x")
    monkeypatch.chdir(tmp_path / "a" / "b")
    found = list(ingest(["."], root=Path.cwd()))
    assert [each.text for each in found if isinstance(each, Document)] == ["Words.", "Words."]
    assert "broken EPUB" in one_sentence(found[-1])


@pytest.mark.skipif(os.name != "posix", reason="links need rights on Windows")
def test_links_out_are_not_followed_by_any_way(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_text("a secret", encoding="utf-8")
    top = tmp_path / "top"
    (top / "sub").mkdir(parents=True)
    (top / "file.txt").symlink_to(tmp_path / "outside" / "secret.txt")
    (top / "folder").symlink_to(tmp_path / "outside")
    (top / "chain.txt").symlink_to(top / "sub" / "link.txt")
    (top / "sub" / "link.txt").symlink_to("../../outside/secret.txt")
    (top / "circle").symlink_to(top)
    (top / "self.txt").symlink_to(top / "self.txt")
    (top / ".gitignore").symlink_to(tmp_path / "outside" / "secret.txt")
    found = list(ingest([top], root=tmp_path))
    assert {one_sentence(each) for each in found}
    assert {each.source for each in found if "outside the given paths" in one_sentence(each)} == {
        "top/file.txt",
        "top/folder",
        "top/chain.txt",
        "top/sub/link.txt",
    }


def test_ignore_files_that_are_malformed_or_take_for_ever(tmp_path: Path) -> None:
    name = "a" * 200 + ".txt"
    (tmp_path / name).write_text("Words.", encoding="utf-8")
    (tmp_path / "left.txt").write_text("Words.", encoding="utf-8")
    (tmp_path / ".gitignore").write_text("[z-a]\n" + "a*" * 60 + "b\nleft.*\n" + "[" * 500, encoding="utf-8")
    (tmp_path / ".graphmemignore").write_text("# much\n" * 100_000 + name, encoding="utf-8")
    failure, source = discover([tmp_path], root=tmp_path)
    assert isinstance(source, Source)
    assert source.id == name
    assert one_sentence(failure) == "it is not obeyed: an ignore file has up to 256 KiB"
    assert isinstance(failure, Failure)
    assert failure.source == ".graphmemignore"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the longest path is another elsewhere")
def test_folders_below_folders_until_no_path_leads_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "z.txt").write_text("Words.", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for _ in range(45):
        Path("d" * 100).mkdir()
        os.chdir("d" * 100)
        (Path("f" * 60 + ".txt")).write_text("Words.", encoding="utf-8")
    os.chdir(tmp_path)
    found = list(ingest([tmp_path], root=tmp_path))
    assert next(each.id for each in found if isinstance(each, Document)) == "z.txt"
    assert "too long" in one_sentence(found[-1])


def test_many_tiny_files(tmp_path: Path) -> None:
    for number in range(500):
        (tmp_path / f"{number}.txt").write_text(f"Words {number}.", encoding="utf-8")
    found = list(ingest([tmp_path], root=tmp_path))
    assert len({each.text for each in found if isinstance(each, Document)}) == 500


# --- at random -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html", ".jsonl", ".csv", ".docx", ".pdf", ".epub"])
def test_damaged_files(fuzz: ModuleType, suffix: str, tmp_path: Path) -> None:
    attempt = fuzz.try_file(suffix, fuzz.sound_files()[suffix])

    @settings(max_examples=40, deadline=None, database=None)
    @given(st.integers(0, 2**32))
    def tried(seed: int) -> None:
        attempt(random.Random(seed), tmp_path)

    tried()


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([".txt", ".md", ".html", ".jsonl", ".csv", ".docx", ".pdf", ".epub"]), st.binary(max_size=400))
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, suffix: str, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / f"any{suffix}"
    path.write_bytes(content)
    for found in read(Source("any", path)):
        if isinstance(found, Document):
            found.text.encode("utf-8")
            assert all(found.text[a:b] == passage.text for passage in cut(found) for a, b in [passage.span])
        else:
            one_sentence(found)
