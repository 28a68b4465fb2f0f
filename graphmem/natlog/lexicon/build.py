"""Rebuilds ``wordnet.z`` from WordNet's database files: ``python -m graphmem.natlog.lexicon.build /usr/share/wordnet``.

Kept are lemmas with their synsets in order of frequency, hypernyms (for a satellite adjective its head), what a
place or a time is part of, antonyms, and irregular forms. Left out are glosses, frames, meronyms and everything else.
Added is what WordNet has under a botanist's, a biologist's or a tradesman's heading alone.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from collections import defaultdict
from pathlib import Path

__all__ = ["build"]

_PARTS = {"noun": "n", "verb": "v", "adj": "a", "adv": "r"}
_CODE = {"n": 0, "v": 1, "a": 2, "s": 2, "r": 3}
_UP = {"@", "@i", "&"}
_ANTONYM, _PART_OF = "!", "#p"
_PLACES_AND_TIMES = ("15", "28")
"""The lexicographer files of places and of times."""
_ADDED = {
    "flower": "rose tulip lily daffodil iris hyacinth:2 lilac jasmine lavender buttercup violet crocus geranium hydrangea "
    "magnolia:2 hibiscus azalea rhododendron lotus lotus:3 dandelion gladiolus pansy camellia",
    "soda:2": "cola:2 ginger_ale root_beer cream_soda orange_soda birch_beer tonic",
    "sibling": "male_sibling female_sibling",
    "vehicle": "public_transport",
    "prison": "jail",
    "school": "college:2 university:3 preschool",
    "money": "cash coin",
    "dish": "plate:2",
    "building": "museum",
    "publication": "newspaper",
    "work_of_art": "painting sculpture",
    "weapon": "bomb",
    "crime": "murder",
    "disease": "malaria",
    "say/v": "whisper/v mutter/v murmur/v",
    "hit/v": "slap/v",
    "clean/v": "wipe/v",
    "take/v": "steal/v",
}
"""What everyday language calls the kind of a thing, the first sense of each noun or verb or the one whose number stands
behind it: a rose is a flower and no mere shrub."""
_SAME = {"person": "human human_being", "clothing": "clothes", "edible_fruit": "fruit"}
"""Nouns whose first sense has the others as synonyms besides: WordNet's humans are a biological family alone."""


def build(source: Path) -> bytes:
    """The packed lexicon: words, then irregular forms, then the tables, compressed."""
    synset: dict[tuple[int, int], int] = {}
    words_of: dict[int, list[str]] = {}
    ups: dict[int, list[tuple[int, int]]] = defaultdict(list)
    around: dict[int, list[tuple[int, int]]] = defaultdict(list)
    opposed: list[tuple[int, int, tuple[int, int], int]] = []
    for part in _PARTS:
        for line in _lines(source / f"data.{part}"):
            fields = line.split(" | ")[0].split()
            key = (_CODE[fields[2]], int(fields[0]))
            number = synset.setdefault(key, len(synset) << 2 | key[0])
            count = int(fields[3], 16)
            words_of[number] = [fields[4 + 2 * i].split("(")[0].replace("_", " ").lower() for i in range(count)]
            at = 4 + 2 * count
            for i in range(int(fields[at])):
                kind, offset, target, places = fields[at + 1 + 4 * i : at + 5 + 4 * i]
                other = (_CODE[target], int(offset))
                # A satellite adjective says more than its head ("tiny", "small"), not the other way round.
                if kind in _UP and (kind != "&" or fields[2] == "s"):
                    ups[number].append(other)
                elif kind == _PART_OF and fields[1] in _PLACES_AND_TIMES:
                    around[number].append(other)
                elif kind == _ANTONYM:
                    opposed.append((number, int(places[:2], 16), other, int(places[2:], 16)))
    senses: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for part, code in _PARTS.items():
        for line in _lines(source / f"index.{part}"):
            fields = line.split()
            count, tagged = int(fields[2]), int(fields[4 + int(fields[3])])
            for rank, offset in enumerate(fields[-count:]):
                senses[fields[0].replace("_", " ")].append((rank, -tagged, synset[_CODE[code], int(offset)]))
    key_of = {number: key for key, number in synset.items()}

    def sense(name: str) -> int:
        word, _, place = name.replace("_", " ").partition(":")
        lemma, _, part = word.partition("/")
        of_part = [number for _, _, number in senses[lemma] if number & 3 == _CODE[part or "n"]]
        return of_part[int(place or 1) - 1]

    for kind, names in _ADDED.items():
        for name in names.split():
            ups[sense(name)].append(key_of[sense(kind)])
    for kind, names in _SAME.items():
        for name in names.split():
            senses[name.replace("_", " ")].append((0, 0, sense(kind)))
    antonyms: dict[str, set[str]] = defaultdict(set)
    for number, one, other, two in opposed:
        antonyms[words_of[number][one - 1]].add(words_of[synset[other]][two - 1])
    tables = [{n: [synset[key] for key in edges[n]] for n in synset.values()} for edges in (ups, around)]
    return _packed(source, senses, tables, antonyms)


def _lines(path: Path) -> list[str]:
    # The licence at the top is indented.
    return [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("  ")]


def _packed(
    source: Path,
    senses: dict[str, list[tuple[int, int, int]]],
    edges: list[dict[int, list[int]]],
    antonyms: dict[str, set[str]],
) -> bytes:
    words = sorted(senses)
    number = {word: i for i, word in enumerate(words)}
    irregular = [
        f"{form}\t{lemma}".replace("_", " ")
        for part in _PARTS
        for form, *lemmas in (line.split() for line in _lines(source / f"{part}.exc"))
        for lemma in lemmas
        if lemma.replace("_", " ") in number
    ]
    tables = [
        *_csr([[s for _, _, s in sorted(senses[word])] for word in words]),
        *(column for above in edges for column in _csr([above[n] for n in sorted(above)])),
        *_csr([sorted(number[other] for other in antonyms.get(word, ()) if other in number) for word in words]),
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
