"""For every file type: what is written comes back, and every span is exact."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphmem.ingest import Failure, cut
from graphmem.ingest.readers import read
from graphmem.ingest.sources import Source
from graphmem.model import Document

SUFFIXES = [".txt", ".log", ".md", ".html", ".xhtml", ".docx", ".pdf", ".epub", ".jsonl", ".csv", ".tsv"]

WORDS = ["Vik", "herring", "law", "Ansa", "Holm", "1841", "sold", "was", "Dr. Berg", "U.S.", "it's", "(died 1875)"]
WORLD = [
    "東京は",
    "首都です。",
    "Москва",
    "القاهرة",
    "عاصمة",
    "שלום",
    "दिल्ली",
    "😀",
    "👨‍👩‍👧",
    "Élan",
    "naïve",
    "&",
    "<b>",
]


def paragraphs(words: list[str]) -> st.SearchStrategy[str]:
    sentence = st.lists(st.sampled_from(words), min_size=1, max_size=25).map(lambda each: "It " + " ".join(each) + ".")
    return st.lists(sentence, min_size=1, max_size=8).map(" ".join)


def parts(words: list[str]) -> st.SearchStrategy[list[tuple[str, list[str]]]]:
    heading = st.lists(st.sampled_from(["Trade", "Early life", "Law"]), max_size=1).map("".join)
    return st.lists(st.tuples(heading, st.lists(paragraphs(words), min_size=1, max_size=4)), min_size=1, max_size=4)


def bare(text: str) -> str:
    return "".join(text.split())


def check_spans(document: Document) -> None:
    last = 0
    for section in document.sections:
        assert last <= section.span[0] <= section.span[1] <= len(document.text)
        last = section.span[1]
    last = 0
    for passage in cut(document, passage_tokens=40):
        a, b = passage.span
        assert last <= a < b <= len(document.text)
        assert passage.text == document.text[a:b]
        assert any(s.span[0] <= a and b <= s.span[1] for s in document.sections) or not document.sections
        for start, end in passage.sentences:
            assert last <= start < end <= b
            assert document.text[start:end].strip() == document.text[start:end] != ""
            last = end
        assert last == b


@pytest.mark.parametrize("suffix", SUFFIXES)
@given(data=st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_spans_are_exact_and_nothing_is_lost(suffix, data, writers) -> None:  # type: ignore[no-untyped-def]
    # The fonts that every PDF reader has know Latin letters only, and raw HTML has no place in Markdown.
    words = {".pdf": WORDS, ".md": WORDS + WORLD[:-1]}.get(suffix, WORDS + WORLD)
    written = data.draw(parts(words))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"harbour_law-1841{suffix}"
        writers[suffix](path, written)
        documents = list(read(Source(path.name, path)))
    assert not any(isinstance(each, Failure) for each in documents)
    for document in documents:
        check_spans(document)
    found = [bare("".join(p.text for p in cut(document))) for document in documents]
    for _, blocks in written:
        for block in blocks:
            assert any(bare(block) in each for each in found)


@given(st.text(st.characters(exclude_characters="\0"), max_size=400))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_plain_text_is_the_decoded_file(encoding: str, text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.txt"
        path.write_bytes(text.encode(encoding, errors="ignore"))
        for each in read(Source(path.name, path)):
            if isinstance(each, Document):
                assert each.text == path.read_bytes().decode(encoding)
                check_spans(each)
