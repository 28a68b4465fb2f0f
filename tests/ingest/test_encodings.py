from __future__ import annotations

from pathlib import Path

import pytest

from graphmem.ingest import Source, read
from graphmem.model import Document

GERMAN = "Die Straße führt über die Brücke nach Köln. Der Bürgermeister heißt Müller.\r\n"
RUSSIAN = "Москва является столицей России. Это большой город на реке.\n"
JAPANESE = "東京は日本の首都です。とても大きい都市です。川があります。\n"


def text_of(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    documents = list(read(Source("it", path)))
    assert [type(each) for each in documents] == [Document], documents
    return documents[0].text  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (GERMAN, "utf-8"),
        (GERMAN, "utf-8-sig"),
        (GERMAN, "latin-1"),
        (GERMAN, "cp1252"),
        (GERMAN, "utf-16"),
        (GERMAN, "utf-16-le"),
        (GERMAN, "utf-16-be"),
        (GERMAN, "utf-32"),
        ("It costs 5 £ at the café.", "latin-1"),
        ("café", "latin-1"),
        ("It’s “Élan” — opened in 1841.", "cp1252"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (JAPANESE, "shift_jis"),
        ("Zażółć gęślą jaźń. Wisła jest najdłuższą rzeką w Polsce i płynie przez Kraków.", "cp1250"),
    ],
)
def test_encoding_is_found(tmp_path: Path, text: str, encoding: str) -> None:
    assert text_of(tmp_path / "a.txt", text.encode(encoding)) == text


def test_one_broken_byte_does_not_change_the_rest(tmp_path: Path) -> None:
    content = (GERMAN * 20).encode() + b"\xff" + (GERMAN * 20).encode()
    assert text_of(tmp_path / "a.txt", content) == GERMAN * 20 + "\ufffd" + GERMAN * 20


def test_an_accent_far_down_the_file_is_found(tmp_path: Path) -> None:
    content = b"Plain words only. " * 40_000 + GERMAN.encode("latin-1")
    assert text_of(tmp_path / "a.txt", content).endswith(GERMAN)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-8-sig", "shift_jis"])
def test_rows_are_decoded_as_well(tmp_path: Path, encoding: str) -> None:
    name = "東京" if encoding == "shift_jis" else "Köln"
    rows = f"name,note\r\n{name},one\r\n" + f"Berg,{JAPANESE if encoding == 'shift_jis' else GERMAN.strip()}\r\n"
    (tmp_path / "a.csv").write_bytes(rows.encode(encoding))
    assert next(iter(read(Source("a.csv", tmp_path / "a.csv")))).title == name  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "declared", ['<meta charset="koi8-r">', "<meta http-equiv=x content='text/html; charset=koi8-r'>"]
)
def test_a_page_says_its_encoding(tmp_path: Path, declared: str) -> None:
    page = f"<html><head>{declared}</head><body><p>Мир и дом</p></body></html>"
    assert text_of(tmp_path / "a.html", page.encode("koi8-r")) == "Мир и дом"


@pytest.mark.parametrize("declared", ["latin-1", "no-such-thing", "iso-8859-1"])
def test_a_page_in_utf8_is_that_whatever_it_says(tmp_path: Path, declared: str) -> None:
    assert text_of(tmp_path / "a.html", f'<meta charset="{declared}"><p>Köln — “Brücke”'.encode()) == "Köln — “Brücke”"


def test_a_page_in_latin_1_means_windows_1252(tmp_path: Path) -> None:
    page = '<meta charset="iso-8859-1"><p>“Élan”</p>'.encode("cp1252")
    assert text_of(tmp_path / "a.html", page) == "“Élan”"
