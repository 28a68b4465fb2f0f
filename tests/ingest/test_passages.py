from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmem.ingest import cut
from graphmem.model import Document, Passage, Section

SENTENCE = "The town of Vik traded herring with Lund."  # 8 words


def document(text: str, *, sections: tuple[Section, ...] = (), whole: bool = False) -> Document:
    return Document(id="doc", title="Title", text=text, source="doc.txt", sections=sections, whole=whole)


def check(made: Document, passages: Sequence[Passage]) -> None:
    """What holds of every passage of every document."""
    last = 0
    for ordinal, passage in enumerate(passages):
        start, end = passage.span
        assert (passage.id, passage.document_id, passage.ordinal) == (f"{made.id}#{ordinal}", made.id, ordinal)
        assert last <= start < end <= len(made.text)
        assert passage.text == made.text[start:end] != ""
        assert (passage.sentences[0][0], passage.sentences[-1][1]) == passage.span
        for a, b in passage.sentences:
            assert last <= a < b
            assert made.text[a:b].strip() == made.text[a:b]
            last = b


def words(passage: Passage) -> int:
    return len(passage.text.split())


def test_about_a_hundred_words_and_even() -> None:
    passages = cut(made := document(" ".join([SENTENCE] * 100)))
    check(made, passages)
    assert len(passages) == 8
    assert all(90 <= words(passage) <= 110 for passage in passages)


@pytest.mark.parametrize("count", [1, 5, 14, 19, 20, 33, 47])
def test_no_tiny_tail(count: int) -> None:
    sizes = [words(passage) for passage in cut(document(" ".join([SENTENCE] * count)))]
    assert sum(sizes) == count * 8
    assert max(sizes) - min(sizes) <= 24
    assert max(sizes) < 160


def test_the_embedder_counts() -> None:
    asked: list[str] = []

    def count_tokens(texts: Sequence[str]) -> list[int]:
        asked.extend(texts)
        return [len(text) for text in texts]

    passages = cut(document(" ".join([SENTENCE] * 10)), count_tokens=count_tokens, passage_tokens=2 * len(SENTENCE))
    assert asked == [SENTENCE] * 10
    assert [passage.text for passage in passages] == [f"{SENTENCE} {SENTENCE}"] * 5


def test_of_a_ready_made_passage_only_long_sentences_are_counted() -> None:
    asked: list[str] = []

    def count_tokens(texts: Sequence[str]) -> list[int]:
        asked.extend(texts)
        return [2 * len(text.encode()) for text in texts]

    long = "字" * 150 + "。"
    made = document(f"{SENTENCE} {long} {SENTENCE}", whole=True)
    (passage,) = cut(made, count_tokens=count_tokens)
    check(made, [passage])
    assert asked == [long]
    assert len(passage.sentences) == 5


def test_ends_of_paragraphs_are_preferred() -> None:
    paragraph = " ".join([SENTENCE] * 11)
    passages = cut(document("\n\n".join([paragraph, " ".join([SENTENCE] * 14), paragraph])))
    assert [words(passage) for passage in passages] == [88, 112, 88]


def test_sections_are_never_crossed_and_give_the_heading() -> None:
    text = "Title\n\nA first word.\n\nTrade\n\nHerring is sold.\n\nPrices\n\nThey rose.\n\nLaw\n\nNone."
    marks = [("Title", 1), ("Trade", 2), ("Prices", 3), ("Law", 2)]
    starts = [text.index(title) for title, _ in marks] + [len(text)]
    sections = tuple(
        Section(title=title, level=level, span=(start + len(title), end))
        for (title, level), start, end in zip(marks, starts[:-1], starts[1:], strict=True)
    )
    passages = cut(made := document(text, sections=sections))
    check(made, passages)
    assert [(passage.heading, passage.text) for passage in passages] == [
        ("", "A first word."),
        ("Trade", "Herring is sold."),
        ("Trade > Prices", "They rose."),
        ("Law", "None."),
    ]


def test_whole_documents_stay_whole_up_to_1500_words() -> None:
    assert len(cut(document(" ".join([SENTENCE] * 187), whole=True))) == 1
    passages = cut(made := document(" ".join([SENTENCE] * 188), whole=True))
    check(made, passages)
    assert len(passages) > 10


@pytest.mark.parametrize("unit", ["x", "字", "word ", "a.b", "ab\u00a0", "שלום ", "😀"])
def test_a_monster_line_is_divided(unit: str) -> None:
    longest = 0

    def count_tokens(texts: Sequence[str]) -> list[int]:
        nonlocal longest
        longest = max(longest, *map(len, texts))
        return [len(text) for text in texts]

    made = document(unit * 30_000)
    for passages in (cut(made), cut(made, count_tokens=count_tokens)):
        check(made, passages)
        assert sum(len(passage.text) for passage in passages) >= 30_000 * len(unit.strip())
    assert longest <= 2000
    assert all(b - a <= 400 for passage in passages for a, b in passage.sentences)


def test_words_of_a_monster_line_are_not_cut() -> None:
    for passage in cut(document("herring " * 20_000)):
        assert set(passage.text.split()) == {"herring"}


def test_padding_does_not_swell_a_passage() -> None:
    passages = cut(document("One." + " " * 5000 + "Two."))
    assert [passage.text for passage in passages] == ["One.", "Two."]


@pytest.mark.parametrize("text", ["", "   \n\n ", "-----\n====="])
def test_a_text_without_words_has_no_passages(text: str) -> None:
    assert cut(document(text)) == []


def test_passages_of_no_tokens_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        cut(document(SENTENCE), passage_tokens=0)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=600), st.integers(1, 60), st.booleans())
def test_every_span_is_exact(text: str, passage_tokens: int, whole: bool) -> None:
    made = document(text, whole=whole)
    check(made, cut(made, passage_tokens=passage_tokens))


@given(st.lists(st.integers(1, 40), min_size=1, max_size=60), st.integers(5, 200))
def test_groups_of_sentences_are_neither_tiny_nor_huge(lengths: list[int], passage_tokens: int) -> None:
    text = " ".join("Vik " + "was " * (length - 1) + "so." for length in lengths)
    passages = cut(document(text), count_tokens=lambda each: [len(one.split()) for one in each],
                   passage_tokens=passage_tokens)  # fmt: skip
    sizes = [words(passage) for passage in passages]
    longest = max(lengths) + 1
    assert max(sizes) <= 2 * passage_tokens + longest
    if len(sizes) > 1:
        assert min(sizes) >= passage_tokens / 6
