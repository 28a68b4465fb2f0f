"""Passages joined to topics of bounded size, and topics to themes, by Leiden.

Topics are the communities of the passage graph at the resolution that gives them a readable size, themes those of
greatest modularity, made of whole topics (Leiden: Traag et al. 2019).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphmem.hierarchy.communities import communities
from graphmem.hierarchy.fusion import PassageGraph

__all__ = ["MAX_TOPIC", "MIN_TOPIC", "cut", "find_density", "find_themes", "second_topics"]

MAX_TOPIC, MIN_TOPIC = 24, 3
"""Passages of a topic; a smaller one there is only where nothing binds its passages to others."""
_TOPIC = 10
"""Passages that a topic has on average, about."""
_MIN_THEME = 6
_THEMES = 8
"""No theme of a large collection holds more than one in so many of its passages."""
_TRIES = 10
_CLOSE = 0.03
_FINER = (1.5, 2.0, 3.0, 4.0, 8.0, 16.0)
"""Resolutions tried, one after the other, for a community that is too large."""
_SECOND = 0.8
"""A passage is in a second topic from this share of the pull that its own topic has on it."""
_BLOCK = 1024

Positions = NDArray[np.int64]


def find_density(graph: PassageGraph, count: int) -> float:
    """The resolution that cuts ``count`` passages into topics of a readable size, per unit of edge weight.

    Leiden at resolution r over a graph of weight w asks of a community that it is denser than r / w of what its
    passages' weights would give by chance. With r / w the same, a part of the graph is cut as the whole would be.
    """
    weight = float(graph.weight.sum())
    wanted = max(1, count // _TOPIC)
    low, high, middle = 0.05, 50.0 * wanted, float(wanted)
    for _ in range(_TRIES if weight else 0):
        found = int(_communities(graph, np.arange(count), middle).max(initial=0)) + 1
        if abs(found - wanted) <= _CLOSE * wanted:
            break
        low, high = (middle, high) if found < wanted else (low, middle)
        middle = (low * high) ** 0.5
    return middle / max(weight, 1e-9)


def cut(
    graph: PassageGraph,
    members: Positions,
    count: int,
    density: float,
    *,
    least: int = MIN_TOPIC,
    most: int = MAX_TOPIC,
) -> list[Positions]:
    """Parts of some of ``count`` passages, at most ``most`` in each, every one of ``members`` in one.

    A part has fewer than ``least`` passages only where nothing binds it to a part that has room.
    """
    own = graph.inside(members)
    found = _communities(own, members, density * float(own.weight.sum()))
    parts = [part for group in _groups(found) for part in _bounded(own, members[group], density, most)]
    return _merged(own, parts, count, least, most)


def find_themes(graph: PassageGraph, topics: list[Positions], count: int) -> list[int]:
    """The theme of each topic, numbered from 0; the topics hold all of ``count`` passages.

    A topic goes where most of its passages go in the best partition of the whole graph.
    """
    community = np.zeros(count, dtype=np.int64)
    density = 1.0 / max(float(graph.weight.sum()), 1e-9)
    most = max(4 * MAX_TOPIC, count // _THEMES)
    for number, members in enumerate(cut(graph, np.arange(count), count, density, least=_MIN_THEME, most=most)):
        community[members] = number
    found = [int(np.bincount(community[members]).argmax()) for members in topics]
    place = {theme: number for number, theme in enumerate(sorted(set(found)))}
    return [place[theme] for theme in found]


def _communities(graph: PassageGraph, members: Positions, resolution: float) -> Positions:
    """The community of each of ``members``, who alone have edges in ``graph``."""
    edges, weights = graph.within(members)
    return np.array(communities(len(members), edges, weights, resolution=resolution), dtype=np.int64)


def _bounded(graph: PassageGraph, members: Positions, density: float, most: int) -> list[Positions]:
    """A community as it is, or where it is too large, cut at finer resolutions."""
    if len(members) <= most:
        return [members]
    own = graph.inside(members)
    for finer in _FINER:
        found = _communities(own, members, finer * density * float(own.weight.sum()))
        if found.max() > 0:
            return [part for group in _groups(found) for part in _bounded(own, members[group], finer * density, most)]
    # Nothing tells its passages apart: their order does, which keeps documents together.
    return list(np.array_split(members, -(-len(members) // most)))


def _groups(community: Positions) -> list[Positions]:
    return [np.flatnonzero(community == number) for number in range(int(community.max(initial=-1)) + 1)]


def _merged(graph: PassageGraph, groups: list[Positions], count: int, least: int, most: int) -> list[Positions]:
    """Groups smaller than ``least`` joined to the one that draws them most and has room, else to each other."""
    kept = [group for group in groups if len(group) >= least]
    number = np.full(count, -1, dtype=np.int64)
    for index, group in enumerate(kept):
        number[group] = index
    loose: list[Positions] = []
    for small in sorted((group for group in groups if len(group) < least), key=lambda group: (-len(group), group[0])):
        pulls = graph.pull(number, len(kept), small).sum(axis=0)
        for index in np.argsort(-pulls, kind="stable").tolist():
            if pulls[index] > 0 and len(kept[index]) + len(small) <= most:
                kept[index] = np.union1d(kept[index], small)
                number[small] = index
                break
        else:
            loose.append(small)
    if loose:
        rest = np.sort(np.concatenate(loose))
        kept += list(np.array_split(rest, -(-len(rest) // most)))
    return sorted((np.sort(group) for group in kept), key=lambda group: (-len(group), group[0]))


def second_topics(graph: PassageGraph, topic_of: Positions, rows: Positions) -> Positions:
    """The second topic of each of ``rows`` where another draws it nearly as much as its own, -1 where none does."""
    topics = int(topic_of.max(initial=-1)) + 1
    found = np.full(len(rows), -1, dtype=np.int64)
    for at in range(0, len(rows), _BLOCK):
        block = rows[at : at + _BLOCK]
        pulls = graph.pull(topic_of, topics, block)
        places = np.arange(len(block))
        own = pulls[places, topic_of[block]]
        pulls[places, topic_of[block]] = 0.0
        best = pulls.argmax(axis=1)
        pull = pulls[places, best]
        found[at : at + _BLOCK] = np.where((pull > 0) & (pull >= _SECOND * own), best, -1)
    return found
