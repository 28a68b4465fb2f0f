"""Data sets, a document a line: ``.jsonl`` objects and ``.csv`` rows, read one by one.

A line that cannot be read is a ``Failure`` that names it; the others come all the same.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from graphmem.errors import DocumentError
from graphmem.ingest.readers.encodings import detect_encoding
from graphmem.ingest.sources import Failure
from graphmem.model import Document
from graphmem.visible import one_line, storable

__all__ = ["read_csv", "read_jsonl"]

MAX_LINE_CHARACTERS = 16 * 1024**2
"""A longer line is refused: without line ends a file fills the memory, and JSON takes thirty times its size there."""

MAX_ID_CHARACTERS = 1000
"""Every passage carries the id of its document."""

MAX_FIRST_FAILURES = 100
"""A file whose first lines are all bad is not of this kind, and is given up."""

_TITLE_COLUMNS = ("title", "name")
_TEXT_COLUMNS = ("text", "body", "content")
_DELIMITERS = ",;\t|"


# --- jsonl ---------------------------------------------------------------------------------------------


def read_jsonl(path: Path, source: str) -> Iterator[Document | Failure]:
    """Each line ``{"id", "title", "text", …}`` as a document; other plain values become metadata.

    A line without an id is "<source>#<line number>". Raises ``DocumentError`` for a file that holds no such lines.
    """
    lines_of: dict[str, int] = {}
    failures = 0
    for number, line in _lines(path):
        if not line.strip():
            continue
        try:
            document = _from_json(line, number, source)
            _claim(document.id, number, lines_of)
        except DocumentError as error:
            failures += 1
            if failures >= MAX_FIRST_FAILURES and not lines_of:
                raise DocumentError(
                    f"its first {failures} lines are no data set lines; line {number}: {error}"
                ) from None
            yield Failure(source, f"line {number}: {error}")
        else:
            yield document


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    """The numbered lines of a file; one that is too long comes cut to ``MAX_LINE_CHARACTERS``."""
    with path.open(encoding=detect_encoding(path), errors="replace", newline="\n") as file:
        number = 1
        while line := file.readline(MAX_LINE_CHARACTERS):
            yield number, line
            while line and not line.endswith("\n") and len(line) == MAX_LINE_CHARACTERS:
                line = file.readline(MAX_LINE_CHARACTERS)
            number += 1


def _from_json(line: str, number: int, source: str) -> Document:
    if len(line) >= MAX_LINE_CHARACTERS:
        raise DocumentError(f"it has {MAX_LINE_CHARACTERS:,} characters or more, too many for a line: divide it")
    try:
        record = json.loads(line)
    except ValueError as error:
        raise DocumentError(f"it is no JSON ({error})") from error
    except RecursionError as error:
        raise DocumentError("its JSON is nested too deeply") from error
    if not isinstance(record, dict):
        raise DocumentError('it is no JSON object: write {"id": …, "title": …, "text": …}')
    text = record.get("text")
    if not isinstance(text, str) or not text.strip():
        raise DocumentError('it has no "text"')
    known = {name: _plain(record.get(name)) for name in ("id", "title")}
    metadata = {storable(name): _plain(value) for name, value in record.items() if name not in ("id", "title", "text")}
    return Document(
        id=one_line(known["id"]) or f"{source}#{number}",
        title=known["title"],
        text=storable(text),
        source=source,
        metadata={name: value for name, value in metadata.items() if value} | {"line": str(number)},
        whole=True,
    )


def _plain(value: Any) -> str:
    """A string, number or truth value as text; "" for what is empty or has parts."""
    if isinstance(value, bool):
        return str(value).lower()
    return storable(str(value)).strip() if isinstance(value, str | int | float) else ""


# --- csv -----------------------------------------------------------------------------------------------


def read_csv(path: Path, source: str) -> Iterator[Document | Failure]:
    """Each row below the header as a document: "column: value" lines, and the values as metadata.

    A "text", "body" or "content" column is prose and comes without its name. The title is the "title" or "name"
    column, else the first; the id is "<source>#<its id column, else the number of the row>".
    """
    csv.field_size_limit(MAX_LINE_CHARACTERS)
    with path.open(encoding=detect_encoding(path), errors="replace", newline="") as file:
        start = file.readline(MAX_LINE_CHARACTERS)
        file.seek(0)
        reader = csv.reader(file, delimiter=_delimiter(start, path), strict=True)
        columns = _columns(next(_rows(reader), (0, []))[1])
        lines_of: dict[str, int] = {}
        for number, (line, row) in enumerate(_rows(reader), start=1):
            try:
                document = _from_row(columns, row, number, line, source)
                _claim(document.id, line, lines_of)
            except DocumentError as error:
                yield Failure(source, f"line {line}: {error}")
            else:
                yield document


def _rows(reader: Any) -> Iterator[tuple[int, list[str] | DocumentError]]:
    """The rows that are not blank, each with the number of its first line."""
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, DocumentError(f"it is no CSV row ({error})")
            continue
        if any(value.strip() for value in row):
            yield line, row


def _columns(header: list[str] | DocumentError) -> list[str]:
    if isinstance(header, DocumentError):
        raise header
    columns: dict[str, None] = {}
    for number, name in enumerate(header, start=1):
        name = storable(" ".join(name.split())) or f"column {number}"
        columns[f"{name} ({number})" if name in columns else name] = None
    return list(columns)


def _from_row(columns: list[str], row: list[str] | DocumentError, number: int, line: int, source: str) -> Document:
    if isinstance(row, DocumentError):
        raise row
    if any(value.strip() for value in row[len(columns) :]):
        raise DocumentError(f"it has {len(row)} values where the header names {len(columns)} columns")
    values = {name: storable(value).strip() for name, value in zip(columns, row, strict=False)}
    values = {name: value for name, value in values.items() if value}
    by_name = {name.lower(): value for name, value in values.items()}
    title = next((by_name[name] for name in _TITLE_COLUMNS if name in by_name), next(iter(values.values()), ""))
    return Document(
        id=one_line(f"{source}#{by_name.get('id', number)}"),
        title=" ".join(title.split()),
        text=_row_text(values),
        source=source,
        metadata=values | {"line": str(line)},
        whole=True,
    )


def _row_text(values: Mapping[str, str]) -> str:
    facts = [
        f"{name}: {' '.join(value.split())}" for name, value in values.items() if name.lower() not in _TEXT_COLUMNS
    ]
    prose = [value for name, value in values.items() if name.lower() in _TEXT_COLUMNS]
    return "\n\n".join(part for part in ("\n".join(facts), *prose) if part)


def _delimiter(header: str, path: Path) -> str:
    """The character that divides the header into the most columns."""
    if path.suffix.lower() == ".tsv":
        return "\t"
    return max(_DELIMITERS, key=lambda delimiter: len(next(csv.reader([header], delimiter=delimiter), [])))


def _claim(document_id: str, line: int, lines_of: dict[str, int]) -> None:
    """Notes whose line an id is; raises ``DocumentError`` where it is too long or an earlier line has it."""
    if len(document_id) > MAX_ID_CHARACTERS:
        raise DocumentError(f"its id has {len(document_id):,} characters, and may have {MAX_ID_CHARACTERS:,}")
    if document_id in lines_of:
        raise DocumentError(f'its id "{document_id}" was already given on line {lines_of[document_id]}')
    lines_of[document_id] = line
