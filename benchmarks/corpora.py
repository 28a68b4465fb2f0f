"""Corpora of any size for ``scale.py``: invented ones, and real passages repeated with other names."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from graphmem.extract import open_extractor
from graphmem.ingest import cut
from graphmem.model import Document, Extraction, FloatArray, Mention, Name, Passage

__all__ = ["Corpus", "Invented", "Permuted"]

SYLLABLES = [a + b for a in "b d f g k l m n p r s t v z".split() for b in "a e i o u ar en il or um".split()]
VOCABULARY = 50_000
SENTENCES, WORDS = 3, 12
PER_TOPIC = 100
STEP = 7919
"""By how many names those of a repetition are moved: a prime, so that all come round before one comes again."""
CAPITALISED = re.compile(r"\b[A-Z][a-z]+\b")
PLAIN = re.compile(r"\b[a-z]+\b")
SPREAD, APART = 0.8, 0.5
"""How far passages lie from the centre of their topic, and sentences from their passage."""

Put = tuple[Document, list[Passage], list[Extraction]]


def word(number: int) -> str:
    """The invented word of a number: no two are the same."""
    text = ""
    number += len(SYLLABLES)
    while number:
        number, rest = divmod(number, len(SYLLABLES))
        text += SYLLABLES[rest]
    return text


def name(number: int) -> str:
    """The invented name of passage ``number``: two words, of which the first is shared with a few others."""
    return f"{word(number // 8).title()} {word(number * 7 + 3).title()}"


class Corpus:
    """Documents 0 to ``count``, each the same whenever it is asked for, and vectors that are invented for them."""

    def __init__(self, count: int, dimension: int) -> None:
        self.count = count
        generator = np.random.default_rng(7)
        self.centres = generator.standard_normal((count // PER_TOPIC + 1, dimension)).astype(np.float32)

    def vectors(self, number: int, sentences: int) -> FloatArray:
        """Of a passage and its sentences, shape (1 + sentences, dimension)."""
        generator = np.random.default_rng((1, number))
        # What is told together lies together: one sentence is far less unlike another than two topics are.
        topic = self.centres[number * 31 % len(self.centres)]
        around = topic + SPREAD * generator.standard_normal(topic.shape)
        rows = around + APART * generator.standard_normal((1 + sentences, len(topic)))
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    def put(self, number: int) -> Put:
        """A document, its passages, and what is found in each."""
        raise NotImplementedError

    def question(self, number: int) -> tuple[str, FloatArray]:
        """A question about what a document leads to, and the vectors of it and of it without its names, shape (2, d)."""
        document, passages, _ = self.put(number)
        passage = passages[0]
        start, end = passage.sentences[min(1, len(passage.sentences) - 1)]
        plain = [w for w in document.text[start:end].rstrip(".").split() if w.islower() and w.isalpha()]
        words = [plain[at % len(plain)] if plain else "thing" for at in (0, 4, 6)]
        vectors = self.vectors(number, len(passage.sentences))
        asked = vectors[min(2, len(vectors) - 1)]
        return f"What {words[0]} {words[1]} did {document.title} {words[2]}?", np.stack((asked, asked))


class Invented(Corpus):
    """Documents of one passage: words and names by Zipf's law, names that lead from passage to passage."""

    def __init__(self, count: int, dimension: int) -> None:
        super().__init__(count, dimension)
        odds = 1 / np.arange(1, VOCABULARY + 1)
        self.cumulative = np.cumsum(odds / odds.sum())

    def mentioned(self, number: int) -> NDArray[np.int64]:
        """The passages whose names the sentences of a passage say, shape (SENTENCES,): most of them near, some famous."""
        generator = np.random.default_rng((2, number))
        near = (number + generator.integers(1, 200, SENTENCES)) % self.count
        famous = np.minimum(generator.zipf(1.3, SENTENCES) - 1, self.count - 1)
        return np.where(generator.random(SENTENCES) < 0.6, near, famous).astype(np.int64)

    def words(self, number: int) -> list[list[str]]:
        """The words of each sentence."""
        drawn = np.searchsorted(self.cumulative, np.random.default_rng((3, number)).random((SENTENCES, WORDS)))
        return [[word(int(value)) for value in row] for row in drawn]

    def put(self, number: int) -> Put:
        """A document of one passage."""
        title = name(number)
        texts, spans, mentions = [], [], [Mention(title, (0, len(title)), "name")]
        at = 0
        for words, other in zip(self.words(number), self.mentioned(number).tolist(), strict=True):
            half = WORDS // 2
            start = f"{title if at == 0 else 'The'} {' '.join(words[:half])} "
            text = f"{start}{name(other)} {' '.join(words[half:])}."
            mentions.append(Mention(name(other), (at + len(start), at + len(start) + len(name(other))), "name"))
            texts.append(text)
            spans.append((at, at + len(text)))
            at += len(text) + 1
        text = " ".join(texts)
        document = Document(f"d{number:08d}", title, text, "", whole=True)
        passage = Passage(f"{document.id}#0", document.id, 0, title, "", text, (0, len(text)), tuple(spans))
        return document, [passage], [Extraction((Name(title, "title", 1.0),), tuple(mentions))]


class Permuted(Corpus):
    """The passages of a data set over and over, their names others each time, so that the graph grows like a real one.

    In each repetition every word of a name stands for another word of a name, the same one wherever it is said.
    """

    def __init__(self, path: Path, count: int, dimension: int) -> None:
        super().__init__(count, dimension)
        rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
        self._texts = [(row["title"], row["text"]) for row in rows]
        everything = " ".join(f"{title}. {text}" for title, text in self._texts)
        found = set(CAPITALISED.findall(everything))
        plain = set(PLAIN.findall(everything))
        self._names = sorted(name for name in found if name.lower() not in plain)
        self._number = {name: at for at, name in enumerate(self._names)}
        self._extractor = open_extractor("pattern")

    def document(self, number: int) -> Document:
        """A document by its number, those of the first repetition as they are."""
        repetition, which = divmod(number, len(self._texts))

        def other(match: re.Match[str]) -> str:
            at = self._number.get(match.group())
            return match.group() if at is None else self._names[(at + repetition * STEP) % len(self._names)]

        title, text = (CAPITALISED.sub(other, part) for part in self._texts[which])
        return Document(f"d{number:08d}", title, text, "", whole=True)

    def put(self, number: int) -> Put:
        """A document, with as many passages as its text makes."""
        document = self.document(number)
        passages = cut(document)
        return document, passages, [self._extractor.extract(document, passage) for passage in passages]
