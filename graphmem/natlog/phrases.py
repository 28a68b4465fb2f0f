"""Words and noun phrases of a sentence, read without a parser, and the phrases that hang on others by prepositions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import regex

from graphmem.folding import fold
from graphmem.natlog.lexicon import is_verb_form, main_part
from graphmem.natlog.quantities import MONTHS, value_of

__all__ = [
    "ADVERBS",
    "AUXILIARIES",
    "BE",
    "BREAKS",
    "CLOSED",
    "DETERMINERS",
    "LONGEST",
    "PREPOSITIONS",
    "PRONOUNS",
    "Hanging",
    "Phrase",
    "Word",
    "attached",
    "complements",
    "is_adverb",
    "is_nominal",
    "is_participle",
    "is_particle",
    "phrase",
    "words_in",
]

_WORD = regex.compile(
    r"\p{N}{4}-\p{N}{2}-\p{N}{2}(?!\p{N})|\p{N}+(?:[.,:/\-–]\p{N}+)*(?:%|(?:st|nd|rd|th)\b)?|(?:\p{Lu}\.)+|(?:Dr|Mr|Mrs|Ms|Prof|St|Jr|Sr)\.|[\p{L}\p{M}][\p{L}\p{M}\p{N}]*(?:(?:[-'’&]|\.(?=[\p{Ll}\p{N}]))[\p{L}\p{M}\p{N}]+)*(?:(?<=s)['’](?=\s\p{L}))?|\S"
)
BE = frozenset("is are was were be been being".split())
AUXILIARIES = BE | frozenset("has have had do does did can could will would shall should may might must".split())
DETERMINERS = frozenset("the a an this that these those some any each every no both all several many few".split())
_POSSESSIVES = frozenset("his her its their my your our".split())
PRONOUNS = frozenset("he she it they him them we us i you who whom which that one".split())
PREPOSITIONS = frozenset(
    "in on at by for from to into onto of with without near over under after before during since until till between through "
    "against about as within upon behind across along around beside off out up down among towards toward per than like".split()
)
BREAKS = frozenset(
    "because although though while whereas but if unless when where who whom which whose that so and or nor".split()
)
ADVERBS = frozenset(
    "also again later first still now today then twice once not never already only ever soon there here always often however "
    "too together yet just even almost rather instead".split()
)
CLOSED = AUXILIARIES | DETERMINERS | _POSSESSIVES | PRONOUNS | PREPOSITIONS | BREAKS | ADVERBS
_ALSO_NAMES = frozenset("us may per will".split())
_PLACED = frozenset("first last only".split())
_ROUGHLY = frozenset("about around nearly almost over under roughly some".split())
_NO_PARTICIPLES = frozenset(
    "red infrared bed shed sled hundred kindred sacred seed weed deed need speed feed breed greed reed heed".split()
)
_PARTICLES = frozenset("off up down out away back over on in".split())
LONGEST = 9
"""Words of a noun phrase."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word or mark with its span; ``kind`` is "N" for a name's, "#" for a number, "w" for another word, "P" for a mark."""

    text: str
    folded: str
    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase without what hangs on it by a preposition: words ``start`` to ``end``, of which the last is its head."""

    start: int
    end: int

    @property
    def head(self) -> int:
        return self.end - 1


Hanging = tuple[str, Phrase]
"""A phrase and the preposition that it hangs by, "" where it stands without one."""


@lru_cache(maxsize=4096)
def words_in(text: str) -> tuple[Word, ...]:
    """The words of a text."""
    found: list[Word] = []
    for match in _WORD.finditer(text):
        word, opens = match.group(), not found or found[-1].text in '.!?:;"“'
        kind = "#" if word[0].isdigit() else "P" if not word[0].isalnum() else "N" if word[0].isupper() else "w"
        lower = word.lower()
        if kind == "N" and lower in CLOSED and (opens or lower not in _ALSO_NAMES):
            kind = "w"
        found.append(Word(word, fold(word), match.start(), match.end(), kind))
    if len(found) > 1 and found[0].kind == "N" and found[1].kind == "w" and found[1].folded not in CLOSED:
        # "Salt corrodes …", "Old boats …": a capital at the beginning says nothing, unless a verb follows a name.
        found[0] = Word(found[0].text, found[0].folded, found[0].start, found[0].end, "n")
    return tuple(found)


def is_nominal(words: Sequence[Word], at: int) -> bool:
    word = words[at]
    return word.kind in "Nn#" or (word.kind == "w" and word.folded not in CLOSED) or word.text in '&"“”'


def phrase(words: Sequence[Word], at: int, stop: int) -> Phrase | None:
    """The noun phrase that begins at a place, read up to ``stop``."""
    if at >= stop:
        return None
    if words[at].folded in PRONOUNS and words[at].kind == "w":
        return Phrase(at, at + 1)
    begin = at + _is_about_a_number(words, at, stop)
    while begin < stop and begin < at + 3 and words[begin].folded in DETERMINERS | _POSSESSIVES:
        begin += 1
    end = begin
    if (at < begin < stop - 1 and words[begin].folded in _PLACED and is_nominal(words, begin + 1)) or _is_rank(
        words, begin, stop
    ):
        # "the first pump": the word says which, and not when.
        end += 1
    while end < stop and end - begin < LONGEST:
        if end > begin and words[end].folded == "and" and words[end - 1].kind == "N":
            if end + 1 < stop and words[end + 1].kind == "N":
                end += 1
                continue
            break
        if _is_year_of_date(words, end, stop):
            end += 2
            continue
        if not is_nominal(words, end) or (end > begin and _opens_another(words, end, stop)):
            break
        if end > begin + 1 and words[end].kind == "N" and _is_year(words, end - 1):
            # "In June 2022 Karin left": the name is another phrase.
            break
        end += 1
    while end > begin and words[end - 1].text in '&"“”':
        end -= 1
    return Phrase(at, end) if end > begin else None


def _is_rank(words: Sequence[Word], at: int, stop: int) -> bool:
    """Whether a word tells which of several a noun behind it is: "won first prize"; not "was first opened"."""
    if at + 1 >= stop or words[at].folded not in ("first", "last"):
        return False
    behind = words[at + 1]
    return behind.kind == "w" and main_part(behind.folded) == "n" and not is_participle(behind)


def _is_about_a_number(words: Sequence[Word], at: int, stop: int) -> bool:
    """ "About 1,900 orders", "over twenty boats": the word belongs to the number, and hangs on nothing."""
    if words[at].folded not in _ROUGHLY or at + 1 >= stop:
        return False
    opens = at == 0 or words[at - 1].kind == "P"
    # "Trips over 800 euros": there it says which.
    follows = not opens and words[at].folded not in ("over", "under") and words[at - 1].folded not in CLOSED
    return (opens or follows) and (words[at + 1].kind == "#" or value_of(words[at + 1].folded) is not None)


def _is_year_of_date(words: Sequence[Word], at: int, stop: int) -> bool:
    """Whether a comma stands between a day and its year: "April 5, 2021"."""
    if words[at].text != "," or at < 2 or at + 1 >= stop or words[at - 1].kind != "#":
        return False
    return words[at - 2].kind == "N" and words[at + 1].kind == "#" and len(words[at + 1].text) == 4


def _is_year(words: Sequence[Word], at: int) -> bool:
    """Whether a number is the year behind a month: "June 2022"."""
    return words[at].kind == "#" and len(words[at].text) == 4 and words[at - 1].folded in MONTHS


def _opens_another(words: Sequence[Word], at: int, stop: int) -> bool:
    """Whether a number or a participle at a place begins something new ("the institute two years after", "boat built by")."""
    word, after = words[at], words[at + 1] if at + 1 < stop else None
    if word.kind == "#" or value_of(word.folded) is not None:
        return words[at - 1].kind == "w" and after is not None and after.kind == "w" and after.folded not in CLOSED
    if _ends_in_ly(word):
        return True
    if not is_participle(word):
        return False
    # "Dana studied oceanography", "the group chose a supplier", "boat built by"; not "the old painted wall".
    return words[at - 1].kind in "Nn" or after is None or after.folded in CLOSED or after.kind in "N#P"


def is_adverb(word: Word) -> bool:
    """Whether a word may stand between the words of a verb and its phrases."""
    return word.folded in ADVERBS or _ends_in_ly(word)


def _ends_in_ly(word: Word) -> bool:
    """Whether a word is an adverb by its ending, and no noun ("family")."""
    return word.kind == "w" and word.text.endswith("ly") and main_part(word.folded) != "n"


def is_particle(words: Sequence[Word], at: int, stop: int) -> bool:
    """Whether a word belongs to the verb before it, and opens no phrase: "turned off", "turned off at eight"."""
    if words[at].folded not in _PARTICLES or words[at].kind != "w":
        return False
    after = words[at + 1] if at + 1 < stop else None
    return after is None or after.kind == "P" or (after.kind == "w" and after.folded in PREPOSITIONS | BREAKS | ADVERBS)


def is_participle(word: Word) -> bool:
    """Whether a word has the form of a past participle, or of a past."""
    if word.kind != "w" or word.folded in _NO_PARTICIPLES:
        return False
    return word.text.endswith("ed") or is_verb_form(word.folded)


def attached(words: Sequence[Word], at: int, stop: int) -> tuple[list[Hanging], int]:
    """Phrases that hang on what ends at a place, each by its preposition, and where the last ends."""
    found: list[Hanging] = []
    while at + 1 < stop and words[at].folded in PREPOSITIONS and words[at].kind == "w":
        if _is_about_a_number(words, at, stop):
            break
        read = phrase(words, at + 1, stop)
        if read is None:
            break
        goes_on = words[at].folded == "between" and read.end + 1 < stop and words[read.end].folded == "and"
        other = phrase(words, read.end + 1, stop) if goes_on else None
        found.append((words[at].folded, read if other is None else Phrase(read.start, other.end)))
        at = found[-1][1].end
    return found, at


def complements(words: Sequence[Word], at: int, stop: int) -> tuple[Phrase | None, list[Hanging], int]:
    """What follows a verb: its object, the phrases with prepositions, and where they end."""
    while at < stop and (is_adverb(words[at]) or is_particle(words, at, stop)) and not _is_rank(words, at, stop):
        at += 1
    read = phrase(words, at, stop) if at < stop and words[at].folded not in PREPOSITIONS else None
    at = at if read is None else read.end
    rest: list[Hanging] = []
    while at < stop:
        found, end = attached(words, at, stop)
        rest += found
        if end == at:
            comma = words[at].text == "," and at + 1 < stop and words[at + 1].folded in PREPOSITIONS
            if not comma and words[at].folded not in ADVERBS:
                bare = phrase(words, at, stop) if found or read is not None else None
                if bare is None or words[at].text == ",":
                    break
                rest.append(("", bare))
                end = bare.end
            else:
                end = at + 1
        at = end
    return read, rest, at
