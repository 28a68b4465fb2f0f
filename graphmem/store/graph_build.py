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
from graphmem.store.alike import Known
from graphmem.store.facts import Facts, Item, Reading, Word, statements_of
from graphmem.store.labels import Extractions, label_entities
from graphmem.store.mentions import Names
from graphmem.store.moves import Moves, Rows, Strings, concatenated_ranges, offsets_of
from graphmem.store.pieces import counted_words

__all__ = ["Change", "Changed", "change_facts"]

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


@dataclass(frozen=True, slots=True)
class Changed:
    """The new facts; ``read``, the passages that are new or were read again; and how entities, passages (of which there were
    ``passage_count``) and statements move, what was read counted as new."""

    facts: Facts
    passage_count: int
    read: Positions
    entities: Moves
    passages: Moves
    statements: Moves


def change_facts(old: Facts, change: Change) -> Changed:
    """The facts of the new generation."""
    reading, passages = change.reading, change.passages
    keys = _Renumbering(old.keys, _alive(old, passages), reading.names)
    new_owners, new_weights = reading.owners(keys.numbers)
    owners = passages.rows(old.owners.renumbered(keys.now), new_owners)
    said = passages.rows(old.said.renumbered(keys.now), reading.said(keys.numbers))
    apart = passages.items(old.apart, np.array(reading.apart, dtype=bool))
    lower, lower_uses, came, went = _lower(old, change)
    ordinary, flipped = _ordinary(old, keys, lower, came, went)
    aliases, alias_statement, alias_entity, meant = _aliases(old, change, keys)
    owned, stayed = _owned(owners, len(keys.texts)), np.flatnonzero(keys.now >= 0)
    turned = stayed[_owned(old.owners, len(old.keys))[stayed] != owned[keys.now[stayed]]]
    alike, paired = old.alike.changed(keys.texts, keys.moves, owned, keys.now[turned], change.known)

    read = np.zeros(len(passages), dtype=bool)
    if passages.keeps():
        lost = (old.keys[entity] for entity in np.flatnonzero(keys.now < 0).tolist())
        phrases = [*keys.fresh.some(np.arange(len(keys.fresh))), *lost, *flipped]
        # Names that passages are newly about, or no more: what stands within them, or they within others, is read again.
        phrases += [old.keys[entity] for entity in turned.tolist()]
        for phrase in phrases:
            read[change.having(phrase.split(" "))] = True
        if phrases:
            read |= apart
        read[np.searchsorted(change.sentences, meant, side="right") - 1] = True
    read[owners.rows_of(np.flatnonzero(np.isin(owners.values, paired)))] = True
    read[passages.new()] = True
    again = np.flatnonzero(read)
    names = Names(keys.texts, ordinary, owned, most=_MOST * len(again) > len(passages))
    named, titled = _named(names, change, again, alias_statement, alias_entity)
    statements, moved = change.statements.without(_statements(change, again)), passages.without(again)
    labels, label_weight, label_passage = label_entities(
        old, passages, reading, change.extraction, keys.texts, keys.numbers, keys.moves, owners, said
    )
    facts = Facts(
        mentions=statements.rows(old.mentions.renumbered(keys.now), named),
        inside=moved.rows(old.inside.renumbered(keys.now), titled),
        owners=owners,
        owner_weights=passages.of_parts(old.owners.offsets, new_owners.counts().tolist()).items(
            old.owner_weights, new_weights
        ),
        said=said,
        apart=apart,
        keys=keys.texts,
        ordinary=ordinary,
        labels=labels,
        label_weight=label_weight,
        label_passage=label_passage,
        aliases=aliases,
        alias_statement=alias_statement,
        alias_entity=alias_entity,
        lower=lower,
        lower_uses=lower_uses,
        word_codes=alike.words,
        initial_codes=alike.initials,
        alike_one=alike.pairs.one,
        alike_other=alike.pairs.other,
    )
    return Changed(facts, len(old.inside), again, keys.moves, moved, statements)


class _Renumbering:
    """Names of which some go and others come: ``now`` are the new numbers of the old ones, -1 for those that go,
    ``numbers`` those of all that are wanted, ``fresh`` the new ones among them, and ``fresh_numbers`` theirs."""

    def __init__(self, old: Strings, alive: NDArray[np.bool_], wanted: Strings) -> None:
        at = np.fromiter(
            (place if known else -1 for place, known in old.find_all(wanted.encoded())), np.int64, len(wanted)
        )
        known = at >= 0
        kept = alive.copy()
        kept[at[known]] = True
        self.fresh = wanted.without(known)
        self.texts, self.moves = old.edited(kept, self.fresh)
        self.now = self.moves.now(len(old))
        self.fresh_numbers = self.moves.new()
        self.numbers = np.empty(len(wanted), dtype=np.int64)
        self.numbers[known], self.numbers[~known] = self.now[at[known]], self.fresh_numbers


def _owned(owners: Rows, count: int) -> NDArray[np.bool_]:
    """Which entities some passage is about."""
    return np.bincount(owners.values, minlength=count) > 0


def _alive(old: Facts, passages: Moves) -> NDArray[np.bool_]:
    """Which entities some passage that stays is about or mentions."""
    alive = np.ones(len(old.keys), dtype=bool)
    gone = np.flatnonzero(passages.now(len(old.inside)) < 0)
    if len(gone):
        uses = np.zeros(len(old.keys), dtype=np.int64)
        for rows in (old.owners, old.said):
            uses += np.bincount(rows.values, minlength=len(uses))
            uses -= np.bincount(rows.take(gone), minlength=len(uses))
        alive = uses > 0
    return alive


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
    texts, moves = old.lower.edited(uses > 0, came)
    return texts, moves.items(uses, more[~known]), came, went


def _ordinary(
    old: Facts, keys: _Renumbering, lower: Strings, came: Strings, went: list[str]
) -> tuple[NDArray[np.bool_], list[str]]:
    """Which entities are named by a single word that is also an ordinary one ("Time"), and for which of old this is new.

    Such a word names nothing unless it is written with a capital, and not at the start of a sentence.
    """
    # No word has a space in it, so that longer names are never found.
    fresh = np.fromiter((known for _, known in lower.find_all(keys.fresh.encoded())), bool, len(keys.fresh))
    ordinary = keys.moves.items(old.ordinary, fresh)
    flipped: list[str] = []
    if len(old.keys):
        for words, now in ((came.encoded(), True), ((word.encode("utf-8") for word in went), False)):
            for entity, known in old.keys.find_all(words):
                if known and keys.now[entity] >= 0:
                    ordinary[keys.now[entity]] = now
                    flipped.append(old.keys[entity])
    return ordinary, flipped


def _aliases(old: Facts, change: Change, keys: _Renumbering) -> tuple[Strings, Positions, Positions, Positions]:
    """The aliases, their statements and entities, -1 where nothing is called so, and statements where that has changed."""
    now = change.statements.now(len(old.mentions))[old.alias_statement]
    kept = np.flatnonzero(now >= 0)
    names = change.reading.alias_names
    new_statements = change.statements.new()[np.frombuffer(change.reading.alias_statements, dtype=np.int64)]
    places = np.append(kept, len(now))[np.searchsorted(now[kept], new_statements)]
    moves = Moves.edit(now >= 0, places.tolist())
    aliases = Strings(moves.rows(old.aliases.rows, names.rows))
    statements = moves.items(now, new_statements)
    before = np.where(old.alias_entity >= 0, keys.now[old.alias_entity], -1) if len(now) else old.alias_entity
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


def _found(texts: Strings, text: str) -> int:
    at = texts.find(text)
    return -1 if at is None else at


def _statements(change: Change, passages: Positions) -> Positions:
    """The statements of some passages: sentences, then triples."""
    sentences, _ = concatenated_ranges(change.sentences, passages)
    triples, _ = concatenated_ranges(change.triples, passages)
    return np.concatenate((sentences, triples + change.sentences[-1]))


def _named(
    names: Names, change: Change, passages: Positions, alias_statement: Positions, alias_entity: Positions
) -> tuple[Rows, Rows]:
    """What the statements of some passages mention, their aliases included, and what their titles name."""
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
    numbers = _statements(change, passages)
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
