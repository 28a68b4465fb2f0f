"""All derived files of one generation, built from the rows that the generation consists of.

Positions number passages, sentences and triples in canonical order (document id, ordinal, place in the passage), so
that what is derived depends on the documents alone, never on the order in which they came and went.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from graphmem.model import Extraction, Passage
from graphmem.store.derived import read_arrays, write_arrays
from graphmem.store.facts import Reading
from graphmem.store.graph_build import Change, change_facts
from graphmem.store.moves import Moves, offsets_of
from graphmem.store.name_vectors import NameVectors
from graphmem.store.rows import PASSAGE_COLUMNS, extraction_from, passage_from, unpacked
from graphmem.store.tables import Facts
from graphmem.store.text import TextIndex
from graphmem.store.text_build import change_text
from graphmem.store.vectors_build import Later, change_vectors

__all__ = ["KINDS", "Kind", "build_indexes"]

Kind = Literal["passage", "sentence", "triple"]
KINDS: tuple[Kind, ...] = ("passage", "sentence", "triple")

_FEW = 100
_SHARE = 0.2
"""Up to so many passages, or such a share of all, an older generation is changed; beyond, reading all anew is as fast."""

Positions = NDArray[np.int64]
Arrays = Mapping[str, Positions]


def build_indexes(
    connection: sqlite3.Connection,
    generation: int,
    settings: Mapping[str, str],
    folder: Path,
    previous: Path | None,
    names: NameVectors,
    later: Later,
) -> None:
    """Fill ``folder`` with rows, graph, text and vectors of a generation; ``previous`` is the verified one before it.

    Of the store's ``settings`` the ``dimension`` of the vectors is needed, and whether they lie on "disk". What of their
    indexes may be made beside everything else is handed to ``later``.
    """
    source = _Source(connection, generation)
    old = cast(Arrays, read_arrays(previous / "rows") if previous is not None else _NOTHING)
    moves = source.moves(old) if previous is not None else None
    if previous is None or moves is None:
        previous, moves, old = None, Moves.first(source.count()), _NOTHING
    new = _New(source, first=previous is None)
    reading = Reading(new.items())
    sentences = moves.of_parts(old["passage_sentences"], reading.sentence_counts)
    triples = moves.of_parts(old["passage_triples"], reading.triple_counts)
    write_arrays(folder / "rows", _rows(old, moves, new, reading))
    rows = cast(Arrays, read_arrays(folder / "rows"))
    counts = {
        "passage": array("q", [1]) * len(reading),
        "sentence": reading.sentence_counts,
        "triple": reading.triple_counts,
    }
    parts = {"passage": moves, "sentence": sentences, "triple": triples}
    dimension, on_disk = int(settings.get("dimension", 0)), settings.get("vectors") == "disk"
    for kind in KINDS:
        older = previous / "vectors" / kind if previous is not None else None
        vectors = source.vectors(kind, new.rows, counts[kind], dimension)
        change_vectors(folder / "vectors" / kind, parts[kind], dimension, vectors, older, on_disk=on_disk, later=later)
    change_text(folder / "text", previous / "text" if previous is not None else None, moves, new.texts())
    gone = Reading(source.at(old["passage_row"][moves.gone]))
    statements = sentences.beside(triples)
    _change_graph(folder, previous, source, moves, statements, reading, gone, rows, names)


def _change_graph(
    folder: Path,
    previous: Path | None,
    source: _Source,
    moves: Moves,
    statements: Moves,
    reading: Reading,
    gone: Reading,
    rows: Arrays,
    names: NameVectors,
) -> None:
    """Write graph and facts; the text has been written."""
    facts = Facts.none() if previous is None else Facts.read(previous)
    change = Change(
        moves,
        statements,
        reading,
        gone,
        rows["passage_sentences"],
        rows["passage_triples"],
        lambda positions: source.at(rows["passage_row"][positions]),
        lambda at: source.extraction(int(rows["passage_row"][at])),
        TextIndex(folder / "text").having,
        names.of,
    )
    changed, lost = change_facts(facts, change)
    names.drop(None if previous is None else lost)
    # Names that are gone would stay in a base that is linked.
    changed.write(folder, previous if not len(moves.gone) else None)


_NOTHING: Arrays = {
    name: np.zeros(1 if name in ("passage_sentences", "passage_triples") else 0, dtype=np.int64)
    for name in (
        "passage_row",
        "row_order",
        "document_row",
        "document_of",
        "passage_sentences",
        "passage_triples",
    )
}


class _New:
    """The new passages in canonical order, and the rows that they and their documents have, noted at the first reading."""

    def __init__(self, source: _Source, *, first: bool) -> None:
        self._source = source
        self._first = first
        self.rows, self.documents = array("q"), array("q")

    def items(self) -> Iterator[tuple[Passage, Extraction]]:
        for row, document, passage, extraction in self._source.passages(self._first):
            self.rows.append(row)
            self.documents.append(document)
            yield passage, extraction

    def texts(self) -> Iterator[str]:
        """What is found by its words."""
        return self._source.texts(self._first)


def _rows(old: Arrays, moves: Moves, new: _New, reading: Reading) -> dict[str, Positions]:
    """Which row stands where."""
    passage_row = moves.items(old["passage_row"], np.array(new.rows, dtype=np.int64))
    document = moves.items(old["document_row"][old["document_of"]], np.array(new.documents, dtype=np.int64))
    first = np.diff(document, prepend=-1) != 0
    # Rows are numbered as they come, so that the new ones are behind all others.
    order = moves.table()[old["row_order"]]
    order = np.concatenate((order[order >= 0], moves.new[np.argsort(new.rows)]))
    counts = {
        "sentence": moves.items(np.diff(old["passage_sentences"]), np.array(reading.sentence_counts, dtype=np.int64)),
        "triple": moves.items(np.diff(old["passage_triples"]), np.array(reading.triple_counts, dtype=np.int64)),
    }
    return {
        "passage_row": passage_row,
        "row_order": order,
        "document_row": document[first],
        "document_of": np.cumsum(first) - 1,
        "passage_sentences": offsets_of(counts["sentence"]),
        "passage_triples": offsets_of(counts["triple"]),
    }


_Row = tuple[int, int, Passage, Extraction]


class _Source:
    """The rows of one generation."""

    def __init__(self, connection: sqlite3.Connection, generation: int) -> None:
        self._connection = connection
        self._generation = generation

    def count(self) -> int:
        """How many passages there are."""
        query = f"SELECT count(*) FROM documents d JOIN passages p ON p.document = d.rowid WHERE {_VISIBLE}"
        return int(self._connection.execute(query, {"generation": self._generation}).fetchone()[0])

    def moves(self, old: Arrays) -> Moves | None:
        """How the passages of the generation before move; ``None`` where too many come or go."""
        born = self._connection.execute(
            "SELECT d.id, count(*) FROM documents d JOIN passages p ON p.document = d.rowid "
            "WHERE d.born = ? AND (d.died IS NULL OR d.died > ?) GROUP BY d.rowid ORDER BY d.id",
            (self._generation, self._generation),
        ).fetchall()
        dead = [row for (row,) in self._connection.execute(
            "SELECT rowid FROM documents WHERE died = ?", (self._generation,)
        )]  # fmt: skip
        of = old["document_of"]
        gone = np.flatnonzero(np.isin(old["document_row"], dead)[of]) if len(dead) else np.zeros(0, dtype=np.int64)
        if len(gone) + sum(count for _, count in born) > max(_FEW, _SHARE * len(of)):
            return None
        places: list[int] = []
        for id_, count in born:
            places += [self._place(id_, old)] * count
        return Moves.edit(len(of), gone, places)

    def _place(self, id_: str, old: Arrays) -> int:
        """How many passages of the generation before come before those of an id: one more than the last of them."""
        before = self._connection.execute(
            "SELECT p.rowid FROM documents d JOIN passages p ON p.document = d.rowid "
            "WHERE d.id < ? AND d.born < ? AND (d.died IS NULL OR d.died >= ?) "
            "ORDER BY d.id DESC, p.ordinal DESC LIMIT 1",
            (id_, self._generation, self._generation),
        ).fetchone()
        if before is None:
            return 0
        order = old["row_order"]
        return int(order[np.searchsorted(old["passage_row"], before[0], sorter=order)]) + 1

    def passages(self, first: bool) -> Iterator[_Row]:
        """The passages that are new in this generation, or all where it is the ``first``, in canonical order."""
        return map(_read, self._select(_ITEM, first))

    def texts(self, first: bool) -> Iterator[str]:
        """Title, heading and text of the same passages."""
        return map("\n".join, self._select("d.title, p.heading, p.text", first))

    def _select(self, columns: str, first: bool) -> sqlite3.Cursor:
        condition = _VISIBLE if first else f"d.born = :generation AND {_VISIBLE}"
        return self._connection.execute(
            f"SELECT {columns} FROM documents d JOIN passages p ON p.document = d.rowid "
            f"WHERE {condition} ORDER BY d.id, p.ordinal",
            {"generation": self._generation},
        )

    def at(self, rows: Positions) -> Iterator[tuple[Passage, Extraction]]:
        """The passages of some rows, in the order asked for."""
        for start in range(0, len(rows), _AT_ONCE):
            wanted = rows[start : start + _AT_ONCE].tolist()
            marks = ",".join("?" * len(wanted))
            query = (
                f"SELECT {_ITEM} FROM passages p JOIN documents d ON d.rowid = p.document WHERE p.rowid IN ({marks})"
            )
            found = {
                row: (passage, extraction)
                for row, _, passage, extraction in map(_read, self._connection.execute(query, wanted))
            }
            yield from (found[row] for row in wanted)

    def vectors(
        self, kind: str, rows: Sequence[int], counts: Sequence[int], dimension: int
    ) -> Iterator[tuple[int, NDArray[np.float16]]]:
        """Vectors of some passages, each stretch with the place where it starts; ``counts`` is how many each could have."""
        query = "SELECT data FROM vectors WHERE passage = ? AND kind = ?"
        at = 0
        for row, count in zip(rows, counts, strict=True):
            for (data,) in self._connection.execute(query, (row, kind)):
                block = unpacked(data, dimension)
                # An earlier version embedded more triples than are statements now; those wait for the next run of "index".
                if len(block) == count:
                    yield at, block
            at += count

    def extraction(self, row: int) -> Extraction:
        """What was extracted from the passage of a row."""
        query = "SELECT names, mentions, triples FROM passages WHERE rowid = ?"
        return extraction_from(self._connection.execute(query, (row,)).fetchone())


def _read(row: Sequence[Any]) -> _Row:
    passage_row, document_row, id_, title, names, mentions, triples, *columns = row
    return passage_row, document_row, passage_from(id_, title, columns), extraction_from((names, mentions, triples))


_AT_ONCE = 500
_ITEM = f"p.rowid, d.rowid, d.id, d.title, p.names, p.mentions, p.triples, {PASSAGE_COLUMNS}"
_VISIBLE = "d.born <= :generation AND (d.died IS NULL OR d.died > :generation)"
