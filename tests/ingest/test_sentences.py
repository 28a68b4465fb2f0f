from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmem.ingest import split_sentences


def sentences(text: str) -> list[str]:
    return [text[a:b] for a, b in split_sentences(text, 0, len(text))]


@pytest.mark.parametrize(
    "expected",
    [
        ["Teutberga( died 11 November 875) was a queen.", "She was a daughter of Boso."],
        ["He met J. R. Smith in Oslo.", "He left."],
        ["The lay- abbot of St. Maurice's Abbey came.", "St. Maurice was born later."],
        ["He served in the U.S. Army.", "He moved to the U.S.", "He came back."],
        ["See No. 5 for more.", "It is no. 7."],
        ["Dr. Who met Mr. Bean at 5 p.m. on Monday.", "They left."],
        ["Mr. Right is a 2009 British film.", "It failed."],
        ['She said "Stop!" and left.', '"Why?" he asked.'],
        ["He died in Washington, D.C. in 1920.", "His wife followed."],
        ["The value is 3.14.", "It weighs approx. 5 kg."],
        ["Kill Bill Vol. 2 came out.", "So did Op. 46."],
        ["Where's Jack? is a 1969 film.", "Oh, Baby! is another."],
        ["Henry VIII. was king.", "He fought in World War II.", "Then he died."],
        ["It ended.[1]", "It began again.[2][3]", "More came."],
        ["It no longer applies.[citation needed]", "They went on."],
        ["Wait... what?", "He left..."],
        ["all is lower case here.", "nobody uses capitals."],
        ["Martin Luther King Jr. spoke.", "Apple Inc. was founded in 1976."],
        ["Smith et al. (2010) found it.", "See Fig. 3."],
        ["Я живу в Москве.", "Ты живёшь в г. Киров?"],
        ["هل أنت بخير؟", "نعم.", "أنا بخير."],
        ["यह एक वाक्य है।", "यह दूसरा है।"],
        ["😀 was sent.", "Nobody answered 😢!", "Then came 👨‍👩‍👧."],
    ],
)
def test_sentence_ends(expected: list[str]) -> None:
    assert sentences(" ".join(expected)) == expected


def test_chinese_has_no_spaces_between_sentences() -> None:
    assert sentences("东京是日本的首都。它很大。他说：“你好。”") == ["东京是日本的首都。", "它很大。", "他说：“你好。”"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one line\n\nanother line", ["one line", "another line"]),
        ("one line\r\n\r\nanother line", ["one line", "another line"]),
        ("one line\r\rAnother line", ["one line", "Another line"]),
        ("Title\n  \t\nBody text", ["Title", "Body text"]),
        ("Goods:\n- Herring\n* Tar\n1. Rope\n2) Salt", ["Goods:", "Herring", "Tar", "Rope", "Salt"]),
        ("| Town | People |\n|---|---|\n| Vik | 900 |", ["Town | People", "Vik | 900"]),
        ("Vik\t900\nLund\t300", ["Vik\t900", "Lund\t300"]),
        ("name: Vik\ntown: yes\nfounded: 1841", ["name: Vik", "town: yes", "founded: 1841"]),
        ("# Heading\nIts text.", ["Heading", "Its text."]),
        ("Heading\n=======\nIts text.", ["Heading", "Its text."]),
        ("Roses are red\nViolets are blue", ["Roses are red", "Violets are blue"]),
        ("----\n\n****\n", []),
        ("", []),
        (" \n\t\n ", []),
    ],
)
def test_lines_that_end_a_sentence(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\n   "])
def test_a_wrapped_paragraph_keeps_its_sentences(line_end: str) -> None:
    lines = [
        "The harbour law was drafted in the winter of 1841 by",
        "Ansa Holm, who had it passed against the will of the",
        "Berg family. It taxed herring.",
    ]
    first = line_end.join(lines).removesuffix(" It taxed herring.")
    assert sentences(line_end.join(lines)) == [first, "It taxed herring."]


def test_wrapped_chinese_is_measured_in_columns() -> None:
    text = "东京是日本的首都也是世界上最大的城市之一人口超过\n一千三百万并且仍在增长。它很大。"
    assert sentences(text) == [text.removesuffix("它很大。"), "它很大。"]


def test_only_the_stretch_asked_for_is_split() -> None:
    text = "Before. Inside one. Inside two. After."
    assert [text[a:b] for a, b in split_sentences(text, 8, 31)] == ["Inside one.", "Inside two."]


@pytest.mark.parametrize(
    "unit", ["x", "word ", "字", "« ", "( ", "A. ", "- a\n", "a\n", "! ", '"', "\n", "a\n\n", "..."]
)
def test_monster_texts_come_back_in_bounded_pieces(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    spans = split_sentences(text, 0, len(text))
    assert all(b - a <= 10_000 for a, b in spans)
    assert sum(text[a:b].count(unit.strip()) for a, b in spans) * len(unit) >= 0.99 * len(text) or not unit.strip(
        " .\n-a"
    )


def test_a_sentence_across_the_window_is_whole() -> None:
    sentence = "The town of Vik traded herring with the people of Lund and with nobody else at all."
    assert set(sentences(" ".join([sentence] * 1000))) == {sentence}


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300), st.integers(0, 300), st.integers(0, 300))
def test_spans_are_ordered_trimmed_and_inside(text: str, start: int, end: int) -> None:
    end = min(end, len(text))
    last = start
    for a, b in split_sentences(text, start, end):
        assert last <= a < b <= end
        assert text[a:b] == text[a:b].strip()
        last = b


@given(st.text("ab .!?\n\t-#|XY。", max_size=200))
def test_no_word_is_lost(text: str) -> None:
    covered = "".join(text[a:b] for a, b in split_sentences(text, 0, len(text)))
    assert [c for c in covered if c.isalpha()] == [c for c in text if c.isalpha()]
