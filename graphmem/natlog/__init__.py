"""Claims, and the proofs that settle them."""

from graphmem.natlog.bind import says
from graphmem.natlog.claim import SLOT, parse_question
from graphmem.natlog.coverage import coverage
from graphmem.natlog.entail import LABELS, entail
from graphmem.natlog.nearness import Nearness
from graphmem.natlog.prove import open_parts, prove
from graphmem.natlog.reading import next_to_read
from graphmem.natlog.written import written_proof

__all__ = [
    "LABELS",
    "SLOT",
    "Nearness",
    "coverage",
    "entail",
    "next_to_read",
    "open_parts",
    "parse_question",
    "prove",
    "says",
    "written_proof",
]
