"""Dates and numbers of a question are found however a document writes them."""

from __future__ import annotations

from pathlib import Path

import pytest

from graphmem import GraphMemory
from graphmem.retrieve.forms import days_in, other_forms


@pytest.mark.parametrize(
    "written",
    [
        "on 4 March 2021",
        "on March 4, 2021",
        "on March 4th, 2021",
        "on the 4th of March 2021",
        "on 4 Mar 2021",
        "on 2021-03-04",
    ],
)
def test_a_day_is_one_day_however_it_is_written(written: str) -> None:
    (forms,) = days_in(f"What happened {written}?")
    assert {"2021 03 04", "4 march 2021", "march 4 2021", "march 4th 2021", "4 mar 2021"} <= set(forms)


@pytest.mark.parametrize(
    ("question", "forms"),
    [
        ("What weighs 1250 kg?", "1 250"),
        ("What weighs 1,250 kg?", "1250"),
        ("Which tank holds twenty-four litres?", "24"),
        ("Which tank holds 24 litres?", "twenty four"),
        ("What came in March 1998?", "03"),
        ("What was built in 1999?", ""),
        ("Who built it?", ""),
    ],
)
def test_numbers_are_looked_for_in_their_other_forms(question: str, forms: str) -> None:
    assert other_forms(question) == forms


def test_the_passage_of_a_day_is_found_among_others_like_it(tmp_path: Path) -> None:
    with GraphMemory.open(tmp_path / "store", embedder="none") as memory:
        for day in range(1, 29):
            memory.add(f"2023-05-{day:02}: rain, and the train was late.", id=f"day-{day:02}")
        memory.add("On May 5, 2023 somebody slept.", id="other")
        result = memory.search("What was the weather on 23 May 2023?", k=3)
        assert result.hits[0].document_id == "day-23"
        assert "says the day that is asked about" in result.hits[0].why[0]
        # The numbers of another day are not that day.
        found = {hit.document_id for hit in memory.search("What was on 5 May 2023?", k=2).hits}
        assert found == {"day-05", "other"}
