"""A clause of a sentence held against what is asked: whether every phrase of the question stands in its place.

The heads of the phrases must agree; what else a phrase says must stand in the sentence's phrase, or be what its passage is
about, where the sentence only points to it ("the stew" under the heading "Lentil stew").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import regex

from graphmem.model import Evidence
from graphmem.natlog.asked import Asked
from graphmem.natlog.clauses import Clause
from graphmem.natlog.lexicon import lexical_relation
from graphmem.natlog.phrases import PREPOSITIONS, Phrase, Word, is_participle, phrase
from graphmem.natlog.quantities import MONTHS, Quantity, quantities_of, quantity_relation, value_of
from graphmem.natlog.reference import may_mean, owners
from graphmem.natlog.relations import Relation
from graphmem.natlog.tokens import words_of
from graphmem.natlog.words import FUNCTION_WORDS, are_opposed, bare_name, family

__all__ = ["PERSONAL", "PLACE", "POSSESSIVES", "WITHIN", "Told", "amount_of", "names_in"]

POSSESSIVES = frozenset("his her its their".split())
_POINTING = POSSESSIVES | frozenset("the this that these those".split())
PERSONAL = frozenset("he she it they him them".split())
PLACE = frozenset("in on at near".split())
WITHIN = Relation.FORWARD, Relation.EQUIVALENCE
_NUMBER = regex.compile(r"^(?!\d{4}-\d\d-\d\d$)(?![12]\d{3}[-–][12]\d{3}$)\d+(?:[-–]\d+)+$")
"""Numbers with hyphens that are no dates and no years: "555-0142"."""
_EVENTS = frozenset("after before since during".split())


class Told:
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
            clause.patient is None
            or not any(self._same(asked, asked.patient, read) for read in self.listed(clause.patient))
        ):
            return False
        used: set[Phrase] = set()
        return all(self._has(asked, preposition, wanted, used) for preposition, wanted in asked.rest)

    def listed(self, read: Phrase) -> list[Phrase]:
        """A phrase, and the other one of a list of two: "beans and peas"."""
        words = self.words
        goes_on = read.end < len(words) and words[read.end].folded == "and"
        other = phrase(words, read.end + 1, len(words)) if goes_on else None
        if other is None or any(is_participle(w) or w.folded in PERSONAL for w in words[other.start : other.end]):
            return [read]
        behind = words[other.end] if other.end < len(words) else None
        closes = behind is None or behind.kind == "P" or (behind.kind == "w" and behind.folded in PREPOSITIONS)
        return [read, other] if closes else [read]

    def _has(self, asked: Asked, preposition: str, wanted: Phrase, used: set[Phrase]) -> bool:
        dates = quantities_of(words_of(f"{preposition} {_text(asked.words, wanted)}"))
        for other, read in self.own_rest():
            if read in used:
                continue
            alike = other == preposition or {other, preposition} <= PLACE
            if dates and dates[0].unit == "date":
                offered = [q for q in quantities_of(words_of(f"{other} {_text(self.words, read)}")) if q.unit == "date"]
                if offered and quantity_relation(offered[0], dates[0]) in WITHIN:
                    used.add(read)
                    return True
            elif alike and self._same(asked, wanted, read):
                used.add(read)
                return True
        # "the hull of the Kittiwake" is her hull in a passage about her.
        return preposition == "of" and self._owned(wanted, asked)

    def _owned(self, wanted: Phrase, asked: Asked) -> bool:
        pointed = [read for read in (self.clause.agent, self.clause.patient) if read is not None]
        by = {self.words[read.start].folded for read in pointed}
        names = names_in(asked.words, wanted)
        if self._has_of() or not names:
            return False
        return (not by.isdisjoint(_POINTING) and self._is_about(names)) or (
            not by.isdisjoint(POSSESSIVES) and self._has_meant(names)
        )

    def _has_meant(self, names: Sequence[str]) -> bool:
        """Whether a possessive ("her number") stands for a name: where the passage has spoken of it last."""
        return bool(self.item.refers) and set(names) <= set(bare_name(self.item.refers).split())

    def _has_of(self) -> bool:
        return any(preposition == "of" for preposition, _ in self.clause.rest)

    def _is_about(self, wanted: Sequence[str]) -> bool:
        return bool(wanted) and any(set(wanted) <= set(name.split()) for name in self.about)

    def _told_about(self, word: str) -> bool:
        return any(family(word) == family(other) for name in self.about for other in name.split())

    def _same(self, asked: Asked, wanted: Phrase, read: Phrase) -> bool:
        """Whether a phrase of the sentence is what a phrase of the question speaks of."""
        head, other = asked.words[wanted.head], self.words[read.head]
        named = names_in(asked.words, wanted)
        if other.folded in PERSONAL:
            return may_mean(self.item, other.folded, bare_name(_text(asked.words, wanted)).removeprefix("the "))
        amount = amount_of(asked.words, wanted)
        if amount is not None and (amount.unit or head.kind == "#" or value_of(head.folded) is not None):
            offered = amount_of(self.words, read)
            if offered is None or quantity_relation(offered, amount) not in WITHIN:
                return False
            # What it is an amount of, or what stands before a bare number, has to be the same: "12 metres long", "room 12".
            counted = words_of(_text(asked.words, wanted))
            (quantity,) = quantities_of(counted)
            named = [word for word in named if word not in counted[quantity.start : quantity.end]]
            if not named:
                return True
        elif head.folded != other.folded and (head.kind == "#" or not _same_noun(head, other)):
            return False
        if head.kind == "N" and other.kind == "w":
            return False
        said = {*names_in(self.words, read), *(word.folded for word in self.words[read.start : read.end])}
        missing = [word for word in named if word not in said and not any(family(word) == family(s) for s in said)]
        if not missing:
            return not _other_number(asked, wanted, self.words, read)
        further = {w.folded for w in self.words[read.start : read.end] if w.kind == "N"} - set(named)
        if head.kind == "N" and not all(map(self._told_about, further)):
            # "Admiral Rood" is not Captain Rood, though both are Rood.
            return False
        if head.kind == "N" and all(self._told_about(word) for word in missing):
            # "The error code E4" is E4 under the heading "Error codes".
            return True
        hangs = {w.folded for p, r in self.clause.rest if p == "of" for w in self.words[r.start : r.end]}
        if set(missing) <= hangs:
            return True
        extra = [w for w in self.words[read.start : read.end] if w.kind in "N#" and w.folded not in named]
        if self.words[read.start].folded in POSSESSIVES and head.kind == "w" and not extra and self._has_meant(missing):
            return True
        return self.words[read.start].folded in _POINTING and not extra and self._is_about(missing)

    def own_rest(self) -> Iterator[tuple[str, Phrase]]:
        """What is said of the verb, without dates of something else ("after a fire in 2022")."""
        before = ""
        for preposition, read in self.clause.rest:
            if before not in _EVENTS or not self.is_date(read):
                yield preposition, read
            before = preposition

    def is_date(self, read: Phrase) -> bool:
        head = self.words[read.head]
        if _NUMBER.match(head.text):
            return False
        a = self.item.span[0] + self.words[read.start].start
        b = self.item.span[0] + head.end
        if any(m.kind == "date" and m.span[0] < b and a < m.span[1] for m in self.item.mentions):
            return True
        if head.kind == "N" and head.folded in MONTHS:
            # "in March": a date without its year is no place, and no person.
            return True
        return any(quantity.unit == "date" for quantity in quantities_of(words_of(_text(self.words, read))))


def _text(words: Sequence[Word], read: Phrase) -> str:
    return " ".join(word.text for word in words[read.start : read.end])


def names_in(words: Sequence[Word], read: Phrase) -> list[str]:
    """The folded words of a phrase that carry meaning."""
    inside = (w for w in words[read.start : read.end] if w.kind != "P" and w.folded not in FUNCTION_WORDS)
    return [w.text.replace(",", "").lower() if w.kind == "#" else w.folded for w in inside]


def amount_of(words: Sequence[Word], read: Phrase) -> Quantity | None:
    """What a phrase measures or counts, ``None`` for a phrase that does not, or a date."""
    found = quantities_of(words_of(_text(words, read)))
    return found[0] if len(found) == 1 and found[0].unit != "date" else None


def _same_noun(one: Word, other: Word) -> bool:
    if one.kind == "N" or other.kind == "N":
        return False
    if are_opposed(one.folded, other.folded):
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
