"""Clauses: a subject, its verb group, and what the verb group says of it.

A sentence is read once from left to right. Each clause gives one relation for every complement: "X was born in Y on
Z" is (X, was born in, Y) and (X, was born, Z). What the rules do not know ends the clause and gives nothing.
"""

from __future__ import annotations

from graphmem.extract.patterns.complements import (
    ACTIVE,
    COPULA,
    MODIFIER,
    PASSIVE,
    complement,
    complements,
    is_kin,
    listed,
    modifier,
    modifies,
)
from graphmem.extract.patterns.lexicon import (
    ADJACENT,
    CONDITIONALS,
    DETERMINERS,
    EMPTY,
    FIELDS,
    FUNCTION_WORDS,
    LISTING,
    OFFICES,
    PREPOSITIONS,
    PRONOUNS,
)
from graphmem.extract.patterns.parentheses import life
from graphmem.extract.patterns.phrases import (
    Part,
    Sentence,
    closing,
    date,
    is_participle,
    is_verb,
    noun_phrase,
    object_phrase,
    title_tail,
)
from graphmem.extract.patterns.relation import Reading
from graphmem.extract.patterns.verbs import participial, verb_group

__all__ = ["read_sentence"]

APPOSITION = 0.8
MAX_LEAD = 4
"""Commas before the main clause."""
MAX_CLAUSES = 12
MAX_KINDS = 6
MAX_ASIDE = 30
"""Tokens between a subject and its verb."""
MAX_SUBJECT = 14
"""Tokens of a subject with what is attached to its noun."""

_ATTACHED = frozenset("of for in on at with from to between under".split())
_LOCAL = frozenset("in on at near from of between within by".split())
_JOINING = ("and", "but", "while", "whereas")


def read_sentence(s: Sentence, title: tuple[str, ...] = ()) -> Reading:
    """The relations of a sentence; ``title`` are the tokens, in lower case, of a title that it may open with.

    A question and a sentence under a condition ("If …") state nothing.
    """
    reading = Reading()
    if s.length < 3 or s.words[s.length - 1] == "?" or s.lowers[0] in CONDITIONALS:
        return reading
    opened = len(title) if title and tuple(s.lowers[: len(title)]) == title else 0
    if opened and s.tags[opened] == "N":
        opened = 0
    i = _main_clause(s, opened, reading)
    for _ in range(MAX_CLAUSES):
        after = _next_clause(s, i, reading)
        if after <= i:
            break
        i = after
    return reading


# --- the main clause -----------------------------------------------------------------------------------


def _main_clause(s: Sentence, opened: int, reading: Reading) -> int:
    """Finds the first subject that has its verb where it must be, after no more than a few commas."""
    i, when = (0, None) if opened else _lead(s)
    for _ in range(MAX_LEAD):
        end = opened or _subject(s, i)
        if end > i:
            verb = _after_subject(s, (i, end), reading)
            if verb is not None:
                _opening(s, (i, end), reading)
                return _predicate(s, verb, (i, end), reading, when)
            if s.tags[i] == "N" and s.tags[end - 1] == "N" and s.words[end] == "," and not participial(s, i):
                # "Acme of Arden, Maine bought …": what comes after the comma belongs to the name.
                break
        i = next((j + 1 for j in range(i, s.length) if s.words[j] in (",", ";")), s.length)
        if opened or i >= s.length:
            break
    return s.length


def _lead(s: Sentence) -> tuple[int, Part | None]:
    """Where the first clause may start, after "In 1902" and its comma, and the date that stands there."""
    end = date(s, 1) if s.lowers[0] in PREPOSITIONS else 0
    return (end + (s.words[end] == ","), (1, end)) if end > 1 else (0, None)


def _opening(s: Sentence, subject: Part, reading: Reading) -> None:
    """ "Directed by Y, X …", "The son of Y, X …": what opens the sentence is said of its subject."""
    if subject[0] < 3 or s.words[subject[0] - 1] != ",":
        return
    before = len(reading.relations)
    if s.words[1] in PREPOSITIONS and participial(s, 0) and not s.lowers[0].endswith("ing"):
        complement(s, 0, 1, subject, reading, MODIFIER, split=s.words[1] == "by")
    elif s.lowers[0] in DETERMINERS:
        end = noun_phrase(s, 0, subject=True, joined=False)
        if s.tags[end - 1] == "w" and s.words[end] == "of":
            complement(s, 0, end, subject, reading, MODIFIER, split=is_kin(s, (0, end)))
    # A list may have run on over the comma into the subject.
    reading.relations[before:] = [r for r in reading.relations[before:] if r.object[1] < subject[0]]


def _subject(s: Sentence, i: int) -> int:
    if s.lowers[i] in PRONOUNS and (i == 0 or s.tags[i] == "w"):
        return i + 1
    end = noun_phrase(s, i, subject=True)
    if end == i or (end == i + 1 and s.lowers[i] in EMPTY):
        return i
    if s.tags[end - 1] == "w" or s.lowers[i] in DETERMINERS:
        while s.words[end] in _ATTACHED and end - i < MAX_SUBJECT:
            after = noun_phrase(s, end + 1, subject=True)
            if after == end + 1:
                break
            end = after
    if s.words[end] == "and" and s.tags[end - 1] == s.tags[end + 1] == "N":
        after = noun_phrase(s, end + 1, subject=True)
        if verb_group(s, after) is not None:
            end = after
    return end


def _after_subject(s: Sentence, subject: Part, reading: Reading) -> int | None:
    """Where the verb of the subject stands, past other names, brackets and an aside; ``None`` for no verb."""
    i = subject[1]
    if subject[1] - subject[0] > 1 or s.lowers[subject[0]] not in EMPTY:
        i = _brackets(s, _other_names(s, subject, reading), subject, reading)
        tail = title_tail(s, i)
        if tail > i:
            i = _brackets(s, tail + (s.words[tail] == "," and s.words[tail + 1] == "("), subject, reading)
        if s.words[i] == ",":
            if verb_group(s, i + 1) is None or modifies(s, i + 1):
                return _aside(s, subject, i + 1, reading)
            i += 1
    return i if verb_group(s, i) is not None else None


def _brackets(s: Sentence, i: int, subject: Part, reading: Reading) -> int:
    while (end := closing(s, i)) > i:
        reading.relations += life(s, subject, (i + 1, end - 1))
        i = end
    return i


def _other_names(s: Sentence, subject: Part, reading: Reading) -> int:
    """The index after "X or Y", "X née Y"."""
    i = subject[1]
    if s.words[i] not in ("or", "née", "nee") or s.tags[i + 1] not in "NQ":
        return i
    end = noun_phrase(s, i + 1, subject=True)
    if s.words[i] != "or":
        reading.add(subject, (i, i + 1), (i + 1, end), MODIFIER)
    return end


def _aside(s: Sentence, subject: Part, i: int, reading: Reading) -> int | None:
    """Reads "X, the son of Y, " and "X, born in Y, " and gives where the verb after the aside stands."""
    before = len(reading.relations)
    if modifies(s, i):
        after = modifier(s, i, subject, reading)
        after += s.words[after] in (",", ")")
        if after > i and verb_group(s, after) is not None:
            return after
    verb = next(
        (
            j + 1
            for j in range(i, min(s.length, i + MAX_ASIDE))
            if s.words[j] in (",", ")") and not is_participle(s, j + 1) and verb_group(s, j + 1) is not None
        ),
        None,
    )
    if verb is None:
        del reading.relations[before:]
    elif s.words[i] in ("who", "which") and verb_group(s, i + 1) is not None:
        _predicate(s, i + 1, subject, reading)
    else:
        end = noun_phrase(s, i, subject=True, joined=False)
        if end > i and s.tags[end - 1] == "w" and s.words[end] in ("of", "in", "to", "from"):
            complement(s, i, end, subject, reading, APPOSITION, split=is_kin(s, (i, end)))
    return verb


# --- what a verb group says ----------------------------------------------------------------------------


def _predicate(s: Sentence, i: int, subject: Part, reading: Reading, when: Part | None = None) -> int:
    """Reads the verb group at ``i`` and its complements; the index after them.

    ``when`` is a date that opened the sentence, said of a verb without an object.
    """
    if reading.subject is None:
        reading.subject = subject
    group = verb_group(s, i)
    if group is None:
        return i
    end, kind = group
    verb = (i, end)
    if when and kind in ("passive", "active") and s.words[end] in PREPOSITIONS:
        reading.add(subject, verb, when, PASSIVE)
    if kind == "be":
        return _nominal(s, verb, subject, reading)
    if s.words[end - 1] in LISTING and kind == "active":
        return listed(s, verb, subject, reading)
    confidence = PASSIVE if kind == "passive" else ACTIVE
    after = object_phrase(s, end)
    if after == end or (kind == "passive" and s.words[end].endswith("ing")):
        return complements(s, verb, end, subject, reading, confidence)
    if kind != "have" or s.words[after] != "of":
        reading.add(subject, verb, (end, after), confidence)
    return complements(s, verb, after, subject, reading, confidence)


def _nominal(s: Sentence, verb: Part, subject: Part, reading: Reading) -> int:
    """After *be* or *become*: what the subject is, and of, in or by what."""
    i = verb[1]
    end = noun_phrase(s, i, joined=False)
    if end == i:
        return _local(s, verb, subject, reading) if s.words[i] in _LOCAL else i
    if not reading.kind and subject == reading.subject:
        reading.kind = s.lowers[end - 1]
    if s.words[end] == "of" and s.tags[end - 1] == "N" and s.words[end - 1] not in OFFICES:
        end = noun_phrase(s, i)
    bare = s.tags[i] == "w" and s.words[i] not in DETERMINERS
    infinitive = s.words[end] == "to" and s.tags[end + 1] == "w" and s.words[end + 1] not in DETERMINERS
    if bare and infinitive and s.words[end - 1] not in ADJACENT:
        return end
    items, end = _kinds(s, i, end)
    if s.words[end] == "of":
        if len(items) > 1 and s.words[items[-1][0]] in DETERMINERS:
            # "was an actor and the son of Y": the last noun stands for itself.
            for item in items[:-1]:
                reading.add(subject, verb, item, COPULA)
            verb = (items[-1][0], items[-1][0])
        return complements(s, verb, end, subject, reading, COPULA, split=is_kin(s, (verb[1], end)))
    if not bare or any(s.tags[j] in "N#Q" for j in range(*items[0])):
        for item in items:
            reading.add(subject, verb, item, COPULA)
    if s.words[end] in ("who", "which", "that") and verb_group(s, end + 1) is not None:
        return _predicate(s, end + 1, subject, reading)
    return complements(s, verb, end, subject, reading, COPULA)


def _local(s: Sentence, verb: Part, subject: Part, reading: Reading) -> int:
    """ "is in Y", "was from Y"; not "It was in 1902 that …"."""
    before = len(reading.relations)
    after = complements(s, verb, verb[1], subject, reading, PASSIVE)
    if s.words[after] == "that":
        del reading.relations[before:]
    return after


def _kinds(s: Sentence, i: int, end: int) -> tuple[list[Part], int]:
    """The nouns of a definition: "an actor, singer and owner" is three."""
    items = [(i, end)]
    while len(items) < MAX_KINDS:
        j = end + (s.words[end] == ",")
        j += s.words[j] == "and"
        if j == end or s.tags[j] not in "wN" or modifies(s, j) or is_participle(s, j):
            break
        if s.words[j] in FUNCTION_WORDS - {"a", "an", "the"}:
            break
        after = noun_phrase(s, j, subject=True, joined=False)
        if after == j or is_verb(s, after) or s.tags[after - 1] != "w" or s.tags[items[0][1] - 1] != "w":
            break
        items.append((j, after))
        end = after
    if len(items) > 1 and s.words[items[0][1] - 1] in FIELDS:
        # "a film and television director" is one.
        items = [(i, end)]
    return items, end


# --- further clauses -----------------------------------------------------------------------------------


def _next_clause(s: Sentence, i: int, reading: Reading) -> int:
    """A second verb of the same subject after "and", or a new clause after "and", "but", "while" or ";"."""
    i = closing(s, i)
    j = i + (s.words[i] in (",", ";"))
    joined = s.words[j] in _JOINING
    j += joined
    if j == i or reading.subject is None:
        return i
    if verb_group(s, j) is not None:
        return _predicate(s, j, reading.subject, reading)
    end = _subject(s, j)
    if end == j or not (joined or s.words[i] == ";"):
        return i
    verb = _after_subject(s, (j, end), reading)
    return _predicate(s, verb, (j, end), reading) if verb is not None else i
