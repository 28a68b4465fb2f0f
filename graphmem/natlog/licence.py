"""What a stated fact lets stand for what: one name for another of the same thing, a place for what it lies in, a name for
its kind.

A fact that the evidence states licenses one rewrite of a statement (Angeli and Manning 2014, section 3, with the graph in
the place of a lexicon): "Riga is a city in Latvia" lets "born in Riga" prove "born in Latvia". The step that it adds to a
proof has the source "graph fact", and names the passage and sentence that state it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import regex

from graphmem.folding import fold
from graphmem.model import Evidence, ProofStep, Triple, Verdict
from graphmem.natlog.exclusion import within_sentence
from graphmem.natlog.projection import project
from graphmem.natlog.relations import Relation
from graphmem.natlog.scope import contexts_of
from graphmem.natlog.tokens import words_of
from graphmem.natlog.words import bare_name

__all__ = ["Fact", "facts_of", "licensed", "rewritings"]

_ALIAS = regex.compile(
    r"^(?:(?:is|was|are|were|became|been)\s+)?(?:(?:also|now|later|formerly|originally|commonly|officially|better)\s+)?"
    r"(?:known as|(?<=(?:is|was|also)\s)(?:called|named|nicknamed|renamed))$"
)
_WITHIN = regex.compile(
    r"^(?:is|are|lies|stands)(?:\s+(?:located|situated))?(?:\s+(?:an?|the)(?:\s+[\p{L}\-]+){1,4}?)?\s+in$|"
    r"^(?:is|are)\s+(?:a\s+)?part of$"
)
_KIND = regex.compile(r"^(?:is|was)$")
_KIND_OF = regex.compile(r"^an?\s+(?:[\p{Ll}\-]+\s+){0,3}([\p{Ll}\-]+)$")
_NAME = regex.compile(r"^(?:[Tt]he\s+)?\p{Lu}")
_VOWEL = regex.compile(r"^[aeiou]")


@dataclass(frozen=True, slots=True)
class Fact:
    """That ``given`` is ``claimed`` (≡), or lies in it or is one of its kind (⊑), and the sentence that says so."""

    given: str
    claimed: str
    relation: Relation
    source: str
    stated: Evidence

    def step(self, relation: Relation, state: Verdict) -> ProofStep:
        """The step that the fact adds to a proof; ``relation`` is what it comes to in the statement."""
        item = self.stated
        return ProofStep(self.given, str(relation), self.claimed, "up", state, "graph fact", item.passage_id, item.span)


def facts_of(evidence: Sequence[Evidence]) -> Iterator[Fact]:
    """The facts that license something, in the order of the evidence."""
    for item in evidence:
        for triple in item.triples:
            yield from _facts(triple, item)


def licensed(given: str, claimed: str, *, is_place: bool, evidence: Sequence[Evidence]) -> Fact | None:
    """The fact by which one value is another, or as a place lies in it; ``None`` where the evidence states none."""
    wanted = bare_name(given), bare_name(claimed)
    fitting = (fact for fact in facts_of(evidence) if is_place or fact.source != "place")
    return next((fact for fact in fitting if (fold(fact.given), fold(fact.claimed)) == wanted), None)


def rewritings(statement: str, evidence: Sequence[Evidence]) -> Iterator[tuple[str, Fact, Relation]]:
    """The statement with one of its names changed as a fact allows, and how what it becomes relates to it."""
    words = words_of(statement)
    contexts = contexts_of(words)
    for fact in facts_of(evidence):
        match = regex.search(rf"(?<!\w){regex.escape(fact.claimed)}(?!\w)", statement)
        at = len(words_of(statement[: match.start()])) if match is not None else len(words)
        if match is None or at >= len(words):
            continue
        relation = within_sentence(project(fact.relation, contexts[at]), fact.source, words, at)
        if relation in (Relation.EQUIVALENCE, Relation.FORWARD):
            yield f"{statement[: match.start()]}{fact.given}{statement[match.end() :]}", fact, relation


def _facts(triple: Triple, item: Evidence) -> Iterator[Fact]:
    subject, value = triple.subject.partition(" (")[0], triple.object
    if not _NAME.match(subject):
        return
    if _ALIAS.match(triple.predicate) and _NAME.match(value):
        yield Fact(subject, value, Relation.EQUIVALENCE, "alias", item)
        yield Fact(value, subject, Relation.EQUIVALENCE, "alias", item)
    elif _WITHIN.match(triple.predicate) and _NAME.match(value):
        yield Fact(subject, value, Relation.FORWARD, "place", item)
    elif _KIND.match(triple.predicate) and (kind := _KIND_OF.match(value)) is not None:
        yield Fact(subject, value, Relation.FORWARD, "kind", item)
        head = kind.group(1)
        yield Fact(subject, f"{'an' if _VOWEL.match(head) else 'a'} {head}", Relation.FORWARD, "kind", item)
