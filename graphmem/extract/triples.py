"""Subject-predicate-object triples by rules of English: what each sentence of a passage says of whom."""

from __future__ import annotations

from typing import Literal

from graphmem.extract.patterns import Part, Reading, Relation, Sentence, appositions, possessions, read_sentence
from graphmem.extract.patterns.lexicon import (
    ATTRIBUTES,
    BE,
    EMPTY,
    FUNCTION_WORDS,
    GROUPS,
    PERSON_PRONOUNS,
    POSSESSIVES,
    PRONOUNS,
    SYNONYMS,
    THINGS,
)
from graphmem.folding import fold
from graphmem.model import Document, Passage, Span, Triple

__all__ = ["extract_triples"]

Stands = Literal["", "whole", "owner"]
"""What of a subject stands for the title: nothing, all ("He", "The film"), whose it is ("His father")."""

MAX_SENTENCE = 2000
"""Characters; a longer "sentence" is a table or a list, and has no clauses to read."""
MAX_SUBJECT, MAX_OBJECT = 14, 24
"""Tokens."""
OPENING = 200
"""Characters at the start of a document in which its title must appear for the title to be its topic."""

RESOLVED, UNRESOLVED = 0.9, 0.6
"""Factors on the confidence where a pronoun stands for the title, and where it stands for nobody known."""


def extract_triples(document: Document, passage: Passage) -> list[Triple]:
    """The triples of a passage, in the order of the text, source "pattern".

    Predicate and object are spans of their sentence, and so is the subject, with two exceptions, both ``None`` in
    ``spans``: a subject that stands for the title, which is then the document's title; and the predicate "born" or
    "died" of dates in brackets that only a dash divides ("Ann Lee (1850 – 1901)").

    The subject is the title where a sentence opens with he, she, it or they (or with his, her, its or their before a
    noun), the passage's topic is the title, and no other subject came in between; and where it is "the film" and a
    definition has called the title's bearer a film. The topic is the title when the document opens with it or the
    passage opens with such a pronoun. Every other pronoun is kept as it is written.

    ``confidence``: 0.95 dates of a life in brackets, 0.9 copula, 0.85 passive, 0.8 modifiers ("directed by"),
    appositions and possessives, 0.75 other verbs; times 0.9 where the subject stands for the title, times 0.6 where
    it is a pronoun that nothing resolves.
    """
    topic = _Topic(document, passage)
    triples: list[Triple] = []
    for span in passage.sentences:
        if span[1] - span[0] > MAX_SENTENCE:
            continue
        sentence = Sentence(document.text, span)
        reading = read_sentence(sentence, topic.words)
        stands = topic.follow(sentence, reading)
        known = stands or (reading.subject is not None and _is_name(sentence, reading.subject))
        owner = reading.subject if known else None
        relations = [*reading.relations, *appositions(sentence), *possessions(sentence, owner)]
        seen: set[tuple[Span | str, ...]] = set()
        for relation in relations:
            triple = _triple(sentence, span, relation, reading.subject, stands, document.title)
            if triple is not None and (key := (triple.subject, triple.predicate, triple.object)) not in seen:
                seen.add(key)
                triples.append(triple)
    return triples


class _Topic:
    """Follows, sentence by sentence, whether a pronoun may stand for the document's title."""

    def __init__(self, document: Document, passage: Passage) -> None:
        title = document.title.partition(" (")[0]
        self.words = tuple(Sentence(title, (0, len(title))).lowers[:-3])
        self._names = {word for word in fold(title).split() if word not in FUNCTION_WORDS}
        opening = set(fold(document.text[:OPENING]).split())
        self._current = bool(self._names & opening)
        self._first = passage.sentences[0] if passage.sentences and self._names else (0, 0)
        self._owner = False
        self._kinds: set[str] = set()
        self._person: bool | None = None

    def follow(self, s: Sentence, reading: Reading) -> Stands:
        """Takes in the next sentence; what of its first subject stands for the title."""
        subject = reading.subject
        if subject is None:
            return ""
        first = s.lowers[subject[0]]
        if subject[1] - subject[0] == 1 and first in PRONOUNS:
            self._owner = False
            if s.starts[0] < self._first[1] and "N" not in s.tags[1 : subject[0]]:
                self._current = True
            return "whole" if self._pronoun(first) else ""
        if first in POSSESSIVES:
            self._owner |= self._current
            # "Her mother was Magda. She …": she is still the one whose mother it was.
            return "owner" if self._owner else ""
        self._owner = False
        words = set(fold(s.text[slice(*s.span(subject))]).split())
        if first in ("the", "this") and subject[1] - subject[0] == 2:
            noun = s.words[subject[0] + 1]
            if noun in self._kinds:
                self._current = True
                return "whole"
            return "owner" if self._current and noun in ATTRIBUTES else ""
        self._current = bool(words & self._names)
        if self._current and reading.kind:
            self._kinds |= {reading.kind, *SYNONYMS.get(reading.kind, ())}
            self._person = False if self._kinds & THINGS else None
        return ""

    def _pronoun(self, pronoun: str) -> bool:
        if not self._current:
            return False
        if pronoun in PERSON_PRONOUNS:
            fits = self._person is not False
            self._person = True if fits else self._person
        elif pronoun == "it":
            fits = self._person is not True
        else:
            fits = bool(self._kinds & GROUPS)
        return fits


def _is_name(s: Sentence, part: Part) -> bool:
    return s.tags[part[1] - 1] in "NQ#" and s.lowers[part[0]] not in EMPTY


def _triple(
    s: Sentence, sentence: Span, relation: Relation, first: Part | None, stands_for: Stands, title: str
) -> Triple | None:
    """The relation as a triple; ``first`` is the sentence's subject, of which ``stands_for`` means the title."""
    subject, predicate, confidence = relation.subject, relation.predicate, relation.confidence
    if subject[1] - subject[0] > MAX_SUBJECT or not _says_something(s, relation.object):
        return None
    stands = stands_for == "whole" and subject == first
    # "Her mother was X and her father was Y": both are hers.
    hers = stands_for == "owner" and first is not None and s.lowers[subject[0]] == s.lowers[first[0]]
    if hers and (attribute := _attribute(s, subject, predicate)) is not None:
        predicate, stands = attribute, True
    subject_span = None if stands else _trimmed(s, subject)
    if stands:
        confidence *= RESOLVED
    elif s.lowers[subject[0]] in EMPTY and subject[1] - subject[0] == 1:
        confidence *= UNRESOLVED
    predicate_span = None if isinstance(predicate, str) else s.span(predicate)
    object_span = _trimmed(s, relation.object)
    return Triple(
        title if subject_span is None else s.text[slice(*subject_span)],
        str(predicate) if predicate_span is None else s.text[slice(*predicate_span)],
        s.text[slice(*object_span)],
        sentence,
        (subject_span, predicate_span, object_span),
        round(confidence, 3),
        "pattern",
    )


def _attribute(s: Sentence, subject: Part, predicate: Part | str) -> Part | None:
    """ "father was" out of "His father was": said of him, the words between are the predicate."""
    if isinstance(predicate, str):
        return None
    if s.lowers[predicate[0] - 1] in POSSESSIVES:
        # "His mother was X and his father …": the second one's predicate is whole already.
        return predicate
    if predicate[0] != subject[1] or s.words[predicate[0]] not in BE:
        return None
    return subject[0] + 1, predicate[1]


def _says_something(s: Sentence, part: Part) -> bool:
    length = part[1] - part[0]
    return 0 < length <= MAX_OBJECT and any(s.lowers[i] not in EMPTY and s.tags[i] != "P" for i in range(*part))


def _trimmed(s: Sentence, part: Part) -> Span:
    """The characters of a part, without the possessive mark at its end."""
    start, end = s.span(part)
    word = s.words[part[1] - 1]
    return start, end - (2 if word.endswith(("'s", "’s")) and len(word) > 2 else 1 if word.endswith(("'", "’")) else 0)
