"""The read path: hop after hop of seeds, spreading and proof, until the claim is settled."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from graphmem.errors import QuestionError
from graphmem.model import Evidence, FloatArray, Hit, Hop, Proof, SearchResult, Stopped, Trace
from graphmem.natlog import prove
from graphmem.retrieve.duplicates import demote_duplicates
from graphmem.retrieve.evidence import select_evidence
from graphmem.retrieve.local_graph import LocalGraph
from graphmem.retrieve.query import Query, understand
from graphmem.retrieve.seeds import Seeds, find_seeds
from graphmem.retrieve.spread import Chain, best_chains, personalized_pagerank
from graphmem.retrieve.weights import DEFAULT_WEIGHTS, Weights
from graphmem.store import Snapshot

__all__ = ["MAX_K", "search"]

MAX_K = 200
_MAX_HOPS = 3
_FRONTIER = 30
"""Passages whose statements are followed in a hop."""
_EVIDENCE_PASSAGES = 10
_SHOWN = 10
"""Seeds and reached passages that a hop's trace names."""


@dataclass(slots=True)
class _State:
    """What is known after a hop."""

    scores: dict[int, float] = field(default_factory=dict)
    chains: dict[int, Chain] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    hops: list[Hop] = field(default_factory=list)
    timings: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.timings[step] = self.timings.get(step, 0.0) + (time.perf_counter() - start) * 1000

    def ranking(self) -> list[int]:
        """Passages by score; ties in store order."""
        return sorted(self.scores, key=lambda position: (-self.scores[position], position))


def search(
    snapshot: Snapshot,
    embed: Callable[[str], FloatArray] | None,
    question: str,
    k: int,
    weights: Weights = DEFAULT_WEIGHTS,
) -> SearchResult:
    """Answer a question with at most ``k`` passages, the evidence in them, a proof, and the reason for stopping.

    ``embed`` turns one text into a unit vector, shape (dimension,); ``None`` searches by words and graph alone. The
    result is a pure function of the snapshot and the question. Raises :class:`QuestionError`.
    """
    if not 1 <= k <= MAX_K:
        raise QuestionError(
            f"k is {k}, but between 1 and {MAX_K} passages can be asked for: choose a number in that range"
        )
    state = _State()
    with state.timed("understand"):
        query = understand(question, snapshot, embed, weights)
    graph = LocalGraph(snapshot, query.relevance, query.linked, weights)
    with state.timed("seeds"):
        seeds = find_seeds(snapshot, query, graph, weights)
    stopped = _hop_after_hop(snapshot, query, graph, seeds, state, weights)
    with state.timed("hits"):
        hits = _hits(snapshot, query, seeds, state, k)
    entities = tuple(snapshot.graph.label(link.entity) for link in query.links)
    trace = Trace(query.claim, entities, tuple(state.hops), state.timings)
    return SearchResult(query.text, hits, state.evidence, state.hops[-1].proof, stopped, trace)


def _hop_after_hop(
    snapshot: Snapshot, query: Query, graph: LocalGraph, seeds: Seeds, state: _State, weights: Weights
) -> Stopped:
    front = seeds.top(_FRONTIER)
    values = dict(seeds.scores)
    for hop in range(1, _MAX_HOPS + 1):
        with state.timed("spread"):
            known = len(graph.edges)
            graph.expand(front, values)
            _spread(graph, seeds, state, hop, weights)
        with state.timed("prove"):
            proof = _prove(snapshot, query, state)
        state.hops.append(_trace_hop(snapshot, front, values, state, proof))
        if proof.verdict == "supported":
            return "proved"
        if proof.verdict == "refuted":
            return "refuted"
        # What this hop found seeds the next one.
        values = {position: chain.value for position, chain in state.chains.items()}
        front = [p for p in sorted(values, key=lambda p: (-values[p], p))[:_FRONTIER] if p not in graph.expanded]
        if not front or len(graph.edges) == known:
            return "exhausted"
    return "budget"


def _spread(graph: LocalGraph, seeds: Seeds, state: _State, hop: int, weights: Weights) -> None:
    """Score every passage: its seed, its best chain, and its share of Personalized PageRank."""
    state.chains = best_chains(graph.edges, seeds.scores, hops=hop, decay=weights.second_hop)
    _, moved = personalized_pagerank(graph.edges, seeds.scores, damping=weights.damping)
    most = max(moved.values(), default=0.0)
    state.scores = dict(seeds.scores)
    for position, chain in state.chains.items():
        share = moved.get(position, 0.0) / most if most > 0 else 0.0
        state.scores[position] = state.scores.get(position, 0.0) + weights.chain * chain.value + weights.spread * share


def _prove(snapshot: Snapshot, query: Query, state: _State) -> Proof:
    best = state.ranking()[:_EVIDENCE_PASSAGES]
    state.evidence = select_evidence(snapshot, query, best, [state.scores[position] for position in best])
    return prove(query.claim, state.evidence)


def _trace_hop(snapshot: Snapshot, front: list[int], values: dict[int, float], state: _State, proof: Proof) -> Hop:
    shown = front[:_SHOWN]
    reached = sorted(state.chains, key=lambda p: (-state.chains[p].value, p))[:_SHOWN]
    ids = [record.passage.id for record in snapshot.passages(shown + reached)]
    return Hop(
        tuple((ids[i], values[p], "") for i, p in enumerate(shown)),
        tuple(
            (ids[len(shown) + i], state.chains[p].value, snapshot.graph.label(state.chains[p].edge.entity))
            for i, p in enumerate(reached)
        ),
        proof,
    )


def _hits(snapshot: Snapshot, query: Query, seeds: Seeds, state: _State, k: int) -> tuple[Hit, ...]:
    ranked = demote_duplicates(snapshot, state.ranking(), k)[:k]
    hits: list[Hit] = []
    for rank, (position, record) in enumerate(zip(ranked, snapshot.passages(ranked), strict=True), start=1):
        why = [reason for reason in (seeds.why.get(position), _chain_reason(snapshot, state, position)) if reason]
        passage = record.passage
        hits.append(
            Hit(
                rank,
                round(state.scores[position], 6),
                passage.id,
                passage.document_id,
                passage.title,
                passage.text,
                record.source,
                passage.span,
                tuple(why),
            )
        )
    return tuple(hits)


def _chain_reason(snapshot: Snapshot, state: _State, position: int) -> str:
    chain = state.chains.get(position)
    if chain is None:
        return ""
    source = snapshot.passages([chain.edge.source])[0].passage
    entity = snapshot.graph.label(chain.edge.entity)
    return f"reached through '{entity}', which {source.title or source.id} names ({chain.value:.2f})"
