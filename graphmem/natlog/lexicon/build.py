"""Rebuilds ``wordnet.z`` from WordNet's database files: ``python -m graphmem.natlog.lexicon.build /usr/share/wordnet``.

Kept are lemmas with their synsets in order of frequency, hypernyms (for a satellite adjective its head), what a
place or a time is part of, the place that a people is of, antonyms, and irregular forms. Left out are glosses, frames,
meronyms and everything else. Added is what WordNet lacks of everyday language, from ``everyday.txt``.
"""

from __future__ import annotations

import re
import sys
import zlib
from array import array
from collections import defaultdict
from pathlib import Path

__all__ = ["EVERYDAY", "Entry", "build", "entries"]

EVERYDAY = Path(__file__).with_name("everyday.txt")
_PARTS = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
_CODE = {"n": 0, "v": 1, "a": 2, "s": 2, "r": 3}
_UP = {"@", "@i", "&"}
_ANTONYM, _PART_OF = "!", "#p"
_OF_PLACE = {"\\", "#m"}
"""What "Norwegian" has to Norway, and a Norwegian."""
_PLACES = "15"
_PLACES_AND_TIMES = (_PLACES, "28")
"""The lexicographer files of places and of times."""
_BEHIND = 1
"""Where WordNet has a sense's negative frequency: behind the first senses of all parts of speech, before the second."""

_WORD, _SENSE = r"[^<=#:]+", r"[^<=#:]+(?::[1-9][0-9]?)?"
_ENTRY = re.compile(rf"([nvar]) ({_SENSE}) (?:(<) ({_SENSE})|(=) ({_WORD}))")

Senses = dict[str, list[tuple[int, int, int]]]
"""Of each word the rank within the part of speech, the negative frequency, and the synset of each sense."""
Entry = tuple[str, str, str, str]
"""Part of speech, word, "<" or "=", word."""


def build(source: Path) -> bytes:
    """The packed lexicon: words, then irregular forms, then the tables, compressed."""
    synset: dict[tuple[int, int], int] = {}
    words_of: dict[int, list[str]] = {}
    ups: dict[int, list[tuple[int, int]]] = defaultdict(list)
    around: dict[int, list[tuple[int, int]]] = defaultdict(list)
    peoples: dict[int, list[tuple[int, int]]] = defaultdict(list)
    located: set[tuple[int, int]] = set()
    opposed: list[tuple[int, int, tuple[int, int], int]] = []
    for part in _PARTS:
        for line in _lines(source / f"data.{part}"):
            fields = line.split(" | ")[0].split()
            key = (_CODE[fields[2]], int(fields[0]))
            number = synset.setdefault(key, len(synset) << 2 | key[0])
            count = int(fields[3], 16)
            if part == "noun" and fields[1] == _PLACES:
                located.add(key)
            words_of[number] = [_word(fields[4 + 2 * i].split("(")[0]) for i in range(count)]
            at = 4 + 2 * count
            for i in range(int(fields[at])):
                kind, offset, target, places = fields[at + 1 + 4 * i : at + 5 + 4 * i]
                other = (_CODE[target], int(offset))
                # A satellite adjective says more than its head ("tiny", "small"), not the other way round.
                if kind in _UP and (kind != "&" or fields[2] == "s"):
                    ups[number].append(other)
                elif kind == _PART_OF and fields[1] in _PLACES_AND_TIMES:
                    around[number].append(other)
                elif kind in _OF_PLACE:
                    peoples[number].append(other)
                elif kind == _ANTONYM:
                    opposed.append((number, int(places[:2], 16), other, int(places[2:], 16)))
    senses: Senses = defaultdict(list)
    for part, code in _PARTS.items():
        for line in _lines(source / f"index.{part}"):
            fields = line.split()
            count, tagged = int(fields[2]), int(fields[4 + int(fields[3])])
            for rank, offset in enumerate(fields[-count:]):
                senses[_word(fields[0])].append((rank, -tagged, synset[_CODE[code], int(offset)]))
    antonyms: dict[str, set[str]] = defaultdict(set)
    for number, one, other, two in opposed:
        antonyms[words_of[number][one - 1]].add(words_of[synset[other]][two - 1])
    peoples = {number: [key for key in of if key in located] for number, of in peoples.items()}
    tables = [[[synset[key] for key in edges.get(n, ())] for n in synset.values()] for edges in (ups, around, peoples)]
    above = tables[0]
    synsets = len(above)
    _add(entries(EVERYDAY), senses, above)
    for table in tables[1:]:
        table += [[] for _ in above[synsets:]]
    return _packed(source, senses, tables, antonyms, synsets)


def entries(path: Path) -> list[Entry]:
    """The lines of a table such as ``everyday.txt``.

    Raises:
        ValueError: A line is no entry; the text names it.
    """
    found: list[Entry] = []
    for line in _lines(path):
        read = _ENTRY.fullmatch(line)
        if read is None and not line.startswith("#"):
            raise ValueError(f"{path.name}: '{line}' is no entry; write 'n rose < flower' or 'n film = movie'")
        if read is not None:
            found.append((read[1], read[2], read[3] or read[5], read[4] or read[6]))
    return found


def _add(added: list[Entry], senses: Senses, ups: list[list[int]]) -> None:
    """Adds entries to the senses of words and to the synsets above each synset."""
    first = {(word, number & 3): number for word in senses for _, _, number in sorted(senses[word], reverse=True)}
    of_part = {word: sorted(found) for word, found in senses.items()}
    own: dict[tuple[str, int], int] = {}

    def own_sense(word: str, part: int) -> int:
        if (word, part) not in own:
            own[word, part] = len(ups) << 2 | part
            ups.append([])
            senses[word].append((0, _BEHIND, own[word, part]))
        return own[word, part]

    def sense(name: str, part: int) -> int:
        """The sense whose number stands behind a word, else its first, else its own."""
        word, _, place = name.partition(":")
        if not place:
            return first[word, part] if (word, part) in first else own_sense(word, part)
        known = [number for _, _, number in of_part.get(word, ()) if number & 3 == part]
        if int(place) > len(known):
            raise ValueError(f"{EVERYDAY.name}: WordNet has {len(known)} senses of '{word}', and none is '{name}'")
        return known[int(place) - 1]

    def is_below(low: int, up: int) -> bool:
        return low == up or any(is_below(over, up) for over in ups[low >> 2])

    wrong = []
    for letter, one, sign, other in added:
        part, entry = "nvar".index(letter), f"'{letter} {one} {sign} {other}'"
        same = sense(one, part)
        if sign == "<":
            low, up = same if ":" in one else own_sense(one, part), sense(other, part)
            if is_below(low, up) or is_below(same, up):
                wrong.append(f"{entry} (is known without it)")
            elif is_below(up, low):
                wrong.append(f"{entry} (goes round in a circle)")
            else:
                ups[low >> 2].append(up)
            continue
        before = first.get((other, part))
        if before == same:
            wrong.append(f"{entry} (is known without it)")
        elif before is not None and (is_below(before, same) or is_below(same, before)):
            # Where WordNet has the one as a kind of the other, what they share takes the place of the kind.
            senses[other] = [(rank, tagged, same if n == before else n) for rank, tagged, n in senses[other]]
            senses[other].append((0, _BEHIND, before))
        else:
            senses[other].append((0, _BEHIND, same))
    if wrong:
        raise ValueError(f"{EVERYDAY.name}: {', '.join(wrong)}")


def _word(lemma: str) -> str:
    """A lemma as a sentence's words are folded, with no hyphen."""
    return lemma.lower().replace("_", " ").replace("-", " ")


def _lines(path: Path) -> list[str]:
    # The licence at the top is indented.
    return [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("  ")]


def _packed(
    source: Path,
    senses: dict[str, list[tuple[int, int, int]]],
    edges: list[list[list[int]]],
    antonyms: dict[str, set[str]],
    first_added: int,
) -> bytes:
    words = sorted(senses)
    number = {word: i for i, word in enumerate(words)}
    irregular = [
        f"{_word(form)}\t{_word(lemma)}"
        for part in _PARTS
        for form, *lemmas in (line.split() for line in _lines(source / f"{part}.exc"))
        for lemma in lemmas
        if _word(lemma) in number
    ]
    tables = [
        *_csr([[s for _, _, s in sorted(senses[word])] for word in words]),
        *(column for above in edges for column in _csr(above)),
        *_csr([sorted(number[other] for other in antonyms.get(word, ()) if other in number) for word in words]),
        array("i", [first_added]),
    ]
    body = array("i", [len(tables)])
    for table in tables:
        body.append(len(table))
        body.extend(table)
    text = "\n".join(words) + "\0" + "\n".join(irregular)
    return zlib.compress(text.encode("utf-8") + b"\0\0" + body.tobytes(), 9)


def _csr(rows: list[list[int]]) -> tuple[array[int], array[int]]:
    first, values = array("i", [0]), array("i")
    for row in rows:
        values.extend(row)
        first.append(len(values))
    return first, values


if __name__ == "__main__":
    Path(__file__).with_name("wordnet.z").write_bytes(build(Path(sys.argv[1])))
