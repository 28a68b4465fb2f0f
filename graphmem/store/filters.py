"""Which documents a question is put to: those of an author, from a folder, of a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from fnmatch import fnmatchcase

import regex

from graphmem.errors import QuestionError
from graphmem.folding import fold

__all__ = ["Passes", "passes", "told_date"]

_DATE = regex.compile(r"(?<!\d)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)")
_BOUND = regex.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")

Passes = Callable[[str, str, str, str], bool]
"""Of a document's id, title, source and metadata (JSON): whether it is one of those meant."""


def told_date(metadata: str, id_: str, title: str) -> date | None:
    """The date that a document is of: its metadata say it, its id, or its title, as in 2024-05-01."""
    for text in (str(json.loads(metadata).get("date", "")), id_, title):
        match = _DATE.search(text)
        if match is not None:
            try:
                return date.fromisoformat(match.group())
            except ValueError:  # the 31st of February
                return None
    return None


def passes(where: Mapping[str, str]) -> Passes:
    """The test that all of some conditions make.

    ``source`` is a pattern for the path ("notes/*"); ``since`` and ``until`` are dates, a month or a year ("2024-05"), both
    included, and pass no document without a date; every other key is one of the metadata, compared without regard to case
    and accents. Raises :class:`QuestionError` for a date of no meaning.
    """
    for key in ("since", "until"):
        if key in where and not _BOUND.fullmatch(where[key]):
            raise QuestionError(f"'{key}' is '{where[key]}', and has to be a date such as 2024-05-01, 2024-05 or 2024")
    fields = {key: fold(value) for key, value in where.items() if key not in ("source", "since", "until")}
    since, until = where.get("since", ""), where.get("until", "")

    def is_meant(id_: str, title: str, source: str, metadata: str) -> bool:
        if "source" in where and not fnmatchcase(source, where["source"]):
            return False
        if fields:
            told = json.loads(metadata)
            if any(fold(str(told.get(key, ""))) != value for key, value in fields.items()):
                return False
        if not since and not until:
            return True
        found = told_date(metadata, id_, title)
        day = "" if found is None else found.isoformat()
        return bool(day) and day[: len(since)] >= since and (not until or day[: len(until)] <= until)

    return is_meant
