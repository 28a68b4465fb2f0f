"""Relations between two names that stand side by side, wherever in the sentence: appositions and possessives."""

from __future__ import annotations

from graphmem.extract.patterns.lexicon import ARTICLES, BE, FUNCTION_WORDS, KIN, NOBILITY, POSSESSIVES, ROLES
from graphmem.extract.patterns.phrases import Part, Sentence, name_list, noun_phrase, object_phrase
from graphmem.extract.patterns.relation import Relation

__all__ = ["appositions", "possessions"]

APPOSITION, POSSESSION = 0.8, 0.8
MAX_NAME = 8
"""Tokens of a name read backwards."""


def appositions(s: Sentence) -> list[Relation]:
    """ "Y, the son of X" is (Y, the son of, X), wherever Y is a name and "son" a word for a role or a kinship."""
    found: list[Relation] = []
    if any(s.words[i] == "and" and s.words[i + 1] in ARTICLES and _is_role(s.words[i + 2]) for i in range(s.length)):
        # "the son of X, brother of Y, and the uncle of Z": said of one person, not each of the one before.
        return found
    for i in range(1, s.length):
        if s.words[i] != "of" or not _is_role(s.words[i - 1]):
            continue
        comma = i - 1
        while comma > max(0, i - 7) and (s.tags[comma] == "w" or s.tags[comma] == "#"):
            comma -= 1
        if (
            s.words[comma] != ","
            or comma == i - 1
            or any(s.words[j] in FUNCTION_WORDS - ARTICLES for j in range(comma + 1, i))
        ):
            continue
        name = _name_before(s, comma)
        end = object_phrase(s, i + 1, pair=False, place=True)
        if name is None or end == i + 1 or s.tags[end - 1] not in "NQ":
            continue
        items = name_list(s, i + 1)[0] if s.words[i - 1] in KIN else [(i + 1, end)]
        found += [Relation(name, (comma + 1, i + 1), item, APPOSITION) for item in items]
    return found


def possessions(s: Sentence, owner: Part | None) -> list[Relation]:
    """ "X's son Y" is (X, son, Y); "his son Y" too, where ``owner`` is who *he* is."""
    found: list[Relation] = []
    for i in range(s.length - 1):
        subject: Part | None
        if s.tags[i] == "N" and s.words[i].endswith(("'s", "’s", "s'", "s’")):
            start = _name_before(s, i + 1)
            subject = start
        elif s.words[i] in POSSESSIVES and owner is not None and i >= owner[1]:
            subject = owner
        else:
            continue
        end = i + 1
        while (
            end < i + 6
            and s.tags[end] in "w#"
            and s.words[end] not in FUNCTION_WORDS
            and not (_is_role(s.words[end]) and s.tags[end + 1] != "w")
        ):
            end += 1
        if subject is None or s.tags[end] != "w" or not _is_role(s.words[end]):
            continue
        # "and her father was Ivo": at the start of a sentence that is its main clause, and read as such.
        clause = s.words[end + 1] in BE and i > 0
        j = end + 1 + (s.words[end + 1] == "," or clause)
        after = noun_phrase(s, j, subject=True) if s.tags[j] in "NQ" else j
        if after == j or (s.words[end + 1] == "," and s.words[after] not in (",", ".", ")", ";")):
            continue
        found.append(Relation(subject, (i + 1, end + 1), (j, after), POSSESSION))
    return found


def _is_role(word: str) -> bool:
    return word in ROLES


def _name_before(s: Sentence, end: int) -> Part | None:
    """The name that ends before ``end``; no sentence opener ("In", "The") belongs to it."""
    start = end
    while start > max(0, end - MAX_NAME):
        if s.tags[start - 1] == "N":
            start -= 1
        elif (
            s.words[start - 1] in ("of", "de", "von", "van") and start >= 2 and s.tags[start - 2] == "N" and start < end
        ):
            start -= 2
        elif s.words[start] in NOBILITY and start < end and s.words[start - 1 - (s.tags[start - 1] == "#")] == ",":
            start -= 1 + (s.tags[start - 1] == "#")
        else:
            break
    while start < end and noun_phrase(s, start) < end:
        start += 1
    return (start, end) if start < end and s.tags[start] == "N" else None
