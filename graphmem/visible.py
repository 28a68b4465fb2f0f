"""Text from anywhere made safe to store and to show: what a terminal would obey or turns reading order is spelt out.

Escape sequences can clear a screen, rewrite what was printed or retitle a window; bidirectional overrides show a text in
another order than it is stored in (Boucher and Anderson 2021, "Trojan Source").
"""

from __future__ import annotations

import json
import re

__all__ = ["drop_controls", "json_text", "one_line", "storable", "visible"]

# Control characters but tab and line end; line and paragraph separators; bidirectional embeddings, overrides and
# isolates; surrogates and noncharacters, which no encoding or no XML can hold.
_OBEYED = re.compile(
    "[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]|\r(?!\n)"
)

_SURROGATE = re.compile("[\ud800-\udfff]")


def visible(text: str) -> str:
    """The text with everything that a terminal would obey as an escape ("\\\\x1b"); line ends and tabs stay."""
    return _OBEYED.sub(lambda found: _spelt(ord(found[0])), text)


def one_line(text: str) -> str:
    """A name as one line without anything that a terminal would obey: each such character is U+FFFD."""
    return re.sub(r"[\n\r\t]", "\ufffd", _OBEYED.sub("\ufffd", text))


def storable(text: str) -> str:
    """The text with lone surrogates replaced by U+FFFD: JSON escapes, broken PDF fonts and file names can hold them."""
    return _SURROGATE.sub("\ufffd", text)


def drop_controls(text: str) -> str:
    """The text without what a terminal would obey, for formats that have no way to spell it."""
    return _OBEYED.sub("", text)


def json_text(document: object, *, indent: int | None = None) -> str:
    """One JSON document, in which whatever a terminal would obey is a JSON escape: the content stays the same."""
    text = json.dumps(document, ensure_ascii=False, indent=indent)
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _spelt(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
