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


DENSE = {
    "Brauer & Holt": (
        "Brauer & Holt is a bakery in Ostfeld. It was opened in 1921 by Karl Brauer and Minna Holt, and was sold to the "
        "Ostfeld Mill Company in 1968. The ovens were designed by Peter Lund and were installed in 1934. The bakery "
        "employs 42 people and bakes 9,000 loaves a day. Its rye bread won a gold medal in Hamburg in 1955 and a silver "
        "medal in Vienna in 1957. In 1972 the roof burned down; it was rebuilt within four months by the Hansen "
        "brothers."
    ),
    "Minna Holt": (
        "Minna Holt (3 April 1896 – 1979) was a baker. She was born in Ostfeld and grew up in Danzig, where she learned "
        "her trade from her aunt Lotte Kern. She married the printer Jonas Weil in 1925 and divorced him in 1931. She "
        "wrote a cookbook, Bread Without Fear, which was published in Leipzig in 1938 and was banned a year later. Holt "
        "moved to Lisbon in 1939 and returned in 1947. She retired in 1962 and died in Ostfeld."
    ),
    "Ostfeld Viaduct": (
        "The Ostfeld Viaduct is a railway bridge over the Renna. It was begun in 1868, was completed in 1873 and was "
        "damaged by a flood in 1899. It was planned by the engineer Agathe Brinkmann and built by Sorge Brothers. The "
        "viaduct has 23 arches and is 61 metres high. Trains crossed it until 1984. A footpath was laid across it in "
        "2003 and was named after Brinkmann."
    ),
    "Torvik Rovers": (
        "Torvik Rovers is a football club in Torvik. The club was formed in 1908 by dock workers and joined the second "
        "league in 1931. It won the cup in 1952 and in 1966, but lost the final of 1971 to Hamar United. Rolf Aas "
        "scored three goals in the final of 1952 and two in that of 1966. The stadium, which was opened in 1937 by King "
        "Haakon, holds 11,500 people. It was enlarged in 1988 and repainted in 2004. The club sold its striker Jan Moe "
        "to Lyn in 1994 for 90,000 crowns and bought the goalkeeper Per Dahl from Brann."
    ),
    "Council of Torvik, 14 March 2019": (
        "Mayor Inger Lie opened the meeting at six and closed it at nine. The council approved the new school by nine "
        "votes to four and rejected the bridge by eight votes to five. Odd Berg proposed a tax on parking, but withdrew "
        "it after a debate. The library will move to Quay Street in May and will reopen in June. Kari Sund was elected "
        "treasurer, and Tor Vik was elected secretary."
    ),
    "Kettle K20": (
        "The K20 kettle was introduced in 2011 and discontinued in 2016. It holds 1.7 litres, weighs 900 grams and "
        "needs 2,200 watts. The filter is washed every month, and the lid is replaced every two years. The K20 was made "
        "in Malmö until 2014 and in Gdynia from then on. The red model cost 40 euros and the steel model cost 55 euros."
    ),
}
"""Sentences that say several things at once, in which every detail of one is near the others."""

SO_OF_DENSE = """\
Was Brauer & Holt opened in 1921?
Was Brauer & Holt opened by Karl Brauer and Minna Holt?
Was Brauer & Holt sold to the Ostfeld Mill Company in 1968?
Were the ovens installed in 1934?
Does the bakery employ 42 people?
Did the rye bread win a gold medal in Hamburg in 1955?
Did the roof burn down in 1972?
Was Minna Holt born in Ostfeld?
Was Minna Holt born in 1896?
Did Minna Holt marry Jonas Weil in 1925?
Was Bread Without Fear published in 1938?
Did Minna Holt move to Lisbon in 1939?
Did Minna Holt retire in 1962?
Did Minna Holt die in 1979?
Was the Ostfeld Viaduct completed in 1873?
Was the Ostfeld Viaduct damaged by a flood in 1899?
Was the Ostfeld Viaduct built by Sorge Brothers?
Is the viaduct 61 metres high?
Was the club formed in 1908?
Did Torvik Rovers join the second league in 1931?
Did Torvik Rovers win the cup in 1952?
Did Torvik Rovers win the cup in 1966?
Did Rolf Aas score three goals in the final of 1952?
Was the stadium opened by King Haakon?
Was the stadium opened in 1937?
Did the club buy the goalkeeper Per Dahl from Brann?
Did Inger Lie open the meeting at six?
Did the council approve the new school?
Was Kari Sund elected treasurer?
Will the library move to Quay Street in May?
Was the K20 kettle introduced in 2011?
Does it weigh 900 grams?
Is the lid replaced every two years?
Was the K20 made in Malmö until 2014?
Did the red model cost 40 euros?
"""

NOT_SO_OF_DENSE = """\
Was Brauer & Holt opened in 1968?
Was Brauer & Holt opened by Peter Lund in 1921?
Was Brauer & Holt sold in 1921?
Was Brauer & Holt sold to the Hansen brothers in 1968?
Were the ovens designed by Peter Lund in 1921?
Were the ovens designed in 1934?
Were the ovens installed in 1944?
Does the bakery employ 52 people?
Did its rye bread win a gold medal in Vienna?
Did the rye bread win a gold medal in Vienna in 1957?
Did the rye bread win a silver medal in Hamburg in 1955?
Did the roof burn down in 1962?
Was Minna Holt born in Danzig?
Was Minna Holt born in Ostfeld in 1906?
Did Minna Holt grow up in Ostfeld?
Did Minna Holt marry Jonas Weil in 1931?
Did Minna Holt divorce Jonas Weil in 1925?
Was Bread Without Fear published in Leipzig in 1939?
Was Bread Without Fear published in Danzig in 1938?
Was Bread Without Fear banned in 1938?
Did Minna Holt move to Lisbon in 1947?
Did Minna Holt return in 1939?
Did Minna Holt retire in 1979?
Did Minna Holt die in Lisbon?
Did Minna Holt die in Ostfeld in 1962?
Was the Ostfeld Viaduct completed in 1868?
Was the Ostfeld Viaduct begun in 1873?
Was the Ostfeld Viaduct damaged by a flood in 1873?
Was the Ostfeld Viaduct planned by Sorge Brothers?
Was the Ostfeld Viaduct built by Agathe Brinkmann?
Does the viaduct have 61 arches?
Is the viaduct 23 metres high?
Was a footpath laid across it in 1984?
Did trains cross the viaduct until 2003?
Was the club formed in 1931?
Did Torvik Rovers join the second league in 1908?
Did Torvik Rovers win the cup in 1971?
Did Torvik Rovers win the final of 1971?
Did Rolf Aas score two goals in the final of 1952?
Did Rolf Aas score three goals in the final of 1966?
Was the stadium opened in 1988?
Was the stadium enlarged in 2004?
Was the stadium repainted in 1988?
Was the stadium opened by Rolf Aas in 1937?
Does the stadium hold 12,500 people?
Did the club sell Per Dahl to Lyn?
Did the club sell Jan Moe to Brann?
Did the club buy Jan Moe from Brann?
Did Inger Lie open the meeting at nine?
Did the council approve the bridge?
Did the council reject the new school?
Did the council approve the new school by eight votes to five?
Did Odd Berg withdraw the new school?
Was Tor Vik elected treasurer?
Was Kari Sund elected secretary?
Will the library reopen in May?
Will the library move to Quay Street in June?
Was the K20 kettle introduced in 2016?
Was the K20 kettle discontinued in 2011?
Does the K20 kettle weigh 2,200 grams?
Does the K20 hold 2.7 litres?
Is the filter washed every two years?
Is the lid replaced every month?
Was the K20 made in Gdynia until 2014?
Did the red model cost 55 euros?
Did the steel model cost 40 euros?
"""


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphMemory]:
    with GraphMemory.open(tmp_path_factory.mktemp("articles") / "store", embedder=None) as opened:
        opened.index([ARTICLES])
        yield opened


@pytest.fixture(scope="module")
def dense(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GraphMemory]:
    with GraphMemory.open(tmp_path_factory.mktemp("dense") / "store", embedder=None) as opened:
        for title, text in DENSE.items():
            opened.add(text, title=title)
        yield opened


def holds(memory: GraphMemory, questions: str, right: str, settled: int) -> None:
    """That none of the questions is told the contrary, and so many are settled at least."""
    told = {question: memory.search(question).proof.verdict for question in questions.splitlines()}
    assert set(told.values()) <= {right, "insufficient"}, [
        q for q, v in told.items() if v not in (right, "insufficient")
    ]
    assert list(told.values()).count(right) >= settled


@pytest.mark.parametrize(("questions", "right", "settled"), [(SO, "supported", 28), (NOT_SO, "refuted", 33)])
def test_nothing_is_told_the_contrary(articles: GraphMemory, questions: str, right: str, settled: int) -> None:
    holds(articles, questions, right, settled)


@pytest.mark.parametrize(
    ("questions", "right", "settled"), [(SO_OF_DENSE, "supported", 33), (NOT_SO_OF_DENSE, "refuted", 11)]
)
def test_nor_is_it_of_sentences_that_say_much(dense: GraphMemory, questions: str, right: str, settled: int) -> None:
    holds(dense, questions, right, settled)
