"""Clauses of a sentence, read without a parser: who does what to whom, and the rest with its prepositions.

Only the clauses of a verb that is looked for are read, which makes the reading sure where a parser would have to guess: the
words around a verb that is known to be one say what its subject and objects are. Whatever is not understood is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex

from graphmem.folding import fold
from graphmem.natlog.align import NEGATIONS, UNCERTAIN
from graphmem.natlog.lexicon import is_verb_form
from graphmem.natlog.quantities import value_of

__all__ = [
    "BE",
    "Clause",
    "Hanging",
    "Phrase",
    "Word",
    "attached",
    "clauses_of",
    "complements",
    "is_adverb",
    "is_participle",
    "phrase",
    "roles",
    "words_in",
]

_WORD = regex.compile(
    r"\p{N}{4}-\p{N}{2}-\p{N}{2}(?!\p{N})|\p{N}+(?:[.,:/]\p{N}+)*%?|(?:\p{Lu}\.)+|[\p{L}\p{M}][\p{L}\p{M}\p{N}]*(?:[-'’&][\p{L}\p{M}\p{N}]+)*(?:(?<=s)['’](?=\s\p{L}))?|\S"
)
BE = frozenset("is are was were be been being".split())
_AUXILIARIES = BE | frozenset("has have had do does did can could will would shall should may might must".split())
_DETERMINERS = frozenset("the a an this that these those some any each every no both all several many few".split())
_POSSESSIVES = frozenset("his her its their my your our".split())
_PRONOUNS = frozenset("he she it they him them we us i you who whom which that one".split())
_PREPOSITIONS = frozenset(
    "in on at by for from to into onto of with without near over under after before during since until till between through "
    "against about as within upon behind across along around beside off out up down among towards toward per than like".split()
)
_BREAKS = frozenset(
    "because although though while whereas but if unless when where who whom which whose that so and or nor".split()
)
_ADVERBS = frozenset(
    "also again later first still now today then twice once not never already only ever soon there here always often however "
    "too together yet just even almost".split()
)
_CLOSED = _AUXILIARIES | _DETERMINERS | _POSSESSIVES | _PRONOUNS | _PREPOSITIONS | _BREAKS | _ADVERBS
_LONGEST = 9
"""Words of a noun phrase."""
_ASIDE = 14
"""Words between the commas of an aside."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word or mark with its span; ``kind`` is "N" for a name's, "#" for a number, "w" for another word, "P" for a mark."""

    text: str
    folded: str
    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase without what hangs on it by a preposition: words ``start`` to ``end``, of which the last is its head."""

    start: int
    end: int

    @property
    def head(self) -> int:
        return self.end - 1


Hanging = tuple[str, Phrase]
"""A phrase and the preposition that it hangs by, "" where it stands without one."""
_Subject = tuple[Phrase, list[Hanging], bool]
"""A subject, what hangs on it, and whether a passive stands before."""


@dataclass(frozen=True, slots=True)
class Clause:
    """What is said with one verb: its first word, its phrases.

    ``agent`` does it and ``patient`` is what it is done to, whatever the voice; ``rest`` holds the others, each with its
    preposition, in order. ``denied`` says whether it is told as not so, ``unsure`` are the words by which it is not
    told as a fact, and ``end`` is where what was read ends.
    """

    verb: int
    agent: Phrase | None
    patient: Phrase | None
    rest: tuple[Hanging, ...]
    denied: bool
    unsure: frozenset[str]
    end: int


@lru_cache(maxsize=4096)
def words_in(text: str) -> tuple[Word, ...]:
    """The words of a text."""
    found: list[Word] = []
    for match in _WORD.finditer(text):
        word, opens = match.group(), not found or found[-1].text in '.!?:;"“'
        kind = "#" if word[0].isdigit() else "P" if not word[0].isalnum() else "N" if word[0].isupper() else "w"
        lower = word.lower()
        if kind == "N" and lower in _CLOSED and (opens or lower != "us"):
            kind = "w"
        found.append(Word(word, fold(word), match.start(), match.end(), kind))
    if len(found) > 1 and found[0].kind == "N" and found[1].kind == "w" and found[1].folded not in _CLOSED:
        # "Salt corrodes …", "Old boats …": a capital at the beginning says nothing, unless a verb follows a name.
        found[0] = Word(found[0].text, found[0].folded, found[0].start, found[0].end, "n")
    return tuple(found)


def _is_nominal(words: Sequence[Word], at: int) -> bool:
    word = words[at]
    return word.kind in "Nn#" or (word.kind == "w" and word.folded not in _CLOSED) or word.text in '&"“”'


def phrase(words: Sequence[Word], at: int, stop: int) -> Phrase | None:
    """The noun phrase that begins at a place, read up to ``stop``."""
    if at >= stop:
        return None
    if words[at].folded in _PRONOUNS and words[at].kind == "w":
        return Phrase(at, at + 1)
    begin = at
    while begin < stop and begin < at + 2 and words[begin].folded in _DETERMINERS | _POSSESSIVES:
        begin += 1
    end = begin
    while end < stop and end - begin < _LONGEST:
        if end > begin and words[end].folded == "and" and words[end - 1].kind == "N":
            if end + 1 < stop and words[end + 1].kind == "N":
                end += 1
                continue
            break
        if _is_year_of_date(words, end, stop):
            end += 2
            continue
        if not _is_nominal(words, end) or (end > begin and _opens_another(words, end, stop)):
            break
        end += 1
    while end > begin and words[end - 1].text in '&"“”':
        end -= 1
    return Phrase(at, end) if end > begin else None


def _is_year_of_date(words: Sequence[Word], at: int, stop: int) -> bool:
    """Whether a comma stands between a day and its year: "April 5, 2021"."""
    if words[at].text != "," or at < 2 or at + 1 >= stop or words[at - 1].kind != "#":
        return False
    return words[at - 2].kind == "N" and words[at + 1].kind == "#" and len(words[at + 1].text) == 4


def _opens_another(words: Sequence[Word], at: int, stop: int) -> bool:
    """Whether a number or a participle at a place begins something new ("the institute two years after", "boat built by")."""
    word, after = words[at], words[at + 1] if at + 1 < stop else None
    if word.kind == "#" or value_of(word.folded) is not None:
        return words[at - 1].kind == "w" and after is not None and after.kind == "w" and after.folded not in _CLOSED
    if word.kind == "w" and word.text.endswith("ly"):
        return True
    if not is_participle(word):
        return False
    # "Dana studied oceanography", "the group chose a supplier", "boat built by"; not "the old painted wall".
    return words[at - 1].kind in "Nn" or after is None or after.folded in _CLOSED or after.kind in "N#P"


def is_adverb(word: Word) -> bool:
    """Whether a word may stand between the words of a verb and its phrases."""
    return word.folded in _ADVERBS or (word.kind == "w" and word.text.endswith("ly"))


def is_participle(word: Word) -> bool:
    """Whether a word has the form of a past participle, or of a past."""
    return word.kind == "w" and (word.text.endswith("ed") or is_verb_form(word.folded))


def roles(
    subject: Phrase | None, object_: Phrase | None, rest: list[Hanging], *, passive: bool
) -> tuple[Phrase | None, Phrase | None, list[Hanging]]:
    """Agent, patient and the rest of a clause: of a passive the subject is the patient, and who stands behind "by" the agent."""
    if not passive:
        return subject, object_, rest
    agent = next((read for preposition, read in rest if preposition == "by"), None)
    others = [pair for pair in rest if pair[1] is not agent]
    return agent, subject, others if object_ is None else [("", object_), *others]


def attached(words: Sequence[Word], at: int, stop: int) -> tuple[list[Hanging], int]:
    """Phrases that hang on what ends at a place, each by its preposition, and where the last ends."""
    found: list[Hanging] = []
    while at + 1 < stop and words[at].folded in _PREPOSITIONS and words[at].kind == "w":
        read = phrase(words, at + 1, stop)
        if read is None:
            break
        found.append((words[at].folded, read))
        at = read.end
    return found, at


def complements(words: Sequence[Word], at: int, stop: int) -> tuple[Phrase | None, list[Hanging], int]:
    """What follows a verb: its object, the phrases with prepositions, and where they end."""
    while at < stop and is_adverb(words[at]):
        at += 1
    read = phrase(words, at, stop) if at < stop and words[at].folded not in _PREPOSITIONS else None
    at = at if read is None else read.end
    rest: list[Hanging] = []
    while at < stop:
        found, end = attached(words, at, stop)
        rest += found
        if end == at:
            comma = words[at].text == "," and at + 1 < stop and words[at + 1].folded in _PREPOSITIONS
            if not comma and words[at].folded not in _ADVERBS:
                bare = phrase(words, at, stop) if found or read is not None else None
                if bare is None or words[at].text == ",":
                    break
                rest.append(("", bare))
                end = bare.end
            else:
                end = at + 1
        at = end
    return read, rest, at


def clauses_of(text: str, says: Callable[[str], bool]) -> Iterator[Clause]:
    """The clauses of a sentence whose verb, folded, is one that is looked for."""
    words = words_in(text)
    for at, word in enumerate(words):
        if word.kind == "w" and says(word.folded) and (word.folded not in _CLOSED or _stands_alone(words, at)):
            clause = _clause(words, at)
            if clause is not None:
                yield clause


def _stands_alone(words: Sequence[Word], at: int) -> bool:
    """Whether a form of *be* or *have* is a verb of its own, and not the auxiliary of a participle behind it."""
    word = words[at].folded
    after = next((w for w in words[at + 1 :] if w.folded not in _ADVERBS | NEGATIONS), None)
    if word not in BE | {"has", "have", "had"} or after is None:
        return False
    if word in BE:
        return not (after.kind == "w" and (after.text.endswith(("ed", "ing")) or is_verb_form(after.folded)))
    return (
        after.kind != "w" or after.folded in _DETERMINERS or not (after.folded in _CLOSED or after.text.endswith("ed"))
    )


def _clause(words: Sequence[Word], verb: int) -> Clause | None:
    start = verb
    while start and (
        words[start - 1].folded in _AUXILIARIES | _ADVERBS | {"to"}
        or (words[start - 1].text.endswith("ly") and start > 1)
    ):
        start -= 1
    group = [words[i].folded for i in range(start, verb)]
    if "to" in group:
        return None
    found = _subject(words, start)
    if found is None:
        return None
    subject, hanging, passive_before = found
    bare = not any(word in _AUXILIARIES for word in group)
    reduced = bare and verb + 1 < len(words) and words[verb + 1].folded == "by"
    passive = (any(word in BE for word in group) or (bare and passive_before) or reduced) and not words[
        verb
    ].text.endswith("ing")
    passive = passive and words[verb].folded not in BE
    stop = next((i for i in range(verb + 1, len(words)) if _ends_clause(words, i)), len(words))
    read, rest, end = complements(words, verb + 1, stop)
    if passive and read is not None and bare:
        # "was found by Ivo and sold the map": an object makes it active again.
        passive = False
    begin = _clause_start(words, start)
    lead, _ = attached(words, begin, start)
    hanging = [*(pair for pair in lead if pair not in hanging), *hanging]
    # "Her deputy Alan Rusk lives …": what a named person is or was leaves what they do as it is.
    own = range(subject.start, subject.end) if words[subject.head].kind == "N" else range(0)
    # "The crane failed": only what somebody failed to do was not done.
    before = {words[i].folded for i in range(begin, verb) if i not in own and not _has_failed(words, i)}
    agent, patient, rest = roles(subject, read, rest, passive=passive)
    denied = sum(words[i].folded in NEGATIONS for i in range(begin, max(end, verb + 1))) % 2 == 1
    return Clause(
        verb,
        agent,
        patient,
        (*hanging, *rest),
        denied,
        frozenset(before & UNCERTAIN),
        max(end, verb + 1),
    )


def _has_failed(words: Sequence[Word], at: int) -> bool:
    return words[at].folded.startswith("fail") and words[at + 1].folded != "to"


def _ends_clause(words: Sequence[Word], at: int) -> bool:
    word = words[at]
    if word.text in ";:—()" or (word.folded in _BREAKS and word.folded not in ("and", "or")):
        return True
    return word.folded in ("and", "or") and not (
        words[at - 1].kind == "N" and at + 1 < len(words) and words[at + 1].kind == "N"
    )


def _clause_start(words: Sequence[Word], at: int) -> int:
    return next((i + 1 for i in range(at - 1, -1, -1) if words[i].text in ";:—"), 0)


def _subject(words: Sequence[Word], verb: int) -> _Subject | None:
    """The subject of the verb group that begins at a place, what hangs on it, and whether a passive stands before it."""
    if not verb:
        return None
    before, begin = words[verb - 1], _clause_start(words, verb)
    if before.folded in ("who", "which", "that") and before.kind == "w":
        at = verb - 1 - (words[verb - 2].text == "," if verb > 1 else 0)
        return _antecedent(words, begin, at)
    if before.folded in ("and", "but", "then", "or") or (before.text == "," and _has_verb(words, begin, verb - 1)):
        # "… joined it in 2016 and leads it": the subject of the verb before.
        return _shared(words, begin, verb)
    if before.text == ",":
        if verb + 1 < len(words) and words[verb + 1].folded == "by":
            # "The finance team, led by Olga Reiss, …"
            return _antecedent(words, begin, verb - 1)
        return _before_aside(words, begin, verb - 1)
    return _ending(words, begin, verb)


def _ending(words: Sequence[Word], begin: int, end: int) -> _Subject | None:
    """The noun phrase with all that hangs on it that ends at a place."""
    # "In 1955 the fisherman …": a phrase that opens the sentence does not belong to its subject.
    lead = attached(words, begin, min(begin + _LONGEST, end))[1]
    for start in range(begin, end):
        opened = start in (begin, lead) or words[start - 1].text in ",;:" or words[start - 1].folded in _BREAKS
        before = words[start - 1].folded if start > begin else ""
        if not opened and before not in _PREPOSITIONS:
            continue
        read = phrase(words, start, end)
        if read is None:
            continue
        hanging, after = attached(words, read.end, end)
        if after == end and (opened or not _hangs(words, begin, start - 1)):
            return read, hanging, False
    last = [phrase(words, start, end) for start in range(max(begin, end - 1), end)]
    single = last[0] if last else None
    if single is not None and words[single.start].folded in _PRONOUNS:
        return single, [], False
    return None


def _antecedent(words: Sequence[Word], begin: int, end: int) -> _Subject | None:
    """The noun phrase right before a relative pronoun, with those that it hangs on by "of"."""
    for start in range(max(begin, end - _ASIDE), end):
        opened = start == begin or not _is_nominal(words, start - 1)
        read = phrase(words, start, end) if opened and words[start].kind != "P" else None
        if read is None or (start > begin and words[start - 1].folded == "of"):
            continue
        hanging, after = attached(words, read.end, end)
        if after == end and all(preposition == "of" for preposition, _ in hanging):
            return read, hanging, False
    return None


def _hangs(words: Sequence[Word], begin: int, preposition: int) -> bool:
    """Whether a preposition hangs on a noun before it, and does not open the clause ("In May the yard …")."""
    return preposition > begin and _is_nominal(words, preposition - 1)


def _has_verb(words: Sequence[Word], begin: int, end: int) -> bool:
    return any(w.kind == "w" and (w.folded in _AUXILIARIES or is_participle(w)) for w in words[begin:end])


def _shared(words: Sequence[Word], begin: int, verb: int) -> _Subject | None:
    """The subject that opens the clause, for a second verb; a second subject in between makes it unsure."""
    read = phrase(words, begin, verb)
    if read is None:
        return None
    hanging, after = attached(words, read.end, verb)
    group = [words[i].folded for i in range(after, min(after + 3, verb))]
    if not group:
        return None
    return read, hanging, bool(group[0] in BE)


def _before_aside(words: Sequence[Word], begin: int, comma: int) -> _Subject | None:
    """ "Mei Tanaka, an engineer from Sapporo, designed": what stands before the aside's first comma, if it opens the clause."""
    opening = next((i for i in range(max(begin + 1, comma - _ASIDE), comma) if words[i].text == ","), -1)
    if opening < 0 or any(words[i].text == "," for i in range(opening + 1, comma)):
        return None
    read = phrase(words, begin, opening)
    if read is None:
        return None
    hanging, after = attached(words, read.end, opening)
    return (read, hanging, False) if after == opening else None
