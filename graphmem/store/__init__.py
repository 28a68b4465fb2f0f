"""The durable truth (SQLite) and what is derived from it: vectors, text and graph."""

from graphmem.store.database import Store
from graphmem.store.derived import ArrayFile, mapped_array, read_array, read_arrays
from graphmem.store.filters import told_date
from graphmem.store.graph import Graph
from graphmem.store.indexes import KINDS, Kind
from graphmem.store.moves import Rows, ascending, concatenated_ranges, offsets_of
from graphmem.store.readers import Readers
from graphmem.store.records import PassageRecord, PassageVectors, PendingPassage, SentenceRecord
from graphmem.store.rescue import Rescued
from graphmem.store.schema import SCHEMA_VERSION
from graphmem.store.snapshot import Snapshot
from graphmem.store.stats import stats_of
from graphmem.store.writer import Writer

__all__ = [
    "KINDS",
    "SCHEMA_VERSION",
    "ArrayFile",
    "Graph",
    "Kind",
    "PassageRecord",
    "PassageVectors",
    "PendingPassage",
    "Readers",
    "Rescued",
    "Rows",
    "SentenceRecord",
    "Snapshot",
    "Store",
    "Writer",
    "ascending",
    "concatenated_ranges",
    "mapped_array",
    "offsets_of",
    "read_array",
    "read_arrays",
    "stats_of",
    "told_date",
]
