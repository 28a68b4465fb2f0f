"""Who is meant by "Dr Vane" or "Stern": the one fuller name of the document that ends so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from graphmem.folding import fold
from graphmem.model import Extraction, Mention

__all__ = ["aliases_of"]

_TITLES = frozenset(
    "mr mrs ms miss dr doctor prof professor sir dame lord lady captain major colonel general admiral president king queen "
    "prince princess father sister brother saint st judge senator mayor bishop".split()
)
_SMALL = frozenset("of the and in on at for de la von van der du al".split())
_LONGEST = 4
"""Words of a name that a last word may stand for; longer ones are titles of works."""


def aliases_of(extractions: Iterable[Extraction]) -> Iterator[tuple[int, Mention, str]]:
    """For the passages of one document, in order: (passage, mention, the fuller name that it stands for).

    A mention stands for a name that the document says before it (or that its first passage is about), and that is the
    only one to end with the mention's word; where two do ("Elena Vane", "Ivo Vane"), it stands for neither.
    """
    fuller: dict[str, set[str]] = defaultdict(set)
    for number, extraction in enumerate(extractions):
        for name in extraction.names:
            _learn(fuller, name.text.partition(" (")[0])
        for mention in extraction.mentions:
            if mention.kind != "name":
                continue
            words = fold(mention.text).split()
            bare = words[1:] if len(words) > 1 and words[0] in _TITLES else words
            if len(bare) == 1:
                known = fuller.get(bare[0], set())
                if len(known) == 1:
                    yield number, mention, next(iter(known))
            else:
                _learn(fuller, mention.text)


def _learn(fuller: dict[str, set[str]], name: str) -> None:
    words = fold(name).split()
    if len(words) > 1 and words[0] in _TITLES:
        words = words[1:]
    if 1 < len(words) <= _LONGEST and not _SMALL & set(words) and not words[-1].isdigit():
        fuller[words[-1]].add(" ".join(words))
