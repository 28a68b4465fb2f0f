"""What the graph is made of, passage by passage: the words of statements and titles, and the names in them.

These are read out of texts once. What follows from them all together, which name is mentioned where, is made in
``graph_build``, and made again where a new document changes it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from graphmem.extract.aliases import aliases_of
from graphmem.folding import fold, tokenize
from graphmem.model import Extraction, FloatArray, Passage
from graphmem.store.moves import Rows, Strings, offsets_of

__all__ = ["CAPITAL", "DIGIT", "FIRST", "FLAG_BITS", "Facts", "Label", "Reading", "names_of"]

FLAG_BITS = 3
CAPITAL, FIRST, DIGIT = 1, 2, 4
"""Of a word in a statement: not in lower case, first of its sentence, a digit in front. They share a number with it."""
_MAX_NAME_WORDS = 24

Arrays = Mapping[str, NDArray[np.generic]]
Positions = NDArray[np.int64]
_IN_GRAPH = {
    "keys": ("key_offsets", "key_bytes"),
    "labels": ("label_offsets", "label_bytes"),
    "mentions": ("statement_indptr", "statement_entities"),
}
"""Facts that readers of the graph need as well, and what they are called there."""
Label = tuple[float, str]
"""How sure a passage is to be about a name, 0 where it only mentions it, and how it writes the name."""


def names_of(extraction: Extraction) -> tuple[dict[str, Label], dict[str, str]]:
    """What a passage is about, and what it mentions, by folded name; of two spellings the surer, of mentions the first."""
    owned: dict[str, Label] = {}
    for name in extraction.names:
        key = fold(name.text)
        if key and len(key.split(" ")) <= _MAX_NAME_WORDS:
            owned[key] = max(owned.get(key, (0.0, "")), (name.weight, name.text))
    said: dict[str, str] = {}
    for mention in extraction.mentions:
        if mention.kind == "name" and (key := fold(mention.text)):
            said.setdefault(key, mention.text)
    return owned, said


class Reading:
    """What is in some passages of whole documents, which come in canonical order; words have numbers of their own here."""

    def __init__(self, passages: Iterable[tuple[Passage, Extraction]]) -> None:
        self.number: dict[str, int] = {}
        self.owned: list[dict[str, Label]] = []
        self.said: list[dict[str, str]] = []
        self.aliases: list[tuple[int, str]] = []
        """A sentence, by its number among these, and the name that something in it stands for."""
        self.sentence_counts, self.triple_counts = array("q"), array("q")
        self._sentences, self._triples, self._titles = _Texts(), _Texts(), _Texts()
        for passage, extraction, meant in _with_aliases(passages):
            base = passage.span[0]
            for start, end in passage.sentences:
                inside = {fold(name) for at, name in meant if start <= at < end} - {""}
                self.aliases += [(len(self._sentences.lengths), key) for key in sorted(inside)]
                self._sentences.add(self._flagged(passage.text[start - base : end - base]))
            for triple in extraction.statements:
                self._triples.add(self._flagged(f"{triple.subject} {triple.predicate} {triple.object}"))
            self._titles.add([self._word(word) for word, _, _ in tokenize(passage.title)])
            self.sentence_counts.append(len(passage.sentences))
            self.triple_counts.append(len(extraction.statements))
            owned, said = names_of(extraction)
            self.owned.append(owned)
            self.said.append(said)
            for key in (*owned, *said):
                self.words_of(key)

    def __len__(self) -> int:
        return len(self.owned)

    def _word(self, word: str) -> int:
        return self.number.setdefault(word, len(self.number))

    def words_of(self, key: str) -> list[int]:
        """The words of a folded name."""
        return [self._word(word) for word in key.split(" ")]

    def _flagged(self, text: str) -> list[int]:
        found: list[int] = []
        for index, (word, start, _) in enumerate(tokenize(text)):
            flags = FIRST * (index == 0)
            if text[start].isdigit():
                flags |= DIGIT
            elif not text[start].islower():
                flags |= CAPITAL
            found.append(self._word(word) << FLAG_BITS | flags)
        return found

    def statements(self, words: Positions) -> Rows:
        """The words of all sentences, then of all triples, with their flags; ``words`` says how words are numbered."""
        rows = _joined(self._sentences.rows(), self._triples.rows())
        flags = rows.values & (1 << FLAG_BITS) - 1
        return Rows(rows.offsets, (words[rows.values >> FLAG_BITS] << FLAG_BITS | flags).astype(np.int32))

    def titles(self, words: Positions) -> Rows:
        """The words of all titles."""
        rows = self._titles.rows()
        return Rows(rows.offsets, words[rows.values].astype(np.int32))


class _Texts:
    """Rows of numbers while they grow."""

    def __init__(self) -> None:
        self.lengths, self.values = array("q"), array("q")

    def add(self, row: list[int]) -> None:
        self.lengths.append(len(row))
        self.values.extend(row)

    def rows(self) -> Rows:
        return Rows(offsets_of(self.lengths), np.array(self.values, dtype=np.int64))


def _joined(one: Rows, other: Rows) -> Rows:
    offsets = np.concatenate((one.offsets, other.offsets[1:] + one.offsets[-1]))
    return Rows(offsets, np.concatenate((one.values, other.values)))


def _with_aliases(
    passages: Iterable[tuple[Passage, Extraction]],
) -> Iterator[tuple[Passage, Extraction, list[tuple[int, str]]]]:
    """Each passage with the places where a name stands for a fuller one of its document, and that one."""
    for _, group in groupby(passages, key=lambda pair: pair[0].document_id):
        document = list(group)
        meant: list[list[tuple[int, str]]] = [[] for _ in document]
        for number, mention, name in aliases_of(extraction for _, extraction in document):
            meant[number].append((mention.span[0], name))
        for (passage, extraction), places in zip(document, meant, strict=True):
            yield passage, extraction, places


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of a generation: rows a statement (``tokens``, ``mentions``), a passage (``titles``, ``inside`` for the
    names in them, ``owners``, ``said``), an entity (``key_words``, ``labels``) or an alias."""

    words: Strings
    lower: NDArray[np.bool_]
    tokens: Rows
    mentions: Rows
    titles: Rows
    inside: Rows
    owners: Rows
    owner_weights: FloatArray
    said: Rows
    keys: Strings
    key_words: Rows
    labels: Strings
    label_weight: NDArray[np.float64]
    label_passage: Positions
    aliases: Strings
    alias_statement: Positions
    alias_entity: Positions

    @classmethod
    def none(cls) -> Self:
        """Of no passages."""
        kinds = {"lower": bool, "owner_weights": np.float32, "label_weight": np.float64}
        fields: dict[str, Any] = {}
        for name, kind in cls.__annotations__.items():
            if kind in ("Rows", "Strings"):
                fields[name] = Strings.of([]) if kind == "Strings" else Rows.of([], np.int32)
            else:
                fields[name] = np.zeros(0, dtype=kinds.get(name, np.int64))
        return cls(**fields)

    @classmethod
    def from_arrays(cls, arrays: Arrays, graph: Arrays) -> Self:
        """Facts of :meth:`as_arrays`, and those that lie in the graph."""
        fields: dict[str, Any] = {}
        for name, kind in cls.__annotations__.items():
            if kind in ("Rows", "Strings"):
                source, offsets, values = (graph, *_IN_GRAPH[name]) if name in _IN_GRAPH else (arrays, *_names(name))
                rows = Rows(source[offsets].astype(np.int64, copy=False), source[values])
                fields[name] = Strings(rows) if kind == "Strings" else rows
            else:
                fields[name] = arrays[name]
        return cls(**fields)

    def as_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Everything that is not in the graph as flat arrays."""
        arrays: dict[str, NDArray[np.generic]] = {}
        for name in type(self).__annotations__.keys() - _IN_GRAPH.keys():
            value = getattr(self, name)
            if isinstance(value, np.ndarray):
                arrays[name] = value
            else:
                rows = value.rows if isinstance(value, Strings) else value
                arrays.update(zip(_names(name), (rows.offsets, rows.values), strict=True))
        return arrays


def _names(field: str) -> tuple[str, str]:
    return f"{field}_offsets", f"{field}_values"
