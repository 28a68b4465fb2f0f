"""When to stop looking: ``python benchmarks/stopping.py <data set folder> --store DIR`` for each data set and its store.

For each question three sets of passages: the first gold passage alone, all gold passages, and all but the last with the
best passage that is not gold in its place. Only the second holds what is asked. Printed is the balanced accuracy of the
decision "this is enough" with 95 % bootstrap intervals over questions: by proof alone, by coverage
(``graphmem.natlog.coverage``), and by the rival, a threshold on the similarity of the least similar passage, which is
given the best threshold there is on the same data. Then reading: how many of the first eight passages are read that account
for an open part of the question (``graphmem.natlog.next_to_read``), how often all gold ones are among them, and how many it
takes to find all gold ones as often by always taking two hops (the first n seeds, and the first n passages that they lead to),
by reading equally far down our own ranking for every question, and by reading it while passages are similar; for all
questions, and for the two halves of them that a checksum tells apart (the rule was chosen on the first). Then, for a data
set with answers: each answerable question asked of a
store without the last document that it needs, and how often it is answered with confidence all the same.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from graphmem import GraphmemError, GraphMemory
from graphmem.embed import open_embedder
from graphmem.evaluate import read_questions, token_f1
from graphmem.model import Hop
from graphmem.natlog import coverage, prove
from graphmem.retrieve.evidence import EvidencePool
from graphmem.retrieve.query import understand
from graphmem.retrieve.weights import DEFAULT_WEIGHTS
from graphmem.store import Snapshot, Store

BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]
_DEPTH, _BOOTSTRAPS = 30, 2000
_READ = 8
_SAME = 0.5
"""The token F1 from which an answer counts as the given one."""


@dataclass(frozen=True)
class Case:
    """One set of passages for one question: whether it is enough, and what each rule says of it."""

    question: int
    enough: bool
    proved: bool
    covered: float
    similarity: float


def cases_of(dataset: Path, store: Path) -> list[Case]:
    """The three cases of each question whose gold passages the store holds."""
    lines = [json.loads(line) for line in (dataset / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    found: list[Case] = []
    with GraphMemory.open(store, create=False) as memory:
        embedder = open_embedder(memory.stats().embedder)
        snapshot = Store.open(store).snapshot()
        places: dict[str, list[int]] = {}
        for place, record in enumerate(snapshot.passages(range(snapshot.passage_count))):
            for name in _names(record.passage.title, record.passage.document_id):
                places.setdefault(name, []).append(place)
        for number, line in enumerate(lines):
            names = line.get("gold_titles") or line.get("gold_ids") or []
            gold = [places[name] for name in names if name in places]
            if len(gold) < 2 or len(gold) < len(names):
                continue
            query = understand(line["question"], snapshot, embedder.embed, DEFAULT_WEIGHTS)
            hits = [snapshot.position(hit.passage_id) for hit in memory.search(line["question"], _DEPTH).hits]
            whole = [place for document in gold for place in document]
            near = next(place for place in hits if place not in whole)
            fewer = [place for document in gold[:-1] for place in document]
            for passages, enough in ((gold[0], False), (whole, True), ([*fewer, near], False)):
                evidence = EvidencePool(snapshot, query).select(passages, [1.0] * len(passages))
                proof = prove(query.claim, evidence)
                best = {item.passage_id: 0.0 for item in evidence}
                for item in evidence:
                    best[item.passage_id] = max(best[item.passage_id], item.score)
                settled = proof.verdict != "insufficient"
                covered = 1.0 if settled else coverage(query.claim, proof, evidence)
                found.append(Case(number, enough, settled, covered, min(best.values())))
    return found


def _ids(document_id: str) -> list[str]:
    """A document's id, and the shorter forms of a path that a data set may use for it."""
    parts = document_id.split("/")
    return ["/".join(parts[at:]) for at in range(len(parts))]


def _names(title: str, document_id: str) -> set[str]:
    """What a data set may call a passage by."""
    return {title, *_ids(document_id)}


def balanced(cases: Sequence[Case], says: Callable[[Case], bool]) -> float:
    """The mean of the shares of right decisions where there is enough and where there is not."""
    right = {enough: [says(case) == enough for case in cases if case.enough == enough] for enough in (True, False)}
    return float(np.mean([np.mean(values) for values in right.values()]))


def interval(cases: Sequence[Case], says: Callable[[Case], bool]) -> tuple[float, float]:
    """A 95 % interval of the balanced accuracy, questions drawn with replacement."""
    random = np.random.default_rng(0)
    by_question: dict[int, list[Case]] = {}
    for case in cases:
        by_question.setdefault(case.question, []).append(case)
    groups = list(by_question.values())
    drawn = [
        balanced([case for index in random.integers(len(groups), size=len(groups)) for case in groups[index]], says)
        for _ in range(_BOOTSTRAPS)
    ]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(low), float(high)


def stops(dataset: Path, store: Path) -> None:
    """Print the decisions of the three rules."""
    cases = cases_of(dataset, store)
    thresholds = sorted({case.similarity for case in cases})
    best = max(thresholds, key=lambda threshold: balanced(cases, lambda case: case.similarity >= threshold))
    print(f"{dataset.name}: {len({case.question for case in cases})} questions, {len(cases)} sets of passages")
    rules: tuple[tuple[str, Callable[[Case], bool]], ...] = (
        ("proof alone", lambda case: case.proved),
        ("coverage", lambda case: case.covered >= 1.0),
        (f"similarity ≥ {best:.2f} (best)", lambda case: case.similarity >= best),
    )
    for name, says in rules:
        low, high = interval(cases, says)
        print(f"  {name:24} {balanced(cases, says):.3f}  [{low:.3f}, {high:.3f}]")


@dataclass(frozen=True)
class Reading:
    """For each question the number of passages that are read, and whether all gold ones are among them, both shape
    (questions,); for each number of passages read from the top whether all gold ones are among them, and how similar the
    last of them is to the question; and for each number taken from each of two hops how many those are, and whether all gold
    ones are among them, all of shape (questions, 8)."""

    read: FloatArray
    complete: BoolArray
    found: BoolArray
    similar: FloatArray
    hopped: FloatArray
    met: BoolArray

    def until(self, stop: BoolArray) -> tuple[float, float]:
        """The mean number of passages read, and the share of questions with all gold ones among them, where reading ends
        at the first passage for which ``stop`` holds."""
        stop = stop.copy()
        stop[:, -1] = True
        last = stop.argmax(axis=1)
        return float(last.mean() + 1), float(self.found[np.arange(len(last)), last].mean())

    def savings(self) -> tuple[float, float, dict[str, float]]:
        """Passages read, the share of questions with all gold ones among them, and what the rivals read for that share."""
        read, share = float(self.read.mean()), float(self.complete.mean())
        places = np.arange(_READ)[None, :] >= np.arange(_READ)[:, None]
        following = np.pad(self.similar[:, 1:], ((0, 0), (0, 1)))
        rivals = {
            "always two hops": list(zip(self.hopped.mean(axis=0), self.met.mean(axis=0), strict=True)),
            "equally far": [self.until(np.broadcast_to(row, self.found.shape)) for row in places],
            "while similar": [self.until(following < at) for at in np.quantile(self.similar, np.linspace(0, 1, 101))],
        }
        return read, share, {name: _reads_for(share, points) for name, points in rivals.items()}

    def of(self, rows: NDArray[np.int64]) -> Reading:
        """The questions of some rows."""
        return Reading(*(getattr(self, field.name)[rows] for field in fields(self)))


def _reads_for(share: float, points: Sequence[tuple[float, float]]) -> float:
    """The fewest passages that find a share of the gold, between two points in proportion."""
    ordered = sorted(points)
    shares = np.maximum.accumulate([found for _, found in ordered])
    return float(np.interp(share, shares, [read for read, _ in ordered]))


def reading_of(dataset: Path, store: Path) -> tuple[Reading, NDArray[np.int64]]:
    """How the first eight passages of every question that has gold ones are read, and the half that each question is in."""
    lines = [json.loads(line) for line in (dataset / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    found: list[list[bool]] = []
    similar: list[list[float]] = []
    read: list[tuple[int, bool, int]] = []
    hopped: list[list[tuple[int, bool]]] = []
    with GraphMemory.open(store, create=False) as memory:
        embedder = open_embedder(memory.stats().embedder)
        snapshot = Store.open(store).snapshot()
        for line in lines:
            gold = set(line.get("gold_titles") or line.get("gold_ids") or [])
            result = memory.explain(line["question"], _READ)
            if not gold or len(result.hits) < _READ:
                continue
            query = understand(line["question"], snapshot, embedder.embed, DEFAULT_WEIGHTS)
            positions = [snapshot.position(hit.passage_id) for hit in result.hits]
            names = [_names(hit.title, hit.document_id) for hit in result.hits]
            found.append([gold <= set().union(*names[: number + 1]) for number in range(_READ)])
            similar.append([])
            pool = EvidencePool(snapshot, query)
            for number, hit in enumerate(result.hits, start=1):
                evidence = pool.select(positions[:number], [1.0] * number)
                similar[-1].append(max(item.score for item in evidence if item.passage_id == hit.passage_id))
            hopped.append(list(_two_hops(snapshot, result.trace.hops[0], gold)))
            complete = gold <= set().union(*(names[rank - 1] for rank in result.trace.reading))
            read.append((len(result.trace.reading), complete, crc32(line["question"].encode()) & 1))
    counts, complete_, halves = (np.array(column) for column in zip(*read, strict=True))
    taken = np.array(hopped)
    reading = Reading(
        counts.astype(np.float64),
        complete_,
        np.array(found),
        np.array(similar),
        taken[:, :, 0] * 1.0,
        taken[:, :, 1] > 0,
    )
    return reading, halves


def _two_hops(snapshot: Snapshot, hop: Hop, gold: set[str]) -> Iterator[tuple[int, bool]]:
    """For one passage to eight of each hop how many that makes, and whether all gold ones are among them."""
    seeds = [passage_id for passage_id, *_ in hop.seeds]
    reached = [passage_id for passage_id, *_ in hop.reached]
    for number in range(1, _READ + 1):
        first = seeds[:number]
        taken = [*first, *[passage_id for passage_id in reached if passage_id not in first][:number]]
        records = snapshot.passages([snapshot.position(passage_id) for passage_id in taken])
        names = set().union(*(_names(record.passage.title, record.passage.document_id) for record in records))
        yield len(taken), gold <= names


def reads(dataset: Path, store: Path) -> None:
    """Print how far the rules read for the same share of questions with all gold passages."""
    reading, halves = reading_of(dataset, store)
    for name, rows in (("all", halves >= 0), ("chosen on", halves == 0), ("held out", halves == 1)):
        _print_reads(name, reading.of(np.flatnonzero(rows)))


def _print_reads(name: str, reading: Reading) -> None:
    random = np.random.default_rng(0)
    count = len(reading.found)
    drawn = [reading.of(random.integers(count, size=count)).savings() for _ in range(_BOOTSTRAPS // 10)]
    read, share, rivals = reading.savings()
    print(
        f"  {name}: of the first {_READ} passages {read:.2f} are read, with all gold ones of {share:.3f} of {count} questions; "
        "for the same share:"
    )
    for rule, rival in rivals.items():
        low, high = np.percentile([others[rule] - ours for ours, _, others in drawn], [2.5, 97.5])
        print(f"    {rule:22} {rival:.2f}, {rival - read:+.2f} [{low:+.2f}, {high:+.2f}]")


def removed(dataset: Path, store: Path) -> None:
    """Print how often a question is answered confidently though a document that it needs is gone: rightly, where others
    say the same, or wrongly."""
    asked = [question for question in read_questions(dataset) if question.answerable and question.answers]
    right, wrong = 0, []
    for question in asked:
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "store"
            shutil.copytree(store, copy)
            with GraphMemory.open(copy, create=False) as memory:
                gone = sorted(question.gold)[-1]
                memory.remove(*(id_ for id_ in memory.documents() if gone in _ids(id_)))
                answer = memory.ask(question.question)
        if answer.short and answer.confident:
            if token_f1(answer.short, question.answers) >= _SAME:
                right += 1
            else:
                wrong.append(f"{question.question} → {answer.short}, not {question.answers[0]} (without {gone})")
    print(f"{dataset.name}, each of {len(asked)} questions without the last document that it needs:")
    print(f"  {right} answered from other documents that say the same, {len(wrong)} wrongly with confidence")
    print("".join(f"  {line}\n" for line in wrong), end="")


def main() -> None:
    """Print both parts, as far as the data set allows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--store", type=Path, required=True)
    arguments = parser.parse_args()
    try:
        stops(arguments.dataset, arguments.store)
        reads(arguments.dataset, arguments.store)
        if (arguments.dataset / "articles").is_dir():
            removed(arguments.dataset, arguments.store)
    except (GraphmemError, OSError) as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
