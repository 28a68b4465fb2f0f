"""Questions over everyday documents: minutes, a manual, a letter, recipes, a policy. What they say is answered; what they
do not say is left open, however near it comes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from graphmem import GraphMemory

ANSWERED = {
    "Who leads Project Heron?": "Dana Okafor",
    "Who founded the Marlow Institute?": "Edith Marlow",
    "Where was the founder of the Marlow Institute born?": "Truro",
    "Who founded the yard that built the Kittiwake?": "Nils Hansen",
    "How much budget did the steering committee approve for phase two?": "240,000 euros",
    "What does the error code E4 mean?": "brewing unit is not in place",
    "How many litres does the water tank of the Brixa 300 hold?": "1.8",
    "Does vinegar damage the seals?": "yes",
    "Is the lentil stew vegan?": "yes",
    "Does the fish soup contain gluten?": "no",
    "Who added the lentil stew to the menu?": "Grace Lindqvist",
    "Why was the field test moved to September?": "because the boat is not available",
    "Which supplier did the group choose?": "Calder Optics",
    "Is Piotr Zielinski a member of the steering committee?": "no",
    "Who is the director of the Marlow Institute?": "Samuel Adeyemi",
    "Who designed the hull of the Kittiwake?": "Mei Tanaka",
    "Was the Kittiwake built before 2015?": "no",
    "Who wrote the firmware of the data logger?": "Piotr Zielinski",
    "Was the permit granted in April?": "yes",
    "Who opened the Port of Ellmouth?": "Queen Adela",
    "When was the Port of Ellmouth opened?": "1841",
    "Who sold the harbour to the Ell Dock Company?": "town council",
    "When did the town council sell the harbour?": "1899",
    "How many tonnes of grain does the harbour handle?": "1.2 million",
    "Does Joan Petrie live in Ellmouth?": "no",
    "Where does Alan Rusk live?": "Saltby",
    "Who lives in Saltby?": "Alan Rusk",
    "Did Marta Holm build the lighthouse?": "no",
    "Who drew the plans?": "Edwin Carr",
    "Where was the lamp made?": "Ghent",
    "How many inhabitants does Orrin have?": "312",
    "Who founded the school?": "Hanna Brook",
    "Who founded the library?": "Ruth Brook",
    "When did the school close?": "1987",
    "Who discovered the Roman wreck?": "Sven Dahl",
    "When was the wreck discovered?": "1955",
    "Who sold the anchor?": "Sven Dahl",
    "Who raised the wreck?": "divers",
    "Does Orrin have a railway?": "no",
    "Who bought the mail boat?": "islanders",
    "Do trips under 800 euros need approval?": "no",
    "Is alcohol reimbursed?": "no",
    "How long are receipts kept?": "ten years",
    "Who leads the finance team?": "Olga Reiss",
    "Who is the director of Ell Foods?": "Bruno Falk",
    "How much does Ell Foods pay per kilometre?": "0.42 euros",
    # The questions from here on were written when the rules were final.
    "Who wrote the new parser?": "Yusuf Demir",
    "When did Lena Fischer write the old parser?": "2015",
    "How long does startup take?": "1.4 seconds",
    "Is the crash on Windows 11 fixed?": "no",
    "Who reported the memory leak?": "Anton Weiss",
    "Was support for Python 3.8 removed?": "yes",
    "Why was the XML exporter moved to a plugin?": "because few people used it",
    "Does the map view work offline?": "no",
    "How many rows can Kestrel read?": "10 million",
    "Who founded the rowing club of Aldermoor?": "four students",
    "When was the rowing club of Aldermoor founded?": "1926",
    "Where does the boathouse stand?": "west bank of the river Leam",
    "When did the boathouse burn down?": "1961",
    "How many members does the club have?": "180",
    "Who is the president of the club?": "Monika Hale",
    "Who won the regatta of Leam in 2009?": "Monika Hale",
    "Who moved to Canada?": "Piet Jansen",
    "Who bought a new boat in 2023?": "club",
    "How much did the boat cost?": "14,500 pounds",
    "To whom was the old boat given?": "school",
    "Are dogs allowed in the boathouse?": "no",
    "How much do members pay?": "120 pounds",
    "Where was Ines Calder born?": "Perth",
    "When was Ines Calder born?": "1868",
    "How many plants did Calder collect?": "340",
    "Where did Calder teach?": "girls' school of Dundee",
    "Who taught at the girls' school of Dundee?": "Calder",
    "When did Ines Calder die?": "1931",
    "Of what did Calder die?": "pneumonia",
    "Who left her collection to the museum of Perth?": "Calder",
    "Who did Ines Calder study under?": "Professor Hugh Lorimer",
    "Who studied under Hugh Lorimer?": "Ines Calder",
    "When did Anton Weiss report the memory leak?": "March",
    "Did Edith Marlow die in Truro?": "no",
    "Was Edith Marlow born in Leeds?": "no",
    "Was Edith Marlow born in Truro?": "yes",
    "Did Nils Hansen found the Hansen yard?": "yes",
    "Did Ingrid Hansen found the Hansen yard?": "no",
    "Was the Marlow Institute founded in 1979?": "no",
    "Did Mei Tanaka design the hull of the Kittiwake?": "yes",
    "Was the Kittiwake built in Bergen?": "no",
    "Was the Kittiwake built by the Hansen yard?": "yes",
    # Dates and measures, however they are written.
    "How heavy is the boiler?": "86 kg",
    "What does the boiler weigh?": "86 kg",
    "What weighs 86 kilograms?": "boiler",
    "How high is the boiler?": "1.2 metres",
    "Who designed the boiler?": "Paula Rink",
    "How often is the pressure vessel tested?": "every two years",
    "How often must the filter be cleaned?": "weekly",
    "When was the first B40 delivered?": "3 May 2011",
    "Who was the first B40 sold to?": "Hotel Adler",
    "When did production end?": "June 2019",
    "How long is the warranty?": "five years",
    "Who changed the fuel filter on 2 June 2022?": "Tom Ade",
    "When was the Merle inspected?": "2022-06-05",
    "Who inspected the Merle on June 5th, 2022?": "Gerda Lohse",
    "How many cracks did Gerda Lohse find?": "three",
    "Where was the hull welded?": "Karlsund",
    "How much did the repair cost?": "12,300 euros",
    "How often does the ferry sail in summer?": "four times a day",
    "Who signed the lease on 3 March 2020?": "Irene Falk",
    "When was the lease signed?": "March 3rd, 2020",
    "Was the lease signed in 2020?": "yes",
    "How much is the rent?": "650 pounds",
    "How long does the lease run?": "six years",
    "When is the rent due?": "first day of each month",
    "How often are heating costs paid?": "quarterly",
    "Where is the key kept?": "office of the Mill Trust",
}
OPEN = (
    # Nothing says it.
    "Where did Luis Brandt study?",
    "Did Luis Brandt study in Bergen?",
    "When did Samuel Adeyemi become director?",
    "Who founded the Fisheries Board?",
    "How much does the Kittiwake weigh?",
    "Where was the designer of the hull of the Kittiwake born?",
    "Who founded Ell Foods?",
    "Where was Marta Holm born?",
    "When was the lighthouse built?",
    "Where does Joan Petrie live?",
    "Where did Ines Calder die?",
    "When did Agnes Rae die?",
    "Where was Hugh Lorimer born?",
    "Who won the regatta of Leam in 2010?",
    # Somebody else did it, or to something else.
    "Did Ana Ferreira design the hull of the Kittiwake?",
    "Who designed the Kittiwake?",
    "Did Hanna Brook found the library?",
    "Did Tobias Grange build the first pier?",
    "Who gave the coins to the museum?",
    "Did Sven Dahl give the coins to the museum?",
    "Did Monika Hale move to Canada?",
    "Who illustrated the first book?",
    # It was planned, denied, or may come.
    "Who built the second pier?",
    "Did Tobias Grange build a second pier?",
    "Who built the lighthouse?",
    "Did the keeper leave the lighthouse in 1916?",
    "Will the port close in 2030?",
    "Who fixed the crash on Windows 11?",
    "Who hated teaching?",
    # Another day, another measure.
    "How long did the repair last?",
    "How long is the ferry?",
    "Who signed the lease on 4 March 2020?",
    "Who repaired the roof in 2020?",
    "What weighs 87 kilograms?",
    "What was sold on 2022-06-03?",
    "Who welded the hull?",
    # It was so until then.
    "Who runs the company?",
)


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphMemory]:
    with GraphMemory.open(tmp_path_factory.mktemp("prose") / "store", embedder="none") as opened:
        report = opened.index([Path(__file__).parent / "prose"])
        assert not report.failed
        yield opened


@pytest.mark.parametrize(("question", "expected"), ANSWERED.items())
def test_what_the_documents_say_is_answered(memory: GraphMemory, question: str, expected: str) -> None:
    answer = memory.ask(question)
    assert (answer.confident, answer.short) == (True, expected), answer.text
    for citation in answer.citations:
        document = memory.document(citation.passage_id.partition("#")[0])
        assert document is not None
        assert document.text[slice(*citation.span)] == citation.quote


@pytest.mark.parametrize("question", OPEN)
def test_what_they_do_not_say_is_left_open(memory: GraphMemory, question: str) -> None:
    answer = memory.ask(question)
    assert not answer.confident, answer.text
