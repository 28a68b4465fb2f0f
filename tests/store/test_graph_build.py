"""A graph that is changed is the graph that would have been made from the start."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graphmem.folding import tokenize
from graphmem.model import Extraction, Mention, Name, Passage, Triple
from graphmem.store import Graph, mentions, tables
from graphmem.store.facts import Reading
from graphmem.store.graph_build import Change, change_facts
from graphmem.store.moves import Moves
from graphmem.store.tables import Facts

Item = tuple[Passage, Extraction]
# Few words, so that names overlap, come and go, and are ordinary words in other places.
WORDS = st.sampled_from("Grey grey Gull gull Harl The the of 1841 Dr Élan".split())
TEXT = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
# "Gull" stands for "grey gull" beside "Dr Grey Gull", once some other passage has that name.
# "GGH" may be the initials of "Grey Gull Harl".
NAME = st.sampled_from(["Dr Grey Gull", "Gull", "Grey Gull", "GGH", "Harl Gull Grey"]) | st.lists(
    WORDS, min_size=1, max_size=3
).map(" ".join)


@st.composite
def passages(draw: st.DrawFn) -> Item:
    sentences = draw(st.lists(TEXT, min_size=1, max_size=2))
    text = ". ".join(sentences)
    first = len(sentences[0])
    spans = ((0, first), (first + 2, len(text)))[: len(sentences)]
    names = tuple(Name(name, "title", weight) for name, weight in draw(NAMES))
    found = draw(st.lists(st.tuples(NAME, st.integers(0, len(text) - 1)), max_size=2))
    mentions = tuple(Mention(name, (at, at + 1), "name") for name, at in sorted(found, key=lambda pair: pair[1]))
    stated = draw(st.lists(st.tuples(NAME, NAME), max_size=1))
    triples = tuple(Triple(a, "sails", b, spans[0], (None, None, None), 1.0, "given") for a, b in stated)
    title = draw(TEXT)
    return Passage("", "", 0, title, "", text, (0, len(text)), spans), Extraction(names, mentions, triples)


NAMES = st.lists(st.tuples(NAME, st.sampled_from([0.5, 0.9])), max_size=2)
MANY = st.lists(passages(), max_size=5)


def numbered(items: list[Item], start: int) -> list[Item]:
    """Each passage a document of its own."""
    return [
        (Passage(f"{n}#0", str(n), 0, p.title, p.heading, p.text, p.span, p.sentences), extraction)
        for n, (p, extraction) in enumerate(items, start=start)
    ]


def counted(items: list[Item]) -> list[np.ndarray]:
    """Offsets of the sentences and of the triples."""
    counts = [[len(p.sentences) for p, _ in items], [len(e.statements) for _, e in items]]
    return [np.concatenate(([0], np.cumsum(row))).astype(np.int64) for row in counts]


def having(items: list[Item], words: Sequence[str]) -> np.ndarray:
    """The passages that have some words in title or text."""
    found = [{word for text in (p.title, p.text) for word, _, _ in tokenize(text)} for p, _ in items]
    return np.array([at for at, row in enumerate(found) if row >= set(words)], dtype=np.int64)


def letters(names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Vectors of names by their letters, so that order does not matter and initials are far off; "the" is not known."""
    counts = np.array([[name.count(chr(97 + n)) for n in range(26)] + [1] for name in names], dtype=np.float32)
    return counts / np.linalg.norm(counts, axis=1, keepdims=True), np.array(["the" not in name for name in names])


def changed(old: Facts, before: list[Item], moves: Moves, added: list[Item], after: list[Item]) -> Facts:
    reading = Reading(added)
    offsets, now = counted(before), counted(after)
    sentences = moves.of_parts(offsets[0], reading.sentence_counts)
    triples = moves.of_parts(offsets[1], reading.triple_counts)
    change = Change(
        moves,
        sentences.beside(triples),
        reading,
        Reading([before[at] for at in moves.gone.tolist()]),
        now[0],
        now[1],
        lambda positions: (after[at] for at in positions),
        lambda at: after[at][1],
        lambda words: having(after, words),
        letters,
    )
    return change_facts(old, change)[0]


def anew(items: list[Item]) -> Facts:
    return changed(Facts.none(), [], Moves.first(len(items)), items, items)


def written(facts: Facts, folder: Path, previous: Path | None = None) -> Facts:
    facts.write(folder, previous)
    return Facts.read(folder)


def contents(facts: Facts) -> dict[str, np.ndarray]:
    """All arrays that would be written without layers."""
    groups = (facts.graph.tables(), facts.tables())
    told = {k: v for group in groups for name, table in group.items() for k, v in table.whole(name).items()}
    return told | facts.small()


@settings(max_examples=150, deadline=None)
@given(MANY, st.lists(MANY, min_size=1, max_size=3), st.data())
def test_changed_facts_are_those_made_anew(first: list[Item], others: list[list[Item]], data: st.DataObject) -> None:
    before, old = numbered(first, 0), anew(numbered(first, 0))
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        # Layers over layers, however small the base is; or everything written in one.
        patch.setattr(tables, "_CHEAP", data.draw(st.sampled_from([-1, 1 << 25])))
        patch.setattr(tables, "_SHARE", math.inf)
        # Names taken up by their first word, or by their first two.
        patch.setattr(mentions, "_MANY", data.draw(st.sampled_from([0, 64])))
        old = written(old, Path(folder) / "0")
        for number, items in enumerate(others, start=1):
            added = numbered(items, 100 * number)
            keep = data.draw(st.lists(st.booleans(), min_size=len(before), max_size=len(before)))
            places = sorted(data.draw(st.integers(0, len(before))) for _ in added)
            after: list[Item] = []
            for at in range(len(before) + 1):
                after += [item for place, item in zip(places, added, strict=True) if place == at]
                after += before[at : at + 1] if at < len(before) and keep[at] else []
            gone = np.flatnonzero(~np.array(keep, dtype=bool))
            facts = changed(old, before, Moves.edit(len(before), gone, places), added, after)
            left, right = contents(facts), contents(anew(after))
            assert left.keys() == right.keys()
            for name in left:
                np.testing.assert_array_equal(left[name], right[name], err_msg=name)
            old = written(facts, Path(folder) / str(number), Path(folder) / str(number - 1))
            assert read_alike(old.graph, facts.graph)
            assert told_by_passage(old.graph, len(after))
            before = after


def read_alike(one: Graph, other: Graph) -> bool:
    """Whether two graphs say the same to who asks for one thing at a time."""
    names = [one.key(entity) for entity in range(one.entity_count)]
    assert [one.find(name) for name in names] == [other.find(name) for name in names] == list(range(len(names)))
    return (one.entity_count, one.edge_count) == (other.entity_count, other.edge_count) and all(
        one.label(entity) == other.label(entity)
        and one.ordinary[entity] == other.ordinary[entity]
        and one.owner_count[entity] == other.owner_count[entity]
        and one.statements_of(entity).tolist() == other.statements_of(entity).tolist()
        and [side.tolist() for side in one.passages_of(entity)] == [side.tolist() for side in other.passages_of(entity)]
        for entity in range(one.entity_count)
    )


def told_by_passage(graph: Graph, count: int) -> bool:
    """Whether the names of each passage are those that lead to it."""
    flat, weights = graph.passages.folded(), graph.passages.folded().weights
    assert weights is not None
    for passage in range(count):
        rows, places = graph.passages.holding(np.array([passage]))
        at = np.flatnonzero(flat.values == passage)
        order = np.argsort(rows)
        assert set(graph.passages.values(places).tolist()) <= {passage}
        assert rows[order].tolist() == flat.rows_of(at).tolist()
        assert graph.passages.weights(places)[order].tolist() == weights[at].tolist()
    return True


def mentioned(statement: str, *names: str, owned: str = "") -> set[str]:
    """What the first sentence of a passage mentions, beside another that is about ``owned``."""
    said = tuple(Mention(name, (0, 1), "name") for name in names)
    reads = Passage("", "", 0, "", "", statement, (0, len(statement)), ((0, len(statement)),))
    tells = Passage("", "", 0, "", "", "He sails", (0, 8), ((0, 8),))
    owner = (Name(owned, "title", 0.9),) if owned else ()
    graph = anew(numbered([(reads, Extraction((), said, ())), (tells, Extraction(owner, (), ()))], 0)).graph
    return {graph.keys[entity] for entity in graph.mentions.row(0).values.tolist()}


def test_a_name_within_a_name_that_nothing_is_about_is_mentioned_too() -> None:
    statement, names = "Harl left Grey Gull High School", ("Grey Gull High School", "High School", "Grey Gull")
    assert mentioned(statement, *names, owned="Grey Gull") == {"grey gull high school", "grey gull"}
    assert mentioned(statement, *names, owned="Grey Gull High School") == {"grey gull high school"}
    # Half of a person's name is somebody else.
    assert mentioned("He met Paul Thomas Vane", "Paul Thomas Vane", owned="Thomas") == {"paul thomas vane"}
