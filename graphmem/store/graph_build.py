"""The graph of a generation out of the facts of the one before and the passages that came and went.

A name that comes or goes changes what is read in old statements, and so does a word that is seen in lower case for the
first time: those statements, and no others, are read again. What comes out is what the passages would give if they were
all read from the start, which is how a first generation is made: as an edit of nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graphmem.store.facts import CAPITAL, DIGIT, FLAG_BITS, Facts, Reading
from graphmem.store.graph import IN_TEXT, IN_TITLE
from graphmem.store.labels import Extractions, label_entities
from graphmem.store.mentions import Names, rows_with
from graphmem.store.moves import Moves, Rows, Strings, offsets_of

__all__ = ["Change", "change_facts", "graph_arrays"]

Positions = NDArray[np.int64]
_Key = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """What comes and goes: ``passages`` and ``statements`` move as said, ``reading`` is what is in the new passages, and
    ``extraction`` tells that of any passage of the new generation by its position."""

    passages: Moves
    statements: Moves
    reading: Reading
    extraction: Extractions


def change_facts(old: Facts, change: Change) -> Facts:
    """The facts of the new generation."""
    reading, passages = change.reading, change.passages
    gone = passages.now(len(old.titles)) < 0
    # Entities live as long as some passage is about them or mentions them, words as long as they stand somewhere.
    alive = _uses(old.owners, gone, len(old.keys)) + _uses(old.said, gone, len(old.keys)) > 0
    named = {key for rows in (reading.owned, reading.said) for row in rows for key in row}
    keys = _Renumbering(old.keys, alive, named)
    silent = change.statements.now(len(old.tokens)) < 0
    used = _uses(_words(old.tokens), silent, len(old.words)) + _uses(old.titles, gone, len(old.words))
    words = _Renumbering(old.words, used + _uses(old.key_words, keys.now < 0, len(old.words)) > 0, reading.number)

    texts = _Texts(old, change, keys, words)
    owned = [sorted((keys.number[key], weight) for key, (weight, _) in row.items()) for row in reading.owned]
    new_owners = Rows.of([[number for number, _ in row] for row in owned], np.int32)
    owners = passages.rows(old.owners.renumbered(keys.now), new_owners)
    weights = np.array([weight for row in owned for _, weight in row], dtype=np.float32)
    new_said = Rows.of([sorted(keys.number[key] for key in row) for row in reading.said], np.int32)
    said = passages.rows(old.said.renumbered(keys.now), new_said)
    aliases, alias_statement, alias_entity, meant = _aliases(old, change, keys)
    mentions, inside = texts.named(owners, meant, alias_statement, alias_entity)
    labels, label_weight, label_passage = label_entities(
        old, passages, reading, change.extraction, keys.texts, keys.number, keys.moves, owners, said
    )
    return Facts(
        words=words.texts,
        lower=texts.lower,
        tokens=texts.tokens,
        mentions=mentions,
        titles=texts.titles,
        inside=inside,
        owners=owners,
        owner_weights=passages.of_parts(old.owners.offsets, new_owners.counts().tolist()).items(
            old.owner_weights, weights
        ),
        said=said,
        keys=keys.texts,
        key_words=texts.key_words,
        labels=labels,
        label_weight=label_weight,
        label_passage=label_passage,
        aliases=aliases,
        alias_statement=alias_statement,
        alias_entity=alias_entity,
    )


class _Renumbering:
    """Texts of which some go and others come: ``now`` are the new numbers of the old ones, -1 for those that go,
    ``number`` those of all that are wanted, ``fresh`` of those among them that are new."""

    def __init__(self, old: Strings, alive: NDArray[np.bool_], wanted: Iterable[str]) -> None:
        known: dict[str, int] = {}
        new: list[str] = []
        for text in sorted(wanted):
            at = old.find(text)
            if at is None:
                new.append(text)
            else:
                known[text] = at
        kept = alive.copy()
        kept[list(known.values())] = True
        self.texts, self.moves = old.edited(kept, new)
        self.now = self.moves.now(len(old))
        self.fresh = dict(zip(new, self.moves.new().tolist(), strict=True))
        self.number = {text: int(self.now[at]) for text, at in known.items()} | self.fresh


class _Texts:
    """The words of statements, titles and names in the new numbers, and which of the texts have to be read again."""

    def __init__(self, old: Facts, change: Change, keys: _Renumbering, words: _Renumbering) -> None:
        self._old, self._change, self._keys, self._words = old, change, keys, words
        reading, number = change.reading, words.number
        local = np.array([number[word] for word in reading.number], dtype=np.int64)
        flags = old.tokens.values & (1 << FLAG_BITS) - 1
        moved = Rows(old.tokens.offsets, _words(old.tokens).renumbered(words.now).values << FLAG_BITS | flags)
        self.tokens = change.statements.rows(moved, reading.statements(local))
        self.titles = change.passages.rows(old.titles.renumbered(words.now), reading.titles(local))
        spelt = Rows.of([[number[word] for word in key.split(" ")] for key in keys.fresh], np.int32)
        self.key_words = keys.moves.rows(old.key_words.renumbered(words.now), spelt)
        self.lower = np.zeros(len(words.texts), dtype=bool)
        self.lower[self.tokens.values[self.tokens.values & (CAPITAL | DIGIT) == 0] >> FLAG_BITS] = True

    def named(
        self, owners: Rows, meant: Positions, alias_statement: Positions, alias_entity: Positions
    ) -> tuple[Rows, Rows]:
        """Entities by statement and by title; ``meant`` are statements of which the aliases have changed."""
        owned = _owned(owners, len(self._keys.texts))
        phrases, flipped = self._phrases(owned), self._flipped()
        words = self.tokens.values >> FLAG_BITS
        again = np.union1d(meant, rows_with(self.tokens, words, phrases, len(flipped)))
        filled = np.flatnonzero(self.tokens.counts())
        again = np.union1d(again, filled[flipped[words[self.tokens.offsets[filled]]]])
        retitled = rows_with(self.titles, self.titles.values, phrases, len(flipped))
        retitled = np.union1d(retitled, self.titles.rows_of(np.flatnonzero(flipped[self.titles.values])))
        statements, passages = self._change.statements.without(again), self._change.passages.without(retitled)
        read, headed = statements.new(), passages.new()
        names = Names(
            self.key_words,
            np.union1d(self.tokens.take(read) >> FLAG_BITS, self.titles.take(headed)),
            self.lower,
            owned,
        )
        found = {number: names.in_statement(self.tokens.row(number)) for number in read.tolist()}
        for statement, entity in zip(alias_statement.tolist(), alias_entity.tolist(), strict=True):
            if entity >= 0 and statement in found:
                found[statement] = sorted({*found[statement], entity})
        titled = [names.in_title(self.titles.row(number)) for number in headed.tolist()]
        now = self._keys.now
        return (
            statements.rows(self._old.mentions.renumbered(now), Rows.of(list(found.values()), np.int32)),
            passages.rows(self._old.inside.renumbered(now), Rows.of(titled, np.int32)),
        )

    def _phrases(self, owned: NDArray[np.bool_]) -> list[_Key]:
        """Names that are new or no more, or that passages are newly about or no more, where something is left that could
        hold them."""
        if not any(start >= 0 for start, _ in self._change.passages.runs):
            return []
        now = self._keys.now
        stayed = np.flatnonzero(now >= 0)
        turned = now[stayed[_owned(self._old.owners, len(now))[stayed] != owned[now[stayed]]]]
        phrases = [tuple(self.key_words.row(number)) for number in (*self._keys.fresh.values(), *turned.tolist())]
        for entity in np.flatnonzero(now < 0).tolist():
            row = tuple(int(self._words.now[word]) for word in self._old.key_words.row(entity))
            # One with a word that stands nowhere any more matches nothing.
            if min(row) >= 0:
                phrases.append(row)
        return phrases

    def _flipped(self) -> NDArray[np.bool_]:
        """Words that are a name of their own and have become ordinary words, or are so no more."""
        stayed = np.flatnonzero(self._words.now >= 0)
        now = self._words.now[stayed]
        flipped = np.zeros(len(self.lower), dtype=bool)
        flipped[now] = self._old.lower[stayed] != self.lower[now]
        single = np.zeros(len(self.lower), dtype=bool)
        single[self.key_words.values[self.key_words.offsets[:-1][self.key_words.counts() == 1]]] = True
        return flipped & single


def _owned(owners: Rows, count: int) -> NDArray[np.bool_]:
    """Which entities some passage is about."""
    return np.bincount(owners.values, minlength=count) > 0


def _uses(rows: Rows, gone: NDArray[np.bool_], count: int) -> Positions:
    """How often each number stands in the rows that are not gone."""
    uses = np.bincount(rows.values, minlength=count)
    if gone.any():
        uses -= np.bincount(rows.take(np.flatnonzero(gone)), minlength=count)
    return uses


def _words(tokens: Rows) -> Rows:
    return Rows(tokens.offsets, tokens.values >> FLAG_BITS)


def _aliases(old: Facts, change: Change, keys: _Renumbering) -> tuple[Strings, Positions, Positions, Positions]:
    """The aliases, their statements and entities, -1 where nothing is called so, and statements where that has changed."""
    now = change.statements.now(len(old.tokens))[old.alias_statement]
    kept = np.flatnonzero(now >= 0)
    new_statements = change.statements.new()
    added = [(int(new_statements[number]), key) for number, key in change.reading.aliases]
    places = np.append(kept, len(now))[np.searchsorted(now[kept], [statement for statement, _ in added])]
    moves = Moves.edit(now >= 0, places.tolist())
    aliases = Strings(moves.rows(old.aliases.rows, Strings.of(key for _, key in added).rows))
    statements = moves.items(now, np.array([statement for statement, _ in added], dtype=np.int64))
    before = np.where(old.alias_entity >= 0, keys.now[old.alias_entity], -1) if len(now) else old.alias_entity
    entities = moves.items(before, np.full(len(added), -1, dtype=np.int64))
    was = moves.items(old.alias_entity >= 0, np.zeros(len(added), dtype=bool))
    new = set(moves.new().tolist())
    for row in np.flatnonzero(entities < 0).tolist():
        # What was called so by nobody is called so by a new entity or by none.
        found = keys.texts.find(aliases[row]) if row in new else keys.fresh.get(aliases[row])
        entities[row] = -1 if found is None else found
    return aliases, statements, entities, np.unique(statements[(entities >= 0) != was])


# --- the graph that readers see ---------------------------------------------------------------------


def graph_arrays(facts: Facts, statement_passage: Positions) -> dict[str, NDArray[np.generic]]:
    """Arrays of the graph; ``statement_passage`` is the passage of each statement."""
    count, passages = len(facts.keys), len(facts.titles)
    mentions = facts.mentions
    order = np.argsort(mentions.values, kind="stable")
    # Weightiest first: of what is said twice of an entity and a passage, the first counts.
    code = np.concatenate(
        [
            rows.values.astype(np.int64) * passages + place
            for rows, place in (
                (facts.owners, facts.owners.owners()),
                (facts.inside, facts.inside.owners()),
                (mentions, statement_passage[mentions.owners()]),
            )
        ]
    )
    code, first = np.unique(code, return_index=True)
    own, titled = len(facts.owners.values), len(facts.owners.values) + len(facts.inside.values)
    weights = np.where(first < titled, np.float32(IN_TITLE), np.float32(IN_TEXT))
    weights[first < own] = facts.owner_weights[first[first < own]]
    # Owners first, so that a reader can tell them by their place.
    entity, rest = np.divmod(code, max(passages, 1))
    ranked = np.lexsort((first >= own, entity))
    key_counts = facts.key_words.counts()
    ordinary = (key_counts == 1) & facts.lower[facts.key_words.values[facts.key_words.offsets[:-1]]]
    return {
        "key_bytes": facts.keys.rows.values,
        "key_offsets": facts.keys.rows.offsets,
        "label_bytes": facts.labels.rows.values,
        "label_offsets": facts.labels.rows.offsets,
        "statement_indptr": mentions.offsets,
        "statement_entities": mentions.values,
        "entity_indptr": offsets_of(np.bincount(mentions.values, minlength=count)),
        "entity_statements": mentions.owners()[order].astype(np.int32),
        "passage_indptr": offsets_of(np.bincount(entity, minlength=count)),
        "entity_passages": rest[ranked].astype(np.int32),
        "passage_weights": weights[ranked],
        "owner_count": np.bincount(facts.owners.values, minlength=count).astype(np.int32),
        # A single word that is also an ordinary word ("Time") names nothing unless it is written with a capital.
        "ordinary": ordinary,
    }
