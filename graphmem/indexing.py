"""The write path: documents are cut, extracted, embedded and published, batch by batch, so that a stop loses nothing."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import batched

from graphmem.errors import GraphmemError, ModelError
from graphmem.extract import GivenTriples, with_given
from graphmem.ingest import Failure, cut
from graphmem.model import Document, Embedder, Extraction, Extractor, FloatArray, Passage
from graphmem.reports import IndexReport, Progress
from graphmem.store import PendingPassage, Writer

__all__ = ["Indexer", "passage_text"]

_DOCUMENTS_PER_BATCH = 64
_PASSAGES_PER_BATCH = 128


def passage_text(passage: Passage) -> str:
    """What is embedded for a passage: where it stands, then what it says."""
    place = " > ".join(part for part in (passage.title, passage.heading) if part)
    return f"{place}. {passage.text}" if place else passage.text
