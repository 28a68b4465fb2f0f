"""Whatever is extracted stands in its sentence: spans are exact, and nothing is invented."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from graphmem.extract import open_extractor
from graphmem.extract.given import GivenExtractor, GivenTriples
from graphmem.ingest import cut
from graphmem.model import Document

WORDS = st.sampled_from(
    "Elena Vane Norhaven (12 March 1841 – 1909) was born in the a of by and her mother founded built designed 1872, is "
    "schooner capital Östlund's Řezník 北京 Москва She It who which , . 1,206 metres long \n\n He’s “Grey Gull” St. Dr.".split(
        " "
    )
)
TEXTS = st.lists(WORDS, min_size=1, max_size=60).map(" ".join)
EXTRACTOR = open_extractor("pattern")
GIVEN = {"d": GivenTriples(("Norhaven", "Nowhere"), (("Elena Vane", "was born in", "Norhaven"), ("x", "y", "z")))}


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.sampled_from(["", "Elena Vane", "Grey Gull (ship)", "北京"]))
def test_spans_are_exact(text: str, title: str) -> None:
    document = Document("d", title, text, "d")
    for passage in cut(document, passage_tokens=20):
        found = EXTRACTOR.extract(document, passage)
        for mention in found.mentions:
            assert text[slice(*mention.span)] == mention.text
            assert any(a <= mention.span[0] and mention.span[1] <= b for a, b in passage.sentences)
        for triple in found.triples:
            assert triple.sentence in passage.sentences
            assert 0 < triple.confidence <= 1
            parts = (triple.subject, triple.predicate, triple.object)
            for part, span in zip(parts, triple.spans, strict=True):
                if span is not None:
                    assert text[slice(*span)] == part
                    assert triple.sentence[0] <= span[0] < span[1] <= triple.sentence[1]
            # What stands nowhere is the title, for a pronoun, or the sign for a life in brackets.
            assert triple.spans[0] is not None or triple.subject == title
            assert triple.spans[1] is not None or triple.predicate in ("born", "died")
            assert triple.spans[2] is not None


@given(TEXTS)
def test_given_triples_are_placed_once(text: str) -> None:
    document = Document("d", "", text, "d")
    extractor = GivenExtractor(EXTRACTOR, GIVEN)
    passages = cut(document, passage_tokens=20)
    placed = [t for p in passages for t in extractor.extract(document, p).triples if t.source == "given"]
    assert len(placed) == (2 if passages else 0)
    for triple in placed:
        for part, span in zip((triple.subject, triple.predicate, triple.object), triple.spans, strict=True):
            assert span is None or text[slice(*span)] == part
