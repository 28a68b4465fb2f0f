"""What two sentences only write differently: compounds, and words misspelt in one and right in the other."""

from __future__ import annotations

from itertools import pairwise

from graphmem.natlog.lexicon import is_known

__all__ = ["corrected", "spelt_alike"]

_LONG = 5
"""Letters that a word has at least for one of them to be a slip."""


def spelt_alike(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """The words of the one, its compounds written as the other writes them: "bank-account" as "bank account", and "others"
    as "other" where the other says which."""
    if "others" in one and "others" not in other and "other" in other:
        one = tuple("other" if word == "others" else word for word in one)
    if len(one) == len(other) and "-" not in "".join(one):
        return one
    pairs = {f"{first}{second}": (first, second) for first, second in pairwise(other)}
    found: list[str] = []
    for word in one:
        bare = word.replace("-", "")
        if word in other:
            found.append(word)
        elif bare in pairs:
            found += pairs[bare]
        else:
            found.append(bare if bare in other else word)
    return tuple(found)


def corrected(words: tuple[str, ...], other: tuple[str, ...], sentence: str) -> tuple[str, ...]:
    """The words of a sentence, those that are none written as the other sentence has a word that differs by one letter:
    "collge" as "college". A capital may begin a name, and names that are like each other are two."""
    right = [word for word in other if len(word) >= _LONG and word not in words and is_known(word)]
    if not right:
        return words
    return tuple(
        next((near for near in right if _is_slip(word, near)), word)
        if len(word) >= _LONG and word not in other and not is_known(word) and word in sentence
        else word
        for word in words
    )


def _is_slip(one: str, other: str) -> bool:
    """Whether a letter is missing, added, wrong, or has changed places with the next."""
    if abs(len(one) - len(other)) > 1:
        return False
    shorter = min(len(one), len(other))
    begin = next((at for at in range(shorter) if one[at] != other[at]), shorter)
    rest, wanted = one[begin:], other[begin:]
    return (
        rest[1:] == wanted[1:]
        or rest[1:] == wanted
        or rest == wanted[1:]
        or (rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:])
    )
