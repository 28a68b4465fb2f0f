"""The graph of a generation out of that of the one before and the passages that came and went.

A name that comes or goes changes what is read in old statements, and so does a word that is seen in lower case for the
first time: the passages that have those words, and no others, are read again. What comes out is what the passages would
give if they were all read from the start, which is how a first generation is made: as an edit of nothing.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphmem.folding import tokenize
from graphmem.store.alike import Known
from graphmem.store.facts import Facts, Item, Reading, Word, statements_of
from graphmem.store.graph import ALIKE, IN_TEXT, IN_TITLE
from graphmem.store.labels import Extractions, label_entities
from graphmem.store.mentions import Names
from graphmem.store.moves import Moves, Rows, Strings, concatenated_ranges, offsets_of
from graphmem.store.pieces import counted_words

__all__ = ["Change", "Changed", "change_facts", "graph_arrays"]

Positions = NDArray[np.int64]
_BATCH = 500
"""Passages whose names are looked up at once."""
_BLOCK = 1 << 15
_HELD = 1 << 19
"""Pairs of an entity and a passage, or a statement, that are sorted at once."""
_NONE = np.zeros(0, dtype=np.int32)
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
        told = [(_words(passage.title), statements_of(passage, extraction)) for passage, extraction in batch]
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


def _words(text: str) -> list[str]:
    return [word for word, _, _ in tokenize(text)]


def _texts(title: list[str], statements: Iterable[list[list[Word]]]) -> Iterator[list[str]]:
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


# --- the graph that readers see ---------------------------------------------------------------------


def graph_arrays(
    changed: Changed, statement_passage: Positions, older: Mapping[str, NDArray[np.generic]] | None
) -> dict[str, NDArray[np.generic]]:
    """Arrays of the graph; ``statement_passage`` is the passage of each statement, ``older`` the graph before."""
    facts = changed.facts
    count = len(facts.keys)
    owner_count = np.bincount(facts.owners.values, minlength=count).astype(np.int32)
    entity_indptr, entity_statements = _statements_by_entity(changed, older)
    passage_indptr, entity_passages, passage_weights = _passages_by_entity(changed, statement_passage, older)
    return {
        "key_bytes": facts.keys.rows.values,
        "key_offsets": facts.keys.rows.offsets,
        "label_bytes": facts.labels.rows.values,
        "label_offsets": facts.labels.rows.offsets,
        "statement_indptr": facts.mentions.offsets,
        "statement_entities": facts.mentions.values,
        "entity_indptr": entity_indptr,
        "entity_statements": entity_statements,
        "passage_indptr": passage_indptr,
        "entity_passages": entity_passages,
        "passage_weights": passage_weights,
        "owner_count": owner_count,
        "ordinary": facts.ordinary,
    }


def _statements_by_entity(
    changed: Changed, older: Mapping[str, NDArray[Any]] | None
) -> tuple[Positions, NDArray[np.int32]]:
    """The statements that mention each entity, ascending: offsets and numbers."""
    mentions = changed.facts.mentions
    size = max(len(mentions), 1)
    new = changed.statements.new()
    entities, statements = [_NONE], [_NONE]
    for stretch in _stretches([(mentions, new)], len(changed.facts.keys)):
        items, place = _within(mentions, new, stretch)
        entity = mentions.values[items]
        order = np.argsort(entity, kind="stable")
        entities.append(entity[order])
        statements.append(new[place[order]].astype(np.int32))
    entity, statement = np.concatenate(entities), np.concatenate(statements)
    if older is not None:
        before = changed.statements.now(len(older["statement_indptr"]) - 1)[older["entity_statements"]]
        stays = before >= 0
        owner, before = _moved_owners(older["entity_indptr"], changed.entities)[stays], before[stays]
        places = np.searchsorted(owner * size + before, entity * np.int64(size) + statement)
        entity, statement = np.insert(owner, places, entity), np.insert(before, places, statement)
    return _offsets(entity, len(changed.facts.keys)), statement.astype(np.int32, copy=False)


def _passages_by_entity(
    changed: Changed, statement_passage: Positions, older: Mapping[str, NDArray[Any]] | None
) -> tuple[Positions, NDArray[np.int32], NDArray[np.float32]]:
    """The passages that have to do with each entity, its owners first: offsets, positions, weights."""
    facts = changed.facts
    size = max(len(facts.inside), 1)
    statements = changed.statements.new()
    # Weightiest first: of what is said twice of an entity and a passage, the first counts.
    sources = ((facts.owners, changed.read), (facts.inside, changed.read), (facts.mentions, statements))
    akin, called_so = _akin(changed)
    ranks, passages, weights = [_NONE], [_NONE], [np.zeros(0, dtype=np.float32)]
    for stretch in _stretches(sources, len(facts.keys)):
        (owned, owner), (items, titled_by), (said, statement) = (_within(*source, stretch) for source in sources)
        like = np.flatnonzero((akin >= stretch[0]) & (akin < stretch[1]))
        pairs = [
            facts.owners.values[owned] * np.int64(size) + changed.read[owner],
            facts.inside.values[items] * np.int64(size) + changed.read[titled_by],
            akin[like] * size + called_so[like],
            facts.mentions.values[said] * np.int64(size) + statement_passage[statements[statement]],
        ]
        own, titled, called = np.cumsum([len(each) for each in pairs[:3]])
        code, first = np.unique(np.concatenate(pairs), return_index=True)
        weight = np.where(first < called, np.float32(ALIKE), np.float32(IN_TEXT))
        weight[first < titled] = IN_TITLE
        weight[first < own] = facts.owner_weights[owned][first[first < own]]
        # Owners first, so that a reader can tell them by their place.
        entity, passage = np.divmod(code, size)
        rank = entity * 2 + (first >= own)
        order = np.lexsort((passage, rank))
        ranks.append(rank[order].astype(np.int32))
        passages.append(passage[order].astype(np.int32))
        weights.append(weight[order])
    rank, passage, weight = np.concatenate(ranks), np.concatenate(passages), np.concatenate(weights)
    if older is not None:
        before = changed.passages.now(changed.passage_count)[older["entity_passages"]]
        stays = before >= 0
        offsets = older["passage_indptr"]
        behind = np.arange(len(before)) >= np.repeat(offsets[:-1] + older["owner_count"], np.diff(offsets))
        owner = (_moved_owners(offsets, changed.entities) * 2 + behind)[stays]
        before = before[stays]
        places = np.searchsorted(owner * size + before, rank * np.int64(size) + passage)
        rank, passage = np.insert(owner, places, rank), np.insert(before, places, passage)
        weight = np.insert(older["passage_weights"][stays], places, weight)
    return _offsets(rank >> 1, len(facts.keys)), passage.astype(np.int32, copy=False), weight


def _akin(changed: Changed) -> tuple[Positions, Positions]:
    """The entities that are called like one that a passage is about, and that passage."""
    owners, entities, passages = changed.facts.owners, [_NONE.astype(np.int64)], [_NONE.astype(np.int64)]
    for start in range(0, len(changed.read), _BLOCK):
        block = changed.read[start : start + _BLOCK]
        place, akin = changed.facts.alike.pairs.partners(owners.take(block))
        entities.append(akin)
        passages.append(np.repeat(block, owners.offsets[block + 1] - owners.offsets[block])[place])
    return np.concatenate(entities), np.concatenate(passages)


def _stretches(sources: Sequence[tuple[Rows, Positions]], count: int) -> Iterator[tuple[int, int]]:
    """Stretches of entities, first and end, of which some rows of ``sources`` have no more than is held at once."""
    uses = np.zeros(count, dtype=np.int64)
    for rows, numbers in sources:
        for start in range(0, len(numbers), _BLOCK):
            uses += np.bincount(rows.take(numbers[start : start + _BLOCK]), minlength=count)
    sums = np.cumsum(uses)
    first = 0
    while first < count:
        before = sums[first - 1] if first else 0
        end = max(first + 1, int(np.searchsorted(sums, before + _HELD, side="right")))
        yield first, end
        first = end


def _within(rows: Rows, numbers: Positions, stretch: tuple[int, int]) -> tuple[Positions, Positions]:
    """Where the values of some rows stand that lie in a stretch, and the places of their rows among ``numbers``."""
    found, places = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for start in range(0, len(numbers), _BLOCK):
        block = numbers[start : start + _BLOCK]
        items, _ = concatenated_ranges(rows.offsets, block)
        values = rows.values[items]
        inside = np.flatnonzero((values >= stretch[0]) & (values < stretch[1]))
        found.append(items[inside])
        place = np.repeat(np.arange(start, start + len(block)), rows.offsets[block + 1] - rows.offsets[block])
        places.append(place[inside])
    return np.concatenate(found), np.concatenate(places)


def _moved_owners(offsets: Positions, entities: Moves) -> Positions:
    """The entity of each item of a CSR layout, in the new numbers."""
    return np.repeat(entities.now(len(offsets) - 1), np.diff(offsets))


def _offsets(ascending: NDArray[np.integer[Any]], count: int) -> Positions:
    return offsets_of(np.bincount(ascending, minlength=count))
