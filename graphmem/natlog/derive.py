"""A derivation: the premise rewritten into the hypothesis, edit by edit, and the state of the proof after each.

The relations of the edits, projected through their contexts, are joined from left to right (MacCartney and Manning
2009, section 5). Independence is a state that nothing leads out of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from graphmem.model import Proof, ProofStep, Verdict
from graphmem.natlog.align import Edit, edits
from graphmem.natlog.exclusion import within_sentence
from graphmem.natlog.factuality import NEGATIONS
from graphmem.natlog.lexicon import main_part
from graphmem.natlog.nearness import Nearness
from graphmem.natlog.peoples import as_peoples, reworded
from graphmem.natlog.projection import Context, project, turned
from graphmem.natlog.relations import Relation, join
from graphmem.natlog.scope import contexts_of, main_verb
from graphmem.natlog.spelling import corrected, spelt_alike
from graphmem.natlog.tokens import words_of

__all__ = ["VERDICTS", "best_of", "by_peoples", "derive", "is_open"]

VERDICTS: dict[Relation, Verdict] = {
    Relation.EQUIVALENCE: "supported",
    Relation.FORWARD: "supported",
    Relation.NEGATION: "refuted",
    Relation.ALTERNATION: "refuted",
    Relation.REVERSE: "insufficient",
    Relation.COVER: "insufficient",
    Relation.INDEPENDENCE: "insufficient",
}
_OPEN = (str(Relation.INDEPENDENCE), str(Relation.REVERSE))
_TRUST = {"embedding": 0.8}
"""What a proof is worth that has a step of a kind: about the share of such proofs that are right in MED."""
_TOLD = {
    Relation.EQUIVALENCE: "says the same as",
    Relation.FORWARD: "is a case of",
    Relation.REVERSE: "is more general than",
    Relation.NEGATION: "is the negation of",
    Relation.ALTERNATION: "excludes",
    Relation.COVER: "does not exclude",
    Relation.INDEPENDENCE: "is independent of",
}


def derive(premise: str, hypothesis: str, nearness: Nearness | None = None) -> Proof:
    """Rewrite the premise into the hypothesis; supported, refuted or insufficient by the joined relation.

    Words that nothing else settles may be near enough to each other where ``nearness`` is given.
    """
    given = premise, hypothesis
    premise, hypothesis = as_peoples(premise, hypothesis), as_peoples(hypothesis, premise)
    before, after = _plain(premise), _plain(hypothesis)
    before, after = spelt_alike(before, after), spelt_alike(after, before)
    before, after = corrected(before, after, premise), corrected(after, before, hypothesis)
    denied = _denies_all(before), _denies_all(after)
    inside = denied[0] == denied[1] or (after if denied[0] else before)[:1] in _EXISTENTIAL
    before, after = _affirmed(before, inside=inside), _affirmed(after, inside=inside)
    contexts_before, contexts_after = contexts_of(before), contexts_of(after)
    state = Relation.EQUIVALENCE
    steps = by_peoples(given, (premise, hypothesis))
    if denied[0] and not inside:
        state = Relation.NEGATION
        steps.append(ProofStep("not", str(state), "", "up", VERDICTS[state], "negation"))
    for edit in sorted(edits(before, after), key=_when):
        words, contexts, at = (
            (before, contexts_before, edit.premise_at) if edit.premise else (after, contexts_after, edit.hypothesis_at)
        )
        relation = _projected(edit, words, contexts[at], at)
        step = _step(edit, relation, contexts[at], state)
        if nearness is not None and is_open(step) and nearness.joins(words, at, step.premise, step.hypothesis):
            edit, relation = replace(edit, source="embedding"), Relation.EQUIVALENCE
        state = join(state, relation)
        steps.append(_step(edit, relation, contexts[at], state))
    if denied[1] and not inside:
        state = join(state, Relation.NEGATION)
        steps.append(ProofStep("", str(Relation.NEGATION), "not", "up", VERDICTS[state], "negation"))
    verdict = VERDICTS[state]
    score = 0.0 if verdict == "insufficient" else min((_TRUST.get(step.source, 1.0) for step in steps), default=1.0)
    return Proof(verdict, str(state), tuple(steps), _summary(*given, state), score)


def by_peoples(given: tuple[str, str], taken: tuple[str, str]) -> list[ProofStep]:
    """The steps by which a place is named by its people in a premise or a hypothesis: ``given`` as they were, ``taken`` as they
    are read."""
    first, second = (reworded(*pair) for pair in zip(given, taken, strict=True))
    same = str(Relation.EQUIVALENCE)
    return [
        ProofStep(a, same, b, "up", VERDICTS[Relation.EQUIVALENCE], "lexicon") for a, b in (first, second[::-1]) if a
    ]


_EMPHASIS = (
    ("at", "all"),
    ("by", "any", "means"),
    ("in", "any", "way"),
    ("at", "any", "rate"),
    ("in", "the", "least"),
    ("any", "more"),
    ("any", "longer"),
    ("anymore",),
    ("yet",),
    ("whatsoever",),
    ("whatever",),
)
"""At the end of a denial these deny no more than it does."""
_EXISTENTIAL = (("some",), ("a",), ("an",), ("several",), ("many",))
_DISTRIBUTING = frozenset("all every each no few most".split())


def _plain(sentence: str) -> tuple[str, ...]:
    """The words of a sentence with one word for each quantifier, without what only stresses its negation: "not a single
    dog" and "there is not a dog" as "no dog", "not a few" as "many"."""
    words = words_of(sentence)
    if words[:3] == ("not", "a", "few"):
        words = ("many", *words[3:])
    elif words[:2] in (("not", "a"), ("not", "one")):
        words = ("no", *(words[3:] if words[2:3] == ("single",) else words[2:]))
    elif words[:1] == ("there",) and words[2:3] == ("not",) and words[3:4] in (("a",), ("an",), ("any",)):
        words = (*words[:2], "no", *words[4:])
    if NEGATIONS.isdisjoint(words):
        return words
    words = _as_not(words)
    return next((words[: -len(end)] for end in _EMPHASIS if words[-len(end) :] == end), words)


def _as_not(words: tuple[str, ...]) -> tuple[str, ...]:
    """ "No longer" and "not yet" as "not": that it was otherwise before, or may be later, is presupposed and not said."""
    for at, pair in enumerate(pairwise(words)):
        if pair == ("not", "yet") or (pair == ("no", "longer") and words[at + 2 : at + 3] != ("than",)):
            return (*words[:at], "not", *_as_not(words[at + 2 :]))
    return words


def _denies_all(words: tuple[str, ...]) -> bool:
    return words[:1] == ("not",) and words[1:2] in (("every",), ("all",), ("each",))


def _affirmed(words: tuple[str, ...], *, inside: bool) -> tuple[str, ...]:
    """ "Not every dog barked" as "some dog not barked", the negation ``inside``, or without its negation."""
    if not _denies_all(words):
        return words
    verb = main_verb(words[1:]) + 1
    return ("some", *words[2:verb], "not", *words[verb:]) if inside else words[1:]


def is_open(step: ProofStep) -> bool:
    """Whether one word stands for another that the lexicon does not connect it with, or that says more, where less than the
    same would do."""
    return (
        bool(step.premise and step.hypothesis)
        and step.source == "lexicon"
        and step.relation in _OPEN
        and step.polarity != "flat"
    )


def _projected(edit: Edit, words: Sequence[str], context: Context, at: int) -> Relation:
    """What an edit at a place makes of the whole sentence."""
    outwards = _joins_kinds(edit, words, at) or edit.source == "time"
    made = turned(edit.relation) if outwards else edit.relation
    return within_sentence(project(made, context), edit.source, words, at)


def _joins_kinds(edit: Edit, words: Sequence[str], at: int) -> bool:
    """Whether an edit adds a kind to those that a quantifier speaks of: "all boys [and girls]" are more than all boys."""
    changed, end = edit.premise or edit.hypothesis, main_verb(words)
    if edit.source not in ("deletion", "insertion") or words[0] not in _DISTRIBUTING or not 0 < at < end:
        return False
    behind = at + len(changed)
    if changed[0] == "and":
        return main_part(words[at - 1]) == "n" == main_part(changed[-1]) and (
            behind >= end or main_part(words[behind]) != "n"
        )
    ends_in_and = len(changed) > 1 and changed[-1] == "and" and main_part(changed[-2]) == "n"
    return ends_in_and and (behind + 1 >= end or main_part(words[behind + 1]) != "n")


def _when(edit: Edit) -> int:
    """The order in which edits are made: within the premise's own contexts first, then what changes the contexts, then
    what only the hypothesis has, in the contexts of the hypothesis."""
    if edit.source in ("negation", "quantifier") or edit.relation is Relation.NEGATION:
        return 2 if edit.source == "insertion" else 1
    return 3 if edit.source == "insertion" else 0


def _step(edit: Edit, relation: Relation, context: Context, state: Relation) -> ProofStep:
    return ProofStep(
        " ".join(edit.premise), str(relation), " ".join(edit.hypothesis), context, VERDICTS[state], edit.source
    )


def _summary(premise: str, hypothesis: str, state: Relation) -> str:
    return f"'{_bare(premise)}' {_TOLD[state]} '{_bare(hypothesis)}'"


def _bare(text: str) -> str:
    return text.strip().rstrip(".")


def best_of(proofs: Sequence[Proof]) -> Proof:
    """The proof that settles most: support first, then refutation."""
    order: dict[Verdict, int] = {"supported": 0, "refuted": 1, "insufficient": 2}
    return min(proofs, key=lambda proof: order[proof.verdict])
