"""What stands in brackets after a name: "(born …)", "(… – …)", "(died …)"."""

from __future__ import annotations

from graphmem.extract.patterns.lexicon import NOT_PERSONS
from graphmem.extract.patterns.phrases import Part, Sentence, date, noun_phrase, object_phrase, year
from graphmem.extract.patterns.relation import Relation

__all__ = ["life"]

LIFE = 0.95
YOUNGEST, OLDEST = 12, 115
"""Years between two dates that may be a life."""

_BORN = frozenset({"born", "b."})
_DIED = frozenset({"died", "d."})
_REIGN = frozenset("r. reigned ruled fl. active reign".split())


def life(s: Sentence, subject: Part, inside: Part) -> list[Relation]:
    """Birth and death as the brackets after a subject give them.

    Where only a dash stands between two dates, the predicate is the word "born" or "died" that the typography
    stands for; two dates that are no life (a war, a reign, a company's years) give nothing.
    """
    start, end = inside
    found: list[Relation] = []
    dash = None
    for i in range(start, end):
        if s.words[i] in _BORN or s.words[i] in _DIED:
            found += _event(s, subject, i, end)
        elif s.words[i] in ("–", "-", "—") and dash is None:
            dash = i
    if found or dash is None or any(s.lowers[i] in _REIGN for i in range(start, end)):
        return found
    return _range(s, subject, (start, dash), (dash + 1, end))


def _event(s: Sentence, subject: Part, i: int, end: int) -> list[Relation]:
    """ "born 3 May 1871 in Boston", "died 1902"."""
    found = []
    j = i + 1 + (s.words[i + 1] in ("on", "in"))
    after = date(s, j)
    if after > j:
        found.append(Relation(subject, (i, j), (j, after), LIFE))
        j = after + (s.words[after] == ",")
        if s.words[j] in ("in", "at"):
            after = object_phrase(s, j + 1, place=True)
            if j + 1 < after <= end:
                found.append(Relation(subject, (i, j + 1), (j + 1, after), LIFE))
    elif s.words[i + 1] in ("in", "at", "as") or s.tags[i + 1] == "N":
        after = min(object_phrase(s, j, place=True), end) if s.words[i + 1] != "as" else noun_phrase(s, j + 1)
        j += s.words[i + 1] == "as"
        if j < after <= end:
            found.append(Relation(subject, (i, j), (j, after), LIFE))
    return [relation for relation in found if relation.object[1] <= end]


def _range(s: Sentence, subject: Part, left: Part, right: Part) -> list[Relation]:
    """ "3 May 1871 – 1902", with a place before or after either date."""
    born, died = _dated(s, left), _dated(s, right)
    if born is None or died is None:
        return []
    first, last = _year(s, born), _year(s, died)
    precise = died[1] - died[0] > 1 and born[1] - born[0] > 1
    if first is None or last is None or not YOUNGEST <= last - first <= OLDEST:
        return []
    words = [s.words[i] for i in range(*subject)]
    if NOT_PERSONS.intersection(words) or (words[0] in ("The", "the", "A", "An") and not precise):
        return []
    found = [Relation(subject, "born", born, LIFE), Relation(subject, "died", died, LIFE)]
    for word, side, when in (("born", left, born), ("died", right, died)):
        place = _place(s, side, when)
        if place is not None:
            found.append(Relation(subject, word, place, LIFE - 0.05))
    return found


def _dated(s: Sentence, side: Part) -> Part | None:
    for i in range(*side):
        end = date(s, i)
        if i < end <= side[1]:
            return i, end
    return None


def _year(s: Sentence, part: Part) -> int | None:
    return next((found for i in range(*part) if (found := year(s, i)) is not None), None)


def _place(s: Sentence, side: Part, when: Part) -> Part | None:
    """ "Altenburg, 11 April 1598", "11 April 1598 in Altenburg", "11 April 1598, Altenburg"."""
    if when[0] - side[0] >= 2 and s.tags[side[0]] == "N" and s.words[when[0] - 1] == ",":
        end = noun_phrase(s, side[0])
        return (side[0], end) if end == when[0] - 1 else None
    after = when[1] + (s.words[when[1]] in (",", "in", "at"))
    if when[1] < after < side[1] and s.tags[after] == "N":
        end = object_phrase(s, after, place=True)
        return (after, end) if end == side[1] else None
    return None
