"""The knowledge graph as compact arrays: which statement mentions which entity, and which passage is about it.

Nodes are entities, statements (sentences, then triples) and passages. A statement *mentions* entities; an entity
leads to the passages that are about it (its *owners*), that carry it in their title, or that mention it, with a
weight for each of the three. All of it is a pure function of the passages in canonical order, so it never depends
on the order in which documents came and went.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import cast

import numpy as np
from numpy.typing import NDArray

from graphmem.extract.aliases import aliases_of
from graphmem.folding import tokenize
from graphmem.model import Extraction, FloatArray, Passage

__all__ = ["Graph", "build_graph"]

IN_TITLE, IN_TEXT = 0.8, 0.6
"""How much a passage has to do with an entity that its title contains, or its text mentions; owners have up to 1."""

_MAX_NAME_WORDS = 24
_Key = tuple[int, ...]
_Arrays = dict[str, NDArray[np.generic]]


class _Words:
    """The words of all statements as numbers, and which words are ever written in lower case."""

    def __init__(self) -> None:
        self.number: dict[str, int] = {}
        self.lower: set[int] = set()
        self.statements: list[tuple[array[int], bytes]] = []

    def key(self, text: str) -> _Key:
        number = self.number
        return tuple(number.setdefault(word, len(number)) for word, _, _ in tokenize(text))

    def add(self, text: str) -> None:
        """Remember one statement: its words, and a flag a word (1 capitalised, 2 first of its sentence, 4 digits)."""
        number, words, flags = self.number, array("l"), bytearray()
        for index, (word, start, _) in enumerate(tokenize(text)):
            this = number.setdefault(word, len(number))
            flag = 2 * (index == 0)
            if text[start].isdigit():
                flag |= 4
            elif not text[start].islower():
                flag |= 1
            else:
                self.lower.add(this)
            words.append(this)
            flags.append(flag)
        self.statements.append((words, bytes(flags)))


def _link(
    words: Sequence[int], flags: bytes, longest: Mapping[int, int], names: Mapping[_Key, int], lower: set[int]
) -> list[int]:
    """Entities that a statement mentions: the longest match at each word, left to right."""
    found: list[int] = []
    at, count = 0, len(words)
    while at < count:
        for length in range(min(longest.get(words[at], 0), count - at), 0, -1):
            entity = names.get(tuple(words[at : at + length]))
            if entity is None:
                continue
            if length == 1:
                # A capital at the start of a sentence is no evidence, and a bare number is no name.
                named = flags[at] & 1 and not (flags[at] & 2 and words[at] in lower)
            else:
                named = any(flag & 1 for flag in flags[at : at + length])
            if named:
                found.append(entity)
                at += length - 1
                break
        at += 1
    return found


def _csr(rows: Sequence[Sequence[int]]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    indptr = np.zeros(len(rows) + 1, dtype=np.int64)
    np.cumsum([len(row) for row in rows], out=indptr[1:])
    return indptr, np.fromiter((x for row in rows for x in row), dtype=np.int32, count=int(indptr[-1]))


def _blob(texts: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    encoded = [text.encode("utf-8") for text in texts]
    offsets = np.zeros(len(encoded) + 1, dtype=np.int64)
    np.cumsum([len(item) for item in encoded], out=offsets[1:])
    return np.frombuffer(b"".join(encoded), dtype=np.uint8), offsets


def build_graph(passages: Iterable[tuple[Passage, Extraction]]) -> _Arrays:
    """Arrays of the graph over the passages, which come in canonical order.

    An entity is a name that some passage is about or that some passage mentions. Statements are all sentences in
    order, then all triples in order.
    """
    words = _Words()
    owners: dict[_Key, dict[int, float]] = defaultdict(dict)
    label: dict[_Key, tuple[float, str]] = {}
    titles: list[_Key] = []
    statement_passage = array("l")
    triple_texts: list[tuple[int, str]] = []
    aliases: list[tuple[int, _Key]] = []
    for position, (passage, extraction, meant) in enumerate(_with_aliases(passages)):
        base = passage.span[0]
        for start, end in passage.sentences:
            aliases += [(len(statement_passage), words.key(name)) for at, name in meant if start <= at < end]
            words.add(passage.text[start - base : end - base])
            statement_passage.append(position)
        triple_texts += [(position, f"{t.subject} {t.predicate} {t.object}") for t in extraction.statements]
        titles.append(words.key(passage.title))
        for name in extraction.names:
            key = words.key(name.text)
            if 0 < len(key) <= _MAX_NAME_WORDS:
                owners[key][position] = max(owners[key].get(position, 0.0), name.weight)
                label[key] = max(label.get(key, (0.0, "")), (name.weight, name.text))
        for mention in extraction.mentions:
            if mention.kind == "name":
                label.setdefault(words.key(mention.text), (0.0, mention.text))
    for position, text in triple_texts:
        words.add(text)
        statement_passage.append(position)
    label.pop((), None)
    return _assemble(words, statement_passage, titles, owners, label, aliases)


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


def _assemble(
    words: _Words,
    statement_passage: Sequence[int],
    titles: Sequence[_Key],
    owners: Mapping[_Key, Mapping[int, float]],
    label: Mapping[_Key, tuple[float, str]],
    aliases: Sequence[tuple[int, _Key]],
) -> _Arrays:
    spelling = list(words.number)
    ordered = sorted((" ".join(spelling[word] for word in key), key) for key in label)
    names = {key: entity for entity, (_, key) in enumerate(ordered)}
    longest: dict[int, int] = {}
    for key in names:
        longest[key[0]] = max(longest.get(key[0], 0), len(key))
    mentions = [sorted(set(_link(w, flags, longest, names, words.lower))) for w, flags in words.statements]
    for statement, key in aliases:
        if key in names:
            mentions[statement] = sorted({*mentions[statement], names[key]})
    mentioned_by: list[list[int]] = [[] for _ in ordered]
    weights: list[dict[int, float]] = [{} for _ in ordered]
    for statement, entities in enumerate(mentions):
        for entity in entities:
            mentioned_by[entity].append(statement)
            weights[entity][statement_passage[statement]] = IN_TEXT
    for position, title in enumerate(titles):
        for entity in _names_inside(title, longest, names, words.lower):
            weights[entity][position] = IN_TITLE
    for key, passages in owners.items():
        weights[names[key]].update(passages)
    # Owners first, so that a reader can tell them by their place.
    incidence = [
        sorted(row.items(), key=lambda pair: (pair[0] not in owners.get(key, ()), pair[0]))
        for row, (_, key) in zip(weights, ordered, strict=True)
    ]
    arrays: _Arrays = {}
    arrays["key_bytes"], arrays["key_offsets"] = _blob([text for text, _ in ordered])
    arrays["label_bytes"], arrays["label_offsets"] = _blob([label[key][1] for _, key in ordered])
    arrays["statement_indptr"], arrays["statement_entities"] = _csr(mentions)
    arrays["entity_indptr"], arrays["entity_statements"] = _csr(mentioned_by)
    arrays["passage_indptr"], arrays["entity_passages"] = _csr([[passage for passage, _ in row] for row in incidence])
    arrays["passage_weights"] = np.array([weight for row in incidence for _, weight in row], dtype=np.float32)
    arrays["owner_count"] = np.array([len(owners.get(key, ())) for _, key in ordered], dtype=np.int32)
    # A single word that is also an ordinary word ("Time") names nothing unless it is written with a capital.
    arrays["ordinary"] = np.array([len(key) == 1 and key[0] in words.lower for _, key in ordered], dtype=bool)
    return arrays


def _names_inside(title: _Key, longest: Mapping[int, int], names: Mapping[_Key, int], lower: set[int]) -> list[int]:
    """Entities named by a part of a title: Greece in "Economy of Greece"."""
    found: list[int] = []
    at = 0
    while at < len(title):
        for length in range(min(longest.get(title[at], 0), len(title) - at), 0, -1):
            entity = names.get(title[at : at + length])
            if length < len(title) and entity is not None and (length > 1 or title[at] not in lower):
                found.append(entity)
                at += length - 1
                break
        at += 1
    return found


Offsets = NDArray[np.int64]
Numbers = NDArray[np.int32]


class Graph:
    """Read access to the arrays of :func:`build_graph`; entities are numbered in the order of their folded names."""

    def __init__(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        self._arrays = arrays
        self._key_bytes, self._key_offsets = arrays["key_bytes"], cast(Offsets, arrays["key_offsets"])
        self.statement_indptr = cast(Offsets, arrays["statement_indptr"])
        self.statement_entities = cast(Numbers, arrays["statement_entities"])
        self.entity_indptr = cast(Offsets, arrays["entity_indptr"])
        self.entity_statements = cast(Numbers, arrays["entity_statements"])
        self.passage_indptr = cast(Offsets, arrays["passage_indptr"])
        self.entity_passages = cast(Numbers, arrays["entity_passages"])
        self.passage_weights = cast(FloatArray, arrays["passage_weights"])
        self.owner_count = cast(Numbers, arrays["owner_count"])
        self.ordinary = arrays["ordinary"]

    @property
    def entity_count(self) -> int:
        return len(self._key_offsets) - 1

    @property
    def edge_count(self) -> int:
        """Edges from statements to entities and from entities to passages together."""
        return len(self.statement_entities) + len(self.entity_passages)

    def key(self, entity: int) -> str:
        """The folded name of an entity."""
        a, b = self._key_offsets[entity], self._key_offsets[entity + 1]
        return self._key_bytes[a:b].tobytes().decode("utf-8")

    def label(self, entity: int) -> str:
        """The name as its strongest source writes it."""
        offsets = self._arrays["label_offsets"]
        return self._arrays["label_bytes"][offsets[entity] : offsets[entity + 1]].tobytes().decode("utf-8")

    def find(self, key: str) -> int | None:
        """The entity of a folded name, by binary search over the sorted names."""
        at = self._lower_bound(key)
        return at if at < self.entity_count and self.key(at) == key else None

    def begins(self, prefix: str) -> bool:
        """Whether some name begins with the folded words ``prefix``."""
        at = self._lower_bound(prefix)
        return at < self.entity_count and self.key(at).startswith(prefix)

    def starting_with(self, prefix: str, limit: int) -> list[tuple[int, str]]:
        """Up to ``limit`` entities whose folded name starts with ``prefix``, with their names."""
        found: list[tuple[int, str]] = []
        for entity in range(self._lower_bound(prefix), self.entity_count):
            key = self.key(entity)
            if len(found) == limit or not key.startswith(prefix):
                break
            found.append((entity, key))
        return found

    def _lower_bound(self, key: str) -> int:
        low, high = 0, self.entity_count
        while low < high:
            middle = (low + high) // 2
            if self.key(middle) < key:
                low = middle + 1
            else:
                high = middle
        return low

    def entities_of(self, statement: int) -> NDArray[np.int32]:
        """Entities that a statement mentions."""
        return self.statement_entities[self.statement_indptr[statement] : self.statement_indptr[statement + 1]]

    def statements_of(self, entity: int) -> NDArray[np.int32]:
        """Statements that mention an entity."""
        return self.entity_statements[self.entity_indptr[entity] : self.entity_indptr[entity + 1]]

    def passages_of(self, entity: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Passages that have to do with an entity, and how much each has: its owners in order, then the others."""
        rows = slice(self.passage_indptr[entity], self.passage_indptr[entity + 1])
        return self.entity_passages[rows], self.passage_weights[rows]

    def keys(self) -> Iterator[str]:
        """All folded names in order."""
        return (self.key(entity) for entity in range(self.entity_count))
