"""A writer is killed at random points, again and again, and each wreck is looked at: the harness of the kill tests.

A run is killed either at a random line of the modules that write, so that every two statements are parted at some
time (a commit and what follows it, the last byte of a derived file and its rename), or at a random moment, so that
SQLite, numpy and hnswlib are met in the middle of their work.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import FrameType

from conftest import WordEmbedder
from observed import observed

from graphmem import GraphMemory
from graphmem.evaluate import evaluate

TRACED = (
    "database.py",
    "derived.py",
    "indexing.py",
    "indexes.py",
    "schema.py",
    "snapshot.py",
    "vectors.py",
    "writer.py",
)
QUESTIONS = ("Who met Person3 in Town2?", "Where did Person7 build the Ship11?")
DONE = "done"
Texts = Mapping[str, str]
"""The texts of documents by their ids."""


def text_of(number: int, version: int, sentences: int) -> str:
    """A text with names that other texts have as well."""
    told = (
        f"Person{number} met Person{(number * 7 + other + version) % 50} in Town{other % 7}. "
        f"Person{other} built the Ship{version}x{number}x{other}."
        for other in range(sentences // 2)
    )
    return " ".join(told)


@dataclass(frozen=True)
class Operation:
    """What is done to a store, and the documents that are in it afterwards."""

    name: str
    run: Callable[[Path, Told], None]
    after: Texts


class Told:
    """A progress that tells another process of every commit: the passages that are done, and the end of the run."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe
        self._label = ""

    def start(self, label: str, total: int | None) -> None:
        self._label = label

    def advance(self, n: int = 1) -> None:
        if self._label == "Passages":
            self.tell(str(n))

    def finish(self) -> None:
        return

    def tell(self, line: str) -> None:
        os.write(self._pipe, f"{line}\n".encode())


@dataclass
class Outcome:
    """How a run ended, and what it had told until then."""

    killed: bool
    told: list[str]
    seconds: float

    @property
    def lines(self) -> int:
        return next(int(line.split()[1]) for line in self.told if line.startswith("lines "))


@dataclass
class Tally:
    """How many runs of each operation were killed, and how many came to their end and were compared."""

    killed: Counter[str] = field(default_factory=Counter)
    compared: Counter[str] = field(default_factory=Counter)


def forked(work: Callable[[Told], None], *, line: int = 0, seconds: float = 0.0, only: str = "") -> Outcome:
    """Do some work in another process, which is killed at a line (counted from 1) or after some seconds, or neither.

    Lines are those of all the traced modules, or of the function ``only``.
    """
    reading, writing = os.pipe()
    started = time.perf_counter()
    process = os.fork()
    if process == 0:
        code = 1
        try:
            os.close(reading)
            told = Told(writing)
            counted = _kill_at(line, only)
            work(told)
            sys.settrace(None)
            told.tell(f"lines {counted[0]}")
            told.tell(DONE)
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    if seconds:
        time.sleep(seconds)
        os.kill(process, signal.SIGKILL)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        said = pipe.read().splitlines()
    _, status = os.waitpid(process, 0)
    killed = os.WIFSIGNALED(status)
    if killed:
        assert os.WTERMSIG(status) == signal.SIGKILL, f"ended by signal {os.WTERMSIG(status)}"
    else:
        assert os.WEXITSTATUS(status) == 0, "the run failed: its traceback is on stderr"
    return Outcome(killed and DONE not in said, said, time.perf_counter() - started)


def _kill_at(line: int, only: str) -> list[int]:
    """Counts the traced lines in a list of one number, and kills this process at one of them."""
    counted = [0]

    def local(frame: FrameType, event: str, argument: object) -> object:
        if event == "line":
            counted[0] += 1
            if counted[0] == line:
                os.kill(os.getpid(), signal.SIGKILL)
        return local

    def entered(frame: FrameType, event: str, argument: object) -> object:
        path = frame.f_code.co_filename
        wanted = frame.f_code.co_name == only if only else path.endswith(TRACED)
        return local if "graphmem" in path and wanted else None

    sys.settrace(entered)  # type: ignore[arg-type]
    return counted


class Harness:
    """A store in a folder of its own, taken through index, sync, remove and eval, and killed on the way."""

    def __init__(self, folder: Path, seed: int, *, documents: int = 30, sentences: int = 12) -> None:
        self.folder = folder
        self.store = folder / "store"
        self.random = random.Random(seed)
        self.tally = Tally()
        self._size = documents, sentences

    def run(self, kills: int) -> None:
        """So many kills in each of the operations; raises ``AssertionError`` for the first thing that is lost."""
        before: Texts = {}
        for operation in self.operations():
            self._torment(operation, before, kills)
            before = operation.after

    def operations(self) -> list[Operation]:
        """What is done to the store, in this order."""
        count, sentences = self._size
        first = {f"docs/{number:03}.txt": text_of(number, 0, sentences) for number in range(count)}
        changed = {
            f"docs/{number:03}.txt": text_of(number, number % 3 == 0, sentences)
            for number in range(count + 4)
            if number % 5
        }
        gone = sorted(changed)[:4]
        left = {id_: text for id_, text in changed.items() if id_ not in gone}
        questions = {f"q{number}": text_of(100 + number, 0, sentences) for number in range(count)}
        self._write_dataset(questions)
        return [
            Operation("index", lambda store, told: self._index(store, told, first), first),
            Operation("sync", lambda store, told: self._sync(store, told, changed), changed),
            Operation("remove", lambda store, told: self._remove(store, gone), left),
            Operation("eval", self._eval, {**left, **questions}),
        ]

    def _write(self, texts: Texts) -> None:
        shutil.rmtree(self.folder / "docs", ignore_errors=True)
        (self.folder / "docs").mkdir()
        for id_, text in texts.items():
            (self.folder / id_).write_text(text, encoding="utf-8")

    def _write_dataset(self, texts: Texts) -> None:
        folder = self.folder / "dataset"
        folder.mkdir()
        lines = (json.dumps({"id": id_, "title": id_, "text": text}) for id_, text in texts.items())
        (folder / "corpus.jsonl").write_text("\n".join(lines), encoding="utf-8")
        question = {"id": "1", "question": QUESTIONS[0], "gold_ids": ["q0"]}
        (folder / "questions.jsonl").write_text(json.dumps(question), encoding="utf-8")

    def _index(self, store: Path, told: Told, texts: Texts) -> None:
        self._write(texts)
        with GraphMemory.open(store, embedder=WordEmbedder()) as memory:
            memory.index([self.folder / "docs"], progress=told)

    def _sync(self, store: Path, told: Told, texts: Texts) -> None:
        self._write(texts)
        with GraphMemory.open(store, embedder=WordEmbedder()) as memory:
            memory.sync(self.folder / "docs", progress=told)

    def _remove(self, store: Path, ids: list[str]) -> None:
        with GraphMemory.open(store, embedder=WordEmbedder()) as memory:
            memory.remove(*ids)

    def _eval(self, store: Path, told: Told) -> None:
        evaluate(self.folder / "dataset", store=store, embedder=WordEmbedder(), progress=told)

    # --- one operation ----------------------------------------------------------------------------------

    def _torment(self, operation: Operation, before: Texts, kills: int) -> None:
        saved, quiet = self.folder / "saved", self.folder / "quiet"
        for copy in (saved, quiet):
            shutil.rmtree(copy, ignore_errors=True)
            if self.store.exists():
                shutil.copytree(self.store, copy)
        undisturbed = forked(lambda told: operation.run(quiet, told))
        with GraphMemory.open(quiet, embedder=WordEmbedder()) as memory:
            expected = observed(memory, QUESTIONS)
        done = 0
        while self.tally.killed[operation.name] < kills:
            outcome = self._disturbed(lambda told: operation.run(self.store, told), undisturbed)
            if outcome.killed:
                self.tally.killed[operation.name] += 1
                done = max(done, sum(int(line) for line in outcome.told if line.isdigit()))
                if self.random.random() < 0.3:
                    reopened = self._disturbed(partial(self._reopen, before, operation.after, done), undisturbed)
                    self.tally.killed["reopening"] += reopened.killed
                self._look(before, operation.after, done)
            else:
                self._compare(operation, expected)
                shutil.rmtree(self.store)
                if saved.exists():
                    shutil.copytree(saved, self.store)
                done = 0
        operation.run(self.store, Told(os.open(os.devnull, os.O_WRONLY)))
        self._compare(operation, expected)

    def _disturbed(self, work: Callable[[Told], None], undisturbed: Outcome) -> Outcome:
        # As often early as late, since what goes on with a wreck has less to do, and what looks at it hardly anything.
        share = self.random.random() if self.random.random() < 0.5 else 10 ** self.random.uniform(-3, 0)
        if self.random.random() < 0.5:
            return forked(work, line=max(1, round(share * undisturbed.lines)))
        return forked(work, seconds=max(0.001, share * undisturbed.seconds))

    def _reopen(self, before: Texts, after: Texts, done: int, told: Told) -> None:
        self._look(before, after, done)

    def _look(self, before: Texts, after: Texts, done: int) -> None:
        """Nothing is half-there, nothing that was committed is gone, and the store is sound, and tidy."""
        with GraphMemory.open(self.store, embedder=WordEmbedder()) as memory:
            for question in QUESTIONS:
                for hit in memory.search(question).hits:
                    assert hit.document_id in before or hit.document_id in after
            found = {id_: memory.document(id_) for id_ in memory.documents()}
            assert memory.check().problems == ()
            assert memory.stats().passages["done"] >= done
        for id_, document in found.items():
            assert document is not None
            assert document.text in (before.get(id_), after.get(id_)), id_
        for id_ in before.keys() & after.keys():
            assert id_ in found, f"{id_} was lost"
        if self.store.exists():
            assert {path.name for path in self.store.iterdir()} <= {"store.db", "write.lock", "indexes"}
            assert len(list((self.store / "indexes").iterdir())) == 1

    def _compare(self, operation: Operation, expected: Mapping[str, object]) -> None:
        with GraphMemory.open(self.store, embedder=WordEmbedder()) as memory:
            found = observed(memory, QUESTIONS)
            assert memory.check().problems == ()
            assert {id_: memory.document(id_).text for id_ in memory.documents()} == operation.after  # type: ignore[union-attr]
        for name, value in expected.items():
            assert found[name] == value, f"after {operation.name} the {name} are not those of an undisturbed run"
        self.tally.compared[operation.name] += 1
