"""The graph of a generation out of the facts of the one before and the passages that came and went.

A name that comes or goes changes what is read in old statements, and so does a word that is seen in lower case for the
first time: those statements, and no others, are read again. What comes out is what the passages would give if they were
all read from the start, which is how a first generation is made: as an edit of nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphmem.model import Extraction
from graphmem.store.facts import CAPITAL, DIGIT, FLAG_BITS, Facts, Label, Reading, names_of
from graphmem.store.graph import IN_TEXT, IN_TITLE
from graphmem.store.mentions import Names, rows_with
from graphmem.store.moves import Moves, Rows, Strings

__all__ = ["Change", "change_facts", "graph_arrays"]

Positions = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Change:
    """What comes and goes: ``passages`` and ``statements`` move as said, ``reading`` is what is in the new passages, and
    ``extraction`` tells that of any passage of the new generation by its position."""

    passages: Moves
    statements: Moves
    reading: Reading
    extraction: Callable[[int], Extraction]


def change_facts(old: Facts, change: Change) -> Facts:
    """The facts of the new generation."""
    reading, passages, statements = change.reading, change.passages, change.statements
    gone = passages.now(len(old.titles)) < 0
    # Entities live as long as some passage is about them or mentions them.
    alive = _uses(old.owners, gone, len(old.keys)) + _uses(old.said, gone, len(old.keys)) > 0
    keys, entities, number_of = _edited(
        old.keys, alive, {key for rows in (reading.owned, reading.said) for row in rows for key in row}
    )
    entity_now = entities.now(len(old.keys))
    # Words live as long as they stand somewhere.
    silent = statements.now(len(old.tokens)) < 0
    used = _uses(_words(old.tokens), silent, len(old.words)) + _uses(old.titles, gone, len(old.words))
    used += _uses(old.key_words, entity_now < 0, len(old.words))
    words, word_moves, place_of = _edited(old.words, used > 0, reading.number)
    word_now = word_moves.now(len(old.words))
    local = np.array([place_of[word] for word in reading.number], dtype=np.int64)

    tokens = statements.rows(_renumbered(old.tokens, word_now), reading.statements(local))
    titles = passages.rows(Rows(old.titles.offsets, _at(word_now, old.titles.values)), reading.titles(local))
    fresh = {keys[number]: number for number in entities.new().tolist()}
    new_words = Rows.of([[place_of[word] for word in key.split(" ")] for key in fresh], np.int32)
    key_words = entities.rows(Rows(old.key_words.offsets, _at(word_now, old.key_words.values)), new_words)
    lower = np.zeros(len(words), dtype=bool)
    lower[tokens.values[tokens.values & (CAPITAL | DIGIT) == 0] >> FLAG_BITS] = True

    owned = [sorted((number_of[key], weight) for key, (weight, _) in row.items()) for row in reading.owned]
    new_owners = Rows.of([[number for number, _ in row] for row in owned], np.int32)
    owners = passages.rows(Rows(old.owners.offsets, _at(entity_now, old.owners.values)), new_owners)
    weights = np.array([weight for row in owned for _, weight in row], dtype=np.float32)
    weights = passages.of_parts(old.owners.offsets, new_owners.counts().tolist()).items(old.owner_weights, weights)
    new_said = Rows.of([sorted(number_of[key] for key in row) for row in reading.said], np.int32)
    said = passages.rows(Rows(old.said.offsets, _at(entity_now, old.said.values)), new_said)

    aliases, alias_statement, alias_entity, meant = _aliases(old, change, keys, entity_now, fresh)
    # What has to be read again; where nothing is left of old, all of it is new.
    phrases = []
    if not gone.all():
        phrases = [tuple(_row(key_words, number)) for number in fresh.values()]
        phrases += _dropped(old.key_words, entity_now, word_now)
    single = np.zeros(len(words), dtype=bool)
    single[key_words.values[key_words.offsets[:-1][key_words.counts() == 1]]] = True
    stayed = np.flatnonzero(word_now >= 0)
    flipped = np.zeros(len(words), dtype=bool)
    flipped[word_now[stayed]] = old.lower[stayed] != lower[word_now[stayed]]
    flipped &= single
    again = np.union1d(meant, _again(tokens, tokens.values >> FLAG_BITS, phrases, flipped, first_only=True))
    retitled = _again(titles, titles.values, phrases, flipped, first_only=False)
    read_statements, read_titles = statements.without(again), passages.without(retitled)
    new_statements, new_titles = read_statements.new(), read_titles.new()
    firsts = np.union1d(_values(tokens, new_statements) >> FLAG_BITS, _values(titles, new_titles))
    names = Names(key_words, firsts, lower)
    found = [names.in_statement(_row(tokens, number)) for number in new_statements.tolist()]
    place = {number: at for at, number in enumerate(new_statements.tolist())}
    for statement, entity in zip(alias_statement.tolist(), alias_entity.tolist(), strict=True):
        if entity >= 0 and statement in place:
            found[place[statement]] = sorted({*found[place[statement]], entity})
    mentions = read_statements.rows(
        Rows(old.mentions.offsets, _at(entity_now, old.mentions.values)), Rows.of(found, np.int32)
    )
    inside = read_titles.rows(
        Rows(old.inside.offsets, _at(entity_now, old.inside.values)),
        Rows.of([names.in_title(_row(titles, number)) for number in new_titles.tolist()], np.int32),
    )
    labels, label_weight, label_passage = _labels(old, change, keys, entities, number_of, owners, said)
    return Facts(
        words, lower, tokens, mentions, titles, inside, owners, weights, said, keys, key_words,
        labels, label_weight, label_passage, aliases, alias_statement, alias_entity,
    )  # fmt: skip


# --- numbers and what becomes of them ---------------------------------------------------------------


def _edited(old: Strings, alive: NDArray[np.bool_], wanted: Iterable[str]) -> tuple[Strings, Moves, dict[str, int]]:
    """The texts that stay or are wanted, how they move, and the new numbers of the wanted; ``alive`` is brought up to date."""
    known, new = {}, []
    for text in sorted(wanted):
        at = old.find(text)
        if at is None:
            new.append(text)
        else:
            known[text] = at
            alive[at] = True
    texts, moves = old.edited(alive, new)
    now = moves.now(len(old))
    numbers = {text: int(now[at]) for text, at in known.items()}
    return texts, moves, numbers | dict(zip(new, moves.new().tolist(), strict=True))


def _uses(rows: Rows, gone: NDArray[np.bool_], count: int) -> Positions:
    """How often each number stands in the rows that are not gone."""
    uses = np.bincount(rows.values, minlength=count)
    if gone.any():
        uses -= np.bincount(_values(rows, np.flatnonzero(gone)), minlength=count)
    return uses


def _words(tokens: Rows) -> Rows:
    return Rows(tokens.offsets, tokens.values >> FLAG_BITS)


def _renumbered(tokens: Rows, word_now: Positions) -> Rows:
    flags = tokens.values & (1 << FLAG_BITS) - 1
    return Rows(tokens.offsets, _at(word_now, tokens.values >> FLAG_BITS) << FLAG_BITS | flags)


def _at(now: Positions, numbers: NDArray[Any]) -> NDArray[np.int32]:
    moved: NDArray[np.int32] = now.astype(np.int32)[numbers]
    return moved


def _row(rows: Rows, number: int) -> list[int]:
    row: list[int] = rows.values[rows.offsets[number] : rows.offsets[number + 1]].tolist()
    return row


def _values(rows: Rows, numbers: Positions) -> NDArray[np.int64]:
    counts = rows.offsets[numbers + 1] - rows.offsets[numbers]
    ends = np.cumsum(counts)
    at = np.arange(int(counts.sum())) + np.repeat(rows.offsets[numbers] - (ends - counts), counts)
    values: NDArray[np.int64] = rows.values[at].astype(np.int64)
    return values


# --- what changes elsewhere -------------------------------------------------------------------------


def _dropped(key_words: Rows, entity_now: Positions, word_now: Positions) -> list[tuple[int, ...]]:
    """Names that are no more; one with a word that stands nowhere any more matches nothing."""
    rows = ([int(word_now[word]) for word in _row(key_words, e)] for e in np.flatnonzero(entity_now < 0).tolist())
    return [tuple(row) for row in rows if min(row) >= 0]


def _again(
    rows: Rows, words: NDArray[Any], phrases: list[tuple[int, ...]], flipped: NDArray[np.bool_], *, first_only: bool
) -> Positions:
    """Rows in which names may be found otherwise than before."""
    touched = rows_with(rows, words, phrases, len(flipped))
    if not flipped.any():
        return touched
    if first_only:
        filled = np.flatnonzero(rows.counts())
        return np.union1d(touched, filled[flipped[words[rows.offsets[filled]]]])
    return np.union1d(touched, np.searchsorted(rows.offsets, np.flatnonzero(flipped[words]), side="right") - 1)


def _aliases(
    old: Facts, change: Change, keys: Strings, entity_now: Positions, fresh: dict[str, int]
) -> tuple[Strings, Positions, Positions, Positions]:
    """The aliases, their statements and entities, -1 where nothing is called so, and statements where that has changed."""
    now = change.statements.now(len(old.tokens))[old.alias_statement]
    kept = np.flatnonzero(now >= 0)
    new_statements = change.statements.new()
    added = [(int(new_statements[number]), key) for number, key in change.reading.aliases]
    places = np.append(kept, len(now))[np.searchsorted(now[kept], [statement for statement, _ in added])]
    moves = Moves.edit(now >= 0, places.tolist())
    aliases = Strings(moves.rows(old.aliases.rows, Strings.of(key for _, key in added).rows))
    statements = moves.items(now, np.array([statement for statement, _ in added], dtype=np.int64))
    before = np.where(old.alias_entity >= 0, entity_now[old.alias_entity], -1) if len(now) else old.alias_entity
    entities = moves.items(before, np.full(len(added), -1, dtype=np.int64))
    was = moves.items(old.alias_entity >= 0, np.zeros(len(added), dtype=bool))
    new = set(moves.new().tolist())
    for row in np.flatnonzero(entities < 0).tolist():
        # What was called so by nobody is called so by a new entity or by none.
        found = keys.find(aliases[row]) if row in new else fresh.get(aliases[row])
        entities[row] = -1 if found is None else found
    return aliases, statements, entities, np.unique(statements[(entities >= 0) != was])


def _labels(
    old: Facts, change: Change, keys: Strings, entities: Moves, number_of: dict[str, int], owners: Rows, said: Rows
) -> tuple[Strings, NDArray[np.float64], Positions]:
    """How each entity is written, by the surest passage, of equally sure ones by the last spelling; else where it is
    mentioned first."""
    source = change.passages.now(len(old.titles))[old.label_passage]
    passage = entities.items(source, np.full(len(number_of), -1, dtype=np.int64))
    weight = entities.items(old.label_weight, np.full(len(number_of), -1.0))
    changed: dict[int, tuple[float, str, int]] = {}
    old_number = entities.items(np.arange(len(old.keys)), np.full(len(number_of), -1))
    lost = set(np.flatnonzero((passage < 0) & (old_number >= 0)).tolist())
    for number, sources in _sources(sorted(lost), owners, said):
        told = (_told(names_of(change.extraction(at)), keys[number], at) for at in sources)
        changed[number] = max(told, key=lambda label: (label[0], label[1], -label[2]))
    for at, owned, mentioned in zip(
        change.passages.new().tolist(), change.reading.owned, change.reading.said, strict=True
    ):
        for key in {**owned, **mentioned}:
            number = number_of[key]
            label = _told((owned, mentioned), key, at)
            known = changed.get(number)
            if known is None and old_number[number] >= 0:
                known = (float(weight[number]), old.labels[int(old_number[number])], int(passage[number]))
            if known is None or _better(label, known):
                changed[number] = label
    rows = entities.without(np.array(sorted(changed), dtype=np.int64))
    for number, (sure, _, at) in changed.items():
        weight[number], passage[number] = sure, at
    # A label of old stays where nothing better came; new entities all have one by now.
    texts = Strings.of(changed[number][1] for number in rows.new().tolist())
    return Strings(rows.rows(old.labels.rows, texts.rows)), weight, passage


def _told(names: tuple[dict[str, Label], dict[str, str]], key: str, at: int) -> tuple[float, str, int]:
    owned, said = names
    return (*owned[key], at) if key in owned else (0.0, said[key], at)


def _better(one: tuple[float, str, int], other: tuple[float, str, int]) -> bool:
    if one[0] == other[0] == 0:
        return one[2] < other[2]
    return (one[0], one[1], -one[2]) > (other[0], other[1], -other[2])


def _sources(numbers: list[int], owners: Rows, said: Rows) -> Iterable[tuple[int, list[int]]]:
    """The passages that decide how each of some entities is written: all that are about it, else the first that names it."""
    if not numbers:
        return
    wanted = np.zeros(max(int(rows.values.max(initial=0)) for rows in (owners, said)) + 1, dtype=bool)
    wanted[numbers] = True
    found: dict[int, list[int]] = {}
    for rows, every in ((owners, True), (said, False)):
        at = np.flatnonzero(wanted[rows.values])
        places = np.searchsorted(rows.offsets, at, side="right") - 1
        for entity, place in zip(rows.values[at].tolist(), places.tolist(), strict=True):
            if every or entity not in found:
                found.setdefault(entity, []).append(place)
    yield from ((number, found[number]) for number in numbers)


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
        "entity_indptr": _indptr(mentions.values, count),
        "entity_statements": mentions.owners()[order].astype(np.int32),
        "passage_indptr": _indptr(entity, count),
        "entity_passages": rest[ranked].astype(np.int32),
        "passage_weights": weights[ranked],
        "owner_count": np.bincount(facts.owners.values, minlength=count).astype(np.int32),
        # A single word that is also an ordinary word ("Time") names nothing unless it is written with a capital.
        "ordinary": ordinary,
    }


def _indptr(entities: NDArray[np.generic], count: int) -> Positions:
    return np.concatenate(([0], np.cumsum(np.bincount(entities, minlength=count)))).astype(np.int64)
