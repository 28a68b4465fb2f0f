"""Questions over the sample articles that are so, and such with one detail changed: none is ever told the contrary."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from graphmem import GraphMemory

ARTICLES = Path(__file__).parents[2] / "data" / "articles"

SO = """\
Was the Grey Gull built by Marrow and Sons in 1872?
Was the Grey Gull built in 1872 by Marrow and Sons?
Marrow and Sons built the Grey Gull in 1872.
Was the Grey Gull built by Marrow and Sons?
Did Marrow and Sons build the Grey Gull in 1872?
Was Teodor Halloran born in Vell in 1871?
Was Mira Östlund born in 1905?
Was the Lindmark Glassworks founded in 1910 by Anton Řezník?
Was the Marigold Dawn designed in 1882?
Was the Grey Gull designed in 1870?
Did Ivo Stern marry Elena Vane in 1868?
Did Elena Vane study at the Aske School of Navigation?
Was Elena Vane born in 1841?
Did Elena Vane die in Norhaven in 1909?
Did Elena Vane design the Grey Gull in 1870?
Was Ivo Stern the first captain of the Grey Gull?
Did Ivo Stern go to sea at the age of eleven?
Did Ruben Castell make Ivo Stern a director of the Calder Line in 1880?
Did Teodor Halloran write two string quartets?
Was Marrow and Sons founded in 1850 by Ada Marrow?
Was Marrow and Sons closed in 1954?
Was the Calder Line founded by Ruben Castell in 1866?
Did the Calder Line hire Lennart Vane in 1929?
Was the Herring Act drafted by Osric Bael?
Was the Herring Act replaced by the Tidal Lands Act in 1903?
Did the Grey Gull sink off Cape Pell?
Was the Tolva Lighthouse finished in 1899?
Was the Petrel built by Lennart Vane in 1926?
Were women admitted to the University of Lindmark in 1874?
Was the Aske Bridge opened in 1894?
Was the Queen Ingrith built in 1958 by the Ostermouth Dockyard?
Did Magda Ruhl die in Norhaven?
"""

NOT_SO = """\
Was the Grey Gull built in 1890?
Was the Grey Gull built by Marrow and Sons in 1890?
Was the Grey Gull built in 1890 by Marrow and Sons?
Was the Grey Gull built by Ada Marrow in 1872?
Marrow and Sons built the Grey Gull in 1890.
Was the Grey Gull built by Marrow and Stern?
Did Marrow and Sons build the Grey Gull in 1890?
Was Teodor Halloran born in Riga on 8 September 1871?
Was Mira Östlund born in Norhaven in 1905?
Was the Lindmark Glassworks founded in 1911 by Anton Řezník?
Was the Lindmark Glassworks founded by Ruben Castell in 1910?
Was the Grey Gull designed in 1872?
Was the Marigold Dawn designed in 1884?
Was the Grey Gull built in 1870?
Did Ivo Stern marry Elena Vane in 1878?
Did Ivo Stern marry Clara Vane in 1868?
Did Elena Vane study at the Aske School of Navigation from 1868 to 1871?
Was Elena Vane born in Brennick in 1841?
Did Elena Vane die in Vell in 1909?
Did Elena Vane design the Grey Gull in 1882?
Did Elena Vane design the Silver Tern and the Queen Ingrith?
Was Ivo Stern the first captain of the Marigold Dawn?
Did Ivo Stern command the Grey Gull from 1882 to 1889?
Did Ivo Stern go to sea at the age of fifteen?
Did Ruben Castell make Ivo Stern a director of the Calder Line in 1890?
Did Teodor Halloran marry Sunniva Ruhl in 1916?
Did Teodor Halloran marry Magda Ruhl in 1906?
Did Teodor Halloran write three string quartets?
Did Lennart Vane land 31 minutes later on Harl?
Did Lennart Vane fly across Calder Sound in 1937?
Was Lennart Vane related to Elena Vane?
Was the prize of 700 crowns offered by the Norhaven Courier?
Is Elena Vane buried in Vell?
Was the Lantern Cantata composed by Sigrid Halloran in 1908?
Did Elena Vane join Marrow and Sons in 1875?
Did Elena Vane join the Calder Line in 1865?
Was Marrow and Sons founded in 1850 by Piet Marrow?
Was Marrow and Sons closed in 1850?
Was the Calder Line founded in 1880?
Was the Calder Line founded by Ivo Stern in 1866?
Did the Calder Line hire Lennart Vane in 1919?
Did the Calder Line hire Ivo Stern in 1929?
Did the furnaces go out in 1926?
Was the Herring Act drafted by Osric Bael in 1903?
Was the Herring Act replaced by the Tidal Lands Act in 1847?
Was the Herring Act replaced by the Bridge Toll Act in 1903?
Did the Grey Gull sink off Harl?
Did the Grey Gull sink with forty people?
Did the Silver Tern sink off Cape Pell?
Is the Tolva Lighthouse 48 metres high?
Was the Tolva Lighthouse finished in 1894?
Was the Tolva Lighthouse designed by Magda Ruhl in 1926?
Was the Tolva Lighthouse designed by Elena Vane?
Was the Petrel built by Lennart Vane in 1927?
Did Lennart Vane fly the Petrel across Calder Sound in 1926?
Were women admitted to the University of Lindmark in 1642?
Did Sigrid Halloran teach the organ at the University of Lindmark?
Was the Aske Bridge opened in 1899?
Was the Aske Bridge designed by Magda Ruhl in 1874?
Did the Aske Bridge cost 410,000 crowns?
Was the Queen Ingrith built in 1958 by Marrow and Sons?
Was the Queen Ingrith built in 1948 by the Ostermouth Dockyard?
Does the Queen Ingrith carry 54 cars?
Was Magda Ruhl born in Norhaven?
Was Magda Ruhl born in Norhaven in 1856?
Did Magda Ruhl die in Norhaven in 1944?
Did Magda Ruhl design the Aske Bridge and the Brennick Railway?
Did Magda Ruhl settle in Lindmark in 1878?
"""


@pytest.fixture(scope="module")
def memory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphMemory]:
    with GraphMemory.open(tmp_path_factory.mktemp("articles") / "store", embedder=None) as opened:
        opened.index([ARTICLES])
        yield opened


@pytest.mark.parametrize(("questions", "right", "settled"), [(SO, "supported", 28), (NOT_SO, "refuted", 33)])
def test_nothing_is_told_the_contrary(memory: GraphMemory, questions: str, right: str, settled: int) -> None:
    told = {question: memory.search(question).proof.verdict for question in questions.splitlines()}
    assert set(told.values()) <= {right, "insufficient"}, [
        q for q, v in told.items() if v not in (right, "insufficient")
    ]
    assert list(told.values()).count(right) >= settled
