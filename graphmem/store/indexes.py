"""All derived files of one generation, built from the rows that the generation consists of.

Positions number passages, sentences and triples in canonical order (document id, ordinal, place in the passage), so
that what is derived depends on the documents alone, never on the order in which they came and went.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from graphmem.model import Extraction, Passage
from graphmem.store.derived import read_arrays, write_arrays
from graphmem.store.facts import Facts, Reading
from graphmem.store.graph_build import Change, change_facts, graph_arrays
from graphmem.store.moves import Moves, offsets_of
from graphmem.store.rows import PASSAGE_COLUMNS, extraction_from, passage_from, unpacked
from graphmem.store.text_build import change_text
from graphmem.store.vectors_build import change_vectors

__all__ = ["KINDS", "Kind", "build_indexes"]

Kind = Literal["passage", "sentence", "triple"]
KINDS: tuple[Kind, ...] = ("passage", "sentence", "triple")

_FEW = 100
_SHARE = 0.2
"""Up to so many passages, or such a share of all, an older generation is changed; beyond, reading all anew is as fast."""

Positions = NDArray[np.int64]
Arrays = Mapping[str, Positions]


def build_indexes(
    connection: sqlite3.Connection, generation: int, dimension: int, folder: Path, previous: Path | None
) -> None:
    """Fill ``folder`` with rows, graph, text and vectors of a generation; ``previous`` is the verified one before it."""
    source = _Source(connection, generation)
    old = cast(Arrays, read_arrays(previous / "rows") if previous is not None else _NOTHING)
    moves = source.moves(old) if previous is not None else None
    if previous is None or moves is None:
        previous, moves, old = None, Moves(((-1, source.count()),)), _NOTHING
    new = source.passages(old, moves)
    reading = Reading((passage, extraction) for _, _, passage, extraction in new())
    rows = _rows(old, moves, [(row, document) for row, document, _, _ in new()], reading)
    write_arrays(folder / "rows", rows)
    facts = Facts.none()
    if previous is not None:
        facts = Facts.from_arrays(read_arrays(previous / "facts"), read_arrays(previous / "graph"))
    sentences = moves.of_parts(old["passage_sentences"], reading.sentence_counts)
    triples = moves.of_parts(old["passage_triples"], reading.triple_counts)
    statements = sentences.then(triples, len(old["sentence_passage"]))
    facts = change_facts(
        facts, Change(moves, statements, reading, lambda at: source.extraction(int(rows["passage_row"][at])))
    )
    statement_passage = np.concatenate((rows["sentence_passage"], rows["triple_passage"]))
    write_arrays(folder / "graph", graph_arrays(facts, statement_passage))
    write_arrays(folder / "facts", facts.as_arrays())
    titled = (f"{passage.title}\n{passage.heading}\n{passage.text}" for _, _, passage, _ in new())
    change_text(folder / "text", previous / "text" if previous is not None else None, moves, titled)
    numbers = rows["passage_row"][moves.new()].tolist()
    for kind, parts, counts in (
        ("passage", moves, [1] * len(numbers)),
        ("sentence", sentences, reading.sentence_counts.tolist()),
        ("triple", triples, reading.triple_counts.tolist()),
    ):
        older = previous / "vectors" / kind if previous is not None else None
        vectors = source.vectors(kind, numbers, counts, dimension)
        change_vectors(folder / "vectors" / kind, parts, dimension, vectors, older)


_NOTHING: Arrays = {
    name: np.zeros(1 if name in ("passage_sentences", "passage_triples") else 0, dtype=np.int64)
    for name in (
        "passage_row",
        "document_row",
        "document_of",
        "passage_sentences",
        "sentence_passage",
        "passage_triples",
        "triple_passage",
    )
}


def _rows(old: Arrays, moves: Moves, new: Sequence[tuple[int, int]], reading: Reading) -> dict[str, Positions]:
    """Which row stands where; ``new`` are passage row and document row of the new passages."""
    added = np.array(new, dtype=np.int64).reshape(-1, 2)
    passage_row = moves.items(old["passage_row"], added[:, 0])
    document = moves.items(old["document_row"][old["document_of"]], added[:, 1])
    first = np.diff(document, prepend=-1) != 0
    passages = np.arange(len(passage_row))
    counts = {
        "sentence": moves.items(np.diff(old["passage_sentences"]), np.array(reading.sentence_counts, dtype=np.int64)),
        "triple": moves.items(np.diff(old["passage_triples"]), np.array(reading.triple_counts, dtype=np.int64)),
    }
    return {
        "passage_row": passage_row,
        "row_order": np.argsort(passage_row),
        "document_row": document[first],
        "document_of": np.cumsum(first) - 1,
        "passage_sentences": offsets_of(counts["sentence"]),
        "sentence_passage": np.repeat(passages, counts["sentence"]),
        "passage_triples": offsets_of(counts["triple"]),
        "triple_passage": np.repeat(passages, counts["triple"]),
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
        documents, of = old["document_row"], old["document_of"]
        gone = np.isin(documents, dead)[of] if len(dead) else np.zeros(len(of), dtype=bool)
        if int(gone.sum()) + sum(count for _, count in born) > max(_FEW, _SHARE * len(of)):
            return None
        order = np.argsort(documents)
        starts = np.searchsorted(of, np.arange(len(documents) + 1))
        places: list[int] = []
        for id_, count in born:
            places += [int(starts[self._place(id_, documents, order)])] * count
        return Moves.edit(~gone, places)

    def _place(self, id_: str, documents: Positions, order: Positions) -> int:
        """How many documents of the generation before come before an id: one more than the last of them."""
        before = self._connection.execute(
            "SELECT rowid FROM documents WHERE id < ? AND born < ? ORDER BY id DESC", (id_, self._generation)
        )
        for (row,) in before:
            at = int(np.searchsorted(documents, row, sorter=order))
            # One without a passage has no place.
            if at < len(order) and documents[order[at]] == row:
                return int(order[at]) + 1
        return 0

    def passages(self, old: Arrays, moves: Moves) -> Callable[[], Iterator[_Row]]:
        """The new passages in canonical order, as often as they are asked for."""
        condition = _VISIBLE if not len(old["passage_row"]) else f"d.born = :generation AND {_VISIBLE}"

        def read() -> Iterator[_Row]:
            rows = self._connection.execute(
                f"SELECT p.rowid, d.rowid, d.id, d.title, p.names, p.mentions, p.triples, {PASSAGE_COLUMNS} "
                f"FROM documents d JOIN passages p ON p.document = d.rowid WHERE {condition} ORDER BY d.id, p.ordinal",
                {"generation": self._generation},
            )
            for passage_row, document_row, id_, title, names, mentions, triples, *columns in rows:
                found = extraction_from((names, mentions, triples))
                yield passage_row, document_row, passage_from(id_, title, columns), found

        return read

    def vectors(
        self, kind: str, rows: Sequence[int], counts: Sequence[int], dimension: int
    ) -> Iterator[tuple[int, NDArray[np.float16]]]:
        """Vectors of some passages, each stretch with the place where it starts; ``counts`` is how many each could have."""
        query = "SELECT data FROM vectors WHERE passage = ? AND kind = ?"
        at = 0
        for row, count in zip(rows, counts, strict=True):
            for (data,) in self._connection.execute(query, (row, kind)):
                yield at, unpacked(data, dimension)
            at += count

    def extraction(self, row: int) -> Extraction:
        """What was extracted from the passage of a row."""
        query = "SELECT names, mentions, triples FROM passages WHERE rowid = ?"
        return extraction_from(self._connection.execute(query, (row,)).fetchone())


_VISIBLE = "d.born <= :generation AND (d.died IS NULL OR d.died > :generation)"
