"""Passages joined to topics of bounded size, and topics to themes, by Leiden.

Topics are the communities of the passage graph at the resolution that gives them a readable size, themes those of
greatest modularity, made of whole topics (Leiden: Traag et al. 2019).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graphmem.hierarchy.coarsening import communities_of
from graphmem.hierarchy.passage_graph import PassageGraph, groups_of, strongest

__all__ = ["MAX_TOPIC", "MIN_TOPIC", "cut", "find_density", "find_themes", "second_topics"]

MAX_TOPIC, MIN_TOPIC = 24, 3
"""Passages of a topic; a smaller one there is only where nothing binds its passages to others."""
_TOPIC = 10
"""Passages that a topic has on average, about."""
_MIN_THEME = 6
_THEMES = 8
"""No theme of a large collection holds more than one in so many of its passages."""
_MAX_THEME = 20_000
_TRIES = 10
_CLOSE = 0.03
_SAMPLE = 10_000
"""Passages, about, that tell the density of all."""
_FINER = (1.5, 2.0, 3.0, 4.0, 8.0, 16.0)
"""Resolutions tried, one after the other, for a community that is too large."""
_SECOND = 0.8
"""A passage is in a second topic from this share of the pull that its own topic has on it."""
_BLOCK = 1 << 12

Positions = NDArray[np.int64]


def find_density(graph: PassageGraph, themes: NDArray[np.integer[Any]]) -> float:
    """The resolution that cuts a graph's passages into topics of a readable size, per unit of edge weight.

    Leiden at resolution r over a graph of weight w asks of a community that it is denser than r / w of what its
    passages' weights would give by chance. With r / w the same, a part of the graph is cut as the whole would be: in a large
    collection some of its ``themes``, the theme of each passage, shape (passages,), tell it for all.
    """
    parts = [graph] if graph.count <= _SAMPLE else _sample(graph, themes)
    weight = sum(part.total for part in parts)
    wanted = max(1, sum(part.count for part in parts) // _TOPIC)
    low, high, middle = 0.05, 50.0 * wanted, float(wanted)
    for _ in range(_TRIES if weight else 0):
        found = sum(int(communities_of(part, middle / weight).max(initial=-1)) + 1 for part in parts)
        if abs(found - wanted) <= _CLOSE * wanted:
            break
        low, high = (middle, high) if found < wanted else (low, middle)
        middle = (low * high) ** 0.5
    return middle / max(weight, 1e-9)


def _sample(graph: PassageGraph, themes: NDArray[np.integer[Any]]) -> list[PassageGraph]:
    """Themes drawn by chance until they have passages enough."""
    drawn = np.random.default_rng(0).permutation(int(themes.max()) + 1)
    enough = int(np.searchsorted(np.cumsum(np.bincount(themes)[drawn]), _SAMPLE)) + 1
    return [part for _, part in graph.parts(np.where(np.isin(themes, drawn[:enough]), themes, -1))]


def cut(graph: PassageGraph, density: float, *, least: int = MIN_TOPIC, most: int = MAX_TOPIC) -> list[Positions]:
    """Parts of a graph's passages, at most ``most`` in each, every one in one.

    A part has fewer than ``least`` passages only where nothing binds it to a part that has room.
    """
    return _merged(graph, _bounded(graph, communities_of(graph, density), density, most), least, most)


def find_themes(graph: PassageGraph) -> NDArray[np.int32]:
    """The theme of each passage, numbered from 0: the best partition of the whole graph."""
    most = max(4 * MAX_TOPIC, min(_MAX_THEME, graph.count // _THEMES))
    themes = np.zeros(graph.count, dtype=np.int32)
    for number, members in enumerate(cut(graph, 1.0 / max(graph.total, 1e-9), least=_MIN_THEME, most=most)):
        themes[members] = number
    return themes


def _bounded(graph: PassageGraph, found: Positions, density: float, most: int) -> list[Positions]:
    """Communities as they are, and those that are too large cut at finer resolutions."""
    large = np.bincount(found) > most
    parts = [members for members, big in zip(groups_of(found), large.tolist(), strict=True) if not big]
    for members, part in graph.parts(np.where(large[found], found, -1)) if large.any() else ():
        parts += [members[inner] for inner in _finer(part, density, most)] if len(members) else []
    return parts


def _finer(graph: PassageGraph, density: float, most: int) -> list[Positions]:
    for finer in _FINER:
        found = communities_of(graph, finer * density)
        if found.max() > 0:
            return _bounded(graph, found, finer * density, most)
    # Nothing tells its passages apart: their order does, which keeps documents together.
    return list(np.array_split(np.arange(graph.count), -(-graph.count // most)))


def _merged(graph: PassageGraph, groups: list[Positions], least: int, most: int) -> list[Positions]:
    """Groups smaller than ``least`` joined to the one that draws them most and has room, else to each other."""
    kept = [[group] for group in groups if len(group) >= least]
    sizes = [len(group) for (group,) in kept]
    number = np.full(graph.count, -1, dtype=np.int64)
    for index, (group,) in enumerate(kept):
        number[group] = index
    small = sorted((group for group in groups if len(group) < least), key=lambda group: (-len(group), group[0]))
    loose: list[Positions] = []
    for at in range(0, len(small), _BLOCK):
        block = small[at : at + _BLOCK]
        offsets, neighbours, weights = graph.neighbours(np.concatenate(block))
        start = 0
        for group in block:
            edges = slice(offsets[start], offsets[start + len(group)])
            start += len(group)
            drawn, which = np.unique(number[neighbours[edges]], return_inverse=True)
            pulls = np.bincount(which, weights[edges], len(drawn))
            for index in drawn[np.argsort(-pulls, kind="stable")].tolist():
                if index >= 0 and sizes[index] + len(group) <= most:
                    kept[index].append(group)
                    sizes[index] += len(group)
                    number[group] = index
                    break
            else:
                loose.append(group)
    joined = [np.sort(np.concatenate(pieces)) for pieces in kept]
    if loose:
        rest = np.sort(np.concatenate(loose))
        joined += np.array_split(rest, -(-len(rest) // most))
    return sorted(joined, key=lambda group: (-len(group), group[0]))


def second_topics(graph: PassageGraph, topic_of: NDArray[np.integer[Any]], rows: Positions) -> Positions:
    """The second topic of each of ``rows`` where another draws it nearly as much as its own, -1 where none does."""
    second = np.full(len(rows), -1, dtype=np.int64)
    for at in range(0, len(rows), _BLOCK):
        block = rows[at : at + _BLOCK]
        place, topic, pull = graph.pulls(topic_of, block)
        home = topic == topic_of[block][place]
        own = np.bincount(place[home], pull[home], len(block))
        place, topic, pull = place[~home], topic[~home], pull[~home]
        best = strongest(place, topic, pull)
        near = pull[best] >= _SECOND * own[place[best]]
        second[at + place[best[near]]] = topic[best[near]]
    return second
