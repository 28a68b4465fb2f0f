"""Entities that are called alike, so that what is said of "the NHL" leads to the National Hockey League.

HippoRAG (Gutiérrez et al. 2024, section 2.3) joins all names whose vectors are near. Near are also a river and the next
one, and two people of one surname: names are compared here only where they have the same words, whatever their order,
endings and small words ("Winter Olympic Games", "the Olympic Winter Games"), or where one may be the initials of the other.
Numbers are never endings, so 1984 is not 1985. Nor does anything become one: a passage about an entity has to do with
what is called alike, and that is all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, compress, product
from typing import Any, Self

import numpy as np
import xxhash
from numpy.typing import NDArray

from graphmem.model import FloatArray
from graphmem.store.layered import Arrays, Course, LayeredStrings
from graphmem.store.moves import Moves, Rows, offsets_of, ranges

__all__ = ["Alike", "CodeIndex", "Codes", "Known", "Pairs", "spelt"]

_SAME_WORDS, _INITIALS = 0.85, 0.6
"""Cosines from which two names are one thing's. Of the pairs with the same words in 8,000 articles nearly all above are, and
half of those below are not ("Niger", "Nigeria"); of initials all above, and hardly any below ("WWE", "Wedding with Erika")."""
_SMALL = frozenset(
    "the a an of and in on at for de la le von van der du al mr mrs ms dr sir republic dynasty company corporation inc ltd "
    "limited plc co corp".split()
)
_STEM = 5
"""Letters of a word that its endings leave alone."""
_SHORTEST, _LONGEST = 3, 6
"""Letters that initials have: of two there are too many that mean something else."""

Positions = NDArray[np.int64]
Codes = NDArray[np.uint64]
_MARK = np.uint64(1)
Pair = tuple[int, int]
Known = Callable[[Sequence[str]], tuple[FloatArray, NDArray[np.bool_]]]
"""The vectors of names, shape (n, dimension), and which of them are known."""


def spelt(name: str) -> str:
    """A folded name with its single letters together: "u s a" is "usa"."""
    words = name.split(" ")
    return "".join(words) if len(words) > 1 and max(map(len, words)) == 1 else name


def _codes(name: str) -> tuple[int, int]:
    """Hashes that are equal for names with the same words, and for a name and what may be its initials.

    0 where there are none; the last bit of the second says that it is the initials.
    """
    words = [word for word in spelt(name).split(" ") if word not in _SMALL]
    same = " ".join(sorted(word[:_STEM] if word.isalpha() else word for word in words))
    initials, short = "", 0
    if len(words) == 1 and _SHORTEST <= len(words[0]) <= _LONGEST and words[0].isalpha():
        initials, short = words[0], 1
    elif _SHORTEST <= len(words) <= _LONGEST:
        initials = "".join(word[0] for word in words)
    return _hash(same) & ~1, _hash(initials) & ~1 | short if initials else 0


def _hash(text: str) -> int:
    return xxhash.xxh3_64_intdigest(text.encode()) if text else 0


@dataclass(frozen=True, slots=True)
class Pairs:
    """Entities that are called alike, each pair once, ascending; shapes (n,)."""

    one: Positions
    other: Positions

    def partners(self, entities: Positions) -> tuple[Positions, Positions]:
        """For each of some entities those that are called like it: places among ``entities``, and entities."""
        first, second = np.concatenate((self.one, self.other)), np.concatenate((self.other, self.one))
        order = np.argsort(first, kind="stable")
        low, high = (np.searchsorted(first[order], entities, side=side) for side in ("left", "right"))
        counts = high - low
        place = np.repeat(np.arange(len(entities)), counts)
        at = np.arange(len(place)) + np.repeat(low - (np.cumsum(counts) - counts), counts)
        return place, second[order][at]

    def partners_of(self, rows: Rows) -> Rows:
        """For each row of entities those that are called like one of them."""
        place, akin = self.partners(rows.values)
        counts = np.bincount(rows.rows_of(place), minlength=len(rows))
        return Rows(offsets_of(counts), akin)


@dataclass(frozen=True, slots=True)
class CodeIndex:
    """Entities by a hash of their names, ascending, and beside them those that have come since, of which nothing is sorted;
    ``moves`` say what numbers those of the base have now."""

    codes: Codes
    entities: NDArray[np.int32]
    added_codes: Codes
    added_entities: NDArray[np.int32]
    moves: Moves

    @classmethod
    def flat(cls, codes: Codes, entities: NDArray[np.int32], count: int) -> Self:
        """With nothing beside the base, made when there were so many entities."""
        return cls(codes, entities, codes[:0], entities[:0], Moves.none(count))

    @classmethod
    def read(cls, name: str, base: Arrays, added: Arrays, moves: Moves) -> Self:
        """From the arrays of a base and of what lies beside it."""
        codes, entities = base[f"{name}_codes"], base[f"{name}_entities"]
        added_codes, added_entities = added.get(f"{name}_codes", codes[:0]), added.get(f"{name}_entities", entities[:0])
        return cls(codes, entities, added_codes, added_entities, moves)

    def layer(self, name: str) -> dict[str, NDArray[Any]]:
        """The arrays of what lies beside the base."""
        return {f"{name}_codes": self.added_codes, f"{name}_entities": self.added_entities}

    def whole(self, name: str) -> dict[str, NDArray[Any]]:
        """The arrays of a new base."""
        codes, entities = self.folded()
        return {f"{name}_codes": codes, f"{name}_entities": entities}

    def weight(self) -> tuple[int, int]:
        """The bytes of the base and of what lies beside it."""
        return self.codes.nbytes + self.entities.nbytes, self.added_codes.nbytes + self.added_entities.nbytes

    def edited(self, course: Course, codes: Codes) -> CodeIndex:
        """After entities have come, of which these are the codes, and gone."""
        now = course.step.now(self.added_entities).astype(np.int32)
        stays, told = now >= 0, codes > 0
        added_codes = np.concatenate((self.added_codes[stays], codes[told]))
        added = np.concatenate((now[stays], course.step.new[told].astype(np.int32)))
        return CodeIndex(self.codes, self.entities, added_codes, added, course.whole)

    def folded(self) -> tuple[Codes, NDArray[np.int32]]:
        """All codes, ascending, and their entities."""
        now = self.moves.table()[self.entities]
        codes, entities = (
            np.concatenate((self.codes[now >= 0], self.added_codes)),
            np.concatenate((now[now >= 0], self.added_entities)),
        )
        order = np.lexsort((entities, codes))
        return codes[order], entities[order]

    def groups(self, wanted: Codes) -> Iterator[tuple[list[int], list[bool]]]:
        """Entities of one code, two or more, ascending, and of which of them the last bit of the code is set."""
        codes = np.unique(wanted & ~_MARK)
        codes = codes[codes > 0]
        low, high = np.searchsorted(self.codes, codes), np.searchsorted(self.codes, codes | _MARK, side="right")
        at, _ = ranges(low, high - low)
        beside = np.isin(self.added_codes & ~_MARK, codes)
        found = np.concatenate((self.codes[at], self.added_codes[beside]))
        entities: Positions = np.concatenate((self.moves.now(self.entities[at]), self.added_entities[beside]))
        stays = entities >= 0
        found, entities = found[stays], entities[stays]
        order = np.lexsort((entities, found & ~_MARK))
        found, entities = found[order], entities[order]
        _, starts, counts = np.unique(found & ~_MARK, return_index=True, return_counts=True)
        for start, count in zip(starts[counts > 1].tolist(), counts[counts > 1].tolist(), strict=True):
            group = slice(start, start + count)
            yield entities[group].tolist(), (found[group] & _MARK).astype(bool).tolist()


@dataclass(frozen=True, slots=True)
class Alike:
    """The codes of all entities, and the pairs of which some passage is about one."""

    words: CodeIndex
    initials: CodeIndex
    pairs: Pairs

    def changed(
        self, keys: LayeredStrings, course: Course, owned: NDArray[np.bool_], turned: Positions, known: Known
    ) -> tuple[Self, Positions]:
        """After entities have come and gone, and those that have come or gone into pairs with others.

        ``owned`` says which entities some passage is about, ``turned`` are the old ones of which that is new.
        """
        fresh = course.step.new
        codes, again = _codes_of(keys, fresh), _codes_of(keys, turned)
        words, initials = self.words.edited(course, codes[:, 0]), self.initials.edited(course, codes[:, 1])
        wanted = np.concatenate((codes, again))
        one, other = course.step.now(self.pairs.one), course.step.now(self.pairs.other)
        stays = (one >= 0) & (other >= 0)
        stays[stays] = owned[one[stays]] | owned[other[stays]]
        lost = np.concatenate((one[~stays], other[~stays]))
        pairs = one[stays] * len(keys) + other[stays]
        new = np.zeros(len(keys), dtype=bool)
        new[fresh] = new[turned] = True
        found = pairs[:0]
        for candidates, least in (
            (_with_the_same_words(words.groups(wanted[:, 0])), _SAME_WORDS),
            (_with_the_initials(initials.groups(wanted[:, 1])), _INITIALS),
        ):
            told = {a * len(keys) + b for a, b in candidates if (new[a] or new[b]) and (owned[a] or owned[b])}
            compared = np.setdiff1d(np.array(sorted(told), dtype=np.int64), pairs)
            found = np.union1d(found, _near(compared, least, keys, known))
        one, other = np.divmod(np.union1d(pairs, found), max(len(keys), 1))
        ends = np.concatenate(np.divmod(found, max(len(keys), 1)))
        return type(self)(words, initials, Pairs(one, other)), np.unique(np.concatenate((lost[lost >= 0], ends)))


def _codes_of(keys: LayeredStrings, entities: Positions) -> Codes:
    """The codes of some entities, shape (n, 2)."""
    told = (code for key in keys.some(entities) for code in _codes(key))
    return np.fromiter(told, np.uint64, 2 * len(entities)).reshape(-1, 2)


def _with_the_same_words(groups: Iterable[tuple[list[int], list[bool]]]) -> Iterator[Pair]:
    for group, _ in groups:
        yield from combinations(group, 2)


def _with_the_initials(groups: Iterable[tuple[list[int], list[bool]]]) -> Iterator[Pair]:
    for group, is_short in groups:
        for one, other in product(
            compress(group, is_short), [e for e, short in zip(group, is_short, strict=True) if not short]
        ):
            yield min(one, other), max(one, other)


def _near(pairs: Positions, least: float, keys: LayeredStrings, known: Known) -> Positions:
    """The pairs, each the number of one times how many there are, plus the other's, whose names have such a cosine."""
    one, other = np.divmod(pairs, max(len(keys), 1))
    entities, at = np.unique(np.concatenate((one, other)), return_inverse=True)
    if not len(entities):
        return pairs
    vectors, there = known(list(keys.some(entities)))
    first, second = np.split(at, 2)
    both = there[first] & there[second]
    cosine = np.array([float(vectors[a] @ vectors[b]) for a, b in zip(first[both], second[both], strict=True)])
    return pairs[both][cosine >= least]
