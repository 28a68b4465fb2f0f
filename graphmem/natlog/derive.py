"""A derivation: the premise rewritten into the hypothesis, edit by edit, and the state of the proof after each.

The relations of the edits, projected through their contexts, are joined from left to right (MacCartney and Manning
2009, section 5). Independence is a state that nothing leads out of.
"""

from __future__ import annotations

from collections.abc import Sequence

from graphmem.model import Proof, ProofStep, Verdict
from graphmem.natlog.align import NEGATIONS, Edit, edits
from graphmem.natlog.exclusion import within_sentence
from graphmem.natlog.projection import Context, project, turned
from graphmem.natlog.relations import Relation, join
from graphmem.natlog.scope import contexts_of, main_verb
from graphmem.natlog.tokens import spelt_alike, words_of
from graphmem.natlog.verbs import is_noun

__all__ = ["VERDICTS", "best_of", "derive"]

VERDICTS: dict[Relation, Verdict] = {
    Relation.EQUIVALENCE: "supported",
    Relation.FORWARD: "supported",
    Relation.NEGATION: "refuted",
    Relation.ALTERNATION: "refuted",
    Relation.REVERSE: "insufficient",
    Relation.COVER: "insufficient",
    Relation.INDEPENDENCE: "insufficient",
}
_TOLD = {
    Relation.EQUIVALENCE: "says the same as",
    Relation.FORWARD: "is a case of",
    Relation.REVERSE: "is more general than",
    Relation.NEGATION: "is the negation of",
    Relation.ALTERNATION: "excludes",
    Relation.COVER: "does not exclude",
    Relation.INDEPENDENCE: "is independent of",
}


def derive(premise: str, hypothesis: str) -> Proof:
    """Rewrite the premise into the hypothesis; supported, refuted or insufficient by the joined relation."""
    before, after = _plain(premise), _plain(hypothesis)
    before, after = spelt_alike(before, after), spelt_alike(after, before)
    contexts_before, contexts_after = contexts_of(before), contexts_of(after)
    state = Relation.EQUIVALENCE
    steps: list[ProofStep] = []
    for edit in sorted(edits(before, after), key=_when):
        words, contexts, at = (
            (before, contexts_before, edit.premise_at) if edit.premise else (after, contexts_after, edit.hypothesis_at)
        )
        made = turned(edit.relation) if _joins_kinds(edit, words, at) else edit.relation
        relation = within_sentence(project(made, contexts[at]), edit.source, words, at)
        state = join(state, relation)
        steps.append(_step(edit, relation, contexts[at], state))
    verdict = VERDICTS[state]
    score = 0.0 if verdict == "insufficient" else 1.0
    return Proof(verdict, str(state), tuple(steps), _summary(premise, hypothesis, state), score)


_EMPHASIS = (
    ("at", "all"),
    ("by", "any", "means"),
    ("in", "any", "way"),
    ("at", "any", "rate"),
    ("in", "the", "least"),
    ("whatsoever",),
    ("whatever",),
)
"""At the end of a denial these deny no more than it does."""
_DISTRIBUTING = frozenset("all every each no few most".split())


def _plain(sentence: str) -> tuple[str, ...]:
    """The words of a sentence without what only stresses its negation, a negated universal turned inside."""
    words = _affirmed(words_of(sentence))
    if NEGATIONS.isdisjoint(words):
        return words
    return next((words[: -len(end)] for end in _EMPHASIS if words[-len(end) :] == end), words)


def _joins_kinds(edit: Edit, words: Sequence[str], at: int) -> bool:
    """Whether an edit adds a kind to those that a quantifier speaks of: "all boys [and girls]" are more than all boys."""
    changed = edit.premise or edit.hypothesis
    if edit.source not in ("deletion", "insertion") or words[0] not in _DISTRIBUTING or not 0 < at < main_verb(words):
        return False
    added = changed[0] == "and" and is_noun(words[at - 1]) and is_noun(changed[-1])
    return added or (len(changed) > 1 and changed[-1] == "and" and is_noun(changed[-2]))


def _affirmed(words: tuple[str, ...]) -> tuple[str, ...]:
    """ "Not every dog barked" as "some dog not barked": what is denied of all is so of some that are not; "not a single
    dog" and "there is not a dog" as "no dog"."""
    if words[:1] == ("not",) and words[1:2] in (("a",), ("one",)) and words[2:3] != ("few",):
        return ("no", *(words[3:] if words[2:3] == ("single",) else words[2:]))
    if words[:1] == ("there",) and words[2:3] == ("not",) and words[3:4] in (("a",), ("an",), ("any",)):
        return (*words[:2], "no", *words[4:])
    if words[:1] != ("not",) or len(words) < 3 or words[1] not in ("every", "all", "each"):
        return words
    verb = main_verb(words[1:]) + 1
    return ("some", *words[2:verb], "not", *words[verb:])


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
