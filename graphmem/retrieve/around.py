"""What happened before and after: a hit brings its neighbours in time, as far as its episode goes.

After the contiguity of human recall that EM-LLM imitates (Fountas et al. 2024).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from graphmem.errors import QuestionError
from graphmem.hierarchy import Hierarchy
from graphmem.model import Hit, SearchResult
from graphmem.store import Snapshot

__all__ = ["MAX_AROUND", "with_neighbours"]

MAX_AROUND = 20


def with_neighbours(snapshot: Snapshot, result: SearchResult, around: int) -> SearchResult:
    """The result with up to ``around`` passages before and after each hit, those of one episode in their order.

    Each passage comes once, with the first hit that brings it. Raises :class:`QuestionError` for a number out of range.
    """
    if not 0 <= around <= MAX_AROUND:
        raise QuestionError(
            f"{around} passages around each hit were asked for, and between 0 and {MAX_AROUND} can be: choose a number "
            "in that range"
        )
    timeline = Hierarchy.read(snapshot).timeline
    place = np.empty(len(timeline.order), dtype=np.int64)
    place[timeline.order] = np.arange(len(place))
    own = {snapshot.position(hit.passage_id): hit for hit in result.hits}
    taken: set[int] = set()
    found: list[Hit] = []
    for position, hit in own.items():
        centre = int(place[position])
        near = timeline.order[max(0, centre - around) : centre + around + 1].tolist()
        same = [p for p in near if timeline.event[p] == timeline.event[position] and p not in taken]
        taken.update(same)
        for p, record in zip(same, snapshot.passages(same), strict=True):
            if p in own:
                found.append(replace(own[p], rank=len(found) + 1))
                continue
            side = "before" if place[p] < centre else "after"
            why = f"comes {side} {hit.passage_id}, in one episode with it"
            found.append(record.as_hit(len(found) + 1, hit.score, (why,)))
    return replace(result, hits=tuple(found))
