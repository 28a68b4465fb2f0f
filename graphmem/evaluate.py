"""How good the answers are: recall, answers and stops over a data set folder.

A data set is a folder with ``questions.jsonl`` and either ``corpus.jsonl`` (with ``triples.jsonl`` beside it where
there are any) or a folder ``articles``.
"""

from __future__ import annotations

import hashlib
import json
import re
import statistics
import string
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from graphmem.embed import AUTO
from graphmem.errors import DatasetError
from graphmem.memory import GraphMemory
from graphmem.model import Answer
from graphmem.protocols import Embedder
from graphmem.reports import NoProgress, Progress

__all__ = ["Evaluation", "Outcome", "Question", "evaluate", "exact_match", "read_questions", "token_f1"]

RECALL_AT = (2, 5, 8, 10)
ALL_GOLD_AT = (5, 8)
_DEPTH = 10
_NO_PROGRESS = NoProgress()


@dataclass(frozen=True, slots=True)
class Question:
    """A line of ``questions.jsonl``: ``gold`` are titles where ``by_title``, else document ids."""

    id: str
    question: str
    gold: frozenset[str]
    by_title: bool
    answers: tuple[str, ...]
    kind: str

    @property
    def answerable(self) -> bool:
        """Whether the documents hold the answer at all."""
        return bool(self.gold)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question; ``found`` says of each gold passage at which rank it came (0: not at all)."""

    question: Question
    found: tuple[int, ...]
    short: str
    confident: bool
    stopped: str
    latency_ms: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The figures of one data set; ``by_kind`` gives the same for each kind of question, where kinds are named."""

    dataset: str
    tag: str
    passages: int
    outcomes: tuple[Outcome, ...] = field(repr=False)
    index_seconds: float
    peak_rss_mb: float

    def as_dict(self) -> dict[str, object]:
        """The figures in the form that ``eval --json`` prints."""
        metrics = _metrics(self.outcomes)
        metrics["index_seconds"] = round(self.index_seconds, 2)
        metrics["peak_rss_mb"] = round(self.peak_rss_mb, 1)
        kinds: dict[str, list[Outcome]] = defaultdict(list)
        for outcome in self.outcomes:
            if outcome.question.kind:
                kinds[outcome.question.kind].append(outcome)
        return {
            "dataset": self.dataset,
            "tag": self.tag,
            "questions": len(self.outcomes),
            "passages": self.passages,
            "metrics": metrics,
            "by_kind": {kind: {"questions": len(group), **_metrics(group)} for kind, group in sorted(kinds.items())},
        }


def evaluate(
    dataset: str | Path,
    *,
    store: str | Path | None = None,
    embedder: str | Embedder | None = AUTO,
    triples: bool = False,
    tag: str = "",
    limit: int | None = None,
    notify: Callable[[str], None] = lambda line: None,
    progress: Progress = _NO_PROGRESS,
) -> Evaluation:
    """Index the data set where that has not been done, ask every question, and measure.

    ``store`` is a folder in the user's cache unless one is named; ``triples`` adds the data set's own triples;
    ``limit`` asks the first questions only. Raises :class:`DatasetError` for a folder of another form.
    """
    folder = Path(dataset).absolute()
    questions = read_questions(folder)[:limit]
    corpus = next((path for path in (folder / "corpus.jsonl", folder / "articles") if path.exists()), None)
    if corpus is None:
        raise DatasetError(
            f"the data set {folder} has neither corpus.jsonl nor a folder articles: there is nothing to search"
        )
    given = folder / "triples.jsonl" if triples else None
    if given is not None and not given.exists():
        raise DatasetError(f"the data set {folder} has no triples.jsonl: leave --triples out")
    with GraphMemory.open(store or _cached_store(folder, triples, embedder), embedder=embedder) as memory:
        report = memory.index([corpus], triples=given, progress=progress)
        progress.start("Questions", len(questions))
        outcomes = []
        for question in questions:
            outcomes.append(_ask(memory, question))
            progress.advance()
        progress.finish()
        for notice in memory.notices:
            notify(notice)
        passages = sum(memory.stats().passages.values())
    return Evaluation(folder.name, tag, passages, tuple(outcomes), report.seconds, _peak_rss_mb())


def _cached_store(folder: Path, triples: bool, embedder: str | Embedder | None) -> Path:
    import platformdirs

    model = embedder if isinstance(embedder, str | None) else embedder.id
    digest = hashlib.blake2b(f"{folder}\n{triples}\n{model}".encode(), digest_size=6).hexdigest()
    return platformdirs.user_cache_path("graphmem", appauthor=False) / "eval" / f"{folder.name}-{digest}"


def read_questions(folder: Path) -> list[Question]:
    """The questions of a data set folder; raises :class:`DatasetError` with the line that is wrong."""
    path = folder / "questions.jsonl"
    found: list[Question] = []
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    found.append(_question(line, f"line {number} of {path}"))
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path} cannot be read: name a data set folder with questions.jsonl in it") from error
    if not found:
        raise DatasetError(f"{path} holds no questions")
    return found


def _question(line: str, where: str) -> Question:
    try:
        row = json.loads(line)
        by_title = "gold_titles" in row
        gold = frozenset(str(name) for name in row["gold_titles" if by_title else "gold_ids"])
        answers = [str(text) for text in (row.get("answer"), *(row.get("answer_aliases") or ())) if text]
        return Question(str(row["id"]), str(row["question"]), gold, by_title, tuple(answers), str(row.get("kind", "")))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise DatasetError(
            f'{where} is not of the form {{"id", "question", "gold_titles" or "gold_ids", "answer"}}: correct it'
        ) from error


def _ask(memory: GraphMemory, question: Question) -> Outcome:
    start = time.perf_counter()
    answer: Answer = memory.ask(question.question, k=_DEPTH)
    latency = (time.perf_counter() - start) * 1000
    ranks: dict[str, int] = {}
    for hit in answer.result.hits:
        names = (hit.title,) if question.by_title else (hit.document_id, hit.passage_id)
        for gold in question.gold:
            # The store may lie elsewhere than the data set, and ids of files are then longer.
            if any(name == gold or name.endswith(f"/{gold}") for name in names):
                ranks.setdefault(gold, hit.rank)
    found = tuple(ranks.get(gold, 0) for gold in sorted(question.gold))
    return Outcome(question, found, answer.short, answer.confident, answer.result.stopped, latency)


# --- figures ----------------------------------------------------------------------------------------


def _metrics(outcomes: Sequence[Outcome]) -> dict[str, object]:
    with_gold = [outcome for outcome in outcomes if outcome.question.answerable]
    metrics: dict[str, object] = {}
    if with_gold:
        for k in RECALL_AT:
            shares = (sum(0 < rank <= k for rank in outcome.found) / len(outcome.found) for outcome in with_gold)
            metrics[f"recall@{k}"] = _mean(shares)
        for k in ALL_GOLD_AT:
            metrics[f"all_gold@{k}"] = _mean(all(0 < rank <= k for rank in outcome.found) for outcome in with_gold)
        metrics["mrr"] = _mean(max((1 / rank for rank in outcome.found if rank), default=0.0) for outcome in with_gold)
    with_answer = [outcome for outcome in with_gold if outcome.question.answers]
    if with_answer:
        metrics["em"] = _mean(exact_match(outcome.short, outcome.question.answers) for outcome in with_answer)
        metrics["f1"] = _mean(token_f1(outcome.short, outcome.question.answers) for outcome in with_answer)
    metrics["stop"] = _stops(outcomes)
    latencies = sorted(outcome.latency_ms for outcome in outcomes)
    metrics["latency_ms"] = {
        "p50": round(statistics.median(latencies), 1),
        "p95": round(latencies[min(len(latencies) - 1, int(0.95 * len(latencies)))], 1),
    }
    return metrics


def _stops(outcomes: Sequence[Outcome]) -> dict[str, object]:
    """How often each reason ended a search, and of the confident answers, how many were right and wrong."""
    figures: dict[str, object] = dict(sorted(Counter(outcome.stopped for outcome in outcomes).items()))
    checked = [outcome for outcome in outcomes if outcome.question.answers and outcome.confident]
    figures["confident_right"] = sum(token_f1(o.short, o.question.answers) >= 0.5 for o in checked)
    figures["confident_wrong"] = sum(token_f1(o.short, o.question.answers) < 0.5 for o in checked)
    figures["confident_unanswerable"] = sum(o.confident for o in outcomes if not o.question.answerable)
    return figures


def _mean(values: Iterable[float]) -> float:
    return round(statistics.fmean(values), 4)


def _words(text: str) -> list[str]:
    """As SQuAD's evaluation compares answers (Rajpurkar et al. 2016): no case, punctuation or articles."""
    bare = "".join(" " if c in string.punctuation else c for c in text.casefold())
    return re.sub(r"\b(a|an|the)\b", " ", bare).split()


def exact_match(answer: str, gold: Iterable[str]) -> float:
    """1.0 where the answer is one of ``gold``, else 0.0."""
    return float(any(_words(answer) == _words(each) for each in gold))


def token_f1(answer: str, gold: Iterable[str]) -> float:
    """The best harmonic mean of token precision and recall against one of ``gold``."""
    best = 0.0
    words = Counter(_words(answer))
    for each in gold:
        wanted = Counter(_words(each))
        common = sum((words & wanted).values())
        if common:
            best = max(best, 2 * common / (words.total() + wanted.total()))
    return best


def _peak_rss_mb() -> float:
    """0 where the system does not tell (Windows)."""
    try:
        import resource
    except ModuleNotFoundError:
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 if sys.platform != "darwin" else peak / 1024 / 1024
