"""What a reader sees: one published generation, by position, whatever a writer does meanwhile."""

from __future__ import annotations

import copy
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property, lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self, cast

import numpy as np
from numpy.typing import NDArray

from graphmem.errors import QuestionError
from graphmem.model import Document, Extraction, FloatArray, Passage
from graphmem.store.derived import DERIVED, read_arrays
from graphmem.store.filters import passes
from graphmem.store.graph import Graph
from graphmem.store.indexes import KINDS, Kind
from graphmem.store.records import PassageRecord, SentenceRecord, TripleRecord
from graphmem.store.rows import DOCUMENT_COLUMNS, PASSAGE_COLUMNS, document_from, extraction_from, passage_from
from graphmem.store.text import TextIndex
from graphmem.store.vectors import VectorIndex
from graphmem.store.writer import cut_journal, read_meta

__all__ = ["Snapshot"]

_CACHED = 4096
_CACHED_WORDS = 65536
_PER_QUERY = 500

Positions = NDArray[np.int64]


class Snapshot:
    """The narrow interface between the read path and the store: batches of positions in, batches of records out.

    Positions count passages, sentences and triples in canonical order. ``passage_sentences`` and ``passage_triples``
    are CSR offsets, shape (passages + 1,); ``document_of``
    numbers the document of each passage. ``passage_rows`` are numbers that stay with a passage for life. ``derived``
    are the arrays that whoever opened the store has derived from it. ``allowed`` says which passages a search may find,
    ``None`` for all. One thread reads it at a time, best in a ``with``:
    at its end the transaction ends as well; others read their own :meth:`twin`.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        generation: int,
        folder: Path,
        scratch: tempfile.TemporaryDirectory[str] | None = None,
    ) -> None:
        self.generation = generation
        self._connection = connection
        self._folder = folder
        self._scratch = scratch
        self.allowed: NDArray[np.bool_] | None = None
        self._records: dict[int, PassageRecord] = {}
        self._extractions: dict[int, Extraction] = {}
        self._ids: dict[int, str] = {}
        self._known_headers: dict[int, tuple[str, str, str, str]] = {}
        self.graph = Graph.read(folder / "graph")
        self._text = TextIndex(folder / "text")
        self._rarity = lru_cache(maxsize=_CACHED_WORDS)(self._text.rarity)
        self._vectors = {kind: VectorIndex(folder / "vectors" / kind) for kind in KINDS}
        rows = cast(Mapping[str, Positions], read_arrays(folder / "rows"))
        self.derived = read_arrays(folder / DERIVED)
        self.passage_rows, self._document_row = rows["passage_row"], rows["document_row"]
        self._row_order = rows["row_order"]
        self.document_of = rows["document_of"]
        self.passage_sentences, self.passage_triples = rows["passage_sentences"], rows["passage_triples"]

    def twin(self, connection: sqlite3.Connection) -> Snapshot:
        """The same generation over another connection, which has begun to read it: all but the connection is shared.

        From a shared cache nothing is taken out: who finds it full begins one of its own.
        """
        other = copy.copy(self)
        other._connection = connection
        return other

    def within(self, where: Mapping[str, str]) -> Snapshot:
        """The same generation, in which a search finds passages of those documents alone that meet some conditions.

        Raises :class:`QuestionError` for a condition of no meaning, and where no document meets them.
        """
        other = copy.copy(self)
        is_meant = passes(where)
        query = (
            "SELECT rowid, id, title, source, metadata FROM documents WHERE born <= ? AND (died IS NULL OR died > ?)"
        )
        found = self._connection.execute(query, (self.generation, self.generation))
        rows = [row for row, *header in found if is_meant(*header)]
        other.allowed = np.isin(self._document_row, rows)[self.document_of]
        if not other.allowed.any():
            told = ", ".join(f"{key}={value}" for key, value in where.items())
            raise QuestionError(f"no document meets {told}: 'graphmem stats' says what is in the store")
        return other

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stand_aside()

    def copy(self, database: Path, derived: Path) -> None:
        """Write the database as this snapshot sees it to a new file, and its derived files into a new folder.

        Derived files that a writer clears away meanwhile are left out: they can be made again.
        """
        copied = sqlite3.connect(database)
        try:
            self._connection.backup(copied)
        finally:
            copied.close()
        if self._scratch is None:
            try:
                shutil.copytree(self._folder, derived)
            except (FileNotFoundError, shutil.Error):
                shutil.rmtree(derived, ignore_errors=True)

    def renew(self) -> bool:
        """Stand aside for a moment, and say whether this is still what was last published.

        A reader keeps the journal from being cut, in which there may be what a writer has removed.
        """
        if self._connection.in_transaction:
            self._stand_aside()
        self._connection.execute("BEGIN")
        return int(read_meta(self._connection, "generation")) == self.generation

    def _stand_aside(self) -> None:
        with suppress(sqlite3.OperationalError):
            self._connection.rollback()
            cut_journal(self._connection)

    def close(self) -> None:
        """Let the generation go."""
        self._stand_aside()
        self._connection.close()
        if self._scratch is not None:
            self._scratch.cleanup()

    # --- sizes ----------------------------------------------------------------------------------------

    @property
    def document_count(self) -> int:
        """Documents that have passages."""
        return len(self._document_row)

    @property
    def passage_count(self) -> int:
        """Passages in every state."""
        return len(self.passage_rows)

    @property
    def sentence_count(self) -> int:
        """Sentences of all passages."""
        return int(self.passage_sentences[-1])

    @property
    def dimension(self) -> int:
        """Of the vectors; 0 where the store has none."""
        return self._vectors["passage"].dimension

    def states(self) -> dict[str, int]:
        """Passages by state."""
        found = {"pending": 0, "done": 0, "failed": 0}
        for rows in self._batches(self.passage_rows):
            marks = ",".join("?" * len(rows))
            query = f"SELECT state, count(*) FROM passages WHERE rowid IN ({marks}) GROUP BY state"
            for state, count in self._connection.execute(query, rows):
                found[state] += count
        return found

    def extracted(self, what: Literal["mentions", "triples"]) -> int:
        """How many mentions or triples all passages have."""
        total = 0
        for rows in self._batches(self.passage_rows):
            marks = ",".join("?" * len(rows))
            query = f"SELECT total(json_array_length({what})) FROM passages WHERE rowid IN ({marks})"
            total += int(self._connection.execute(query, rows).fetchone()[0])
        return total

    def failures(self) -> list[tuple[str, str]]:
        """Passage id and reason of each that failed."""
        rows = self._connection.execute(
            "SELECT d.id, p.ordinal, p.reason FROM passages p JOIN documents d ON d.rowid = p.document "
            "WHERE p.state = 'failed' AND p.state != 'done' "
            "AND d.born <= ? AND (d.died IS NULL OR d.died > ?) ORDER BY d.id, p.ordinal",
            (self.generation, self.generation),
        )
        return [(f"{id_}#{ordinal}", str(reason)) for id_, ordinal, reason in rows]

    # --- search ---------------------------------------------------------------------------------------

    def nearest(self, kind: Kind, vectors: FloatArray, k: int) -> tuple[Positions, FloatArray]:
        """Positions and cosines of the ``k`` nearest to each vector, shape (q, k), padded with -1."""
        allowed = self.allowed
        if allowed is not None and kind != "passage":
            allowed = np.repeat(allowed, np.diff(self._offsets(kind)))
        return self._vectors[kind].nearest(vectors, k, allowed)

    def passages_of(self, kind: Kind, positions: NDArray[np.integer[Any]]) -> Positions:
        """The passages that some passages are, or that some sentences or triples stand in."""
        if kind == "passage":
            return positions.astype(np.int64)
        return np.searchsorted(self._offsets(kind), positions, side="right") - 1

    def _offsets(self, kind: Kind) -> Positions:
        return self.passage_sentences if kind == "sentence" else self.passage_triples

    def vectors(self, kind: Kind, positions: Positions) -> FloatArray:
        """Vectors at positions, shape (n, dimension)."""
        return self._vectors[kind].rows(positions)

    def match(self, text: str, k: int) -> tuple[Positions, FloatArray]:
        """The best ``k`` passages by BM25, and their scores."""
        return self._text.match(text, k, self.allowed)

    def having(self, words: Sequence[str]) -> Positions:
        """The passages that have all of some folded words, ascending."""
        found = self._text.having(words)
        return found if self.allowed is None else found[self.allowed[found]]

    @property
    def mean_words(self) -> float:
        """How many words a passage has on average, its title and heading included."""
        return self._text.mean_length

    def rarity(self, word: str) -> float:
        """The inverse document frequency (natural logarithm) of a folded word, 0.0 for one that no passage has."""
        return self._rarity(word)

    # --- records --------------------------------------------------------------------------------------

    def passages(self, positions: Iterable[int]) -> list[PassageRecord]:
        """The passages at positions, in the order asked for."""
        wanted = [int(position) for position in positions]
        with suppress(KeyError):
            return [self._records[position] for position in wanted]
        missing = sorted({position for position in wanted if position not in self._records})
        if len(self._records) + len(missing) > _CACHED:
            self._records = {position: self._records[position] for position in wanted if position in self._records}
        for rows in self._batches(self.passage_rows[missing]):
            marks = ",".join("?" * len(rows))
            query = (
                f"SELECT rowid, names, mentions, triples, {PASSAGE_COLUMNS} FROM passages p WHERE rowid IN ({marks})"
            )
            at = dict(zip(rows, missing[: len(rows)], strict=True))
            missing = missing[len(rows) :]
            documents = self._headers(self.document_of[list(at.values())])
            for row, names, mentions, triples, *columns in self._connection.execute(query, rows):
                position = at[row]
                id_, title, source, metadata = documents[int(self.document_of[position])]
                passage = passage_from(id_, title, columns)
                self._records[position] = PassageRecord(
                    passage, _sentences_of(passage, position), source, metadata, (names, mentions, triples)
                )
        return [self._records[position] for position in wanted]

    def ids(self, positions: Sequence[int]) -> list[str]:
        """The ids of the passages at positions, in the order asked for; nothing else of them is read."""
        with suppress(KeyError):
            return [self._ids[at] for at in positions]
        missing = [at for at in dict.fromkeys(positions) if at not in self._ids]
        if len(self._ids) + len(missing) > _CACHED:
            self._ids = {at: self._ids[at] for at in positions if at in self._ids}
        of = dict(zip(self.passage_rows[missing].tolist(), missing, strict=True))
        for rows in self._batches(self.passage_rows[missing]):
            marks = ",".join("?" * len(rows))
            query = (
                "SELECT p.rowid, d.id, p.ordinal FROM passages p JOIN documents d ON d.rowid = p.document "
                f"WHERE p.rowid IN ({marks})"
            )
            for row, id_, ordinal in self._connection.execute(query, rows):
                self._ids[of[row]] = f"{id_}#{ordinal}"
        return [self._ids[at] for at in positions]

    def _headers(self, numbers: Positions) -> dict[int, tuple[str, str, str, str]]:
        """Id, title, source and metadata of documents by their numbers.

        The metadata lie behind the text of a document, which SQLite has to walk through: once is enough.
        """
        found = {number: self._known_headers[number] for number in numbers.tolist() if number in self._known_headers}
        missing = np.setdiff1d(numbers, list(found))
        of = dict(zip(self._document_row[missing].tolist(), missing.tolist(), strict=True))
        marks = ",".join("?" * len(of))
        query = f"SELECT rowid, id, title, source, metadata FROM documents WHERE rowid IN ({marks})"
        for row, *header in self._connection.execute(query, list(of)):
            id_, title, source, metadata = header
            found[of[row]] = id_, title, source, metadata
        if len(self._known_headers) + len(missing) > _CACHED:
            self._known_headers = {}
        self._known_headers |= found
        return found

    def position(self, passage_id: str) -> int:
        """Where a passage of this generation stands; raises ``KeyError`` for an unknown one."""
        document_id, _, ordinal = passage_id.rpartition("#")
        found = self._connection.execute(
            "SELECT p.rowid FROM passages p JOIN documents d ON d.rowid = p.document "
            "WHERE d.id = ? AND p.ordinal = ? AND d.born <= ? AND (d.died IS NULL OR d.died > ?)",
            (document_id, ordinal, self.generation, self.generation),
        ).fetchone()
        if found is None:
            raise KeyError(passage_id)
        return int(self._row_order[np.searchsorted(self.passage_rows, found[0], sorter=self._row_order)])

    def extractions(self, positions: Iterable[int]) -> list[Extraction]:
        """What was extracted from the passages at positions."""
        wanted = [int(position) for position in positions]
        with suppress(KeyError):
            return [self._extractions[position] for position in wanted]
        missing = [position for position in dict.fromkeys(wanted) if position not in self._extractions]
        if len(self._extractions) + len(missing) > _CACHED:
            self._extractions = {p: self._extractions[p] for p in wanted if p in self._extractions}
        for position, record in zip(missing, self.passages(missing), strict=True):
            self._extractions[position] = extraction_from(record.extraction)
        return [self._extractions[position] for position in wanted]

    def sentences(self, positions: Iterable[int]) -> list[SentenceRecord]:
        """The sentences at positions, in the order asked for."""
        wanted = np.fromiter(positions, dtype=np.int64)
        owners = self.passages_of("sentence", wanted)
        places = (wanted - self.passage_sentences[owners]).tolist()
        return [record.sentences[place] for place, record in zip(places, self.passages(owners.tolist()), strict=True)]

    def triples(self, positions: Iterable[int]) -> list[TripleRecord]:
        """The triples at positions, in the order asked for."""
        wanted = [int(position) for position in positions]
        owners = self.passages_of("triple", np.array(wanted, dtype=np.int64)).tolist()
        of = {owner: extraction.statements for owner, extraction in zip(owners, self.extractions(owners), strict=True)}
        found: list[TripleRecord] = []
        for position, owner in zip(wanted, owners, strict=True):
            triple = of[owner][position - int(self.passage_triples[owner])]
            found.append(TripleRecord(owner, triple, f"{triple.subject} {triple.predicate} {triple.object}"))
        return found

    @cached_property
    def document_ids(self) -> list[str]:
        """Ids of all documents that have passages, in canonical order."""
        ids: dict[int, str] = {}
        for rows in self._batches(self._document_row):
            marks = ",".join("?" * len(rows))
            ids.update(self._connection.execute(f"SELECT rowid, id FROM documents WHERE rowid IN ({marks})", rows))
        return [ids[int(row)] for row in self._document_row]

    def document(self, document_id: str) -> Document | None:
        """A document with its whole text, ``None`` where there is none of that id."""
        found = self._connection.execute(
            f"SELECT {DOCUMENT_COLUMNS} FROM documents d "
            "WHERE d.id = ? AND d.born <= ? AND (d.died IS NULL OR d.died > ?)",
            (document_id, self.generation, self.generation),
        ).fetchone()
        return None if found is None else document_from(found)

    @staticmethod
    def _batches(rows: NDArray[np.int64]) -> Iterable[Sequence[int]]:
        values = rows.tolist()
        return (values[at : at + _PER_QUERY] for at in range(0, len(values), _PER_QUERY))


def _sentences_of(passage: Passage, position: int) -> tuple[SentenceRecord, ...]:
    first = passage.span[0]
    return tuple(
        SentenceRecord(position, (start, end), passage.text[start - first : end - first])
        for start, end in passage.sentences
    )
