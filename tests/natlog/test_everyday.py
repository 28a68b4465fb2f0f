"""The table of everyday language: its form, that it holds in the lexicon, and that it says nothing that WordNet has."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphmem.natlog.lexicon import build as building
from graphmem.natlog.lexicon import is_known, lexical_relation
from graphmem.natlog.lexicon.build import EVERYDAY, build, entries
from graphmem.natlog.relations import Relation
from graphmem.natlog.tokens import words_of

WORDNET = Path("/usr/share/wordnet")
TABLE = entries(EVERYDAY)
RELATIONS = {"<": Relation.FORWARD, "=": Relation.EQUIVALENCE}


def bare(name: str) -> str:
    return name.partition(":")[0]


def test_entries_are_sorted_and_said_once() -> None:
    lines = [line for line in EVERYDAY.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert lines == sorted(set(lines))
    # What is said of two words is said in one way.
    pairs = [frozenset({(part, one), (part, other)}) for part, one, _, other in TABLE]
    assert len(pairs) == len(set(pairs))


def test_words_are_folded_as_those_of_sentences_are() -> None:
    wrong = [
        name
        for _, one, _, other in TABLE
        for name in (bare(one), bare(other))
        if " ".join(words_of(name)).replace(" 's", "'s") != name
    ]
    assert wrong == []


def test_every_entry_holds_in_the_lexicon() -> None:
    wrong = [entry for entry in TABLE if lexical_relation(bare(entry[1]), bare(entry[3])) is not RELATIONS[entry[2]]]
    assert wrong == []


def test_nothing_is_a_kind_of_itself_by_a_way_round() -> None:
    above: dict[tuple[str, str], set[str]] = {}
    for part, one, sign, other in TABLE:
        if sign == "<":
            above.setdefault((part, one), set()).add(other)
    for part, word in above:
        seen: set[str] = set()
        front = {word}
        while front:
            front = {up for name in front for up in above.get((part, name), ())} - seen
            seen |= front
        assert word not in seen


@pytest.mark.parametrize(
    "line", ["n rose", "x rose < flower", "n rose > flower", "rose < flower", "n rose < < flower", "n film = movie:2"]
)
def test_a_line_that_is_no_entry_is_named(line: str, tmp_path: Path) -> None:
    table = tmp_path / "everyday.txt"
    table.write_text(f"# Flowers.\n{line}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=rf"everyday\.txt: '{line}' is no entry"):
        entries(table)


@pytest.mark.skipif(not WORDNET.is_dir(), reason="WordNet's files are not installed")
def test_the_lexicon_is_built_from_wordnet_and_the_table() -> None:
    shipped = EVERYDAY.with_name("wordnet.z").read_bytes()
    assert build(WORDNET) == shipped
    assert len(shipped) < 5_000_000


@pytest.mark.skipif(not WORDNET.is_dir(), reason="WordNet's files are not installed")
def test_what_wordnet_has_and_what_goes_in_circles_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    table = tmp_path / "everyday.txt"
    table.write_text("n poodle < dog\nn animal:1 < dog\nn film = movie\n", encoding="utf-8")
    monkeypatch.setattr(building, "EVERYDAY", table)
    with pytest.raises(ValueError, match="without it") as raised:
        build(WORDNET)
    assert "'n poodle < dog' (is known without it)" in str(raised.value)
    assert "'n animal:1 < dog' (goes round in a circle)" in str(raised.value)
    assert "'n film = movie' (is known without it)" in str(raised.value)


@pytest.mark.skipif(not WORDNET.is_dir(), reason="WordNet's files are not installed")
def test_a_sense_that_wordnet_has_not_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    table = tmp_path / "everyday.txt"
    table.write_text("n rose:90 < flower\n", encoding="utf-8")
    monkeypatch.setattr(building, "EVERYDAY", table)
    with pytest.raises(ValueError, match=r"senses of 'rose', and none is 'rose:90'"):
        build(WORDNET)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("poet", "novelist"),
        ("teacher", "mother"),
        ("singer", "actor"),
        ("athlete", "student"),
        ("shirt", "uniform"),
        ("young", "tall"),
        ("singing", "dancing"),
        ("fiction", "scheme"),
    ],
)
def test_what_can_both_be_so_does_not_exclude_each_other(one: str, other: str) -> None:
    assert lexical_relation(one, other) is Relation.INDEPENDENCE


@pytest.mark.parametrize(
    ("one", "other"), [("red", "blue"), ("rose", "tulip"), ("man", "woman"), ("breakfast", "lunch")]
)
def test_what_cannot_both_be_so_does(one: str, other: str) -> None:
    assert lexical_relation(one, other) is Relation.ALTERNATION


def test_hyphens_make_no_difference() -> None:
    assert all(is_known(name) for name in ("t shirt", "t-shirts", "forget me not", "forget-me-not"))
    assert lexical_relation("t shirts", "shirt") is Relation.FORWARD


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mother", "moth"),
        ("king", "k"),
        ("flower", "flow"),
        ("beer", "bee"),
        ("boss", "cattle"),
        ("thing", "metal"),
        ("gas", "georgia"),
    ],
)
def test_words_that_only_look_like_a_form_of_another_are_none(one: str, other: str) -> None:
    assert lexical_relation(one, other) is Relation.INDEPENDENCE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("boys", "boy"),
        ("potatoes", "potato"),
        ("taller", "tall"),
        ("called off", "cancelled"),
        ("putting out", "extinguish"),
    ],
)
def test_forms_of_words_and_of_phrases_are_found(one: str, other: str) -> None:
    assert lexical_relation(one, other) is Relation.EQUIVALENCE
