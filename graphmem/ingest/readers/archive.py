"""Zip containers (docx, epub), opened only when unpacking them is safe."""

from __future__ import annotations

import zipfile
from pathlib import Path

from graphmem.errors import DocumentError
from graphmem.ingest.sources import told

__all__ = ["open_archive"]

MAX_EXPANDED_BYTES = 1024**3
"""Most that a container may unpack to."""

MAX_EXPANSION = 200
"""Most that a container above ``FREE_EXPANDED_BYTES`` may grow by; text seldom shrinks to less than a fortieth."""

FREE_EXPANDED_BYTES = 32 * 1024**2

MAX_ENTRIES = 50_000

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def open_archive(path: Path) -> zipfile.ZipFile:
    """The open container.

    ``zipfile`` reads no entry beyond its declared size, so the declared sizes can be relied upon. Raises
    ``DocumentError`` for what is no zip file, is encrypted, or would unpack to too much.
    """
    with path.open("rb") as file:
        if file.read(len(_OLE)) == _OLE:
            raise DocumentError("it is encrypted or in the old binary Word format: save it as an unprotected .docx")
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise DocumentError(f"it is no zip container, as this kind of file must be ({told(error)})") from error
    entries = archive.infolist()
    expanded = sum(entry.file_size for entry in entries)
    growth = expanded / max(path.stat().st_size, 1)
    if (
        len(entries) > MAX_ENTRIES
        or expanded > MAX_EXPANDED_BYTES
        or (expanded > FREE_EXPANDED_BYTES and growth > MAX_EXPANSION)
    ):
        archive.close()
        raise DocumentError(f"refused: it would unpack to {expanded:,} bytes, {growth:,.0f} times its size")
    if any(entry.flag_bits & 1 for entry in entries):
        archive.close()
        raise DocumentError("it is encrypted: remove its password")
    return archive
