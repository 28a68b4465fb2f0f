"""Passages cut into themes, and themes into topics of bounded size.

Communities of communities, as GraphRAG's (Edge et al. 2024): Leiden over the whole graph gives the themes, Leiden
over each theme its topics, again and again where one is too large.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graphmem.hierarchy.communities import communities
from graphmem.hierarchy.fusion import PassageGraph

__all__ = ["MAX_TOPIC", "MIN_TOPIC", "find_themes", "second_topics", "split"]

MAX_TOPIC, MIN_TOPIC = 24, 3
"""Passages of a topic; a smaller one there is only where a theme holds no more, or nothing binds its passages."""
_MIN_THEME = 6
_THEMES = 8
"""No theme of a large collection holds more than one in so many of its passages."""
_FINER = (1.0, 2.0, 4.0, 8.0)
"""Resolutions tried, one after the other, for a community that will not fall apart."""
_SECOND = 0.8
"""A passage is in a second topic from this share of the pull that its own topic has on it."""
_BLOCK = 1024

Positions = NDArray[np.int64]


def find_themes(graph: PassageGraph, count: int) -> list[Positions]:
    """The themes of all ``count`` passages: Leiden's communities, the very small ones joined to what draws them most."""
    edges = list(zip(graph.a.tolist(), graph.b.tolist(), strict=True))
    found = np.array(communities(count, edges, graph.weight.tolist()), dtype=np.int64)
    most = max(4 * MAX_TOPIC, count // _THEMES)
    parts = [
        part
        for group in _groups(found)
        for part in (_parts(graph, group, count, most) if len(group) > most else [group])
    ]
    return _merged(graph, parts, count, _MIN_THEME, most)


def split(graph: PassageGraph, members: Positions, count: int) -> list[Positions]:
    """The topics of one theme, at most :data:`MAX_TOPIC` passages each, every passage of ``members`` in one."""
    own = graph.inside(members, count)
    return _merged(own, _parts(own, members, count, MAX_TOPIC), count, MIN_TOPIC, MAX_TOPIC)


def _parts(graph: PassageGraph, members: Positions, count: int, most: int) -> list[Positions]:
    if len(members) <= MIN_TOPIC:
        return [members]
    edges, weights = graph.within(members, count)
    # Even a small community is looked into once: it may hold two things.
    for resolution in _FINER if len(members) > most else _FINER[:1]:
        found = np.array(communities(len(members), edges, weights, resolution=resolution), dtype=np.int64)
        if found.max() == 0:
            continue
        groups = [members[group] for group in _groups(found)]
        return [
            part for group in groups for part in (_parts(graph, group, count, most) if len(group) > most else [group])
        ]
    # Nothing tells its passages apart: their order does, which keeps documents together.
    return list(np.array_split(members, -(-len(members) // most)))


def _groups(community: Positions) -> list[Positions]:
    return [np.flatnonzero(community == number) for number in range(int(community.max(initial=-1)) + 1)]


def _merged(graph: PassageGraph, groups: list[Positions], count: int, least: int, most: int) -> list[Positions]:
    """Groups smaller than ``least`` joined to the one that draws them most and has room, else to each other."""
    kept = [group for group in groups if len(group) >= least]
    loose: list[Positions] = []
    for small in sorted((group for group in groups if len(group) < least), key=lambda group: (-len(group), group[0])):
        number = np.full(count, -1, dtype=np.int64)
        for index, group in enumerate(kept):
            number[group] = index
        pulls = graph.pull(number, len(kept), small).sum(axis=0)
        for index in np.argsort(-pulls, kind="stable").tolist():
            if pulls[index] > 0 and len(kept[index]) + len(small) <= most:
                kept[index] = np.union1d(kept[index], small)
                break
        else:
            loose.append(small)
    if loose:
        rest = np.sort(np.concatenate(loose))
        kept += list(np.array_split(rest, -(-len(rest) // most)))
    return sorted(kept, key=lambda group: (-len(group), group[0]))


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
