"""Claims, and the proofs that settle them."""

from graphmem.natlog.claim import SLOT, parse_question
from graphmem.natlog.entail import LABELS, entail
from graphmem.natlog.prove import prove

__all__ = ["LABELS", "SLOT", "entail", "parse_question", "prove"]
