"""What a store holds, in figures."""

from __future__ import annotations

from collections.abc import Mapping

from graphmem.reports import StoreStats
from graphmem.store.schema import SCHEMA_VERSION
from graphmem.store.snapshot import Snapshot

__all__ = ["stats_of"]


def stats_of(snapshot: Snapshot, settings: Mapping[str, str], bytes_on_disk: int) -> StoreStats:
    """The figures of one generation and of the settings that it was written with."""
    return StoreStats(
        documents=snapshot.document_count,
        passages=snapshot.states(),
        sentences=snapshot.sentence_count,
        entities=snapshot.graph.entity_count,
        mentions=snapshot.extracted("mentions"),
        triples=snapshot.extracted("triples"),
        edges=snapshot.graph.edge_count,
        embedder=settings.get("embedder_id", ""),
        dimension=int(settings.get("dimension", 0)),
        schema_version=SCHEMA_VERSION,
        generation=snapshot.generation,
        bytes_on_disk=bytes_on_disk,
        failures=tuple(snapshot.failures()),
    )
