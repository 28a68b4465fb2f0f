"""Words of relations made comparable: stems, families of words for one relation, and the types that they ask for."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from graphmem.folding import fold, words
from graphmem.model import AnswerType

__all__ = [
    "AGENTS",
    "CONVERSE",
    "FUNCTION_WORDS",
    "KINSHIP",
    "TYPES",
    "are_opposed",
    "bare_name",
    "content_stems",
    "expected_type",
    "family",
    "same_name",
    "stem",
]

FUNCTION_WORDS = frozenset(
    "a an the of in on at by for from with to into as and or is are was were be been being do does did has have had who "
    "whom whose what which when where why how that this these those there it its he she his her him they their them "
    "than then if not also both each name named called out main first-mentioned one ones film movie song".split()
)

_JOINTS = frozenset("of for in on at to and from with by the".split())

_IRREGULAR = {
    **dict.fromkeys(("born", "birth", "births", "birthplace", "birthday"), "born"),
    **dict.fromkeys(("die", "dies", "died", "death", "deaths", "dying"), "die"),
    **dict.fromkeys(("wrote", "written", "writes", "writing", "writer"), "write"),
    **dict.fromkeys(("built", "builds", "builder", "builders", "building"), "build"),
    **dict.fromkeys(("made", "makes", "maker", "making"), "make"),
    **dict.fromkeys(("won", "wins", "winner", "winning"), "win"),
    **dict.fromkeys(("led", "leads", "leader", "leading"), "lead"),
    **dict.fromkeys(("sang", "sung", "sings", "singer", "singing"), "sing"),
    **dict.fromkeys(("came", "comes", "coming"), "come"),
    **dict.fromkeys(("held", "holds", "holding"), "hold"),
    **dict.fromkeys(("lay", "lies", "lying", "lain"), "lie"),
    **dict.fromkeys(("stood", "stands", "standing"), "stand"),
    **dict.fromkeys(("bought", "buys"), "buy"),
    **dict.fromkeys(("sold", "sells"), "sell"),
    **dict.fromkeys(("sank", "sunk", "sinks", "sinking"), "sink"),
    **dict.fromkeys(("became", "becomes"), "become"),
    **dict.fromkeys(("began", "begun", "begins", "beginning"), "begin"),
    **dict.fromkeys(("taught", "teaches", "teacher"), "teach"),
    **dict.fromkeys(("ran", "runs", "running"), "run"),
    **dict.fromkeys(("wives", "wife"), "wife"),
    **dict.fromkeys(("children", "child"), "child"),
    **dict.fromkeys(("found", "finds"), "find"),
    **dict.fromkeys(("founded", "founder", "founders", "founding"), "founded"),
    **dict.fromkeys(("lived", "lives", "living"), "live"),
    **dict.fromkeys(("studied", "studies", "studying"), "study"),
    **dict.fromkeys(("married", "marries", "marriage"), "marry"),
}

_FAMILIES = (
    "born native",
    "die",
    "founded establish create start set founding",
    "direct filmmaker",
    "write author pen",
    "compos score",
    "perform sing record singer artist",
    "wife husband spouse marry wed",
    "father",
    "mother",
    "child son daughter",
    "brother sister sibling",
    "locat situat lie stand",
    "releas publish premier issu",
    "build construct",
    "design architect engineer",
    "own",
    "nationality country citizen citizenship nation",
    "work employ",
    "study educat attend graduat",
    "discover",
    "invent",
    "live resid",
    "length long",
    "height high tall",
    "population inhabitant people live",
    "captain command",
    "begin start open",
    "end close abolish",
)

CONVERSE = {
    "father": "child",
    "mother": "child",
    "parent": "child",
    "child": "father",
    "wife": "wife",
    "brother": "brother",
}
"""What someone is to me, and what I am to them, by first word of the family."""

_OPPOSED = ({"brother", "sister"}, {"wife", "husband"}, {"son", "daughter"}, {"father", "mother"})

KINSHIP = {
    "paternal grandfather": ("father", "father"),
    "paternal grandmother": ("father", "mother"),
    "maternal grandfather": ("mother", "father"),
    "maternal grandmother": ("mother", "mother"),
    "mother-in-law": ("spouse", "mother"),
    "father-in-law": ("spouse", "father"),
    "mother in law": ("spouse", "mother"),
    "father in law": ("spouse", "father"),
    "grandchild": ("child", "child"),
    "grandson": ("child", "son"),
    "granddaughter": ("child", "daughter"),
}
"""Kin as steps of nearer kin."""

AGENTS = frozenset(
    "director author writer composer performer singer founder builder designer architect producer owner publisher creator "
    "engineer inventor discoverer painter maker editor screenwriter developer manufacturer winner".split()
)
"""Nouns for whoever did what their verb says."""

TYPES: dict[str, AnswerType] = {
    **dict.fromkeys("year date day month century decade birthday".split(), "date"),
    **dict.fromkeys(
        "city town country state county river island region province district village place location birthplace "
        "continent harbour port sea lake street birth_place capital nationality".split(),
        "place",
    ),
    **dict.fromkeys(
        "company organisation organization party school university newspaper band association".split(), "organisation"
    ),
    **dict.fromkeys(
        "person man woman captain president king queen mayor father mother son daughter wife husband spouse brother sister "
        "child grandfather grandmother".split(),
        "person",
    ),
    **dict.fromkeys(
        "population length height distance number amount percentage depth width area age".split(), "number"
    ),
}


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """A folded word without its endings; made for comparing, not for reading."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    for ending in ("ing", "ers", "ors", "ed", "es", "er", "or", "s", "e"):
        bare = word.removesuffix(ending)
        if bare != word and len(bare) >= 4 and not (ending == "s" and bare.endswith("s")):
            word = bare
            break
        if bare != word and len(bare) == 3 and ending in ("ing", "ed"):
            # "ended" is "end", "moved" is "move".
            return bare if bare[-1] not in "aeiou" and bare[-2] not in "aeiou" else f"{bare}e"
    return word[:-1] if len(word) > 4 and word[-1] == word[-2] and word[-1] not in "aeiousl" else word


_FAMILY = {stem(word): line.split()[0] for line in reversed(_FAMILIES) for word in line.split()}


def family(word: str) -> str:
    """The first word of the family that a folded word belongs to, else its stem."""
    bare = stem(word)
    return _FAMILY.get(bare, bare)


@lru_cache(maxsize=16384)
def content_stems(text: str, *, without: frozenset[str] = frozenset()) -> frozenset[str]:
    """Families of the words of a text that carry meaning."""
    left_out = FUNCTION_WORDS | without
    return frozenset(family(word) for word in words(text) if word not in left_out)


def expected_type(words: Iterable[str]) -> AnswerType | None:
    """The type that the first telling word of a noun phrase asks for."""
    for word in words:
        if word in AGENTS:
            return "person"
        if word in TYPES:
            return TYPES[word]
    return None


def same_name(one: str, other: str) -> bool:
    """Equal, or the one is the other's last words ("Vane" for "Elena Vane"), unless these only belong to it ("Leeds" is not
    the University of Leeds)."""
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    if one == other or not shorter or not longer.endswith(shorter):
        return one == other
    before = longer.removesuffix(shorter)
    return before.endswith(" ") and not _JOINTS & set(before.removeprefix("the ").split())


def are_opposed(one: str, other: str) -> bool:
    """Whether two words of one family name people of different sex: a brother is no sister."""
    return any({one, other} == pair for pair in _OPPOSED)


@lru_cache(maxsize=16384)
def bare_name(name: str) -> str:
    """A name folded, without the bracket that tells it from others: "Brother (band)" as "brother"."""
    return fold(name.partition(" (")[0])
