"""Small files that were made to do harm."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

ENTITIES = (
    '<!DOCTYPE x [<!ENTITY a "lol"><!ENTITY s SYSTEM "@SECRET@">'
    + "".join(f'<!ENTITY {"bcdefghij"[n]} "{("&" + "abcdefghi"[n] + ";") * 10}">' for n in range(9))
    + "]>"
)
"""A billion "lol" as ``&j;``, and a file of this machine as ``&s;``."""


def write_epub(path: Path, chapter: str, *, spine: int = 1, declaration: str = "") -> None:
    """A book whose spine names its one chapter ``spine`` times."""
    item = "<item id='c' href='c.xhtml' media-type='application/xhtml+xml'/>"
    spines = "<itemref idref='c'/>" * spine
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("META-INF/container.xml", "<container><rootfile full-path='c.opf'/></container>")
        package = f"<package><metadata/><manifest>{item}</manifest><spine>{spines}</spine></package>"
        book.writestr("c.opf", declaration + package)
        book.writestr("c.xhtml", declaration + f"<html><body>{chapter}</body></html>")


def rewrite(path: Path, member: str, old: bytes, new: bytes) -> None:
    """Replaces something in one member of a zip file."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    assert old in members[member]
    members[member] = members[member].replace(old, new, 1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def write_pdf(path: Path, *objects: bytes) -> None:
    """A PDF of these objects, the first of which is its catalogue."""
    out, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    trailer = b"trailer <</Size %d /Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (size, len(out))
    path.write_bytes(out + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + trailer)


def stream(content: bytes, *, entries: bytes = b"") -> bytes:
    """A stream object."""
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(content), content)


CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
WORDS = b"BT /T 9 Tf (Words) Tj ET "


def pdf_of_one_page(path: Path, contents: bytes, *more: bytes, resources: bytes = b"") -> None:
    """Object 4 is what the page shows, 5 its font; ``more`` is numbered from 6."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<</Font<</T 5 0 R>>%s>>>>" % resources
    write_pdf(path, CATALOGUE, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, contents, FONT, *more)


def pdf_whose_pages_are_a_circle(path: Path) -> None:
    write_pdf(path, CATALOGUE, b"<</Type/Pages/Kids[2 0 R]/Count 1>>")


def pdf_whose_forms_are_a_circle(path: Path) -> None:
    form = stream(
        WORDS + b"/F Do ", entries=b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 6 0 R>>>>"
    )
    pdf_of_one_page(path, stream(WORDS + b"/F Do "), form, resources=b"/XObject<</F 6 0 R>>")


def pdf_whose_forms_double(path: Path, levels: int = 40) -> None:
    """Each form shows the next one twice."""
    forms = [
        stream(
            WORDS + b"/F Do /F Do ",
            entries=b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</Font<</T 5 0 R>>/XObject<</F %d 0 R>>>>"
            % min(7 + level, 5 + levels),
        )
        for level in range(levels)
    ]
    pdf_of_one_page(path, stream(WORDS + b"/F Do /F Do "), *forms, resources=b"/XObject<</F 6 0 R>>")


def pdf_that_unpacks_to_much(path: Path) -> None:
    packed = zlib.compress(zlib.compress(WORDS * 8_000_000))
    pdf_of_one_page(path, stream(packed, entries=b"/Filter[/FlateDecode/FlateDecode]"))
