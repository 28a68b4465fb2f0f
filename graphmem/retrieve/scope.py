"""Whether a question asks for one thing or for the whole: a rule of two measured signs.

A broad question is worded as one, or speaks of things in general, and no rare name ties it to one place. A third sign,
over how many topics the likeness of a question is spread, told nothing: it is as high for narrow questions. What the
rule says over sample questions is printed by ``benchmarks/hierarchy.py``.
"""

from __future__ import annotations

import math

import regex

from graphmem.model import Breadth
from graphmem.retrieve.generic import is_generic
from graphmem.retrieve.linking import Link
from graphmem.retrieve.query import Query
from graphmem.store import Snapshot

__all__ = ["measure_breadth"]

_WORDING, _UNNAMED = 0.6, 0.4
_BROAD = 0.7
_GENERIC = 0.67
"""What speaking of things in general counts against a broad question's wording: then no name may be in the way."""
_POINTED = frozenset({"date", "number", "choice"})
"""What a question may ask for that is always one thing."""

_COLLECTION = r"(?:documents?|articles?|texts?|files?|notes?|collection|corpus|library|archive|papers|pages|records)"
_PLURAL = r"(?!has\b|was\b|does\b|this\b|as\b|is\b|its\b)(?-i:\p{Ll})\w+(?<!s)s"
_OBJECT = r"\s+(?:the|an?|at|in|on|from|through|to|his|her|its|their|\d|(?-i:\p{Lu}))"
"""What follows a verb rather than a plural: "which museum shows the …"."""
_WORDINGS = [
    rf"\b(?:these|this|all|your|my|the\s+whole)\s+{_COLLECTION}\b",
    r"\bthe\s+(?:documents|articles|texts|files|notes|collection|corpus|library|archive|papers|records)\b",
    r"\b(?:overview|summar(?:y|ise|ize)|outline|survey|gist|big picture|picture of)\b",
    r"\b(?:main|major|key|chief|important|recurring|common|overall|general)\s+(?:\w+\s+(?:and\s+\w+\s+)?)?" + _PLURAL,
    r"\b(?:themes|topics|trends|patterns)\b",
    r"\b(?:kinds?|sorts?|types?)\s+of\b",
    r"\b(?:have|has|had)\b.*\bin\s+common\b|\bin\s+general\b",
    r"\bhow\b.*\b(?:change|changed|develop|developed|evolve|evolved)\b",
    r"\b(?:through|over|down)\s+the\s+(?:years|centuries|century|decades|ages)\b|\bover\s+time\b",
    r"\b(?:role|part)\b.*\b(?:play|played|plays)\b",
    r"^(?:tell\s+me|describe|discuss|explain|compare|list|sketch|trace|review|characteri[sz]e|portray|what\s+is\s+(?:told|said|known)|what\s+do\s+we\s+learn)\b",
    rf"^(?:what|which)\s+(?:\w+\s+(?:and\s+)?){{0,2}}{_PLURAL}\b(?!{_OBJECT})",
    rf"^(?:how|what|who)\s+(?:did|do|have|were|are)\s+(?:the\s+)?(?:people|men|women|children|{_PLURAL})\b",
    r"\bin\s+(?:what|which)\s+ways\b",
]
_DATED = regex.compile(r"\b(?:in|on|of)\s+(?:the\s+year\s+)?\d")
"""A date ties a question to one place as a name does."""
_PREPOSED = regex.compile(
    r"(?:at|by|in|on|from|to|until|since|with|for)\s+(?:what|which|when|whom)\b", regex.IGNORECASE
)
"""One thing is asked for: "At what temperature …", "By when …"."""
_CUES = [regex.compile(pattern, regex.IGNORECASE) for pattern in _WORDINGS]


def measure_breadth(snapshot: Snapshot, query: Query) -> Breadth:
    """How broad a question is: by its wording, and by how common the rarest name in it is."""
    pointed = query.claim.expected in _POINTED or _DATED.search(query.text) is not None
    unnamed = 1.0 - max((_named(snapshot, query, link) for link in query.links), default=0.0)
    told = 0.0
    if not pointed:
        told = 1.0 if any(cue.search(query.text) for cue in _CUES) else 0.0
        if not told and not _PREPOSED.match(query.text):
            told = _GENERIC * _speaks_generally(query, unnamed)
    score = _WORDING * told + _UNNAMED * unnamed
    return Breadth(score, told, unnamed, score >= _BROAD)


def _speaks_generally(query: Query, unnamed: float) -> bool:
    # The lexicon that this takes is loaded only where no name has settled it.
    possible = _WORDING * _GENERIC + _UNNAMED * unnamed >= _BROAD
    return possible and is_generic(query.text, [link.span for link in query.links])


def _named(snapshot: Snapshot, query: Query, link: Link) -> float:
    """1 for a name that one passage has to do with, 0 for one that all have; half of it for a word in lower case."""
    passages = len(snapshot.graph.passages_of(link.entity)[0])
    rarity = 1.0 - math.log(passages) / math.log(max(snapshot.passage_count, 2))
    text = query.text[slice(*link.span)]
    return rarity * link.strength * (0.5 if text.islower() and " " not in text else 1.0)
