"""Clauses of a sentence, read without a parser: who does what to whom, and the rest with its prepositions.

Only the clauses of a verb that is looked for are read, which makes the reading sure where a parser would have to guess: the
words around a verb that is known to be one say what its subject and objects are. Whatever is not understood is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from graphmem.natlog.factuality import NEGATIONS, UNCERTAIN, UNSURE
from graphmem.natlog.lexicon import is_a, is_lemma, is_verb_form
from graphmem.natlog.phrases import (
    ADVERBS,
    AUXILIARIES,
    BE,
    BREAKS,
    CLOSED,
    DETERMINERS,
    LONGEST,
    PREPOSITIONS,
    PRONOUNS,
    Hanging,
    Phrase,
    Word,
    attached,
    complements,
    is_nominal,
    is_participle,
    phrase,
    words_in,
)
from graphmem.natlog.verbs import find_verb

__all__ = ["TO_DO", "Clause", "clauses_of", "roles"]

TO_DO = frozenset(("should", "must"))
"""What an order says of what it tells to do: it is not told as a fact."""
_OBJECTS = frozenset("it them its their your".split())
_TURNING = frozenset("because although though while whereas but".split())
"""Conjunctions from which on a negation before them denies nothing: "not scrapped but sunk"."""
_ASIDE = 14
"""Words between the commas of an aside."""
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


def roles(
    subject: Phrase | None, object_: Phrase | None, rest: list[Hanging], *, passive: bool
) -> tuple[Phrase | None, Phrase | None, list[Hanging]]:
    """Agent, patient and the rest of a clause: of a passive the subject is the patient, and who stands behind "by" the agent."""
    if not passive:
        return subject, object_, rest
    agent = next((read for preposition, read in rest if preposition == "by"), None)
    others = [pair for pair in rest if pair[1] is not agent]
    return agent, subject, others if object_ is None else [("", object_), *others]


def clauses_of(text: str, says: Callable[[str], bool]) -> Iterator[Clause]:
    """The clauses of a sentence whose verb, folded, is one that is looked for."""
    words = words_in(text)
    for at, word in enumerate(words):
        if not says(word.folded):
            continue
        clause = None
        if _is_order(words, at):
            clause = _order(words, at)
        elif word.kind == "w" and (word.folded not in CLOSED or _stands_alone(words, at)):
            clause = _clause(words, at)
        if clause is not None:
            yield clause


def _is_order(words: Sequence[Word], at: int) -> bool:
    """Whether a sentence opens with a verb that tells what to do: "Check the pads", "Never charge it"."""
    opens = at == 0 or (at == 1 and words[0].folded in ("never", "always", "please"))
    if not opens or at + 1 >= len(words) or words[at].kind == "#" or not is_a(words[at].folded, "v"):
        return False
    after = words[at + 1]
    return is_lemma(words[at].folded) and (after.folded in DETERMINERS | _OBJECTS or after.kind == "#")


def _order(words: Sequence[Word], verb: int) -> Clause:
    read, rest, end = complements(words, verb + 1, _clause_end(words, verb))
    return Clause(verb, None, read, tuple(rest), words[0].folded == "never", TO_DO, end)


def _stands_alone(words: Sequence[Word], at: int) -> bool:
    """Whether a form of *be* or *have* is a verb of its own, and not the auxiliary of a participle behind it."""
    word = words[at].folded
    after = next((w for w in words[at + 1 :] if w.folded not in ADVERBS | NEGATIONS), None)
    if word not in BE | {"has", "have", "had"} or after is None:
        return False
    if word in BE:
        return not (after.kind == "w" and (after.text.endswith(("ed", "ing")) or is_verb_form(after.folded)))
    return after.kind != "w" or after.folded in DETERMINERS or not (after.folded in CLOSED or after.text.endswith("ed"))


def _clause(words: Sequence[Word], verb: int) -> Clause | None:
    start = verb
    while start and (
        words[start - 1].folded in AUXILIARIES | ADVERBS | {"to"}
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
    bare = not any(word in AUXILIARIES for word in group)
    reduced = bare and verb + 1 < len(words) and words[verb + 1].folded == "by"
    passive = (any(word in BE for word in group) or (bare and passive_before) or reduced) and not words[
        verb
    ].text.endswith("ing")
    passive = passive and words[verb].folded not in BE
    stop = _clause_end(words, verb)
    # "The trial was paid for by Arden": what was paid for is the trial.
    stranded = passive and verb + 2 < stop and words[verb + 1].folded in PREPOSITIONS and words[verb + 2].folded == "by"
    read, rest, end = complements(words, verb + 1 + stranded, stop)
    if passive and read is not None and bare:
        # "was found by Ivo and sold the map": an object makes it active again.
        passive = False
    begin = _clause_start(words, start)
    lead, _ = attached(words, begin, start)
    hanging = [*(pair for pair in lead if pair not in hanging), *hanging]
    # "Her deputy Alan Rusk lives …", "The report was …": what a named person is or was, and what is only a noun or a month,
    # leaves what is said as it is, and so does what failed without failing to do something.
    own = set(range(subject.start, subject.end)) if words[subject.head].kind == "N" else {subject.head}
    own |= {read.head for _, read in hanging} | {i for i in range(begin, verb) if words[i].kind == "N"}
    before = {words[i].folded for i in range(begin, verb) if i not in own and not _has_failed(words, i)}
    if words[verb].folded in BE:
        # "Was nearly banned"
        before |= {word.folded for word in words[verb + 1 : verb + 2]} & UNSURE
    agent, patient, rest = roles(subject, read, rest, passive=passive)
    if stranded:
        patient, rest = None, [(words[verb + 1].folded, subject), *rest]
    own_begin = _own_begin(words, begin, start)
    if group and not bare and words[start - 1].folded == "and":
        # "Is never sold and has never been sent": denied once.
        own_begin = start
    denied = sum(words[i].folded in NEGATIONS for i in range(own_begin, max(end, verb + 1))) % 2 == 1
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
    if word.text in ";:—()" or (word.folded in BREAKS and word.folded not in ("and", "or")):
        return True
    if word.folded not in ("and", "or") or any(w.folded == "between" for w in words[max(at - 4, 0) : at]):
        return False
    return not (words[at - 1].kind == "N" and at + 1 < len(words) and words[at + 1].kind == "N")


def _clause_end(words: Sequence[Word], verb: int) -> int:
    return next((i for i in range(verb + 1, len(words)) if _ends_clause(words, i) or _contrasts(words, i)), len(words))


def _contrasts(words: Sequence[Word], at: int) -> bool:
    """Whether what is denied behind a comma only tells what is meant from what is not: "in butter, not in oil"."""
    return words[at].folded in NEGATIONS and words[at - 1].text == "," and words[at].folded != "nor"


def _clause_start(words: Sequence[Word], at: int) -> int:
    return next((i + 1 for i in range(at - 1, -1, -1) if words[i].text in ";:—"), 0)


def _own_begin(words: Sequence[Word], begin: int, end: int) -> int:
    """Where a clause begins that ends at a place, behind the last conjunction that turns from what was said before."""
    return max((i + 1 for i in range(begin, end) if words[i].folded in _TURNING), default=begin)


def _subject(words: Sequence[Word], verb: int) -> _Subject | None:
    """The subject of the verb group that begins at a place, what hangs on it, and whether a passive stands before it."""
    if not verb:
        return None
    before, begin = words[verb - 1], _clause_start(words, verb)
    if before.folded in ("who", "which", "that") and before.kind == "w":
        at = verb - 1 - (words[verb - 2].text == "," if verb > 1 else 0)
        return _antecedent(words, begin, at)
    aside = _before_aside(words, begin, verb - 1) if before.text == "," else None
    if aside is not None and words[aside[0].start].kind == "N" and words[aside[0].start - 1].text == ",":
        return aside
    if before.folded in ("and", "but", "then", "or") or (before.text == "," and _has_verb(words, begin, verb - 1)):
        # "… joined it in 2016 and leads it": the subject of the verb before, in the same clause.
        return _shared(words, _own_begin(words, begin, verb - 1), verb)
    if before.text == ",":
        if verb + 1 < len(words) and words[verb + 1].folded == "by":
            # "The finance team, led by Olga Reiss, …"
            return _antecedent(words, begin, verb - 1)
        return aside
    return _ending(words, begin, verb)


def _ending(words: Sequence[Word], begin: int, end: int) -> _Subject | None:
    """The noun phrase with all that hangs on it that ends at a place."""
    # "In 1955 the fisherman …": a phrase that opens the sentence does not belong to its subject.
    lead = attached(words, begin, min(begin + LONGEST, end))[1]
    for start in range(begin, end):
        opened = start in (begin, lead) or words[start - 1].text in ",;:" or words[start - 1].folded in BREAKS
        before = words[start - 1].folded if start > begin else ""
        if not opened and before not in PREPOSITIONS:
            continue
        read = phrase(words, start, end)
        if read is None:
            continue
        hanging, after = attached(words, read.end, end)
        if after == end and (opened or not _hangs(words, begin, start - 1)):
            return read, hanging, False
    last = [phrase(words, start, end) for start in range(max(begin, end - 1), end)]
    single = last[0] if last else None
    if single is not None and words[single.start].folded in PRONOUNS:
        return single, [], False
    return None


def _antecedent(words: Sequence[Word], begin: int, end: int) -> _Subject | None:
    """The noun phrase right before a relative pronoun, with those that it hangs on by "of"."""
    for start in range(max(begin, end - _ASIDE), end):
        opened = start == begin or not is_nominal(words, start - 1)
        read = phrase(words, start, end) if opened and words[start].kind != "P" else None
        if read is None or (start > begin and words[start - 1].folded == "of"):
            continue
        hanging, after = attached(words, read.end, end)
        if after == end and all(preposition == "of" for preposition, _ in hanging):
            return read, hanging, False
    return None


def _hangs(words: Sequence[Word], begin: int, preposition: int) -> bool:
    """Whether a preposition hangs on a noun before it, and does not open the clause ("In May the yard …")."""
    return preposition > begin and is_nominal(words, preposition - 1)


def _has_verb(words: Sequence[Word], begin: int, end: int) -> bool:
    return any(w.kind == "w" and (w.folded in AUXILIARIES or is_participle(w)) for w in words[begin:end])


def _shared(words: Sequence[Word], begin: int, verb: int) -> _Subject | None:
    """The subject that opens the clause, for a second verb; a second subject in between makes it unsure."""
    first = find_verb([word.folded or word.text for word in words[begin:verb]], 0, verb - begin, singular=True)
    read = phrase(words, begin, verb if first is None else begin + first)
    if read is None:
        return None
    hanging, after = attached(words, read.end, verb)
    group = [words[i].folded for i in range(after, min(after + 3, verb))]
    if not group:
        return None
    return read, hanging, bool(group[0] in BE)


def _before_aside(words: Sequence[Word], begin: int, comma: int) -> _Subject | None:
    """ "Mei Tanaka, an engineer from Sapporo, designed": what stands before the aside's first comma, if it opens the clause."""
    opening = next((i for i in range(comma - 1, max(begin, comma - _ASIDE), -1) if words[i].text == ","), -1)
    if opening < 0:
        return None
    if opening + 1 < comma and all(word.kind == "N" for word in words[opening + 1 : comma]):
        # "and the mate, Tom Ade, changed …": the name is who it was.
        return (Phrase(opening + 1, comma), [], False) if _antecedent(words, begin, opening) is not None else None
    if any(words[i].text == "," for i in range(begin, opening)):
        return None
    read = phrase(words, begin, opening)
    if read is None:
        return None
    hanging, after = attached(words, read.end, opening)
    return (read, hanging, False) if after == opening else None
