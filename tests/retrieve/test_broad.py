"""Broad questions are told from narrow ones, and answered from all over the collection."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import WordEmbedder
from hypothesis import given, settings
from hypothesis import strategies as st

from graphmem import GraphMemory
from graphmem.folding import tokenize
from graphmem.retrieve.generic import is_generic

DATA = Path(__file__).parents[2] / "data"

# Not those of data/broad.jsonl, which the wordings of the rule were written beside.
BROAD = [
    "Can you summarize my notes for me?",
    "What themes recur in this archive?",
    "Describe daily life in the region.",
    "How has trade changed through the centuries?",
    "What do the festivals have in common?",
    "What did the women achieve?",
    "Sketch the economy of the province.",
]
NARROW = [
    "Who founded Norhaven?",
    "When was the Brennick Railway opened?",
    "In which town was the designer of the Grey Gull born?",
    "Is the Aske longer than Calder Sound?",
    "What is the height of Mount Orrin?",
    "Which museum shows the Petrel?",
    "What lies at the head of the Sound?",
    "Which ships were built in 1905?",
]

# Written when the rule was done, and not used to change it: it is to be right about most of what people ask freely.
FREELY_BROAD = [
    "What should a visitor know about the country?",
    "How did wars and sieges affect the inhabitants?",
    "What do the laws tell us about fears and hopes?",
    "Why did so many young people leave home?",
    "Which skills were handed down in families?",
    "How did towns compete with each other?",
    "What is worth knowing about the birds and flowers?",
    "Explain how goods were moved before the railway.",
    "How were children taught?",
    "Who paid for bridges, schools and hospitals?",
    "What are the most memorable events?",
    "How did newspapers and letters connect people?",
    "What do songs and festivals remember?",
    "How did weather decide the fate of ships?",
    "Write a short summary of everything you have.",
    "What mistakes were made by builders and captains?",
    "What is the relationship between the islands and the mainland?",
    "How did public lighting come about?",
    "What was it like to be a sailor?",
    "Which inventions changed daily work?",
]
FREELY_NARROW = [
    "Who carved the figurehead of the schooner?",
    "What did the inspectors have to swear?",
    "Which instrument did the composer's daughter learn?",
    "How old is the boundary stone?",
    "Where did the fire of 1871 begin?",
    "Who repaired the chart?",
    "What is written above the door of the school?",
    "Which of the two ferries was faster?",
    "Why was the lantern law repealed?",
    "What does a barrel of salt weigh?",
    "who taught the first weaving class",
    "What did Clara Vane study?",
    "Who bought Ice on the Aske?",
    "How many trains ran each day?",
    "Which street is named after Ulf Stone?",
    "What was the nickname of the keeper?",
    "When do poppies flower on Harl?",
    "Where is the painter buried?",
    "What broke the ship's mast?",
    "Is the museum open on Mondays?",
]


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    with GraphMemory.open(tmp_path_factory.mktemp("data") / "store", embedder=WordEmbedder()) as opened:
        opened.index([DATA / "articles"])
        yield opened


def lines(name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def test_narrow_questions_stay_narrow(memory: GraphMemory) -> None:
    for question in [*NARROW, *(str(row["question"]) for row in lines("questions.jsonl"))]:
        assert memory.search(question).overview == (), question


def test_broad_questions_are_seen(memory: GraphMemory) -> None:
    for question in [*BROAD, *(str(row["question"]) for row in lines("broad.jsonl"))]:
        assert memory.search(question).overview, question


@pytest.mark.parametrize(
    ("questions", "broad"), [(FREELY_BROAD, True), (FREELY_NARROW, False)], ids=["broad", "narrow"]
)
def test_most_freely_worded_questions_are_taken_for_what_they_are(
    memory: GraphMemory, questions: list[str], broad: bool
) -> None:
    wrong = [question for question in questions if bool(memory.search(question).overview) != broad]
    print(f"taken for the other: {wrong}")
    assert len(wrong) <= 0.2 * len(questions)


@settings(max_examples=200, deadline=None)
@given(
    st.text(max_size=80) | st.lists(st.sampled_from([*"The the of what WHO this ßs İs s est 1".split()])).map(" ".join)
)
def test_any_text_can_be_judged(text: str) -> None:
    is_generic(text, [])
    # A number or a name anywhere makes it particular.
    assert not is_generic(f"{text} in Skagen 1901", [])


def test_the_sections_of_broad_questions_exist(memory: GraphMemory) -> None:
    snapshot = memory._reading()
    there = {
        (record.passage.document_id.rpartition("/")[2], record.passage.heading)
        for record in snapshot.passages(range(snapshot.passage_count))
    }
    rows = [*lines("broad.jsonl"), *lines("broad_held_out.jsonl")]
    assert len({row["id"] for row in rows}) == 30
    for row in rows:
        sections = {(section["id"].rpartition("/")[2], section["heading"]) for section in row["sections"]}  # type: ignore[attr-defined]
        assert len(sections) == len(row["sections"]) >= 5  # type: ignore[arg-type]
        assert sections <= there, row["id"]


def test_scope_overrides_the_rule(memory: GraphMemory) -> None:
    assert memory.search(NARROW[0], scope="global").overview
    assert memory.search(BROAD[0], scope="local").overview == ()
    assert memory.search(NARROW[0]).hits == memory.search(NARROW[0], scope="local").hits


@pytest.mark.parametrize("question", [BROAD[0], "Which laws were made for Calder Sound?"])
def test_an_overview_is_broad_quoted_and_within_its_budget(memory: GraphMemory, question: str) -> None:
    found = memory.search(question, k=8)
    quotes = [quote for branch in found.overview for quote in branch.quotes]
    assert tuple(quotes) == found.evidence
    assert len({quote.passage_id for quote in quotes}) == len(quotes)
    assert len({branch.id for branch in found.overview}) == len(found.overview) >= 5
    assert sum(len(tokenize(quote.text)) for quote in quotes) <= round(8 * memory._reading().mean_words)
    for quote in quotes:
        document = memory.document(quote.passage_id.rpartition("#")[0])
        assert document is not None
        assert document.text[slice(*quote.span)] == quote.text
    assert len(found.hits) == 8
    assert {hit.passage_id for hit in found.hits} <= {quote.passage_id for quote in quotes}


def test_the_answer_cites_every_quote(memory: GraphMemory) -> None:
    answer = memory.ask(BROAD[0])
    assert not answer.confident
    assert len(answer.citations) == len(answer.result.evidence)
    assert all(f"{c.quote} [{c.marker}]" in answer.text for c in answer.citations)


def test_without_vectors_and_in_an_empty_store(tmp_path: Path) -> None:
    with GraphMemory.open(tmp_path / "store", embedder=None) as memory:
        assert memory.search("What are these documents about?").hits == ()
        memory.index([DATA / "articles"])
        assert len(memory.search("What are these documents about?").overview) >= 5
        titles = {hit.title for hit in memory.search("Give an overview of the laws and acts.").hits}
        assert titles & {"Herring Act", "Tidal Lands Act", "Bridge Toll Act", "Lantern Law"}
