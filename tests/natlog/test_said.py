"""Sentences of documents: who does what to whom must be plain before a yes or a no is given."""

from __future__ import annotations

import pytest

from graphmem.model import Evidence
from graphmem.natlog import parse_question, prove

# A question or statement, a sentence, what its passage is about, and the verdicts that are right.
CASES = [
    ("Did Elena Vane design the Grey Gull?", "The Grey Gull was designed by Elena Vane.", "Grey Gull", "supported"),
    ("Did Elena Vane design the Grey Gull?", "She designed the Grey Gull and two tugs.", "Elena Vane", "supported"),
    (
        "Was the Grey Gull designed by Elena Vane?",
        "In 1870 Elena Vane designed the schooner Grey Gull.",
        "Elena Vane",
        "supported",
    ),
    ("Did Elena Vane design the Grey Gull?", "Elena Vane was designed by the Grey Gull.", "Elena Vane", "insufficient"),
    ("Did Elena Vane hire Ivo Stern?", "Ivo Stern hired Elena Vane in 1860.", "Elena Vane", "insufficient"),
    ("Was Elena Vane hired by Ivo Stern?", "Ivo Stern hired Elena Vane in 1860.", "Elena Vane", "supported"),
    ("Elena Vane taught Ivo Stern.", "She was taught by Ivo Stern.", "Elena Vane", "insufficient"),
    ("Elena Vane taught Ivo Stern.", "She taught Ivo Stern in Riga.", "Elena Vane", "supported"),
    ("Elena Vane taught Ivo Stern.", "Ivo Stern was taught by Elena Vane.", "Ivo Stern", "supported"),
    ("Elena Vane moved to Riga.", "Elena Vane's sister moved to Riga.", "Elena Vane", "insufficient"),
    ("Elena Vane moved to Riga.", "Her sister moved to Riga.", "Elena Vane", "insufficient"),
    ("Elena Vane moved to Riga.", "Elena Vane and her sister moved to Riga.", "Elena Vane", "supported"),
    ("Elena Vane moved to Riga.", "Ivo Stern, a friend of Elena Vane, moved to Riga.", "Elena Vane", "insufficient"),
    ("Elena Vane moved to Riga.", "Elena Vane said that Ivo Stern moved to Riga.", "Elena Vane", "insufficient"),
    ("Elena Vane moved to Riga.", "Elena Vane did not move to Riga.", "Elena Vane", "refuted"),
    ("Elena Vane moved to Riga.", "She never moved to Riga.", "Elena Vane", "refuted"),
    ("Elena Vane moved to Riga.", "She might have moved to Riga.", "Elena Vane", "insufficient"),
    ("Elena Vane moved to Riga.", "She hoped to move to Riga.", "Elena Vane", "insufficient"),
    ("Elena Vane moved to Riga.", "She moved from Riga to Oslo.", "Elena Vane", "insufficient"),
    ("Elena Vane moved to Riga.", "If she moved to Riga, nobody knew.", "Elena Vane", "insufficient"),
    ("Elena Vane moved to Riga.", "Legend says that Elena Vane moved to Riga.", "Elena Vane", "insufficient"),
    ("Elena Vane moved to Riga.", "According to her diary she moved to Riga.", "Elena Vane", "insufficient"),
    ("Elena Vane did not move to Riga.", "She moved to Riga in 1861.", "Elena Vane", "refuted"),
    ("Elena Vane moved to Riga in 1861.", "She moved to Riga in 1863.", "Elena Vane", "insufficient"),
    ("Elena Vane trained in Riga.", "She trained in Oslo and worked in Riga.", "Elena Vane", "insufficient"),
    ("Elena Vane worked in Riga.", "She trained in Oslo and worked in Riga.", "Elena Vane", "supported"),
    ("Elena Vane worked in Oslo.", "She trained in Oslo and later worked in Riga.", "Elena Vane", "insufficient"),
    (
        "Elena Vane moved to Riga in 1861.",
        "She left Oslo in 1861 and moved to Riga in 1863.",
        "Elena Vane",
        "insufficient",
    ),
    (
        "Is Lake Onsa 3 kilometres long?",
        "It is 14 kilometres long and 3 kilometres wide.",
        "Lake Onsa",
        "insufficient/refuted",
    ),
    (
        "Is Lake Onsa 14 kilometres wide?",
        "It is 14 kilometres long and 3 kilometres wide.",
        "Lake Onsa",
        "insufficient/refuted",
    ),
    ("Is Lake Onsa 14 kilometres long?", "It is 14 kilometres long and 3 kilometres wide.", "Lake Onsa", "supported"),
    (
        "Elena Vane studied law in Riga.",
        "She studied art in Oslo and law in Riga.",
        "Elena Vane",
        "insufficient/supported",
    ),
    ("Elena Vane studied art in Riga.", "She studied art in Oslo and law in Riga.", "Elena Vane", "insufficient"),
    (
        "Elena Vane was elected mayor.",
        "Elena Vane was elected treasurer, and Ivo was elected mayor.",
        "Elena Vane",
        "insufficient",
    ),
    ("Elena Vane had three daughters.", "She had four daughters.", "Elena Vane", "refuted"),
    ("Elena Vane had three daughters.", "She had three daughters and a son.", "Elena Vane", "supported"),
    ("Elena Vane had three daughters.", "She had two sons.", "Elena Vane", "insufficient"),
    (
        "Elena Vane employed more than 20 people.",
        "The yard of Elena Vane employed 12 people.",
        "Elena Vane",
        "insufficient",
    ),
    ("Elena Vane employed more than 20 people.", "She employed 35 people in 1870.", "Elena Vane", "supported"),
    ("Elena Vane employed more than 20 people.", "She employed 12 people.", "Elena Vane", "refuted"),
    ("Was Elena Vane a teacher?", "Elena Vane was a shipbuilder.", "Elena Vane", "insufficient"),
    (
        "Was Elena Vane a shipbuilder?",
        "Elena Vane (1841 – 1909) was a shipbuilder and naval architect.",
        "Elena Vane",
        "supported",
    ),
    ("Was Elena Vane the captain of the Gull?", "Ivo Stern was the captain of the Gull.", "Ivo Stern", "insufficient"),
    ("Was Elena Vane the captain of the Gull?", "She married the captain of the Gull.", "Elena Vane", "insufficient"),
    (
        "Did Elena Vane sell the Gull to Ivo Stern?",
        "Ivo Stern sold the Gull to Elena Vane.",
        "Elena Vane",
        "insufficient",
    ),
    ("Did Elena Vane sell the Gull to Ivo Stern?", "Elena Vane sold the Gull to Ivo Stern.", "Elena Vane", "supported"),
    (
        "Did Ivo Stern survive the storm?",
        "Elena Vane survived the storm but Ivo Stern did not.",
        "Elena Vane",
        "insufficient/refuted",
    ),
    ("Did the Gull sink in 1841?", "The Gull sank in 1843.", "Grey Gull", "refuted"),
    ("Did the Gull sink near Riga?", "The Gull nearly sank near Riga.", "Grey Gull", "insufficient"),
    ("Is Norhaven older than Vell?", "Vell is older than Norhaven.", "Vell", "insufficient"),
    ("Norhaven is north of Vell.", "Vell is north of Norhaven.", "Vell", "insufficient"),
    ("Norhaven is larger than Vell.", "Norhaven is larger than Vell and Ostermouth.", "Norhaven", "supported"),
    ("Every captain of the Gull drowned.", "One captain of the Gull drowned.", "Gull", "insufficient"),
    ("No captain of the Gull drowned.", "Ivo Stern, captain of the Gull, drowned.", "Gull", "insufficient"),
    ("Elena Vane won the race.", "Elena Vane lost the race.", "Elena Vane", "insufficient/refuted"),
    ("Elena Vane was born in Riga.", "Elena Vane died in Riga.", "Elena Vane", "insufficient"),
    (
        "Elena Vane wrote a book about Ivo Stern.",
        "Ivo Stern wrote a book about Elena Vane.",
        "Elena Vane",
        "insufficient",
    ),
    (
        "Elena Vane was the first woman to lead the yard.",
        "She was the first woman to lead the yard.",
        "Elena Vane",
        "supported",
    ),
    ("Elena Vane stopped smoking.", "Elena Vane smoked.", "Elena Vane", "insufficient"),
    ("Elena Vane only worked in Riga.", "Elena Vane worked in Riga.", "Elena Vane", "insufficient"),
    ("Did Ivo Stern kill Elena Vane?", "Elena Vane killed Ivo Stern.", "Elena Vane", "insufficient"),
    ("Ivo Stern defeated Elena Vane.", "Elena Vane defeated Ivo Stern.", "Elena Vane", "insufficient"),
    ("Did Elena Vane visit Norhaven?", "Elena Vane refused to visit Norhaven.", "Elena Vane", "insufficient/refuted"),
    ("Did Elena Vane visit Norhaven?", "Elena Vane planned to visit Norhaven.", "Elena Vane", "insufficient"),
    ("Did Elena Vane sink the Gull in 1860?", "In 1861 Elena Vane sank the Gull.", "Elena Vane", "refuted"),
    ("Did Elena Vane visit Norhaven in 1860?", "Elena Vane visited Norhaven in 1865.", "Elena Vane", "insufficient"),
    ("Did Elena Vane visit Norhaven?", "Elena Vane visited Norhaven in 1860.", "Elena Vane", "supported"),
    ("Did Ulf Stone found Norhaven in 1210?", "Ulf Stone founded Norhaven in 1204.", "Norhaven", "refuted"),
    ("Did Ulf Stone found Norhaven in 1204?", "Ulf Stone founded Norhaven in 1204.", "Norhaven", "supported"),
]


@pytest.mark.parametrize(("asked", "sentence", "about", "verdicts"), CASES)
def test_a_sentence_settles_a_statement_only_where_it_says_so(
    asked: str, sentence: str, about: str, verdicts: str
) -> None:
    evidence = Evidence("p", (0, len(sentence)), sentence, 0.9, "s", (about,))
    assert prove(parse_question(asked), [evidence]).verdict in verdicts.split("/")
