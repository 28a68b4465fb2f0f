"""The encoding of a text file, and its text."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import BinaryIO

from graphmem.errors import DocumentError

__all__ = ["detect_encoding", "read_text"]

CHUNK_BYTES = 256 * 1024
"""What is read at once, and what a guess looks at."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_PIECE = re.compile(rb"[^\n.]*[\n.]?")
_NO_TEXT = "it holds binary data, not text"


def read_text(path: Path) -> str:
    """The file's text, line ends as they are, without its byte order mark.

    A byte that its encoding does not know becomes U+FFFD: one broken place does not cost the file. Raises
    ``DocumentError`` for binary data.
    """
    return path.read_bytes().decode(detect_encoding(path), errors="replace")


def detect_encoding(path: Path) -> str:
    """The encoding by byte order mark, UTF-16 by its zeros, UTF-8 if the file is that, else charset-normalizer's guess.

    Reads the file in chunks. Raises ``DocumentError`` for binary data.
    """
    with path.open("rb") as file:
        start = file.read(CHUNK_BYTES)
        marked = next((encoding for mark, encoding in _BOMS if start.startswith(mark)), None)
        encoding = marked or _utf16_by_zeros(start) or _utf8_or_guess(start, file)
    sample = start.decode(encoding, errors="replace")
    if len(_CONTROL.findall(sample)) * 50 > len(sample):
        raise DocumentError(_NO_TEXT)
    return encoding


def _utf16_by_zeros(chunk: bytes) -> str | None:
    """UTF-16 without a mark: Latin letters, spaces and line ends have a zero in the same half of each pair."""
    even, odd = chunk[::2].count(0), chunk[1::2].count(0)
    if max(even, odd) > 10 * min(even, odd) and max(even, odd) * 20 > len(chunk):
        return "utf-16-le" if odd > even else "utf-16-be"
    return None


def _utf8_or_guess(chunk: bytes, rest: BinaryIO) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    while chunk:
        following = rest.read(CHUNK_BYTES)
        try:
            decoder.decode(chunk, final=not following)
        except UnicodeDecodeError:
            return _guess(chunk)
        chunk = following
    return "utf-8"


def _guess(chunk: bytes) -> str:
    """What a text that is not clean UTF-8 is in."""
    as_utf8 = chunk.decode("utf-8", errors="replace")
    if as_utf8.count("\ufffd") * 10 < sum(not character.isascii() for character in as_utf8):
        return "utf-8"  # with a few broken places
    from charset_normalizer import from_bytes

    # In a long text with few accents the plain stretches would drown what there is to go by.
    telling = b"".join(piece for piece in _PIECE.findall(chunk) if not piece.isascii())
    guesses = list(from_bytes(telling, cp_exclusion=["utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_7"]))
    if not guesses:
        raise DocumentError(f"{_NO_TEXT}, or its encoding is unknown: save it as UTF-8")
    best = guesses[0]
    # Code pages that differ in a sign or two look alike; of those, Windows-1252 is by far the most written.
    for guess in guesses:
        alike = guess.percent_chaos <= best.percent_chaos + 1 and guess.percent_coherence >= best.percent_coherence - 10
        if alike and "cp1252" in guess.could_be_from_charset:
            return "cp1252"
    return best.encoding
