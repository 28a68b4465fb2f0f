"""Entities that are called alike, so that what is said of "the NHL" leads to the National Hockey League.

HippoRAG (Gutiérrez et al. 2024, section 2.3) joins all names whose vectors are near. Near are also a river and the next
one, and two people of one surname: names are compared here only where they have the same words, whatever their order,
endings and small words ("Winter Olympic Games", "the Olympic Winter Games"), or where one may be the initials of the other.
Numbers are never endings, so 1984 is not 1985. Nor does anything become one: a passage about an entity has to do with
what is called alike, and that is all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Self

import numpy as np
import xxhash
from numpy.typing import NDArray

from graphmem.model import FloatArray
from graphmem.store.moves import Moves, Strings

__all__ = ["Alike", "Codes", "Known", "Pairs", "spelt"]

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
    return _hash(same), _hash(initials) & ~1 | short if initials else 0


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


@dataclass(frozen=True, slots=True)
class Alike:
    """The codes of all entities, shape (entities,), and the pairs of which some passage is about one."""

    words: Codes
    initials: Codes
    pairs: Pairs

    def changed(
        self, keys: Strings, moves: Moves, owned: NDArray[np.bool_], turned: Positions, known: Known
    ) -> tuple[Self, Positions]:
        """After entities have come and gone, and those that have come or gone into pairs with others.

        ``owned`` says which entities some passage is about, ``turned`` are the old ones of which that is new.
        """
        fresh = moves.new()
        told = (code for entity in fresh.data for code in _codes(keys[entity]))
        codes = np.fromiter(told, np.uint64, 2 * len(fresh)).reshape(-1, 2)
        words, initials = moves.items(self.words, codes[:, 0]), moves.items(self.initials, codes[:, 1])
        now = moves.now(len(self.words))
        one, other = now[self.pairs.one], now[self.pairs.other]
        stays = (one >= 0) & (other >= 0)
        stays[stays] = owned[one[stays]] | owned[other[stays]]
        lost = np.concatenate((one[~stays], other[~stays]))
        pairs = set(zip(one[stays].tolist(), other[stays].tolist(), strict=True))
        new = np.zeros(len(words), dtype=bool)
        new[fresh] = new[turned] = True
        found: set[Pair] = set()
        for candidates, least in (
            (_with_the_same_words(words, new), _SAME_WORDS),
            (_with_the_initials(initials, new), _INITIALS),
        ):
            wanted = {(a, b) for a, b in candidates if (new[a] or new[b]) and (owned[a] or owned[b])}
            found.update(_near(sorted(wanted - pairs), least, keys, known))
        together = np.array(sorted(pairs | found), dtype=np.int64).reshape(-1, 2)
        ends = [entity for pair in found for entity in pair]
        alike = type(self)(words, initials, Pairs(together[:, 0], together[:, 1]))
        return alike, np.unique(np.concatenate((lost[lost >= 0], np.array(ends, dtype=np.int64))))


def _groups(codes: Codes, new: NDArray[np.bool_]) -> Iterator[list[int]]:
    """Entities of one code, two or more of which one is new, ascending."""
    wanted = np.unique(codes[new])
    members = np.flatnonzero(np.isin(codes, wanted[wanted > 0]))
    members = members[np.argsort(codes[members], kind="stable")]
    _, starts, counts = np.unique(codes[members], return_index=True, return_counts=True)
    for start, count in zip(starts[counts > 1].tolist(), counts[counts > 1].tolist(), strict=True):
        yield members[start : start + count].tolist()


def _with_the_same_words(codes: Codes, new: NDArray[np.bool_]) -> Iterator[Pair]:
    for group in _groups(codes, new):
        yield from combinations(group, 2)


def _with_the_initials(codes: Codes, new: NDArray[np.bool_]) -> Iterator[Pair]:
    last = np.uint64(1)
    for group in _groups(codes & ~last, new):
        short = [entity for entity in group if codes[entity] & last]
        for one, other in product(short, sorted(set(group) - set(short))):
            yield min(one, other), max(one, other)


def _near(pairs: Sequence[Pair], least: float, keys: Strings, known: Known) -> Iterator[Pair]:
    """The pairs whose names have a cosine of at least so much."""
    entities = sorted({entity for pair in pairs for entity in pair})
    if not entities:
        return
    vectors, there = known([keys[entity] for entity in entities])
    row = {entity: at for at, entity in enumerate(entities)}
    for one, other in pairs:
        a, b = row[one], row[other]
        if there[a] and there[b] and float(vectors[a] @ vectors[b]) >= least:
            yield one, other
