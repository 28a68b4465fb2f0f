"""The read path: hop after hop of seeds, spreading and proof, until the claim is settled."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from graphmem.errors import QuestionError
from graphmem.model import Evidence, FloatArray, Hit, Hop, Proof, SearchResult, Stopped, Trace
from graphmem.natlog import coverage, open_parts, prove
from graphmem.retrieve.duplicates import demote_duplicates
from graphmem.retrieve.evidence import EvidencePool, aimed_at
from graphmem.retrieve.local_graph import LocalGraph
from graphmem.retrieve.query import Query, understand
from graphmem.retrieve.ranking import RERANKED, rank_by_gain
from graphmem.retrieve.scope import measure_breadth
from graphmem.retrieve.scores import Scores
from graphmem.retrieve.seeds import Seeds, find_seeds
from graphmem.retrieve.spread import Chains, best_chains, personalized_pagerank
from graphmem.retrieve.weights import DEFAULT_WEIGHTS, Weights
from graphmem.store import Snapshot

__all__ = ["MAX_K", "search"]

MAX_K = 200
_MAX_HOPS = 4
_FRONTIER = 30
"""Passages whose statements are followed in a hop."""
_EVIDENCE_PASSAGES = 10
_AIMED_PASSAGES = 5
_SHOWN = 10
"""Seeds and reached passages that a hop's trace names."""


_NOTHING = Proof("insufficient", "#", ())


@dataclass(frozen=True, slots=True)
class _Round:
    """What a hop started from, with which values, and what it came to: ``reached`` by its chains, best first."""

    front: list[int]
    values: Scores
    chains: Chains
    reached: list[int]
    proof: Proof


class _State:
    """What is known after a hop."""

    def __init__(self) -> None:
        self.scores = self.restart = Scores.none()
        self.chains = Chains.none()
        self.evidence: tuple[Evidence, ...] = ()
        self.aimed: dict[tuple[int, str], list[Evidence]] = {}
        self.premises: dict[int, float] = {}
        self.proof = _NOTHING
        self.rounds: list[_Round] = []
        self.timings: dict[str, float] = {}

    @contextmanager
    def timed(self, step: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.timings[step] = self.timings.get(step, 0.0) + (time.perf_counter() - start) * 1000


def search(
    snapshot: Snapshot,
    embed: Callable[[tuple[str, ...]], FloatArray] | None,
    question: str,
    k: int,
    weights: Weights = DEFAULT_WEIGHTS,
) -> SearchResult:
    """Answer a question with at most ``k`` passages, the evidence in them, a proof, and the reason for stopping.

    ``embed`` turns n texts into unit vectors, shape (n, dimension); ``None`` searches by words and graph alone. The
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
        # What the proof stands on comes before what is only like the question.
        for binding in state.proof.bindings:
            place = snapshot.position(binding.passage_id)
            state.premises[place] = max(state.premises.get(place, 0.0), binding.confidence)
        stands = Scores.of(state.premises)
        raised = state.scores.at(stands.positions) + np.float32(weights.premise) * stands.values
        state.scores = state.scores.raised(stands.positions, raised)
        hits = _hits(snapshot, query, graph, seeds, state, k, weights)
    entities = tuple(snapshot.graph.label(link.entity) for link in query.links)
    hops = _told(snapshot, graph, state.rounds)
    trace = Trace(query.claim, entities, hops, state.timings, measure_breadth(snapshot, query))
    return SearchResult(query.text, hits, state.evidence, state.proof, stopped, trace)


def _hop_after_hop(
    snapshot: Snapshot, query: Query, graph: LocalGraph, seeds: Seeds, state: _State, weights: Weights
) -> Stopped:
    """Rounds of spreading and proof; each is aimed at what the proof of the one before still lacks."""
    front = seeds.top(_FRONTIER)
    state.restart = seeds.vector()
    values = state.restart
    pool = EvidencePool(snapshot, query)
    _aim(snapshot, pool, state, open_parts(query.claim, _NOTHING))
    for hop in range(1, _MAX_HOPS + 1):
        with state.timed("spread"):
            added = graph.expand(front, values)
            _spread(graph, state, hop, weights)
        with state.timed("prove"):
            proof = state.proof = _prove(query, pool, state)
        chains = state.chains.value
        reached = chains.ranking()
        state.rounds.append(_Round(front, values, state.chains, reached, proof))
        if proof.verdict == "supported":
            return "proved"
        if proof.verdict == "refuted":
            return "refuted"
        with state.timed("aim"):
            entities = _aim(snapshot, pool, state, open_parts(query.claim, proof))
            aimed = _seed(graph, state, entities, weights.link)
        # What this hop found seeds the next one, first of all the names that the proof has bound.
        values = state.restart.raised(chains.positions, chains.values)
        leading = reached[:_FRONTIER] if added else []
        front = [p for p in dict.fromkeys([*aimed, *leading]) if p not in graph.expanded][:_FRONTIER]
        if not front and not aimed:
            return "exhausted"
    return "budget"


def _aim(snapshot: Snapshot, pool: EvidencePool, state: _State, parts: Sequence[tuple[str, str]]) -> list[int]:
    """Fetch evidence for open parts of the claim; the entities of those that are new."""
    entities: list[int] = []
    for name, relation in parts:
        entity = aimed_at(snapshot, name)
        if entity is not None and (entity, relation) not in state.aimed:
            state.aimed[entity, relation] = pool.aimed(entity, relation)
            entities.append(entity)
    return entities


def _seed(graph: LocalGraph, state: _State, entities: Sequence[int], strength: float) -> list[int]:
    """Seed the passages about some entities; the best of them."""
    passages: list[int] = []
    for entity in entities:
        _, targets, leads = graph.leads(np.array([entity], dtype=np.int64))
        state.restart = state.restart.raised(targets, np.float32(strength) * leads)
        passages += targets[(-leads).argsort(kind="stable")[:_AIMED_PASSAGES]].tolist()
    return passages


def _spread(graph: LocalGraph, state: _State, hop: int, weights: Weights) -> None:
    """Score every passage: its seed, its best chain, and its share of Personalized PageRank."""
    restart = state.restart
    state.chains = best_chains(graph.edges, restart, hops=hop, decay=weights.second_hop)
    _, came = personalized_pagerank(graph.edges, restart, damping=weights.damping)
    # Whatever a chain reaches, mass has reached as well.
    positions = came.positions
    share = came.values / max(float(came.values.max(initial=0.0)), 1e-12)
    chain = np.float32(weights.chain) * state.chains.value.at(positions)
    state.scores = Scores(positions, restart.at(positions) + chain + np.float32(weights.spread) * share)


def _prove(query: Query, pool: EvidencePool, state: _State) -> Proof:
    best = state.scores.ranking()[:_EVIDENCE_PASSAGES]
    scores = state.scores.at(np.array(best, dtype=np.int64)).tolist()
    found = pool.select(best, scores)
    # What was fetched for a part of the claim comes last: it is there for the proof, not for its likeness.
    seen = {(item.passage_id, item.span) for item in found}
    for items in state.aimed.values():
        found += [item for item in items if (item.passage_id, item.span) not in seen]
        seen.update((item.passage_id, item.span) for item in items)
    before, state.evidence = state.evidence, tuple(found)
    if state.rounds and [(item.passage_id, item.span) for item in before] == [
        (item.passage_id, item.span) for item in found
    ]:
        # The same sentences prove no more than in the hop before.
        return state.proof
    proof = prove(query.claim, state.evidence)
    if proof.verdict != "insufficient":
        return proof
    return replace(proof, score=coverage(query.claim, proof, state.evidence))


def _told(snapshot: Snapshot, graph: LocalGraph, rounds: Sequence[_Round]) -> tuple[Hop, ...]:
    """The hops as the trace tells them: the first passages that each started from, and those that it reached best."""
    shown = [(one.front[:_SHOWN], one.reached[:_SHOWN]) for one in rounds]
    wanted = [position for front, reached in shown for position in (*front, *reached)]
    id_of = dict(zip(wanted, snapshot.ids(wanted), strict=True))
    hops: list[Hop] = []
    for one, (front, reached) in zip(rounds, shown, strict=True):
        seeded = one.values.at(np.array(front, dtype=np.int64)).tolist()
        came = np.array(reached, dtype=np.int64)
        worth = one.chains.value.at(came).tolist()
        through = map(snapshot.graph.label, graph.edges.entity[one.chains.last_edges(came)].tolist())
        seeds = tuple((id_of[position], value, "") for position, value in zip(front, seeded, strict=True))
        hops.append(
            Hop(seeds, tuple(zip([id_of[position] for position in reached], worth, through, strict=True)), one.proof)
        )
    return tuple(hops)


def _hits(
    snapshot: Snapshot, query: Query, graph: LocalGraph, seeds: Seeds, state: _State, k: int, weights: Weights
) -> tuple[Hit, ...]:
    pool = state.scores.ranking()[: max(RERANKED, 2 * k)]
    fit = query.relevance.passages(np.array(pool, dtype=np.int64))
    # As many again as are asked for, in place of copies.
    order, gains = rank_by_gain(state.scores, pool, seeds.named, fit, 2 * k, weights)
    score_of = dict(zip(order, gains, strict=True))
    ranked = demote_duplicates(snapshot, order, k)
    reached = np.array(ranked, dtype=np.int64)
    chains = zip(state.chains.last_edges(reached).tolist(), state.chains.value.at(reached).tolist(), strict=True)
    hits: list[Hit] = []
    for rank, (record, position, (edge, value)) in enumerate(
        zip(snapshot.passages(ranked), ranked, chains, strict=True), 1
    ):
        reasons = seeds.why.get(position), _chain_reason(snapshot, graph, edge, value)
        hits.append(record.as_hit(rank, round(score_of[position], 6), tuple(filter(None, reasons))))
    return tuple(hits)


def _chain_reason(snapshot: Snapshot, graph: LocalGraph, edge: int, value: float) -> str:
    """By which edge a chain came to a passage, "" for -1, and what that is worth."""
    if edge < 0:
        return ""
    source = snapshot.passages([int(graph.edges.source[edge])])[0].passage
    entity = snapshot.graph.label(int(graph.edges.entity[edge]))
    return f"reached through '{entity}', which {source.title or source.id} names ({value:.2f})"
