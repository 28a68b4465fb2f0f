"""What one sentence answers: the question as a clause with a hole, held against the clauses of the sentence.

A sentence fills the hole where it says the question's verb, as a fact, with every phrase of the question in its place: agent
by agent, patient by patient, whatever the voice, and the rest behind its prepositions. The heads of the phrases must agree;
what else a phrase says must stand in the sentence's phrase, or be what its passage is about, where the sentence only points
to it ("the stew" under the heading "Lentil stew"). What the sentence says besides is more than was asked, and is left out, as
a deletion in an upward context is (MacCartney and Manning 2009, section 3).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from graphmem.folding import fold
from graphmem.model import Evidence, Span
from graphmem.natlog.align import NEGATIONS
from graphmem.natlog.asked import MEASURES, Asked, readings_of
from graphmem.natlog.clauses import BE, Clause, Phrase, Word, clauses_of, phrase, words_in
from graphmem.natlog.lexicon import lexical_relation
from graphmem.natlog.quantities import MONTHS, Quantity, quantities_of, quantity_relation, value_of
from graphmem.natlog.reference import OWNERS, may_mean, owners
from graphmem.natlog.relations import Relation
from graphmem.natlog.tokens import words_of
from graphmem.natlog.words import FUNCTION_WORDS, bare_name, content_stems, family

__all__ = ["Filled", "fill", "only_answer"]

_POINTING = frozenset("the this that these those his her its their".split())
_PERSONAL = frozenset("he she it they him them".split())
_OWNING = frozenset("his her its their".split())
_PLACE = frozenset("in on at near".split())
_WITHIN = Relation.FORWARD, Relation.EQUIVALENCE
_EVENTS = frozenset("after before since during".split())
_REGULARLY = frozenset("hourly daily nightly weekly fortnightly monthly quarterly yearly annually".split())


@dataclass(frozen=True, slots=True)
class Filled:
    """What a sentence puts into the hole, "" for a question without one; ``denied`` where it says that it is not so."""

    text: str
    span: Span
    denied: bool
    evidence: Evidence


def fill(asked: Asked, evidence: Sequence[Evidence]) -> list[Filled]:
    """What the sentences put into the hole of a question, in their order."""
    wanted = _content(asked)
    found: dict[tuple[str, bool, str], Filled] = {}
    for item in evidence:
        said = content_stems(item.text).union(*(content_stems(name) for name in item.about[:OWNERS]))
        if len(wanted - said) <= len(wanted) // 2:
            for filled in _from(asked, item):
                found.setdefault((filled.text, filled.denied, item.text), filled)
    return list(found.values())


def only_answer(question: str, evidence: Sequence[Evidence]) -> Filled | None:
    """What the sentences answer to a question; ``None`` where none does, and where two contradict each other."""
    found = [filled for asked in readings_of(question) for filled in fill(asked, evidence)]
    if not found:
        return None
    best = max(found, key=lambda filled: len(fold(filled.text)))
    words = set(fold(best.text).split())
    agree = all(filled.denied == best.denied and set(fold(filled.text).split()) <= words for filled in found)
    return best if agree else None


def _content(asked: Asked) -> frozenset[str]:
    return frozenset(
        family(word.folded)
        for word in asked.words
        if word.kind != "P" and word.folded not in FUNCTION_WORDS | NEGATIONS and word.folded not in asked.kind
    )


def _from(asked: Asked, item: Evidence) -> Iterator[Filled]:
    words = words_in(item.text)
    for clause in clauses_of(item.text, lambda word: _same_verb(word, asked.verb)):
        told = _Told(words, clause, item)
        if clause.unsure - {asked.modal}:
            continue
        before = {word.folded for word in words[: clause.verb]}
        if (asked.modal and asked.modal not in before) or not before.issuperset(asked.adverbs):
            continue
        if not told.holds(asked):
            continue
        if not asked.hole:
            yield Filled("", item.span, clause.denied, item)
        elif not clause.denied:
            yield from told.hole(asked)


def _same_verb(word: str, verb: str) -> bool:
    if not verb:
        return word in BE
    return word == verb or family(word) == family(verb) or lexical_relation(word, verb) is Relation.EQUIVALENCE


class _Told:
    """A clause of a sentence, ready to be held against what is asked."""

    def __init__(self, words: Sequence[Word], clause: Clause, item: Evidence) -> None:
        self.words, self.clause, self.item = words, clause, item
        self.about = owners(item)

    def holds(self, asked: Asked) -> bool:
        """Whether every phrase of the question stands in its place."""
        clause = self.clause
        if asked.agent is not None and (clause.agent is None or not self._same(asked, asked.agent, clause.agent)):
            return False
        if asked.patient is not None and (
            clause.patient is None or not self._same(asked, asked.patient, clause.patient)
        ):
            return False
        used: set[Phrase] = set()
        return all(self._has(asked, preposition, wanted, used) for preposition, wanted in asked.rest)

    def _has(self, asked: Asked, preposition: str, wanted: Phrase, used: set[Phrase]) -> bool:
        dates = quantities_of(words_of(_text(asked.words, wanted)))
        for other, read in self._own_rest():
            if read in used:
                continue
            alike = other == preposition or {other, preposition} <= _PLACE
            if dates and dates[0].unit == "date":
                offered = [q for q in quantities_of(words_of(f"{other} {_text(self.words, read)}")) if q.unit == "date"]
                asked_for = quantities_of(words_of(f"{preposition} {_text(asked.words, wanted)}"))
                if offered and asked_for and quantity_relation(offered[0], asked_for[0]) in _WITHIN:
                    used.add(read)
                    return True
            elif alike and self._same(asked, wanted, read):
                used.add(read)
                return True
        # "the hull of the Kittiwake" is her hull in a passage about her.
        return preposition == "of" and self._owned(wanted, asked)

    def _owned(self, wanted: Phrase, asked: Asked) -> bool:
        pointed = [read for read in (self.clause.agent, self.clause.patient) if read is not None]
        points = any(self.words[read.start].folded in _POINTING for read in pointed)
        return points and not self._has_of() and self._is_about(_names(asked.words, wanted))

    def _has_of(self) -> bool:
        return any(preposition == "of" for preposition, _ in self.clause.rest)

    def _is_about(self, wanted: Sequence[str]) -> bool:
        return bool(wanted) and any(set(wanted) <= set(name.split()) for name in self.about)

    def _told_about(self, word: str) -> bool:
        return any(family(word) == family(other) for name in self.about for other in name.split())

    def _same(self, asked: Asked, wanted: Phrase, read: Phrase) -> bool:
        """Whether a phrase of the sentence is what a phrase of the question speaks of."""
        head, other = asked.words[wanted.head], self.words[read.head]
        named = _names(asked.words, wanted)
        if other.folded in _PERSONAL:
            return may_mean(self.item, other.folded, bare_name(_text(asked.words, wanted)).removeprefix("the "))
        amount = _amount(asked.words, wanted)
        if amount is not None and (amount.unit or head.kind == "#" or value_of(head.folded) is not None):
            offered = _amount(self.words, read)
            return offered is not None and quantity_relation(offered, amount) in _WITHIN
        if head.kind == "#":
            return head.folded == other.folded
        if head.folded != other.folded and not _same_noun(head, other):
            return False
        if head.kind == "N" and other.kind == "w":
            return False
        said = {word.folded for word in self.words[read.start : read.end]}
        missing = [word for word in named if word not in said and not any(family(word) == family(s) for s in said)]
        if not missing:
            return not _other_number(asked, wanted, self.words, read)
        if head.kind == "N" and all(self._told_about(word) for word in missing):
            # "The error code E4" is E4 under the heading "Error codes".
            return True
        hangs = {w.folded for p, r in self.clause.rest if p == "of" for w in self.words[r.start : r.end]}
        if set(missing) <= hangs:
            return True
        extra = [w for w in self.words[read.start : read.end] if w.kind in "N#" and w.folded not in named]
        return self.words[read.start].folded in _POINTING and not extra and self._is_about(missing)

    # --- the hole -----------------------------------------------------------------------------------

    def hole(self, asked: Asked) -> Iterator[Filled]:
        clause = self.clause
        if asked.hole == "agent" and clause.agent is not None:
            yield from self._named(clause.agent, asked)
        elif asked.hole == "patient" and clause.patient is not None:
            yield from self._named(clause.patient, asked)
        elif (
            asked.hole == "patient"
            and not asked.kind
            and self.words[min(clause.end, len(self.words) - 1)].folded == "that"
        ):
            yield self._filled(clause.end + 1, len(self.words) - (self.words[-1].kind == "P"))
        elif asked.hole == "number":
            yield from self._counted(asked)
        elif asked.hole == "when":
            yield from self._dated()
        elif asked.hole == "where":
            yield from self._placed()
        elif asked.hole == "rest":
            for preposition, read in self._own_rest():
                if preposition == asked.preposition and not self._is_date(read):
                    yield from self._named(read, asked)
                    return
        elif asked.hole == "why":
            yield from self._reason()
        elif asked.hole == "measure":
            yield from self._measured(asked.kind[0])
        elif asked.hole == "often":
            yield from self._repeated()

    def _filled(self, start: int, end: int) -> Filled:
        """Words ``start`` to ``end`` as the answer, without an article."""
        start += (
            self.words[start].folded in ("the", "a", "an") and end - start > 1 and self.words[start + 1].kind == "w"
        )
        a, b = self.words[start].start, self.words[end - 1].end
        offset = self.item.span[0]
        return Filled(self.item.text[a:b], (offset + a, offset + b), False, self.item)

    def _named(self, read: Phrase, asked: Asked) -> Iterator[Filled]:
        words, head = self.words, self.words[read.head]
        if head.folded in ("he", "she", "it") and self.item.refers:
            a, b = head.start + self.item.span[0], head.end + self.item.span[0]
            yield Filled(self.item.refers, (a, b), False, self.item)
        if (
            head.folded in _PERSONAL
            or self._is_date(read)
            or (words[read.start].folded in _OWNING and head.kind != "N")
        ):
            return
        if set(_names(words, read)) <= {word.folded for word in asked.words}:
            return
        who = bool(asked.kind) and asked.kind[-1] in ("who", "whom")
        named = head.kind == "N" or (head.kind == "n" and lexical_relation(head.folded, "entity") not in _WITHIN)
        if who and not named and not _is_someone(head.folded):
            return
        if asked.kind and not who and not named and not _of_kind(head.folded, asked.kind[-1]):
            return
        after = next((r for p, r in self.clause.rest if p == "of" and r.start == read.end + 1), None)
        end = read.end if after is None or (named and words[after.head].kind != "N") else after.end
        start = read.start
        if head.kind == "N":
            # "her deputy Alan Rusk", "the chemist Edith Marlow": the name is the answer.
            start = read.head
            while start > read.start and (words[start - 1].kind in "Nn#" or words[start - 1].text in ("and", "&")):
                start -= 1
        yield self._filled(start, end)

    def _is_date(self, read: Phrase) -> bool:
        a = self.item.span[0] + self.words[read.start].start
        b = self.item.span[0] + self.words[read.head].end
        if any(m.kind == "date" and m.span[0] < b and a < m.span[1] for m in self.item.mentions):
            return True
        head = self.words[read.head]
        if head.kind == "N" and head.folded in MONTHS:
            # "in March": a date without its year is no place, and no person.
            return True
        return any(quantity.unit == "date" for quantity in quantities_of(words_of(_text(self.words, read))))

    def _dated(self) -> Iterator[Filled]:
        for preposition, read in self._own_rest():
            if preposition in ("in", "on", "at", "since", "") and self._is_date(read):
                yield self._filled(read.start, read.end)
                return

    def _own_rest(self) -> Iterator[tuple[str, Phrase]]:
        """What is said of the verb, without dates of something else ("after a fire in 2022")."""
        before = ""
        for preposition, read in self.clause.rest:
            if before not in _EVENTS or not self._is_date(read):
                yield preposition, read
            before = preposition

    def _placed(self) -> Iterator[Filled]:
        for preposition, read in self._own_rest():
            head = self.words[read.head]
            of = next((r for p, r in self.clause.rest if p == "of" and r.start == read.end + 1), None)
            bound = of is not None and self.words[of.head].kind == "N"
            somewhere = head.kind == "N" or (head.kind == "w" and (bound or _is_somewhere(head.folded)))
            if preposition in _PLACE and somewhere and not self._is_date(read):
                yield self._filled(read.start, of.end if of is not None and bound else read.end)
                return

    def _counted(self, asked: Asked) -> Iterator[Filled]:
        phrases = [read for read in (self.clause.patient, self.clause.agent) if read is not None]
        for read in [*phrases, *(read for _, read in self.clause.rest)]:
            inside = self.words[read.start : read.end]
            numbers = [i for i, w in enumerate(inside) if w.kind == "#" or value_of(w.folded) is not None]
            if not numbers or self._is_date(read):
                continue
            unit = asked.kind[: asked.kind.index("of")] if "of" in asked.kind else asked.kind
            if unit and family(unit[-1]) != family(inside[-1].folded):
                continue
            # "How many seats?" asks for the number alone, "How much?" for what it is a number of as well.
            yield self._filled(read.start + numbers[0], read.end - bool(unit and numbers[-1] < len(inside) - 1))
            return

    def _measured(self, adjective: str) -> Iterator[Filled]:
        clause = self.clause
        for read in [*(r for r in (clause.patient, clause.agent) if r is not None), *(r for _, r in clause.rest)]:
            for end in range(read.start + 1, read.end + 1):
                # "40 metres high" is 40 metres.
                amount = _amount(self.words, Phrase(read.start, end))
                if amount is not None and amount.unit in MEASURES[adjective]:
                    yield self._filled(read.start, end)
                    return

    def _repeated(self) -> Iterator[Filled]:
        words = self.words
        for at in range(self.clause.verb + 1, len(words)):
            if words[at].folded in _REGULARLY:
                yield self._filled(at, at + 1)
                return
            counted = words[at].folded in ("once", "twice") or words[at].folded == "times"
            read = phrase(words, at + counted, len(words))
            if read is not None and words[read.start].folded in (
                ("a", "every", "per") if counted else ("every", "each")
            ):
                start = at - 1 if words[at].folded == "times" else at
                yield self._filled(start, read.end)
                return

    def _reason(self) -> Iterator[Filled]:
        words = self.words
        for at in range(self.clause.end, min(self.clause.end + 2, len(words) - 1)):
            if words[at].folded == "because" or (words[at].folded, words[at + 1].folded) == ("due", "to"):
                last = len(words) - (words[-1].kind == "P")
                yield self._filled(at, last)
                return


def _text(words: Sequence[Word], read: Phrase) -> str:
    return " ".join(word.text for word in words[read.start : read.end])


def _names(words: Sequence[Word], read: Phrase) -> list[str]:
    """The folded words of a phrase that carry meaning."""
    return [w.folded for w in words[read.start : read.end] if w.kind != "P" and w.folded not in FUNCTION_WORDS]


def _amount(words: Sequence[Word], read: Phrase) -> Quantity | None:
    """What a phrase measures or counts, ``None`` for a phrase that does not, or a date."""
    found = quantities_of(words_of(_text(words, read)))
    return found[0] if len(found) == 1 and found[0].unit != "date" else None


def _same_noun(one: Word, other: Word) -> bool:
    if one.kind == "N" or other.kind == "N":
        return False
    return family(one.folded) == family(other.folded) or (
        lexical_relation(one.folded, other.folded) is Relation.EQUIVALENCE
    )


def _other_number(asked: Asked, wanted: Phrase, words: Sequence[Word], read: Phrase) -> bool:
    """Whether the two count or number differently ("phase two", "phase three")."""
    numbers = [
        {w.folded for w in side[r.start : r.end] if w.kind == "#"} for side, r in ((asked.words, wanted), (words, read))
    ]
    return bool(numbers[0] and numbers[1] and numbers[0] != numbers[1])


def _is_someone(noun: str) -> bool:
    return any(lexical_relation(noun, kind) in _WITHIN for kind in ("person", "organization", "group"))


def _is_somewhere(noun: str) -> bool:
    return any(lexical_relation(noun, kind) in _WITHIN for kind in ("location", "structure", "facility", "area"))


def _of_kind(noun: str, kind: str) -> bool:
    return lexical_relation(noun, kind) in (*_WITHIN, Relation.REVERSE)
