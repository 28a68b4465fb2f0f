"""A graph that is changed is the graph that would have been made from the start."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from graphmem.folding import tokenize
from graphmem.model import Extraction, Mention, Name, Passage, Triple
from graphmem.store.facts import Facts, Reading
from graphmem.store.graph_arrays import graph_arrays
from graphmem.store.graph_build import Change, Changed, change_facts
from graphmem.store.moves import Moves

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


def changed(old: Facts, before: list[Item], moves: Moves, added: list[Item], after: list[Item]) -> Changed:
    reading = Reading(added)
    offsets, now = counted(before), counted(after)
    sentences = moves.of_parts(offsets[0], reading.sentence_counts)
    triples = moves.of_parts(offsets[1], reading.triple_counts)
    change = Change(
        moves,
        sentences.then(triples, int(offsets[0][-1])),
        reading,
        Reading([before[at] for at in np.flatnonzero(moves.now(len(before)) < 0)]),
        now[0],
        now[1],
        lambda positions: (after[at] for at in positions),
        lambda at: after[at][1],
        lambda words: having(after, words),
        letters,
    )
    return change_facts(old, change)


def anew(items: list[Item]) -> Changed:
    return changed(Facts.none(), [], Moves(((-1, len(items)),)), items, items)


def statement_passages(items: list[Item]) -> np.ndarray:
    owners = [n for n, (p, _) in enumerate(items) for _ in p.sentences]
    return np.array(owners + [n for n, (_, e) in enumerate(items) for _ in e.statements], dtype=np.int64)


@settings(max_examples=150, deadline=None)
@given(MANY, MANY, st.data())
def test_changed_facts_are_those_made_anew(first: list[Item], second: list[Item], data: st.DataObject) -> None:
    before, added = numbered(first, 0), numbered(second, 100)
    keep = data.draw(st.lists(st.booleans(), min_size=len(before), max_size=len(before)))
    places = sorted(data.draw(st.integers(0, len(before))) for _ in added)
    after: list[Item] = []
    for number in range(len(before) + 1):
        after += [item for place, item in zip(places, added, strict=True) if place == number]
        after += before[number : number + 1] if number < len(before) and keep[number] else []
    moves = Moves.edit(np.array(keep, dtype=bool), places)
    first_facts = anew(before)
    one, other = changed(first_facts.facts, before, moves, added, after), anew(after)
    left, right = one.facts.as_arrays(), other.facts.as_arrays()
    for name in left:
        np.testing.assert_array_equal(left[name], right[name], err_msg=name)
    older = graph_arrays(first_facts, statement_passages(before), None)
    changed_graph = graph_arrays(one, statement_passages(after), older)
    for name, array in graph_arrays(other, statement_passages(after), None).items():
        np.testing.assert_array_equal(changed_graph[name], array, err_msg=name)


def mentioned(statement: str, *names: str, owned: str = "") -> set[str]:
    """What the first sentence of a passage mentions, beside another that is about ``owned``."""
    said = tuple(Mention(name, (0, 1), "name") for name in names)
    reads = Passage("", "", 0, "", "", statement, (0, len(statement)), ((0, len(statement)),))
    tells = Passage("", "", 0, "", "", "He sails", (0, 8), ((0, 8),))
    owner = (Name(owned, "title", 0.9),) if owned else ()
    facts = anew(numbered([(reads, Extraction((), said, ())), (tells, Extraction(owner, (), ()))], 0)).facts
    return {facts.keys[entity] for entity in facts.mentions.row(0)}


def test_a_name_within_a_name_that_nothing_is_about_is_mentioned_too() -> None:
    statement, names = "Harl left Grey Gull High School", ("Grey Gull High School", "High School", "Grey Gull")
    assert mentioned(statement, *names, owned="Grey Gull") == {"grey gull high school", "grey gull"}
    assert mentioned(statement, *names, owned="Grey Gull High School") == {"grey gull high school"}
    # Half of a person's name is somebody else.
    assert mentioned("He met Paul Thomas Vane", "Paul Thomas Vane", owned="Thomas") == {"paul thomas vane"}
