"""All derived files of one generation, built from the rows that the generation consists of.

Positions number passages, sentences and triples in canonical order (document id, ordinal, place in the passage), so
that what is derived depends on the documents alone, never on the order in which they came and went.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from graphmem.model import Extraction, Passage
from graphmem.store.derived import write_arrays
from graphmem.store.graph import build_graph
from graphmem.store.rows import PASSAGE_COLUMNS, extraction_from, passage_from, unpacked
from graphmem.store.text import build_text
from graphmem.store.vectors import build_vectors

__all__ = ["KINDS", "Kind", "build_indexes"]

Kind = Literal["passage", "sentence", "triple"]
KINDS: tuple[Kind, ...] = ("passage", "sentence", "triple")

_VISIBLE = "d.born <= :generation AND (d.died IS NULL OR d.died > :generation)"
_LABEL_BITS = 16
"""A vector's label is its passage's row and its place in the passage; rows are never used twice."""


def build_indexes(
    connection: sqlite3.Connection, generation: int, dimension: int, folder: Path, previous: Path | None
) -> None:
    """Fill ``folder`` with rows, graph, text and vectors of a generation; ``previous`` is a verified older one."""
    layout = _Layout()
    write_arrays(folder / "graph", build_graph(layout.watch(_passages(connection, generation))))
    rows = layout.arrays()
    write_arrays(folder / "rows", rows)
    titled = (
        f"{passage.title}\n{passage.heading}\n{passage.text}" for _, _, passage, _ in _passages(connection, generation)
    )
    write_arrays(folder / "text", build_text(titled))
    first = {
        "passage": np.arange(len(layout.passage_rows) + 1),
        "sentence": rows["passage_sentences"],
        "triple": rows["passage_triples"],
    }
    position_of = {row: position for position, row in enumerate(layout.passage_rows)}
    for kind in KINDS:
        offsets = np.asarray(first[kind], dtype=np.int64)
        place = np.arange(offsets[-1]) - np.repeat(offsets[:-1], np.diff(offsets))
        labels = (np.repeat(rows["passage_row"], np.diff(offsets)) << _LABEL_BITS) + place
        vectors = (
            (int(offsets[position_of[row]]), unpacked(data, dimension))
            for row, data in connection.execute("SELECT passage, data FROM vectors WHERE kind = ?", (kind,))
            if row in position_of
        )
        older = previous / "vectors" / kind if previous is not None else None
        build_vectors(folder / "vectors" / kind, labels.astype(np.int64), dimension, vectors, older)


class _Layout:
    """Which passage stands where, noted while the graph is built from them."""

    def __init__(self) -> None:
        self.passage_rows: list[int] = []
        self._documents: dict[int, int] = {}
        self._document_of, self._sentences, self._triples = array("l"), array("l", [0]), array("l", [0])

    def watch(self, passages: Iterator[_Row]) -> Iterator[tuple[Passage, Extraction]]:
        for passage_row, document_row, passage, extraction in passages:
            self.passage_rows.append(passage_row)
            self._document_of.append(self._documents.setdefault(document_row, len(self._documents)))
            self._sentences.append(self._sentences[-1] + len(passage.sentences))
            self._triples.append(self._triples[-1] + len(extraction.statements))
            yield passage, extraction

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        sentences, triples = np.array(self._sentences, dtype=np.int64), np.array(self._triples, dtype=np.int64)
        passages = np.arange(len(self.passage_rows))
        return {
            "passage_row": np.array(self.passage_rows, dtype=np.int64),
            "row_order": np.argsort(np.array(self.passage_rows, dtype=np.int64)),
            "document_row": np.array(list(self._documents), dtype=np.int64),
            "document_of": np.array(self._document_of, dtype=np.int64),
            "passage_sentences": sentences,
            "sentence_passage": np.repeat(passages, np.diff(sentences)),
            "passage_triples": triples,
            "triple_passage": np.repeat(passages, np.diff(triples)),
        }


_Row = tuple[int, int, Passage, Extraction]


def _passages(connection: sqlite3.Connection, generation: int) -> Iterator[_Row]:
    rows = connection.execute(
        f"SELECT p.rowid, d.rowid, d.id, d.title, p.names, p.mentions, p.triples, {PASSAGE_COLUMNS} "
        f"FROM documents d JOIN passages p ON p.document = d.rowid WHERE {_VISIBLE} ORDER BY d.id, p.ordinal",
        {"generation": generation},
    )
    for passage_row, document_row, id_, title, names, mentions, triples, *columns in rows:
        yield passage_row, document_row, passage_from(id_, title, columns), extraction_from((names, mentions, triples))
