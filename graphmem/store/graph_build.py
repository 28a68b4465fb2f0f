"""The facts of a generation out of those of the one before and the passages that came and went.

A name that comes or goes changes what is read in old statements, and so does a word that is seen in lower case for the
first time: the passages that have those words, and no others, are read again. What comes out is what the passages would
give if they were all read from the start, which is how a first generation is made: as an edit of nothing.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from graphmem import folding
from graphmem.store.alike import Alike, Known
from graphmem.store.facts import Item, Reading, Word, statements_of
from graphmem.store.graph import Graph
from graphmem.store.labels import Extractions, label_entities
from graphmem.store.layered import Course, LayeredItems, LayeredStrings
from graphmem.store.leads import Leads, Read
from graphmem.store.mentions import Names
from graphmem.store.moves import Moves, Rows, Strings, concatenated_ranges, offsets_of, ranges
from graphmem.store.pieces import counted_words
from graphmem.store.tables import Facts

__all__ = ["Change", "change_facts"]

Positions = NDArray[np.int64]
_BATCH = 500
"""Passages whose names are looked up at once."""
_MOST = 10
"""From one passage in so many on, all names are taken up at once."""


@dataclass(frozen=True, slots=True)
class Change:
    """What comes and goes: ``passages`` and ``statements`` move as said, ``reading`` is what is in the new passages, ``gone``
    what was in those that go. ``sentences`` and ``triples`` are the offsets of the passages' in the new generation, of
    which ``read`` tells passages by position, ``extraction`` what was extracted from one, and ``having`` which have all of
    some words in title or text. ``known`` gives the vectors of names.
    """

    passages: Moves
    statements: Moves
    reading: Reading
    gone: Reading
    sentences: Positions
    triples: Positions
    read: Callable[[Positions], Iterable[Item]]
    extraction: Extractions
    having: Callable[[Sequence[str]], Positions]
    known: Known


def change_facts(old: Facts, change: Change) -> tuple[Facts, list[str]]:
    """The facts of the new generation, and the names that went."""
    reading, passages, graph = change.reading, change.passages, old.graph
    keys = _Renumbering(old, passages, reading.names)
    entities = keys.course
    courses = {
        "entities": entities,
        "statements": Course(graph.moves_of["statements"], change.statements),
        "passages": Course(graph.moves_of["passages"], passages),
    }
    came = reading.owners(keys.numbers)
    owners = old.owners.edited(passages, came, entities)
    said = old.said.edited(passages, reading.said(keys.numbers), entities)
    apart = passages.items(old.apart, np.array(reading.apart, dtype=bool))
    lower, lower_uses, new_words, lost_words = _lower(old, change)
    ordinary, flipped = _ordinary(old, keys, lower, new_words, lost_words)
    aliases, alias_statement, alias_entity, meant = _aliases(old, change, keys)
    owner_count, turned = _owner_counts(old, passages, came.values, entities)
    owned = owner_count.folded() > 0
    alike = Alike(old.words, old.initials, old.alike)
    alike, paired = alike.changed(keys.texts, entities, owned, turned, change.known)

    # Names that passages are newly about, or no more: what stands within them, or they within others, is read again.
    # Where nothing stays, nothing is read a second time, and all names as Python objects would not fit.
    phrases: list[str] = []
    if passages.keeps():
        phrases = [*keys.fresh.some(np.arange(len(keys.fresh))), *keys.lost, *flipped, *keys.texts.some(turned)]
    about_paired = _about(graph, passages, entities.step.before(paired))
    again = _to_read(change, phrases, apart, meant, about_paired)
    names = Names(keys.texts, ordinary.folded(), owned, most=_MOST * len(again) > len(passages))
    numbers, spoken_in = _statements(change, again)
    named, titled = _named(names, change, again, numbers, alias_statement, alias_entity)
    statements, moved = change.statements.without(numbers), passages.without(again)
    mentions, inside = graph.mentions.edited(statements, named, entities), old.inside.edited(moved, titled, entities)
    labels, label_weight, label_passage = label_entities(
        old, courses["passages"], reading, change.extraction, keys.texts, keys.numbers, entities, owners, said
    )
    about = owners.some(again)
    read = Read(again, about, titled, alike.pairs.partners_of(about), numbers, spoken_in, named)
    leads = Leads(old, entities, moved, statements, read)
    graph = Graph(
        mentions=mentions,
        keys=keys.texts,
        labels=labels,
        ordinary=ordinary,
        owner_count=owner_count,
        statements=leads.statements(courses["statements"]),
        passages=leads.passages(courses["passages"]),
        moves_of={kind: course.whole for kind, course in courses.items()},
    )
    tables = graph, inside, owners, said, label_weight, label_passage, alike.words, alike.initials
    facts = Facts(*tables, alike.pairs, apart, aliases, alias_statement, alias_entity, lower, lower_uses)
    return facts, keys.lost


class _Renumbering:
    """Names of which some go and others come: ``course`` tells how entities move, ``numbers`` the new numbers of those that are
    ``wanted``; ``fresh`` are the new names among these, ``lost`` those that go."""

    def __init__(self, old: Facts, passages: Moves, wanted: Strings) -> None:
        keys = old.graph.keys
        told = (2 * place + known for place, known in keys.find_all(wanted.encoded()))
        places, known = np.divmod(np.fromiter(told, np.int64, len(wanted)), 2)
        known = known.astype(bool)
        gone = np.setdiff1d(_forgotten(old, passages), places[known])
        self.lost = list(keys.some(gone))
        self.fresh = wanted.without(known)
        step = Moves.edit(len(keys), gone, places[~known])
        self.texts = keys.edited(step, self.fresh)
        self.course = Course(old.graph.moves_of["entities"], step)
        self.numbers = np.empty(len(wanted), dtype=np.int64)
        self.numbers[known], self.numbers[~known] = step.now(places[known]), step.new


def _forgotten(old: Facts, passages: Moves) -> Positions:
    """The entities that no passage that stays is about or mentions."""
    if not len(passages.gone):
        return passages.gone
    uses = np.zeros(len(old.graph.keys), dtype=np.int64)
    for table in (old.owners, old.said):
        uses += np.bincount(table.folded().values, minlength=len(uses))
        uses -= np.bincount(table.some(passages.gone).values, minlength=len(uses))
    return np.flatnonzero(uses == 0)


def _owner_counts(
    old: Facts, passages: Moves, came: NDArray[np.int32], entities: Course
) -> tuple[LayeredItems, Positions]:
    """How many passages are about each entity, and the old entities that some passage is about for the first time, or none any
    more; ``came`` are those that the new passages are about."""
    step = entities.step
    went = step.now(old.owners.some(passages.gone).values)
    touched = np.unique(np.concatenate((went[went >= 0], came, step.new)))
    before = step.before(touched)
    counts = np.zeros(len(touched), dtype=np.int64)
    counts[before >= 0] = old.graph.owner_count.some(before[before >= 0])
    had = counts > 0
    for some, sign in ((came, 1), (went[went >= 0], -1)):
        counts += sign * np.bincount(np.searchsorted(touched, some), minlength=len(touched))
    turned = touched[(before >= 0) & (had != (counts > 0))]
    return old.graph.owner_count.edited(step.without(touched), counts.astype(np.int32)), turned


def _to_read(
    change: Change, phrases: Sequence[str], apart: NDArray[np.bool_], meant: Positions, about: Positions
) -> Positions:
    """The passages that are new or say something else now: those that have all words of some phrases; where there are any, those
    with triples ``apart`` from their text; those of sentences in which names are ``meant``, and those ``about`` some names."""
    read = np.zeros(len(change.passages), dtype=bool)
    for phrase in phrases:
        read[change.having(phrase.split(" "))] = True
    if phrases:
        read |= apart
    read[np.searchsorted(change.sentences, meant, side="right") - 1] = True
    read[about] = True
    read[change.passages.new] = True
    return np.flatnonzero(read)


def _about(graph: Graph, passages: Moves, entities: Positions) -> Positions:
    """The passages that stay of those that are about some old entities."""
    known = entities[entities >= 0]
    begins, _ = graph.passages.where(known)
    counts = graph.owner_count.some(known)
    now = passages.now(graph.passages.values(ranges(begins, counts.astype(np.int64))[0]))
    return now[now >= 0]


def _lower(old: Facts, change: Change) -> tuple[Strings, Positions, Strings, list[str]]:
    """The words in lower case, how many statements have each so, and which of them came and went."""
    gone = change.gone.lower, array("q", (-count for count in change.gone.lower_uses))
    words, counts = counted_words([(change.reading.lower, change.reading.lower_uses), gone])
    more = np.frombuffer(counts, dtype=np.int64)
    at = np.fromiter(
        (place if known else -1 for place, known in old.lower.find_all(words.encoded())), np.int64, len(words)
    )
    known = at >= 0
    uses = old.lower_uses.copy()
    uses[at[known]] += more[known]
    came = words.without(known)
    went = list(old.lower.some(at[known][uses[at[known]] == 0]))
    texts, moves = old.lower.edited(np.flatnonzero(uses == 0), came)
    return texts, moves.items(uses, more[~known]), came, went


def _ordinary(
    old: Facts, keys: _Renumbering, lower: Strings, came: Strings, went: list[str]
) -> tuple[LayeredItems, list[str]]:
    """Which entities are named by a single word that is also an ordinary one ("Time"), and for which of old this is new.

    Such a word names nothing unless it is written with a capital, and not at the start of a sentence.
    """
    step = keys.course.step
    # No word has a space in it, so that longer names are never found.
    fresh = np.fromiter((known for _, known in lower.find_all(keys.fresh.encoded())), bool, len(keys.fresh))
    ordinary = old.graph.ordinary.edited(step, fresh)
    now: dict[int, bool] = {}
    for words, is_word in ((came.encoded(), True), ((word.encode("utf-8") for word in went), False)):
        entities = [entity for entity, known in old.graph.keys.find_all(words) if known]
        now |= dict.fromkeys(step.now(np.array(entities, dtype=np.int64)).tolist(), is_word)
    now.pop(-1, None)
    flipped = np.array(sorted(now), dtype=np.int64)
    values = np.array([now[number] for number in flipped.tolist()], dtype=bool)
    return ordinary.edited(Moves.none(len(step)).without(flipped), values), list(keys.texts.some(flipped))


def _aliases(old: Facts, change: Change, keys: _Renumbering) -> tuple[Strings, Positions, Positions, Positions]:
    """The aliases, their statements and entities, -1 where nothing is called so, and statements where that has changed."""
    step, now = keys.course.step, change.statements.now(old.alias_statement)
    kept = np.flatnonzero(now >= 0)
    names = change.reading.alias_names
    new_statements = change.statements.new[np.frombuffer(change.reading.alias_statements, dtype=np.int64)]
    places = np.append(kept, len(now))[np.searchsorted(now[kept], new_statements)]
    moves = Moves.edit(len(now), np.flatnonzero(now < 0), places)
    aliases = Strings(moves.rows(old.aliases.rows, names.rows))
    statements = moves.items(now, new_statements)
    before = step.now(old.alias_entity)
    found = np.fromiter((_found(keys.texts, name.decode("utf-8")) for name in names.encoded()), np.int64, len(names))
    entities = moves.items(before, found)
    was = moves.items(old.alias_entity >= 0, np.zeros(len(new_statements), dtype=bool))
    is_new = moves.items(np.zeros(len(now), dtype=bool), np.ones(len(new_statements), dtype=bool))
    if len(keys.fresh):
        # What was called so by nobody is called so by a new entity or by none.
        unknown = np.flatnonzero((entities < 0) & ~is_new)
        for row, name in zip(unknown.tolist(), aliases.some(unknown), strict=True):
            entities[row] = _found(keys.texts, name)
    return aliases, statements, entities, np.unique(statements[(entities >= 0) != was])


def _found(texts: LayeredStrings, text: str) -> int:
    at = texts.find(text)
    return -1 if at is None else at


def _statements(change: Change, passages: Positions) -> tuple[Positions, Positions]:
    """The statements of some passages, sentences, then triples, and the passage of each."""
    numbers, owners = [], []
    for offsets, first in ((change.sentences, 0), (change.triples, int(change.sentences[-1]))):
        numbers.append(concatenated_ranges(offsets, passages)[0] + first)
        owners.append(np.repeat(passages, offsets[passages + 1] - offsets[passages]))
    return np.concatenate(numbers), np.concatenate(owners)


def _named(
    names: Names,
    change: Change,
    passages: Positions,
    numbers: Positions,
    alias_statement: Positions,
    alias_entity: Positions,
) -> tuple[Rows, Rows]:
    """What the statements of some passages mention, of which these are the numbers, their aliases included, and what their
    titles name."""
    sentences, triples, titles = _Growing(), _Growing(), _Growing()
    for start in range(0, len(passages), _BATCH):
        batch = change.read(passages[start : start + _BATCH])
        told = [(folding.words(passage.title), statements_of(passage, extraction)) for passage, extraction in batch]
        names.expect(chain.from_iterable(_texts(*each) for each in told))
        for title, both in told:
            for rows, statements in zip((sentences, triples), both, strict=True):
                for statement in statements:
                    rows.add(names.in_statement(statement))
            titles.add(names.in_title(title))
    counts = np.concatenate((sentences.counts(), triples.counts()))
    values = np.concatenate((sentences.numbers(), triples.numbers()))
    # Aliases stand in sentences, which come first and ascend.
    ascending = numbers[: len(sentences)]
    place = np.searchsorted(ascending, alias_statement)
    meant = (place < len(ascending)) & (alias_entity >= 0)
    meant[meant] = ascending[place[meant]] == alias_statement[meant]
    if meant.any():
        size = int(max(values.max(initial=0), alias_entity.max())) + 1
        codes = np.repeat(np.arange(len(counts)), counts) * size + values
        row, values = np.divmod(np.union1d(codes, place[meant] * size + alias_entity[meant]), size)
        counts = np.bincount(row, minlength=len(counts))
    return Rows(offsets_of(counts), values.astype(np.int32)), Rows(offsets_of(titles.counts()), titles.numbers())


def _texts(title: Sequence[str], statements: Iterable[list[list[Word]]]) -> Iterator[Sequence[str]]:
    yield title
    yield from ([word for word, _, _ in statement] for each in statements for statement in each)


class _Growing:
    """Rows of numbers, one after the other."""

    def __init__(self) -> None:
        self._counts, self._values = array("i"), array("i")

    def __len__(self) -> int:
        return len(self._counts)

    def add(self, row: list[int]) -> None:
        self._counts.append(len(row))
        self._values.extend(row)

    def counts(self) -> Positions:
        return np.array(self._counts, dtype=np.int64)

    def numbers(self) -> NDArray[np.int32]:
        return np.array(self._values, dtype=np.int32)
