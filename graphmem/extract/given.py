"""The user's own triples, each put into the sentence of its document that speaks of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import regex

from graphmem.errors import DocumentError
from graphmem.model import Document, Extraction, Mention, Passage, Span, Triple
from graphmem.protocols import Extractor
from graphmem.visible import storable

__all__ = ["GivenExtractor", "GivenTriples", "read_triples"]

_CONFIDENCE = 0.9

MAX_LINE_CHARACTERS = 16 * 1024**2
"""A longer line is refused, so that a file without line ends does not fill the memory."""


@dataclass(frozen=True, slots=True)
class GivenTriples:
    """What a file says of one document: names in it, and (subject, predicate, object) each."""

    entities: tuple[str, ...] = ()
    triples: tuple[tuple[str, str, str], ...] = ()


def read_triples(path: Path) -> tuple[dict[str, GivenTriples], str]:
    """A file of lines ``{"id", "entities": […], "triples": [[s, p, o], …]}``, by document id.

    A triple without three parts is left out, and the second value says so in one sentence ("" where all are whole).
    Raises :class:`DocumentError` where the file or one of its lines cannot be read.
    """
    found: dict[str, GivenTriples] = {}
    odd: list[int] = []
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(iter(lambda: file.readline(MAX_LINE_CHARACTERS + 1), ""), start=1):
                if len(line) > MAX_LINE_CHARACTERS:
                    raise DocumentError(
                        f"line {number} of {path} has more than {MAX_LINE_CHARACTERS:,} characters: divide it"
                    )
                if line.strip():
                    id_, entities, parts = _parsed(line, f"line {number} of {path}")
                    triples = [(p[0], p[1], p[2]) for p in parts if len(p) == 3 and all(p)]
                    odd += [number] * (len(parts) - len(triples))
                    known = found.get(id_, GivenTriples())
                    found[id_] = GivenTriples((*known.entities, *entities), (*known.triples, *triples))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise DocumentError(
            f"the triples in {path} cannot be read ({reason}): name a .jsonl file of triples"
        ) from error
    left_out = (
        f"{len(odd)} triples of {path} do not have three parts and were left out, the first in line {odd[0]}"
        if odd
        else ""
    )
    return found, left_out


def _parsed(line: str, where: str) -> tuple[str, list[str], list[list[str]]]:
    form = '{"id": …, "triples": [[subject, predicate, object], …]}'
    try:
        row = json.loads(line)
        triples = [[_plain(part) for part in triple] for triple in row.get("triples", ())]
        entities = [name for name in (_plain(name) for name in row.get("entities", ())) if name]
        return _plain(row["id"]), entities, triples
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DocumentError(f"{where} is not of the form {form}: correct it, or leave it out") from error


def _plain(part: object) -> str:
    return storable(str(part)).strip()


class GivenExtractor:
    """Adds the user's triples to what another extractor finds."""

    def __init__(self, base: Extractor, given: Mapping[str, GivenTriples]) -> None:
        self._base = base
        self._given = given
        self._document: Document | None = None
        self._located = _Located((), ())
        self.id = base.id

    def extract(self, document: Document, passage: Passage) -> Extraction:
        """The base extraction, with the given triples and names that belong into this passage."""
        found = self._base.extract(document, passage)
        given = self._given.get(document.id)
        if given is None:
            return found
        if self._document != document:
            # Once for all its passages: to look through the document for each takes quadratic time.
            self._document, self._located = document, _located(document.text, given)
        placed = [_placed(document, passage, triple) for triple in self._located.triples]
        taken = [mention.span for mention in found.mentions]
        mentions = [
            Mention(document.text[a:b], (a, b), "name")
            for a, b in self._located.names
            if passage.span[0] <= a < passage.span[1] and not any(a < d and c < b for c, d in taken)
        ]
        return replace(
            found,
            mentions=tuple(sorted((*found.mentions, *mentions), key=lambda mention: mention.span)),
            triples=found.triples + tuple(triple for triple in placed if triple is not None),
        )


@dataclass(frozen=True, slots=True)
class _LocatedTriple:
    """A triple, and where its subject and object stand nearest to each other in its document."""

    parts: tuple[str, str, str]
    subject: Span | None
    object: Span | None


@dataclass(frozen=True, slots=True)
class _Located:
    """What is given for one document, where it stands in its text."""

    names: tuple[Span, ...]
    triples: tuple[_LocatedTriple, ...]


def _located(text: str, given: GivenTriples) -> _Located:
    names = tuple(span for name in given.entities for span in _places(text, name))
    return _Located(names, tuple(_located_triple(text, parts) for parts in given.triples))


def _located_triple(text: str, parts: tuple[str, str, str]) -> _LocatedTriple:
    subjects, objects = _places(text, parts[0]), _places(text, parts[2])
    near = [(abs(s[0] - o[0]), s, o) for s in subjects for o in objects]
    if near:
        return _LocatedTriple(parts, *min(near)[1:])
    return _LocatedTriple(parts, next(iter(subjects), None), next(iter(objects), None))


def _placed(document: Document, passage: Passage, located: _LocatedTriple) -> Triple | None:
    """The triple in the sentence that speaks of it, ``None`` where that lies in another passage.

    That is where the object stands nearest to the subject; one that is nowhere in the text belongs to its beginning.
    """
    parts, subject, object_ = located.parts, located.subject, located.object
    anchor = object_ or subject
    inside = passage.ordinal == 0 if anchor is None else passage.span[0] <= anchor[0] < passage.span[1]
    if not inside or not passage.sentences:
        return None
    at = anchor[0] if anchor is not None else passage.span[0]
    sentence = next((span for span in passage.sentences if span[0] <= at < span[1]), passage.sentences[0])
    predicate = next(iter(_places(document.text, parts[1], *sentence)), None)
    texts = tuple(
        part if span is None else document.text[slice(*span)]
        for part, span in zip(parts, (subject, predicate, object_), strict=True)
    )
    return Triple(texts[0], texts[1], texts[2], sentence, (subject, predicate, object_), _CONFIDENCE, "given")


_MOST_PLACES = 50


def _places(text: str, part: str, start: int = 0, end: int | None = None) -> list[Span]:
    pattern = regex.compile(rf"(?<!\w){regex.escape(part)}(?!\w)", regex.IGNORECASE)
    found = pattern.finditer(text, start, len(text) if end is None else end)
    return [match.span() for match, _ in zip(found, range(_MOST_PLACES), strict=False)]
