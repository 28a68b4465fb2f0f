"""What a stated fact lets stand for what, through the real pipeline without vectors."""

from __future__ import annotations

import json

import pytest

from graphmem import GraphMemory

TEXTS = {
    "Elena Vane": "Elena Vane was a Danish shipbuilder. She was born in Norhaven. She designed the Grey Gull in 1872. "
    "She lived in Norhaven. She worked near Vell.",
    "Norhaven": "Norhaven is a town in Calderland. It was founded in 1204. Norhaven built a lighthouse.",
    "Vell": "Vell is a port in Ostermark.",
    "Grey Gull": "The Grey Gull is a schooner. The Grey Gull is also known as the Silver Bird. It was built in 1872.",
    "Jan Berg": "Jan Berg was a Latvian painter. He was born in Riga. His brother was born in Latvia.",
    "Ilze Berg": "Ilze Berg was a Latvian sculptor. She was born in Latvia.",
}


@pytest.fixture(scope="module")
def memory(tmp_path_factory):  # type: ignore[no-untyped-def]
    with GraphMemory.open(tmp_path_factory.mktemp("facts") / "store", embedder=None) as opened:
        for title, text in TEXTS.items():
            opened.add(text, title=title, id=title)
        yield opened


@pytest.mark.parametrize(
    ("statement", "verdict", "rewrite"),
    [
        ("Elena Vane was born in Calderland.", "supported", ("Norhaven", "⊑", "Calderland", "Norhaven#0")),
        ("Elena Vane lived in Calderland.", "supported", ("Norhaven", "⊑", "Calderland", "Norhaven#0")),
        ("Elena Vane designed the Silver Bird.", "supported", ("The Grey Gull", "≡", "the Silver Bird", "Grey Gull#0")),
        ("Did Elena Vane design a schooner?", "supported", ("The Grey Gull", "⊑", "a schooner", "Grey Gull#0")),
        (
            "Elena Vane never designed the Silver Bird.",
            "refuted",
            ("The Grey Gull", "≡", "the Silver Bird", "Grey Gull#0"),
        ),
    ],
)
def test_a_stated_fact_licenses_a_step_that_names_it(memory, statement, verdict, rewrite) -> None:  # type: ignore[no-untyped-def]
    proof = memory.search(statement).proof
    assert proof.verdict == verdict
    step = proof.steps[-1]
    assert step.source == "graph fact"
    assert (step.premise, step.relation, step.hypothesis, step.passage_id) == rewrite
    document = TEXTS[step.passage_id.removesuffix("#0")]
    assert step.premise in document[slice(*step.span)]


@pytest.mark.parametrize(
    "statement",
    [
        "Elena Vane did not design a schooner.",
        "Elena Vane did not live in Calderland.",
        "Elena Vane worked near Ostermark.",
        "Calderland built a lighthouse.",
        "Elena Vane designed a lighthouse.",
    ],
)
def test_a_fact_licenses_no_more_than_it_says(memory, statement) -> None:  # type: ignore[no-untyped-def]
    assert memory.search(statement).proof.verdict == "insufficient"


@pytest.mark.parametrize(
    ("statement", "verdict"),
    [
        ("Jan Berg was born in Latvia.", "supported"),
        ("Jan Berg was born in Denmark.", "refuted"),
        ("Ilze Berg was born in Riga.", "insufficient"),
    ],
)
def test_a_place_does_not_exclude_what_it_lies_in(memory, statement, verdict) -> None:  # type: ignore[no-untyped-def]
    assert memory.search(statement).proof.verdict == verdict


def test_a_fact_is_reached_over_the_graph(tmp_path) -> None:  # type: ignore[no-untyped-def]
    banks = "The wide river has many banks and an old mill. " * 6
    texts = {"Elena Vane": "Elena Vane was a shipbuilder. She was born in Norhaven."}
    texts["Register"] = f"{banks}Norhaven is a town in Calderland. {banks}"
    for number in range(30):
        texts[f"Letter {number}"] = f"Elena Vane of Calderland was born to sail, says Captain {number}."
    corpus = tmp_path / "corpus.jsonl"
    lines = [json.dumps({"id": title, "title": title, "text": text}) for title, text in texts.items()]
    corpus.write_text("\n".join(lines), encoding="utf-8")
    with GraphMemory.open(tmp_path / "store", embedder=None) as memory:
        memory.index([corpus])
        within = memory.search("Elena Vane was born in Calderland.").proof
        elsewhere = memory.search("Elena Vane was born in Ostermark.").proof
    assert (within.verdict, elsewhere.verdict) == ("supported", "refuted")
    assert within.steps[-1].source == "graph fact"
    assert "Register" in within.steps[-1].passage_id
