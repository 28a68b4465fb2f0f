"""The country that a sentence says its subject is of, and the places that it says it is in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphmem.natlog.origin import location_in, origin_in, places_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Leo Rader (born 12 January 1968) is a British film director and producer.", "British"),
        ("Red Tide is a 1991 American-Argentine drama film.", "American-Argentine"),
        ("Kim Gi-jung is a male South Korean badminton player.", "South Korean"),
        ("August Wicke was a German-born American singer.", "American"),
        ("Carlo Verdi was a director from Italy.", "Italy"),
        ("Alder Island is an island in the Laptev Sea, Russia.", "Russia"),
        ("Marrow is a village in the Central District of Chade County, Isfahan Province, Iran.", "Iran"),
        ("Oswin is a commune in the Ardennes department in northern France.", "France"),
        ("Marl is a village in the Swiss canton of Uri.", "Swiss"),
        ("Chez Remy is a French restaurant in Boston, United States.", "United States"),
        ("Norr is a town in Velland.", "Velland"),
        ("He was a noted Indian Tamil poet.", "Indian"),
        # Nobody's country.
        ("Domenico was a Roman Catholic prelate.", ""),
        ("Dov was a British Army officer.", ""),
        ("Ann was an English teacher.", ""),
        ("Cem was a pretender to the Ottoman throne.", ""),
        ("Finn was a Danish painter's son.", ""),
        ("Lia is a singer who performs Irish songs.", ""),
        ("Bela was a painter in Vienna, Austria.", ""),
        ("Henri was an embroiderer from Veldmoor.", ""),
        ("Cora was not an American citizen.", ""),
        ("Long Night is a novel set in Paris, France.", ""),
        ("It rains.", ""),
    ],
)
def test_a_sentence_names_the_country_of_its_subject(text: str, expected: str) -> None:
    span = origin_in(text)
    assert (text[slice(*span)] if span is not None else "") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Harrow Museum is a museum in Leeds, England.", ["Leeds", "England"]),
        ("The Gran Hotel (1904) is located in Lisbon, Portugal.", ["Lisbon", "Portugal"]),
        ("St Mary is a church of the Order of Carmel in Leeds.", ["Leeds"]),
        ("Mon Lake is the largest lake of Armenia.", ["Armenia"]),
        ("Tarn Bridge stands at Oldham, in the county of Shropshire.", ["Oldham", "Shropshire"]),
        ("The Gran Hotel is not located in Madrid.", []),
        ("Silver Gull is a ship built in Germany.", []),
        ("Ivo is a baker in Riga.", []),
    ],
)
def test_a_sentence_says_where_its_subject_is(text: str, expected: list[str]) -> None:
    assert [text[slice(*span)] for span in location_in(text)] == expected


@given(st.text(alphabet="AIbn in of,.()the", max_size=60))
def test_places_lie_in_the_text_in_order_without_overlap(text: str) -> None:
    spans = places_in(text, 0)
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(edges)
    assert all(0 <= start < end <= len(text) and text[start].isupper() for start, end in spans)
