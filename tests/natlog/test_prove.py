"""Evidence settles a claim, or leaves it open and says which part."""

from __future__ import annotations

import pytest

from graphmem import GraphMemory
from graphmem.model import Proof


@pytest.fixture
def asked(tmp_path):  # type: ignore[no-untyped-def]
    """Asks a question of a few short texts, through the real pipeline without vectors."""

    def ask(question: str, **texts: str) -> Proof:
        with GraphMemory.open(tmp_path / "store", embedder=None) as memory:
            for title, text in texts.items():
                memory.add(text, title=title.replace("_", " "), id=title)
            return memory.search(question).proof

    return ask


VANE = (
    "Elena Vane (12 March 1841 – 1909) was a Danish shipbuilder. She was born in Norhaven. She designed the Grey Gull."
)
GULL = "The Grey Gull is a schooner. It was built in 1872 by Marrow and Sons. It was designed by Elena Vane."
STERN = "Ivo Stern (1838 – 1887) was a Danish sailor. He married Elena Vane in 1868."


def test_a_chain_over_two_documents(asked) -> None:  # type: ignore[no-untyped-def]
    proof = asked("Where was the designer of the Grey Gull born?", Elena_Vane=VANE, Grey_Gull=GULL)
    assert (proof.verdict, proof.answer) == ("supported", "Norhaven")
    assert [binding.value for binding in proof.bindings] == ["Elena Vane", "Norhaven"]
    for binding in proof.bindings:
        assert binding.value in binding.quote


def test_a_comparison_of_dates(asked) -> None:  # type: ignore[no-untyped-def]
    assert asked("Who was born first, Elena Vane or Ivo Stern?", Elena_Vane=VANE, Ivo_Stern=STERN).answer == "Ivo Stern"
    assert asked("Who died later, Elena Vane or Ivo Stern?", Elena_Vane=VANE, Ivo_Stern=STERN).answer == "Elena Vane"


def test_a_comparison_of_nations(asked) -> None:  # type: ignore[no-untyped-def]
    proof = asked("Do Elena Vane and Ivo Stern have the same nationality?", Elena_Vane=VANE, Ivo_Stern=STERN)
    assert (proof.verdict, proof.answer) == ("supported", "yes")


@pytest.mark.parametrize(
    "question",
    [
        "Who painted the Grey Gull?",
        "Who was the second captain of the Grey Gull?",
        "Where did Elena Vane die?",
        "When was the Grey Gull sold?",
        "How much did the Grey Gull cost?",
        "Who built the Marigold Dawn?",
        "In which year did Ivo Stern found a company?",
    ],
)
def test_what_is_not_said_is_not_answered(asked, question: str) -> None:  # type: ignore[no-untyped-def]
    proof = asked(question, Elena_Vane=VANE, Grey_Gull=GULL, Ivo_Stern=STERN)
    assert (proof.verdict, proof.answer) == ("insufficient", "")
    assert proof.summary


def test_a_person_is_named_by_the_name_and_not_by_the_nation(asked) -> None:  # type: ignore[no-untyped-def]
    text = "Ana Holm was a Danish teacher and the wife of Danish painter Olaf Holm."
    assert asked("Who was the husband of Ana Holm?", Ana_Holm=text).answer == "Olaf Holm"


def test_what_is_said_of_a_sister_is_not_said_of_the_brother(asked) -> None:  # type: ignore[no-untyped-def]
    text = "Ida Rask (born 1842 in Eastport – died 1903 in Eastport) was a sister of Bo Rask."
    assert asked("Where did Bo Rask die?", Ida_Rask=text).answer == ""


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("The Grey Gull was built in 1872.", "supported"),
        ("The Grey Gull was built in 1892.", "refuted"),
        ("The Grey Gull was painted green.", "insufficient"),
        ("Elena Vane was not born in Norhaven.", "refuted"),
    ],
)
def test_statements(asked, claim: str, verdict: str) -> None:  # type: ignore[no-untyped-def]
    assert asked(claim, Elena_Vane=VANE, Grey_Gull=GULL).verdict == verdict
