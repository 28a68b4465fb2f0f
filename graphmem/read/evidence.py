"""Which evidence a language model gets to read, in which order, and how it is laid out so that it stays data."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from graphmem.llm.untrusted import as_line, harmless
from graphmem.model import Evidence, SearchResult, Span
from graphmem.protocols import LLM

__all__ = ["Layout", "laid_out", "proof_places", "question_line", "unsettled"]

_SPACE = regex.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Layout:
    """Evidence as a prompt shows it: ``items[n - 1]`` is what stands in ``lines[n - 1]`` behind the number n."""

    items: tuple[Evidence, ...]
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """The lines between their delimiters, which no line can hold."""
        return "\n".join(["<evidence>", *self.lines, "</evidence>"])


def laid_out(llm: LLM, result: SearchResult, room: int) -> Layout:
    """As much of the evidence as has room in so many tokens.

    What the proof stands on is taken first and then what scores best. It is shown in the order of the chain: the proof's
    sentences as the proof goes, then the other ones passage by passage, as the passages are ranked.
    """
    known = {(item.passage_id, item.span): item for item in result.evidence}
    proved = [known[place] for place in proof_places(result) if place in known]
    others = [item for item in result.evidence if item not in proved]
    titles = {hit.passage_id: hit.title for hit in result.hits}
    lines = {id(item): _line(item, titles) for item in (*proved, *others)}
    # A number and a line's end are two or three tokens; four are counted.
    costs = [count + 4 for count in llm.count_tokens([lines[id(item)] for item in (*proved, *others)])]
    taken: list[Evidence] = []
    for item, cost in zip((*proved, *others), costs, strict=True):
        if cost > room:
            break
        room -= cost
        taken.append(item)
    rank = {hit.passage_id: hit.rank for hit in result.hits}
    last = len(result.hits) + 1
    rest = sorted(taken[len(proved) :], key=lambda item: (rank.get(item.passage_id, last), item.passage_id, item.span))
    items = (*taken[: len(proved)], *rest)
    return Layout(items, tuple(f"[{number}] {lines[id(item)]}" for number, item in enumerate(items, start=1)))


def proof_places(result: SearchResult) -> list[tuple[str, Span]]:
    """Passage and span of each sentence that the proof stands on, in its order, each once."""
    places = [(binding.passage_id, binding.sentence) for binding in result.proof.bindings]
    places += [(step.passage_id, step.span) for step in result.proof.steps if step.passage_id and step.span is not None]
    return list(dict.fromkeys(places))


def _line(item: Evidence, titles: dict[str, str]) -> str:
    """One sentence with its title, in one line, without anything that could be taken for the frame around it."""
    title = titles.get(item.passage_id) or next(iter(item.about), "")
    told = f"({title}) {item.text}" if title else item.text
    return as_line(told)


def unsettled(result: SearchResult) -> str:
    """What is said before anything else where nothing is proved."""
    reason = result.proof.summary or "no sentence proves or refutes it"
    return f"The documents do not settle this: {reason.rstrip('.')}."


def question_line(question: str) -> str:
    """The question as a prompt asks it."""
    return f"Question: {harmless(_SPACE.sub(' ', question))}"
