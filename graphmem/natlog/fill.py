"""What one sentence answers: the question as a clause with a hole, held against the clauses of the sentence.

A sentence fills the hole where it says the question's verb, as a fact, with every phrase of the question in its place: agent
by agent, patient by patient, whatever the voice, and the rest behind its prepositions (`told`). What the sentence says besides
is more than was asked, and is left out, as a deletion in an upward context is (MacCartney and Manning 2009, section 3).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from graphmem.folding import fold
from graphmem.model import Evidence, Span
from graphmem.natlog.asked import MEASURES, Asked, readings_of
from graphmem.natlog.clauses import TO_DO, clauses_of
from graphmem.natlog.factuality import NEGATIONS, PAST, is_over
from graphmem.natlog.joined import joined
from graphmem.natlog.lexicon import is_kind, is_place, is_verb_form
from graphmem.natlog.origin import HOLDING, is_kind_of, location_of
from graphmem.natlog.phrases import BE, Phrase, phrase, words_in
from graphmem.natlog.quantities import value_of
from graphmem.natlog.reference import OWNERS
from graphmem.natlog.tokens import without_asides
from graphmem.natlog.told import PERSONAL, PLACE, POSSESSIVES, Told, amount_of, names_in
from graphmem.natlog.verbs import same_verb
from graphmem.natlog.words import FUNCTION_WORDS, content_stems, family

__all__ = ["Filled", "fill", "only_answer"]

_BESIDE = frozenset("behind under over above below beside between along across within".split())
_GOING = frozenset(
    map(
        family,
        "go goes went gone travel travelled move sail fly flew drive drove walk ride rode run ran swim march cycle hike "
        "flee fled emigrate migrate return retire relocate send sent ship deliver bring brought take took carry transport "
        "transfer".split(),
    )
)
"""Verbs that say where something comes to, by their families."""
_TIMES = frozenset(
    "monday tuesday wednesday thursday friday saturday sunday day week month year morning noon afternoon evening night "
    "midnight dawn dusk weekend spring summer autumn winter".split()
)
_SOMEWHERE = "location", "structure", "facility", "area", "container", "furniture", "appliance"
_BARE = 2
"""Words of a time that is told by no more than its name ("the year")."""
_AT_A_TIME = frozenset(("in", "on", "at", "since", "between", ""))
_AFTER_A_TIME = frozenset(("after", "within"))
_REGULARLY = frozenset("hourly daily nightly weekly fortnightly monthly quarterly yearly annually".split())


@dataclass(frozen=True, slots=True)
class Filled:
    """What a sentence puts into the hole, "" for a question without one; ``denied`` where it says that it is not so."""

    text: str
    span: Span
    denied: bool
    evidence: Evidence


def fill(readings: Sequence[Asked], evidence: Sequence[Evidence]) -> Iterator[Filled]:
    """What the sentences put into the hole of a question, reading by reading in their order."""
    said = [_stems_of((item.text, item.refers, *item.about[:OWNERS])) for item in evidence] if readings else []
    for asked in readings:
        wanted = _content(asked)
        found: dict[tuple[str, bool, str], Filled] = {}
        for item, stems in zip(evidence, said, strict=True):
            if len(wanted - stems) <= len(wanted) // 2:
                for filled in _from(asked, item):
                    found.setdefault((filled.text, filled.denied, item.text), filled)
        yield from found.values()


def only_answer(question: str, evidence: Sequence[Evidence]) -> Filled | None:
    """What the sentences answer to a question; ``None`` where none does, and where two contradict each other."""
    found = list(fill(readings_of(question), evidence))
    if not found:
        places = joined(question, [item.text for item in evidence])
        found = [_whole(evidence[number], start, end) for number, start, end in places]
    if not found:
        return None
    best = max(found, key=lambda filled: len(fold(filled.text)))
    words = set(fold(best.text).split())
    agree = all(filled.denied == best.denied and set(fold(filled.text).split()) <= words for filled in found)
    return best if agree else None


@lru_cache(maxsize=4096)
def _stems_of(texts: tuple[str, ...]) -> frozenset[str]:
    return frozenset().union(*map(content_stems, texts))


def _whole(item: Evidence, start: int, end: int) -> Filled:
    return Filled(item.text[start:end], (item.span[0] + start, item.span[0] + end), False, item)


def _is_past(asked: Asked) -> bool:
    return asked.verb.endswith("ed") or is_verb_form(asked.verb) or any(word.folded in PAST for word in asked.words)


def _content(asked: Asked) -> frozenset[str]:
    return frozenset(
        family(word.folded)
        for word in asked.words
        if word.kind != "P" and word.folded not in FUNCTION_WORDS | NEGATIONS and word.folded not in asked.kind
    )


def _from(asked: Asked, item: Evidence) -> Iterator[Filled]:
    plain = without_asides(item.text)
    words = words_in(plain)
    for clause in clauses_of(plain, lambda word: same_verb(word, asked.verb)):
        told = Told(words, clause, item)
        # What somebody is told to do should be done, and must be.
        if clause.unsure - (TO_DO if asked.modal in TO_DO else {asked.modal}):
            continue
        before = {word.folded for word in words[: clause.verb]} | clause.unsure
        behind = {word.folded for word in words[clause.verb + 1 : clause.verb + 2]}
        if (asked.modal and asked.modal not in before) or not asked.adverbs <= before | behind:
            continue
        if not told.holds(asked):
            continue
        folded = [word.folded for word in words]
        if is_over(folded[: clause.verb], folded[clause.verb :]) and not _is_past(asked):
            continue
        if not asked.hole:
            yield Filled("", item.span, clause.denied, item)
        elif not clause.denied:
            yield from _Hole(told, asked).filled()


class _Hole:
    """The hole of a question in a clause that holds all of it."""

    def __init__(self, told: Told, asked: Asked) -> None:
        self.told, self.asked = told, asked
        self.words, self.clause, self.item = told.words, told.clause, told.item

    def filled(self) -> Iterator[Filled]:
        """What stands there."""
        clause, asked = self.clause, self.asked
        if asked.hole == "agent" and clause.agent is not None:
            yield from self._named(clause.agent)
        elif asked.hole == "patient" and clause.patient is not None:
            yield from self._named(clause.patient)
        elif (
            asked.hole == "patient"
            and not asked.kind
            and self.words[min(clause.end, len(self.words) - 1)].folded == "that"
        ):
            yield self._filled(clause.end + 1, len(self.words) - (self.words[-1].kind == "P"))
        elif asked.hole == "number":
            yield from self._counted()
        elif asked.hole == "when":
            yield from self._dated()
        elif asked.hole == "where":
            yield from self._placed()
        elif asked.hole == "rest":
            for preposition, read in self.told.own_rest():
                if preposition == asked.preposition and not self.told.is_date(read):
                    yield from self._named(read)
                    return
        elif asked.hole == "why":
            yield from self._reason()
        elif asked.hole == "measure":
            yield from self._measured(asked.kind[0])
        elif asked.hole == "often":
            yield from self._repeated()

    def _phrases(self) -> list[Phrase]:
        """All phrases of the clause, what it is done to first."""
        clause = self.clause
        return [*(r for r in (clause.patient, clause.agent) if r is not None), *(r for _, r in clause.rest)]

    def _of(self, read: Phrase) -> Phrase | None:
        """The phrase that hangs right behind another by "of"."""
        return next((r for p, r in self.clause.rest if p == "of" and r.start == read.end + 1), None)

    def _filled(self, start: int, end: int) -> Filled:
        """Words ``start`` to ``end`` as the answer, without an article."""
        start += (
            self.words[start].folded in ("the", "a", "an") and end - start > 1 and self.words[start + 1].kind == "w"
        )
        a, b = self.words[start].start, self.words[end - 1].end
        return _whole(self.item, a, b)

    def _named(self, read: Phrase) -> Iterator[Filled]:
        words, head, asked = self.words, self.words[read.head], self.asked
        if head.folded in ("he", "she", "it", "they") and self.item.refers:
            a, b = head.start + self.item.span[0], head.end + self.item.span[0]
            yield Filled(self.item.refers, (a, b), False, self.item)
        if (
            head.folded in PERSONAL
            or self.told.is_date(read)
            or (words[read.start].folded in POSSESSIVES and head.kind != "N")
        ):
            return
        if set(names_in(words, read)) <= {word.folded for word in asked.words}:
            return
        if asked.kind[-1:] == ("who",) and self._lasts(read):
            return
        who = bool(asked.kind) and asked.kind[-1] in ("who", "whom")
        named = head.kind == "N" or (head.kind == "n" and not is_kind(head.folded, "entity"))
        # "Anna rented a car": who does something is somebody, though a sentence that begins with a word tells no names.
        opens = head.kind == "n" and read.end - read.start == 1 and not head.folded.endswith("s")
        if who and not named and not opens and not _is_someone(head.folded):
            return
        if asked.kind and not who and not named and not _of_kind(head.folded, asked.kind[-1]):
            return
        after = self._of(read)
        end = read.end if after is None or (named and words[after.head].kind != "N") else after.end
        start = read.start
        if head.kind == "N":
            # "her deputy Alan Rusk", "the chemist Edith Marlow": the name is the answer.
            start = read.head
            while start > read.start and (words[start - 1].kind in "Nn#" or words[start - 1].text in ("and", "&")):
                start -= 1
        yield self._filled(start, self.told.listed(Phrase(start, end))[-1].end)

    def _dated(self) -> Iterator[Filled]:
        start = end = opened_at = opened = -1
        asked_for = {self.asked.preposition} - {"in", "on", "at", ""}
        for preposition, read in self.told.own_rest():
            lasting = preposition in _AFTER_A_TIME and self._lasts(read)
            if lasting and start < 0 and not self.told.is_date(read):
                # "Passwords expire after 90 days."
                yield self._filled(read.start - 1, read.end)
                return
            told = self.told.is_date(read) or self._is_time(read)
            if told and preposition in ("to", "until", "till") and opened == read.start - 1 and not asked_for:
                # "from 11:30 to 13:45"
                yield self._filled(opened_at, read.end)
                return
            if told and preposition == "from":
                opened_at, opened = read.start - 1, read.end
            if start >= 0 and not (told and end <= read.start <= end + 1):
                break
            if told and preposition in (asked_for or _AT_A_TIME):
                # "Every Tuesday at 19:30" is one time, and so is "between 1959 and 1962".
                opens = read.start - (preposition == "between")
                start, end = opens if start < 0 else start, (self._of(read) or read).end
        if start >= 0:
            yield self._filled(start, end)

    def _is_time(self, read: Phrase) -> bool:
        """Whether a phrase tells a time without a date: "08:15", "the first day of each month"."""
        head = self.words[read.head]
        behind = self.words[read.end].folded if read.end < len(self.words) else ""
        if head.folded in _TIMES and read.end - read.start == _BARE and behind in ("before", "after"):
            # "The year before" what?
            return False
        return head.folded.removesuffix("s") in _TIMES or (head.kind == "#" and ":" in head.text)

    def _lasts(self, read: Phrase) -> bool:
        """Whether a phrase measures a time: "90 days"."""
        amount = amount_of(self.words, read)
        return amount is not None and amount.unit in MEASURES["long"][:2]

    def _placed(self) -> Iterator[Filled]:
        before = self._before_where()
        if before is not None:
            yield self._filled(before.start, before.end)
            return
        kind = self.asked.kind[-1:]
        place = self.clause.patient if self.words[self.clause.verb].folded in BE else None
        called = "" if place is None else self.words[place.head].folded
        if place is not None and (_is_somewhere(called) or is_place(called)):
            verb = self.words[self.clause.verb].end
            span = location_of(self.item.text, verb, kind[0] if kind else "")
            if span is not None:
                # "A village in the Telavi district of Georgia" is there.
                yield _whole(self.item, *span)
            elif not kind and (self.words[place.start].folded not in ("a", "an") or self._behind(place) > place.end):
                yield self._filled(place.start, self._behind(place))
            return
        for preposition, read in self.told.own_rest():
            # "room 12", "fridge 2" are rooms and fridges.
            head = self.words[read.head - (self.words[read.head].kind == "#" and read.end - read.start > 1)]
            of = self._of(read)
            bound = of is not None and self.words[of.head].kind == "N"
            somewhere = head.kind == "N" or (head.kind == "w" and (bound or _is_somewhere(head.folded)))
            if (
                (preposition in PLACE | _BESIDE or self._goes(preposition))
                and somewhere
                and self._is_of(kind, of or read)
                and not any(names_in(self.words, read) == names_in(self.asked.words, r) for _, r in self.asked.rest)
                and not (self.told.is_date(read) or self._is_time(read))
            ):
                yield self._filled(read.start, (of or read).end)
                return

    def _is_of(self, kind: Sequence[str], read: Phrase) -> bool:
        """Whether a phrase names a place of the kind that is asked for, where it is one that holds others."""
        span = self.words[read.start].start, self.words[read.end - 1].end
        return not HOLDING.intersection(kind) or is_kind_of(self.item.text, span, kind[0])

    def _before_where(self) -> Phrase | None:
        """The name of the place that a clause with "where" hangs on: "fled to [Ostmark], where he died"."""
        words, agent = self.words, self.clause.agent or self.clause.patient
        where = agent.start - 1 if agent is not None else -1
        if where < 1 or words[where].folded != "where":
            return None
        end = where - (words[where - 1].text == ",")
        start = end
        while start and words[start - 1].kind == "N":
            start -= 1
        return Phrase(start, end) if start < end else None

    def _behind(self, place: Phrase) -> int:
        """Where a place ends that others are told of: "the car park behind the canteen"."""
        end = place.end
        for preposition, read in self.clause.rest:
            if preposition in PLACE | _BESIDE | {"of"} and read.start == end + 1:
                end = read.end
        return end

    def _goes(self, preposition: str) -> bool:
        """Whether somebody or something goes where a preposition points: "travelled to Iceland", not "wrote to Iceland"."""
        verb = self.words[self.clause.verb].folded
        return preposition in ("to", "into") and family(verb) in _GOING

    def _counted(self) -> Iterator[Filled]:
        for read in self._phrases():
            inside = self.words[read.start : read.end]
            numbers = [i for i, w in enumerate(inside) if w.kind == "#" or value_of(w.folded) is not None]
            if not numbers or self.told.is_date(read):
                continue
            kind = self.asked.kind
            unit = kind[: kind.index("of")] if "of" in kind else kind
            if unit and family(unit[-1]) != family(inside[-1].folded):
                of = self._of(read)
                if of is not None and family(unit[-1]) == family(self.words[of.head].folded):
                    # "64 GB of memory" is how much memory.
                    yield self._filled(read.start + numbers[0], read.end)
                    return
                continue
            # "How many seats?" asks for the number alone, "How much?" for what it is a number of as well.
            alone = unit and numbers[-1] < len(inside) - 1
            yield self._filled(read.start + numbers[0], read.start + numbers[-1] + 1 if alone else read.end)
            return

    def _measured(self, adjective: str) -> Iterator[Filled]:
        for read in self._phrases():
            for end in range(read.start + 1, read.end + 1):
                # "40 metres high" is 40 metres.
                amount = amount_of(self.words, Phrase(read.start, end))
                if amount is not None and amount.unit in MEASURES[adjective]:
                    yield self._filled(read.start, self._and_more(end, MEASURES[adjective]))
                    return

    def _and_more(self, end: int, units: Sequence[str]) -> int:
        """Where an amount ends that may go on: "two hours and twenty minutes"."""
        goes_on = end + 1 < len(self.words) and self.words[end].folded == "and"
        more = phrase(self.words, end + 1, len(self.words)) if goes_on else None
        amount = amount_of(self.words, more) if more is not None else None
        return more.end if more is not None and amount is not None and amount.unit in units else end

    def _repeated(self) -> Iterator[Filled]:
        words = self.words
        for at in range(self.clause.verb + 1, len(words)):
            if words[at].folded in _REGULARLY:
                yield self._filled(at, at + 1)
                return
            counted = words[at].folded in ("once", "twice") or words[at].folded == "times"
            read = phrase(words, at + counted, len(words))
            if counted and words[at].folded != "times" and read is None:
                # "It has leaked twice."
                yield self._filled(at, at + 1)
                return
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


def _is_someone(noun: str) -> bool:
    return any(is_kind(noun, kind) for kind in ("person", "organization", "group"))


def _is_somewhere(noun: str) -> bool:
    return any(is_kind(noun, kind) for kind in _SOMEWHERE)


def _of_kind(noun: str, kind: str) -> bool:
    return is_kind(noun, kind) or is_kind(kind, noun)
