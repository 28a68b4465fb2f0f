"""What the graph is made of, passage by passage: the names that each is about, those that it mentions, and its words.

These are read out of texts once. What follows from them all together, which name is mentioned where, is made in
``graph_build``, and made again where a new document changes it.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from graphmem.extract.aliases import aliases_of
from graphmem.folding import Token, fold, tokenize
from graphmem.model import Extraction, Passage
from graphmem.store.moves import Rows, Strings, offsets_of
from graphmem.store.pieces import NamePieces, Numbered, WordPieces

__all__ = ["Item", "Reading", "Word", "names_of", "statements_of"]

_MAX_NAME_WORDS = 24

Positions = NDArray[np.int64]
Item = tuple[Passage, Extraction]
Word = tuple[str, bool, bool]
"""A folded word of a statement: whether it is not in lower case, and whether it begins with a digit."""


def _words_of(text: str, tokens: Iterable[Token]) -> list[Word]:
    """The words of a statement, from the tokens that lie in it."""
    words: list[Word] = []
    for word, start, _ in tokens:
        letter = text[start]
        words.append((word, False, False) if letter.islower() else (word, not letter.isdigit(), letter.isdigit()))
    return words


def statements_of(passage: Passage, extraction: Extraction) -> tuple[list[list[Word]], list[list[Word]]]:
    """The words of each sentence and of each triple of a passage."""
    base, text = passage.span[0], passage.text
    tokens = tokenize(text)
    sentences: list[list[Word]] = []
    at = 0
    for start, end in passage.sentences:
        while at < len(tokens) and tokens[at][1] < start - base:
            at += 1
        stop = at
        while stop < len(tokens) and tokens[stop][2] <= end - base:
            stop += 1
        sentences.append(_words_of(text, tokens[at:stop]))
        at = stop
    told = [f"{triple.subject} {triple.predicate} {triple.object}" for triple in extraction.statements]
    return sentences, [_words_of(line, tokenize(line)) for line in told]


def names_of(extraction: Extraction) -> tuple[dict[str, tuple[float, str]], dict[str, str]]:
    """What a passage is about, how surely and how it is written, and what it mentions, by folded name; of two spellings
    the surer, of mentions the first."""
    owned: dict[str, tuple[float, str]] = {}
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
    """What is in some passages of whole documents, which come in canonical order.

    ``names`` are the folded names, ascending, that these passages are about or mention, ``labels`` tell how each is written,
    its passage counted among these. ``lower`` are the words in lower case, ascending, ``lower_uses`` how many statements have
    each. ``apart`` says which passages have statements with words that stand nowhere in their text.

    Names and words are gathered in pieces of bounded size, and merged: as Python objects they would take the most memory of all.
    """

    def __init__(self, passages: Iterable[Item]) -> None:
        self.alias_statements = array("q")
        self.sentence_counts, self.triple_counts, self.apart = array("q"), array("q"), array("b")
        self.owner_weights = array("f")
        self._owner_counts, self._owners = array("q"), Numbered()
        self._said_counts, self._said = array("q"), Numbered()
        self._names, self._words = NamePieces(), WordPieces()
        self.alias_names = Strings.of(self._aliases(passages))
        self._names.put_away(self._owners, self._said)
        self.names, self.labels, now = self._names.merged()
        self.lower, self.lower_uses = self._words.merged()
        for numbers in (self._owners, self._said):
            numbers.renumber(now)
        del self._names, self._words

    def __len__(self) -> int:
        return len(self.sentence_counts)

    def _aliases(self, passages: Iterable[Item]) -> Iterator[str]:
        """Read everything, and tell the names that stand for fuller ones as they come."""
        sentences = 0
        for at, (passage, extraction, meant) in enumerate(_with_aliases(passages)):
            for number, (start, end) in enumerate(passage.sentences):
                for key in sorted({fold(name) for place, name in meant if start <= place < end} - {""}):
                    self.alias_statements.append(sentences + number)
                    yield key
            sentences += len(passage.sentences)
            self.sentence_counts.append(len(passage.sentences))
            self.triple_counts.append(len(extraction.statements))
            self._read_words(passage, extraction)
            self._read_names(at, extraction)

    def _read_words(self, passage: Passage, extraction: Extraction) -> None:
        sentences, triples = statements_of(passage, extraction)
        for statement in (*sentences, *triples):
            self._words.add({word for word, capital, digit in statement if not capital and not digit})
        strange = {word for statement in triples for word, _, _ in statement}
        if strange:
            strange -= {word for text in (passage.title, passage.text) for word, _, _ in tokenize(text)}
        self.apart.append(bool(strange))

    def _read_names(self, at: int, extraction: Extraction) -> None:
        owned, said = names_of(extraction)
        for key, (weight, text) in owned.items():
            self._owners.values.append(self._names.add(key, (weight, text, at)))
            self.owner_weights.append(weight)
        self._owner_counts.append(len(owned))
        self._said.values.extend(self._names.add(key, (0.0, text, at)) for key, text in said.items())
        self._said_counts.append(len(said))
        if self._names.full:
            self._names.put_away(self._owners, self._said)

    def owners(self, now: Positions) -> Rows:
        """What each passage is about, ascending, with how surely; ``now`` says how names are numbered."""
        rows, order = _ascending(self._owner_counts, self._owners, now)
        return replace(rows, weights=np.array(self.owner_weights, dtype=np.float32)[order])

    def said(self, now: Positions) -> Rows:
        """What each passage mentions, ascending."""
        return _ascending(self._said_counts, self._said, now)[0]


def _ascending(counts: array[int], numbers: Numbered, now: Positions) -> tuple[Rows, Positions]:
    """Rows of numbers, each ascending, and where every value stood."""
    offsets, values = offsets_of(counts), now.astype(np.int32)[np.frombuffer(numbers.values, dtype=np.int32)]
    order = np.lexsort((values, np.repeat(np.arange(len(counts), dtype=np.int32), np.diff(offsets))))
    return Rows(offsets, values[order]), order


def _with_aliases(passages: Iterable[Item]) -> Iterator[tuple[Passage, Extraction, list[tuple[int, str]]]]:
    """Each passage with the places where a name stands for a fuller one of its document, and that one."""
    for _, group in groupby(passages, key=lambda pair: pair[0].document_id):
        document = list(group)
        meant: list[list[tuple[int, str]]] = [[] for _ in document]
        for number, mention, name in aliases_of(extraction for _, extraction in document):
            meant[number].append((mention.span[0], name))
        for (passage, extraction), places in zip(document, meant, strict=True):
            yield passage, extraction, places
