"""Writing what ``text`` reads: segments of postings, made in pieces of bounded size and merged word by word.

New passages are counted in pieces that fit into memory. Pieces are merged in stretches of the alphabet, so that no more
than a stretch is in memory whatever the size of the store. What comes to a store goes into the short segment; the long
one is linked from the generation before until the other has outgrown its share, or something of it has to go.
"""

from __future__ import annotations

import heapq
import tempfile
from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphmem.folding import tokenize
from graphmem.store.derived import ArrayFile, link_folder, read_arrays, write_arrays
from graphmem.store.moves import Moves, Strings, offsets_of
from graphmem.store.text import SEGMENTS, Segment, saturated

__all__ = ["change_text"]

_PIECE = 300_000
"""Postings that are counted, and merged, at once."""
_TAIL, _TAIL_SHARE = 2000, 0.01
"""How many passages, and how many for each of the base, the tail may have."""
_NO_PASSAGES = np.zeros(0, dtype=np.int32)


def change_text(folder: Path, previous: Path | None, passages: Moves, texts: Iterable[str]) -> None:
    """Write the postings where passages have moved as said since ``previous``, the verified folder before.

    ``texts`` are those of the new passages, in canonical order.
    """
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        pieces = list(_counted(Path(scratch), passages.new.astype(np.int32), texts))
        base, tail = _moved(previous, passages)
        gone = any((segment.places < 0).any() for segment in (base, tail))
        size = len(tail.places) + sum(len(piece.places) for piece in pieces)
        if previous is None or gone or size > max(_TAIL, _TAIL_SHARE * len(base.places)):
            base, tail = _merged(folder / "base", [base, tail, *pieces]), _merged(folder / "tail", [])
        else:
            link_folder(previous / "base", folder / "base")
            tail = _merged(folder / "tail", [tail, *pieces])
        places = {f"{name}_places": found for name, found in zip(SEGMENTS, (base.places, tail.places), strict=True)}
        del base, tail, pieces
    write_arrays(folder, places)


def _moved(previous: Path | None, passages: Moves) -> Iterator[Segment]:
    """The segments of the generation before with the places of today, -1 for what is gone."""
    if previous is None:
        yield from (Segment.of(_arrays([], _NO_PASSAGES), _NO_PASSAGES) for _ in SEGMENTS)
        return
    before = [Segment.read(previous, name) for name in SEGMENTS]
    now = passages.table()
    for name, segment in zip(SEGMENTS, before, strict=True):
        yield Segment.of(read_arrays(previous / name), now[segment.places])


# --- counting ---------------------------------------------------------------------------------------


def _counted(scratch: Path, places: NDArray[np.int32], texts: Iterable[str]) -> Iterator[Segment]:
    """Segments of the new passages, each written to a folder and mapped."""
    number: dict[str, int] = {}
    terms, frequencies, owners, lengths = array("i"), array("i"), array("i"), array("i")
    first = 0

    def written() -> Segment:
        nonlocal first
        folder = scratch / str(first)
        postings = np.array(terms), np.array(owners), np.array(frequencies)
        write_arrays(folder, _arrays(number, np.array(lengths, dtype=np.int32), *postings))
        segment = Segment.of(read_arrays(folder), places[first : first + len(lengths)])
        first += len(lengths)
        number.clear()
        for row in (terms, frequencies, owners, lengths):
            del row[:]
        return segment

    for text in texts:
        counts = Counter(word for word, _, _ in tokenize(text))
        terms.extend(number.setdefault(word, len(number)) for word in counts)
        frequencies.extend(counts.values())
        owners.extend([len(lengths)] * len(counts))
        lengths.append(sum(counts.values()))
        if len(terms) > _PIECE:
            yield written()
    if lengths:
        yield written()


def _arrays(
    words: Iterable[str],
    lengths: NDArray[np.int32],
    terms: NDArray[np.int32] = _NO_PASSAGES,
    owners: NDArray[np.int32] = _NO_PASSAGES,
    frequencies: NDArray[np.int32] = _NO_PASSAGES,
) -> dict[str, NDArray[np.generic]]:
    """The arrays of a segment; ``terms`` number the words, of each posting beside its passage and its frequency."""
    known = list(words)
    order = sorted(range(len(known)), key=known.__getitem__)
    rank = np.zeros(len(known), dtype=np.int32)
    rank[order] = np.arange(len(known))
    texts = Strings.of(known[number] for number in order)
    # Passages ascend already, and a stable order leaves them so within a word.
    sorting = np.argsort(rank[terms], kind="stable")
    mean = float(lengths.mean()) if len(lengths) else 1.0
    return {
        "word_bytes": texts.rows.values,
        "word_offsets": texts.rows.offsets,
        "posting_offsets": offsets_of(np.bincount(rank[terms], minlength=len(known))),
        "postings": owners[sorting],
        "frequencies": frequencies[sorting],
        "lengths": lengths,
        # Only a merged segment is searched.
        "peaks": np.zeros(0),
        "total": np.array([int(lengths.sum(dtype=np.int64))]),
        "mean": np.array([mean]),
    }


# --- merging ----------------------------------------------------------------------------------------


def _merged(folder: Path, segments: Sequence[Segment]) -> Segment:
    """One segment of those passages of some others that have a place, written to a folder; words without any are left
    out."""
    folder.mkdir()
    places = np.concatenate([_NO_PASSAGES, *(segment.places for segment in segments)])
    lengths = np.concatenate([_NO_PASSAGES, *(segment.lengths for segment in segments)])
    order = np.argsort(places, kind="stable")[int((places < 0).sum()) :]
    places, lengths = places[order], lengths[order]
    mean = float(lengths.mean()) if len(lengths) else 1.0
    numbers = [np.searchsorted(places, segment.places).astype(np.int32) for segment in segments]
    most = max((int(segment.frequencies.max(initial=0)) for segment in segments), default=0)
    ends = np.zeros(1, dtype=np.int64)
    with (
        ArrayFile(folder / "word_bytes.npy", np.uint8) as word_bytes,
        ArrayFile(folder / "word_offsets.npy", np.int64) as word_offsets,
        ArrayFile(folder / "posting_offsets.npy", np.int64) as posting_offsets,
        ArrayFile(folder / "postings.npy", np.int32) as postings,
        ArrayFile(folder / "frequencies.npy", np.min_scalar_type(most)) as frequencies,
        ArrayFile(folder / "peaks.npy", np.float64) as peaks,
    ):
        word_offsets.append(ends)
        posting_offsets.append(ends)
        spelt = written = 0
        for words, rows in _stretches(segments):
            term, number, often = _gathered(segments, numbers, rows)
            sorting = np.argsort(term * np.int64(len(places) + 1) + number)
            term, number, often = term[sorting], number[sorting], often[sorting]
            counts = np.bincount(term, minlength=len(words))
            there = np.flatnonzero(counts)
            texts = Strings.of(words[word].decode("utf-8") for word in there.tolist()).rows
            word_bytes.append(texts.values)
            word_offsets.append(spelt + texts.offsets[1:])
            posting_offsets.append(written + np.cumsum(counts[there]))
            postings.append(number)
            frequencies.append(often)
            if len(there):
                starts = offsets_of(counts[there])[:-1]
                peaks.append(np.maximum.reduceat(saturated(often, lengths[number], mean), starts))
            spelt += len(texts.values)
            written += len(number)
    total = np.array([int(lengths.sum(dtype=np.int64))])
    write_arrays(folder, {"lengths": lengths, "total": total, "mean": np.array([mean])})
    return Segment.of(read_arrays(folder), places)


def _stretches(segments: Sequence[Segment]) -> Iterator[tuple[list[bytes], dict[int, tuple[int, array[int]]]]]:
    """The words of all segments in order, as many at a time as have a piece's postings.

    Beside them, for each segment that has any: the number of the first of its words, and where its words stand among
    all, one after the other.
    """
    words: list[bytes] = []
    rows: dict[int, tuple[int, array[int]]] = {}
    size = 0
    counts = [segment.postings.counts() for segment in segments]
    merged = heapq.merge(*(_numbered(segment, which) for which, segment in enumerate(segments)))
    for word, same in groupby(merged, key=itemgetter(0)):
        for _, which, number in same:
            rows.setdefault(which, (number, array("i")))[1].append(len(words))
            size += int(counts[which][number])
        words.append(word)
        if size > _PIECE:
            yield words, rows
            words, rows, size = [], {}, 0
    if words:
        yield words, rows


def _numbered(segment: Segment, which: int) -> Iterator[tuple[bytes, int, int]]:
    return ((word, which, number) for number, word in enumerate(segment.words.encoded()))


def _gathered(
    segments: Sequence[Segment], numbers: Sequence[NDArray[np.int32]], rows: dict[int, tuple[int, array[int]]]
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[Any]]:
    """The postings of a stretch of words: word, passage in the new numbers, frequency; none of what has no place."""
    found: list[tuple[NDArray[Any], NDArray[Any], NDArray[Any]]] = []
    for which, (first, terms) in rows.items():
        segment = segments[which]
        offsets = segment.postings.offsets[first : first + len(terms) + 1]
        inside = slice(int(offsets[0]), int(offsets[-1]))
        owners = segment.postings.values[inside]
        kept = segment.places[owners] >= 0
        term = np.repeat(np.array(terms, dtype=np.int64), np.diff(offsets))
        found.append((term[kept], numbers[which][owners[kept]], segment.frequencies[inside][kept]))
    term, number, often = (np.concatenate(column) for column in zip(*found, strict=True))
    return term, number, often
