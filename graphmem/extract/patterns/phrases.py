"""A sentence as tokens, and the phrases that start at one of them: noun phrases, dates, places, lists of names.

Every reader takes a token index and returns the index after the phrase, the same index where there is none. None
goes back over what it has read and each is bounded, so reading a sentence takes time linear in its length.
"""

from __future__ import annotations

import regex

from graphmem.extract.patterns.lexicon import (
    ARTICLES,
    BE,
    CIRCA,
    DETERMINERS,
    ERAS,
    FUNCTION_WORDS,
    HAVE,
    ING_NOUNS,
    IRREGULAR_PARTICIPLES,
    IRREGULAR_PASTS,
    LISTING,
    MONTHS,
    NAME_JOINTS,
    NOBILITY,
    NOT_VERBS,
    PARTICLES,
    PREPOSITIONS,
    PRESENTS,
    PRONOUNS,
)
from graphmem.model import Span

__all__ = [
    "Part",
    "Sentence",
    "closing",
    "date",
    "is_participle",
    "is_verb",
    "name_list",
    "noun_phrase",
    "object_phrase",
    "title_tail",
    "year",
]

Part = tuple[int, int]
"""A half-open range of tokens."""

MAX_PHRASE = 14
"""Tokens of a noun phrase."""
MAX_LIST = 12
"""Items of a list of names."""
MAX_PARENTHESIS = 60
"""Tokens between a bracket and the one that closes it."""

_LETTERS = r"[\p{L}\p{M}\p{N}]"
# After a hyphen with spaces around it (data sets write "Saxe - Coburg" so), words that show it to be a dash.
_BREAKS = (
    r"(?:and|or|to|a|an|the|who|which|that|in|on|at|by|for|from|with|of|as|his|her|its|their|he|she|it|is|was|are|were)"
)
_TOKEN = regex.compile(
    r"(?P<Q>\"[ ]?(?P<straight>[^\"\s][^\"]{0,99}?)[ ,.]{0,3}\"|“[ ]?(?P<curly>[^”\s][^”]{0,99}?)[ ,.]{0,3}”"
    r"|``[ ]?(?P<grave>[^`'\s][^`]{0,99}?)[ ,.]{0,3}'')"
    r"|(?P<A>(?:\p{Lu}\.)+(?!\p{L})"
    r"|(?:Jr|Sr|St|Dr|Mr|Mrs|Ms|Mt|Ft|Gov|Gen|Col|Lt|Capt|Sgt|Prof|Rev|Hon|Inc|Ltd|Bros|ca|c|b|d|No(?=\.[ ]?\d))\.)"
    rf"|(?P<D>[$€£¥]?\p{{Nd}}+(?:[.,:/]\p{{Nd}}+)*+(?:[-–]?\p{{L}}++|[ ]?-[ ](?!present|{_BREAKS}\b)\p{{Ll}}++)*+%?)"
    rf"|(?P<W>\p{{L}}{_LETTERS}*+(?:[-'’&/‐‑–]{_LETTERS}++|[ ]?-[ ](?!{_BREAKS}\b){_LETTERS}++)*+['’]?)"
    r"|(?P<P>\S)",
)
_QUOTED = ("straight", "curly", "grave")


class Sentence:
    """The tokens of one sentence of ``text``.

    ``tags``: "N" a capitalised word or one of a script without case, "w" a word in lower case, "#" a number,
    "Q" a quotation (without its marks), "P" anything else. Three empty "P" close the lists, so that a reader may
    look ahead.
    """

    __slots__ = ("_marks", "ends", "length", "lowers", "starts", "tags", "text", "words")

    def __init__(self, text: str, span: Span) -> None:
        self.text = text
        self.words: list[str] = []
        self.tags: list[str] = []
        self.starts: list[int] = []
        self.ends: list[int] = []
        self._marks: list[Span] = []
        for match in _TOKEN.finditer(text, *span):
            kind = match.lastgroup or "P"
            if kind == "Q":
                start, end = next(match.span(name) for name in _QUOTED if match[name] is not None)
            else:
                start, end = match.span()
            word = text[start:end]
            self._marks.append(match.span() if kind == "Q" else (start, end))
            self.words.append(word)
            self.starts.append(start)
            self.ends.append(end)
            self.tags.append(kind if kind in "QP" else "#" if kind == "D" else "w" if word[0].islower() else "N")
        if self.words and len(self.words[-1]) == 2 and self.words[-1][1] == "." and self.tags[-1] == "N":
            # "World War I." ends in a full stop, not in an initial.
            self.words[-1], self.ends[-1] = self.words[-1][0], self.ends[-1] - 1
            self._marks[-1] = (self.starts[-1], self.ends[-1])
        self.length = len(self.words)
        self.words += ["", "", ""]
        self.tags += ["P", "P", "P"]
        self.lowers = [word.lower() for word in self.words]

    def span(self, part: Part) -> Span:
        """The characters of a part in ``text``: a quotation alone without its marks, in a longer part with them."""
        first, last = part[0], part[1] - 1
        if first == last:
            return self.starts[first], self.ends[last]
        return self._marks[first][0], self._marks[last][1]


def closing(s: Sentence, i: int) -> int:
    """The index after the bracket that closes the one at ``i``; ``i`` where none is open or none closes it."""
    if s.words[i] != "(":
        return i
    depth = 0
    for j in range(i, min(s.length, i + MAX_PARENTHESIS)):
        depth += (s.words[j] == "(") - (s.words[j] == ")")
        if depth == 0:
            return j + 1
    return i


def is_participle(s: Sentence, i: int) -> bool:
    """Whether the word at ``i`` has the form of a past participle."""
    word = s.words[i]
    return s.tags[i] == "w" and (
        word in IRREGULAR_PARTICIPLES or (len(word) > 4 and word.endswith("ed") and word not in NOT_VERBS)
    )


def is_verb(s: Sentence, i: int) -> bool:
    """Whether the word at ``i`` can be a finite verb, going by its form and by the word after it."""
    word = s.words[i]
    if s.tags[i] != "w":
        return False
    if word in BE or word in HAVE or word in IRREGULAR_PASTS:
        return True
    after = s.words[i + 1]
    follows = s.tags[i + 1] != "w" or after in FUNCTION_WORDS or after in PARTICLES or after.endswith("ly")
    if i > 0 and s.lowers[i - 1] in PRONOUNS and word.endswith("s") and not word.endswith("ss"):
        return follows and word not in FUNCTION_WORDS
    if word in PRESENTS:
        return (follows or word in LISTING) and after not in ("of", "and", ",", "")
    return (
        (follows or (i > 0 and s.tags[i - 1] in "NQ"))
        and len(word) > 4
        and word.endswith("ed")
        and word not in NOT_VERBS
    )


def _opens_modifier(s: Sentence, i: int) -> bool:
    """Whether a participle at ``i`` starts a phrase of its own ("directed by", "living in", "starring")."""
    word, after = s.words[i], s.words[i + 1]
    if word in LISTING:
        return True
    if word.endswith("ing"):
        return word not in ING_NOUNS and (after in PREPOSITIONS or after in DETERMINERS)
    if not is_participle(s, i):
        return False
    return after in PREPOSITIONS or after in ("and", ",", "") or s.tags[i + 1] in "NQ" or after in ARTICLES


def _joint(s: Sentence, i: int) -> int:
    """The index after small words inside a name ("of the"), ``i`` where the name ends here."""
    j = i
    while j < i + 3 and s.tags[j] == "w" and s.words[j] in NAME_JOINTS:
        j += 1
    return j if j > i and s.tags[j] in "N#" and (s.tags[j] == "N" or s.words[i] == "the") else i


def noun_phrase(s: Sentence, i: int, *, subject: bool = False, joined: bool = True) -> int:
    """A noun phrase without what follows its noun: "the 1991 erotic film", "Rio de la Plata".

    ``subject`` makes it end before a finite verb; ``joined`` lets a name go over its small words ("Duke of Savoy").
    """
    j = i + (s.lowers[i] in DETERMINERS and (i == 0 or s.tags[i] == "w"))
    if s.words[j + 1] in ("than", "least") and s.words[j] in ("more", "less", "fewer", "at"):
        j += 2 * (s.tags[j + 2] == "#")
    begin = j
    while j < i + MAX_PHRASE:
        tag, word = s.tags[j], s.words[j]
        if tag == "N":
            if j == 0 and s.lowers[0] in FUNCTION_WORDS:
                break
            j += 1
        elif tag in "#Q":
            j += 1
        elif tag == "w":
            after = _joint(s, j) if j > begin and s.tags[j - 1] == "N" and (joined or word != "of") else j
            if after > j and not s.words[j - 1].endswith(("'s", "’s")):
                j = after
            elif word in FUNCTION_WORDS or (j > begin and (_opens_modifier(s, j) or (subject and is_verb(s, j)))):
                break
            else:
                j += 1
        elif word == "&" and j > begin:
            j += 1
        else:
            break
    while j - 1 > begin and s.tags[j - 1] == "w" and s.words[j - 1].endswith("ly") and s.words[j - 1] != "family":
        j -= 1
    return j if j > begin and s.words[j - 1] != "&" else i


def year(s: Sentence, i: int) -> int | None:
    """The year that the token at ``i`` is, if it is one."""
    word = s.words[i].removesuffix("s")
    return int(word) if 3 <= len(word) <= 4 and word.isascii() and word.isdigit() else None


def date(s: Sentence, i: int) -> int:
    """A date: "3 May 1871", "May 3, 1871", "May 1871", "circa 1871", "1871", with its era."""
    j = i + (s.lowers[i] in CIRCA and i < s.length)
    if s.tags[j] == "#" and year(s, j) is None and s.words[j + 1] in ("to", "and", "–", "-") and s.tags[j + 2] == "#":
        j += 2 * (s.lowers[j + 3] in MONTHS)
    if s.tags[j] == "#" and s.lowers[j + 1] in MONTHS:
        j += 1
    if s.lowers[j] in MONTHS and s.tags[j] == "N":
        j += 1
        if s.tags[j] == "#" and year(s, j) is None and len(s.words[j]) <= 4:
            j += 1
        if s.words[j] == "," and year(s, j + 1):
            j += 1
        j += year(s, j) is not None
    elif s.tags[j] == "#" and year(s, j):
        j += 1
    else:
        return i
    if s.words[j] in ("or", "/") and year(s, j + 1):
        j += 2
    return j + (s.words[j] in ERAS)


def _of(s: Sentence, i: int) -> int:
    """Up to two "of …" after a noun phrase."""
    for _ in range(2):
        after = noun_phrase(s, i + 1) if s.words[i] == "of" else i
        if after <= i + 1:
            break
        i = after
    return i


def _place_tail(s: Sentence, i: int) -> int:
    """The rest of a place: ", Ontario, Canada", ", central Spain"."""
    while s.words[i] == ",":
        j = i + 1
        if s.tags[j] == "w" and s.tags[j + 1] == "N" and s.words[j].endswith(("ern", "central", "west", "east")):
            j += 1
        if s.tags[j] != "N" or s.lowers[j] in MONTHS or s.lowers[j] in PRONOUNS:
            break
        end = noun_phrase(s, j, subject=True)
        if end == j or end - j > 5 or is_verb(s, end) or s.tags[end] not in "Pw" or s.words[end] == "(":
            break
        i = end
    return i


def title_tail(s: Sentence, i: int) -> int:
    """The rest of a noble name: ", 1st Duke of Savoy", ", Jr."."""
    j = i + 1 + (s.words[i] == "," and s.tags[i + 1] == "#")
    if s.words[i] != "," or s.words[j] not in NOBILITY:
        return i
    return _of(s, noun_phrase(s, j))


def object_phrase(s: Sentence, i: int, *, place: bool = False, pair: bool = True) -> int:
    """What a predicate may have for an object: a date, or a noun phrase with "of …" and the rest of its name.

    ``place`` takes in what follows a place after commas, ``pair`` a second name after "and".
    """
    end = date(s, i)
    if end > i and (s.tags[end] != "w" or s.words[end] in FUNCTION_WORDS or is_participle(s, end)):
        return end
    end = noun_phrase(s, i)
    if end == i:
        return i
    end = title_tail(s, _of(s, end))
    if place:
        end = _place_tail(s, end)
    if pair and s.words[end] == "and" and s.words[i] in DETERMINERS and s.tags[end + 1] == "w":
        after = noun_phrase(s, end + 1, subject=True)
        if s.words[end + 1] not in FUNCTION_WORDS and not is_participle(s, end + 1) and not is_verb(s, end + 1):
            end = _of(s, max(after, end))
    elif pair and s.words[end] in ("and", "&") and s.tags[end - 1] == "N" and s.tags[end + 1] == "N":
        after = _of(s, noun_phrase(s, end + 1, subject=True))
        if after > end + 1 and not is_verb(s, after):
            end = after
    return end


def name_list(s: Sentence, i: int) -> tuple[list[Part], int]:
    """A list of names ("Ann Lee (Mary), Bo Ek as Tom, and Cy Orr"), and the index after it.

    The first item may be any noun phrase; the later ones start with a name or a quotation.
    """
    items: list[Part] = []
    while len(items) < MAX_LIST:
        end = object_phrase(s, i, pair=False)
        if end == i or (items and is_verb(s, end) and s.words[end] not in LISTING):
            break
        if not items and s.words[end] == "and" and all(tag == "w" for tag in s.tags[i:end]) and s.tags[end + 1] == "w":
            # "by actor and writer Ann Lee" is one.
            end = max(end, object_phrase(s, end + 1, pair=False))
        if items and s.words[end] == "and" and s.tags[end + 1] == "N" and "of" in s.words[i:end]:
            after = noun_phrase(s, end + 1)
            # The last name's own "and": "Ann of Norway and Bo of Greece and Denmark".
            end = after if after == end + 2 and s.words[after] not in ("of", "and", ",") else end
        items.append((i, end))
        end = closing(s, end)
        if s.words[end] == "as":
            end = max(end, noun_phrase(s, end + 1))
            if s.words[end] == "and" and s.tags[end + 1] == "Q":
                return items, end
        after = end + (s.words[end] == ",")
        after += s.words[after] in ("and", "&")
        if after == end or s.tags[after] not in "NQ":
            return items, end
        i = after
    return items, items[-1][1] if items else i
