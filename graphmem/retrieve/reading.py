"""In which order to read the passages of a result, and where to stop."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

from graphmem.model import Hit, SearchResult
from graphmem.natlog import next_to_read, prove
from graphmem.retrieve.evidence import all_evidence
from graphmem.store import Snapshot

__all__ = ["with_reading"]


def with_reading(snapshot: Snapshot, result: SearchResult) -> SearchResult:
    """The result with the ranks of the hits to read in its trace: each accounts for a part of the question that is open
    when its turn comes (:func:`graphmem.natlog.next_to_read`)."""
    claim = result.trace.claim
    passages = {hit: all_evidence(snapshot, snapshot.position(hit.passage_id)) for hit in result.hits}
    read: list[Hit] = []
    while True:
        unread = [hit for hit in result.hits if hit not in read]
        known = [passages[hit] for hit in read]
        proof = prove(claim, tuple(chain.from_iterable(known)))
        place = next_to_read(claim, proof, known, [passages[hit] for hit in unread])
        if place is None:
            return replace(result, trace=replace(result.trace, reading=tuple(hit.rank for hit in read)))
        read.append(unread[place])
