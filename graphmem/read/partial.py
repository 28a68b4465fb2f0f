"""JSON that is still being written: what of it is complete already."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["complete_part"]

_CLOSING = {"{": "}", "[": "]"}


def complete_part(text: str) -> dict[str, Any]:
    """The members of an object that are written to their end, in ``text``, the beginning of its JSON.

    Objects and lists in it are given as far as they have come. Empty where nothing is complete, or where it is no object.
    """
    open_: list[str] = []
    cut, closers = 0, ""
    inside = escaped = False
    for place, character in enumerate(text):
        if inside:
            inside = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            inside = True
        elif character in _CLOSING:
            open_.append(_CLOSING[character])
        elif open_ and character == open_[-1]:
            open_.pop()
            cut, closers = place + 1, "".join(reversed(open_))
        elif character == ",":
            cut, closers = place, "".join(reversed(open_))
    try:
        found = json.loads(text[:cut] + closers, strict=False)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
