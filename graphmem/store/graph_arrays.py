"""The graph that readers see, out of the facts: which statements and which passages each entity leads to.

Pairs of an entity and where it leads are sorted a stretch of entities at a time, so that memory holds a bounded number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphmem.store.graph import ALIKE, IN_TEXT, IN_TITLE
from graphmem.store.graph_build import Changed
from graphmem.store.moves import Moves, Rows, concatenated_ranges, offsets_of

__all__ = ["graph_arrays"]

Positions = NDArray[np.int64]
_BLOCK = 1 << 15
_HELD = 1 << 19
"""Pairs of an entity and a passage, or a statement, that are sorted at once."""
_NONE = np.zeros(0, dtype=np.int32)


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
    mentions, count = changed.facts.mentions, len(changed.facts.keys)
    size = max(len(mentions), 1)
    new = changed.statements.new()
    entities, statements = [_NONE], [_NONE]
    for stretch in _stretches([(mentions, new)], count):
        items, place = _within(mentions, new, stretch)
        entity = mentions.values[items]
        order = np.argsort(entity, kind="stable")
        entities.append(entity[order])
        statements.append(new[place[order]].astype(np.int32))
    merged = _Merged(np.concatenate(entities), np.concatenate(statements), size, count)
    if older is not None:
        offsets, values = older["entity_indptr"], older["entity_statements"]
        now = changed.statements.now(len(older["statement_indptr"]) - 1)
        merged.make_room(len(values))
        for part, rank in _stretches_of(offsets, changed.entities):
            merged.add(rank, now[values[part]])
    return merged.finish()[:2]


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
    merged = _Merged(np.concatenate(ranks), np.concatenate(passages), size, len(facts.keys), np.concatenate(weights), 2)
    if older is not None:
        offsets, values = older["passage_indptr"], older["entity_passages"]
        now = changed.passages.now(changed.passage_count)
        merged.make_room(len(values))
        for part, rank in _stretches_of(offsets, changed.entities, older["owner_count"]):
            merged.add(rank, now[values[part]], older["passage_weights"][part])
    return merged.finish()


class _Merged:
    """Pairs of a rank and a value in their order: new ones, between which old ones are put a stretch at a time. An entity has
    ``ranks`` ranks, and every pair a weight, where ``weights`` are given."""

    def __init__(
        self,
        rank: NDArray[np.int32],
        value: NDArray[np.int32],
        size: int,
        count: int,
        weight: NDArray[np.float32] | None = None,
        ranks: int = 1,
    ) -> None:
        self._codes = rank * np.int64(size) + value
        self._new, self._new_weights = value, np.zeros(len(value), dtype=np.float32) if weight is None else weight
        self._size, self._ranks = size, ranks
        self._counts = np.bincount(rank // ranks, minlength=count)
        self._values, self._weights, self._end, self._at = value, self._new_weights, len(value), len(value)

    def make_room(self, count: int) -> None:
        """Begin to put so many old pairs between the new ones, or fewer."""
        self._values = np.empty(count + len(self._new), dtype=np.int32)
        self._weights = np.empty(count + len(self._new), dtype=np.float32)
        self._end = self._at = 0

    def add(self, rank: Positions, value: Positions, weight: NDArray[np.float32] | None = None) -> None:
        """The next old pairs, ascending; those whose value is -1 are gone."""
        stays = value >= 0
        rank, value = rank[stays], value[stays]
        if not len(rank):
            return
        codes = rank * self._size + value
        until = int(np.searchsorted(self._codes, codes[-1]))
        new = slice(self._at, until)
        places = np.searchsorted(codes, self._codes[new])
        if weight is not None:
            weight = np.insert(weight[stays], places, self._new_weights[new])
        self._append(np.insert(value, places, self._new[new]), weight)
        self._at = until
        entity = rank // self._ranks
        seen = np.bincount(entity - entity[0])
        self._counts[entity[0] : entity[0] + len(seen)] += seen

    def finish(self) -> tuple[Positions, NDArray[np.int32], NDArray[np.float32]]:
        """Offsets of the entities, values, weights."""
        self._append(self._new[self._at :], self._new_weights[self._at :])
        return offsets_of(self._counts), self._values[: self._end], self._weights[: self._end]

    def _append(self, values: NDArray[np.integer[Any]], weights: NDArray[np.float32] | None) -> None:
        end = self._end + len(values)
        self._values[self._end : end] = values
        if weights is not None:
            self._weights[self._end : end] = weights
        self._end = end


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
    if sum(int((rows.offsets[numbers + 1] - rows.offsets[numbers]).sum()) for rows, numbers in sources) <= _HELD:
        yield 0, count
        return
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


def _stretches_of(
    offsets: Positions, entities: Moves, owner_count: NDArray[Any] | None = None
) -> Iterator[tuple[slice, Positions]]:
    """Stretches of the items of a CSR layout, and the rank of each: its entity's new number, or where ``owner_count`` of the
    first items of an entity come before its others, twice that, and one more for the others."""
    now = entities.now(len(offsets) - 1)
    first = 0
    while first < len(now):
        end = max(first + 1, int(np.searchsorted(offsets, offsets[first] + _HELD, side="right")) - 1)
        part = slice(int(offsets[first]), int(offsets[end]))
        counts = np.diff(offsets[first : end + 1])
        rank = np.repeat(now[first:end], counts)
        if owner_count is not None:
            others = np.repeat(offsets[first:end] + owner_count[first:end], counts)
            rank = rank * 2 + (np.arange(part.start, part.stop) >= others)
        yield part, rank
        first = end
