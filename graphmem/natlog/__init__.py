"""Claims, and the proofs that settle them.

Where to look, from the words up:

- words: ``tokens``, ``words``, ``spelling``, ``phrases``, ``quantities``, ``lexicon/``, ``peoples``, ``verbs``, ``factuality``
- calculus: ``relations``, ``projection``, ``scope``, ``exclusion``
- two sentences: ``align`` (edits), ``derive`` (their relations joined), ``nearness``, ``entail`` (with evidence), ``said``
- questions: ``claim`` (chains), ``comparison``, ``statement``; ``asked`` (a clause with a hole)
- evidence for a chain: ``bind``, of what a step has ``wanted``: ``beside``, ``origin``, ``owned``; ``compare`` holds two values
  against each other
- evidence for a clause: ``fill``, by ``clauses``, ``told`` and ``joined``; ``reference`` tells whom "she" means
- the proof: ``prove``, with ``licence`` for stated facts; ``coverage`` and ``reading`` where nothing is proved; ``written`` by
  a language model
"""

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
