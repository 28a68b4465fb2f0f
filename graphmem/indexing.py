"""The write path: documents are cut, extracted, embedded and published, batch by batch, so that a stop loses nothing.

Embedding takes nearly all of the time, and most of it without Python's lock: while one batch is embedded in a thread of
its own, further documents are read and the next batch is extracted, and what comes back is written in order. So the store
does not depend on who was faster.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict

import numpy as np

from graphmem.errors import GraphmemError, ModelError
from graphmem.extract import QUICK, GivenTriples
from graphmem.ingest import Failure, cut
from graphmem.model import Document, Extraction, FloatArray, Passage, Triple
from graphmem.protocols import Embedder, Extractor
from graphmem.reports import IndexReport, Progress
from graphmem.store import PassageVectors, PendingPassage, Writer

__all__ = ["Indexer", "passage_text", "triple_text"]

_CHARACTERS_PER_COMMIT = 500_000
_PASSAGES_PER_BATCH = 64
"""What is embedded, written and committed together: every second or two."""
_BATCHES_AHEAD = 1
"""So many are extracted and wait while another is embedded."""
_TEXTS_KEPT = 10_000
"""The last texts of a run whose vectors are at hand, should they come again."""


def passage_text(passage: Passage) -> str:
    """What is embedded for a passage: where it stands, then what it says."""
    place = " > ".join(part for part in (passage.title, passage.heading) if part)
    return f"{place}. {passage.text}" if place else passage.text


def triple_text(triple: Triple) -> str:
    """What is embedded for a triple."""
    return f"{triple.subject} {triple.predicate} {triple.object}"


class Indexer:
    """One run of ``index`` or ``sync`` over one writer: :meth:`take` documents, :meth:`finish` their passages.

    Once ``stop()`` is true the run is ``interrupted``: what is in hand is committed, and nothing new is begun.
    """

    def __init__(
        self,
        writer: Writer,
        embedder: Embedder | None,
        extractor: Extractor,
        passage_tokens: int,
        given: Mapping[str, GivenTriples],
        progress: Progress,
        stop: Callable[[], bool],
    ) -> None:
        self._writer = writer
        self._embedder = embedder
        self._extractor = extractor
        self._passage_tokens = passage_tokens
        self._given = given
        self._progress = progress
        self._stop = stop
        self.interrupted = False
        self._started = time.perf_counter()
        self._counts = {"added": 0, "changed": 0, "unchanged": 0, "removed": 0}
        self._failures: list[Failure] = []
        self._embedding = _Embedding(embedder)
        self._waiting: deque[tuple[list[_Work], Future[list[PassageVectors | None]]]] = deque()
        # Who asks a language model keeps the reading waiting, and nobody would know how much is to do.
        self._ahead = embedder is not None and extractor.id in QUICK
        self._last_row: int | None = None
        self._unread = 0

    # --- documents ------------------------------------------------------------------------------------

    def take(self, documents: Iterable[Document | Failure]) -> None:
        """Put every document that is new or has changed into the store, its passages pending."""
        self._progress.start("Reading", None)
        waiting = 0
        with self._beside() as beside:
            for document in documents:
                if isinstance(document, Failure):
                    self._failures.append(document)
                    continue
                waiting += self._put(document)
                self._progress.advance()
                if waiting > _CHARACTERS_PER_COMMIT:
                    self._writer.commit()
                    waiting = 0
                if self._interrupt():
                    break
                self._embed_meanwhile(beside)
        self._writer.commit()
        self._progress.finish()

    def _embed_meanwhile(self, beside: ThreadPoolExecutor) -> None:
        """Keep the embedder busy with whole batches of what this run has put, as they would be made afterwards."""
        if not self._ahead or self._last_row is None or self._unread < _PASSAGES_PER_BATCH:
            return
        self._settle(1 + _BATCHES_AHEAD)
        if len(self._waiting) > _BATCHES_AHEAD:
            return
        batch = self._writer.pending(_PASSAGES_PER_BATCH, self._last_row)
        try:
            self._hand_over([_Work(item, self._extractor) for item in batch], beside)
        except ModelError:
            # Told when everything has been read.
            self._ahead = False
            return
        self._last_row = batch[-1].rowid
        self._unread -= len(batch)

    def _interrupt(self) -> bool:
        self.interrupted = self.interrupted or self._stop()
        return self.interrupted

    def _put(self, document: Document) -> int:
        """The number of characters that were written."""
        content_hash = self._content_hash(document)
        seen = self._writer.note_seen(document.id, content_hash)
        if seen is not None:
            if seen != content_hash:
                reason = f"the id '{document.id}' was given twice with different content: the first was kept"
                self._failures.append(Failure(document.source, reason))
            return 0
        known = self._writer.known(document.id)
        if known == content_hash:
            self._counts["unchanged"] += 1
            return 0
        count = self._embedder.count_tokens if self._embedder is not None else None
        passages = cut(document, count_tokens=count, passage_tokens=self._passage_tokens)
        if not passages:
            self._failures.append(Failure(document.source, f"'{document.id}' holds no words"))
            return 0
        self._counts["added" if known is None else "changed"] += 1
        rows = self._writer.put(document, passages, content_hash)
        # Only these are embedded meanwhile: nothing takes them out again in this run.
        self._last_row = rows[0] - 1 if self._last_row is None else self._last_row
        self._unread += len(rows)
        return len(document.text)

    def _content_hash(self, document: Document) -> str:
        """Of everything that what is stored depends on."""
        given = self._given.get(document.id)
        content = [
            document.title,
            document.text,
            document.source,
            [asdict(section) for section in document.sections],
            sorted(document.metadata.items()),
            document.whole,
            None if given is None else asdict(given),
            self._extractor.id,
            self._passage_tokens,
        ]
        text = json.dumps(content, ensure_ascii=False)
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()

    def drop_unseen(self, prefix: str) -> None:
        """Remove the documents whose source lies under ``prefix`` and is there no more, after a run to the end.

        A file that is there but could not be read keeps the version that the store has.
        """
        if self.interrupted:
            return
        unreadable = {failure.source for failure in self._failures}
        gone = [id_ for id_, source in self._writer.unseen() if _under(source, prefix) and source not in unreadable]
        self._counts["removed"] += sum(map(self._writer.remove, gone))
        self._writer.commit()

    # --- passages -------------------------------------------------------------------------------------

    def finish(self) -> IndexReport:
        """Extract and embed every pending passage, those of an earlier run included, and publish.

        An interrupted run is not published: the next one goes on with it as it is.
        """
        if not self.interrupted:
            self._writer.retry()
            self._writer.commit()
            self._progress.start("Passages", self._writer.states()["pending"])
            with self._beside() as beside:
                for batch in self._extracted():
                    self._hand_over(batch, beside)
                    self._progress.advance(self._settle(1 + _BATCHES_AHEAD))
                self._progress.advance(self._settle(0))
            self._progress.finish()
        if not self.interrupted:
            self._progress.start("Publishing", None)
            self._writer.publish(self._embedder.embed if self._embedder is not None else None)
            self._progress.finish()
        return IndexReport(
            added=self._counts["added"],
            changed=self._counts["changed"],
            unchanged=self._counts["unchanged"],
            removed=self._counts["removed"],
            failed=tuple(self._failures),
            passages=self._writer.states(),
            seconds=time.perf_counter() - self._started,
            generation=self._writer.published,
            interrupted=self.interrupted,
        )

    def _extracted(self) -> Iterator[list[_Work]]:
        """Batches of pending passages, until there are no more, or the run is interrupted."""
        row = 0
        while not self._interrupt() and (batch := self._writer.pending(_PASSAGES_PER_BATCH, row)):
            yield [_Work(item, self._extractor) for item in batch]
            row = batch[-1].rowid

    @contextmanager
    def _beside(self) -> Iterator[ThreadPoolExecutor]:
        """A thread to embed in; at its end everything that was handed over has been written."""
        with ThreadPoolExecutor(1, thread_name_prefix="graphmem-index") as beside:
            yield beside
            self._settle(0)

    def _hand_over(self, batch: list[_Work], beside: ThreadPoolExecutor) -> None:
        self._waiting.append((batch, beside.submit(self._embedding.of, batch)))

    def _settle(self, most: int) -> int:
        """Write and commit what has been embedded, in order, until at most so many batches wait; the passages written."""
        written = 0
        while self._waiting and (len(self._waiting) > most or self._waiting[0][1].done()):
            work, vectors = self._waiting.popleft()
            self._write(work, vectors.result())
            self._writer.commit()
            written += len(work)
        return written

    def _write(self, work: Sequence[_Work], found: Sequence[PassageVectors | None]) -> None:
        for item, vectors in zip(work, found, strict=True):
            if item.reason:
                self._writer.fail(item.rowid, item.reason, item.extraction, vectors)
            else:
                self._writer.complete(item.rowid, item.extraction or Extraction(), vectors)


class _Embedding:
    """The vectors of batches of passages; a text that came lately is not embedded again."""

    def __init__(self, embedder: Embedder | None) -> None:
        self._embedder = embedder
        self._known: OrderedDict[str, FloatArray] = OrderedDict()

    def of(self, work: Sequence[_Work]) -> list[PassageVectors | None]:
        """The vectors of each passage, ``None`` where there is no embedder, or where it failed: the reason is noted."""
        if self._embedder is None:
            return [None for _ in work]
        try:
            return list(_split(self._vectors(self._embedder, [text for item in work for text in item.texts]), work))
        except GraphmemError:
            # One text may be what the model cannot take: the others must not suffer for it.
            return [self._alone(self._embedder, item) for item in work]

    def _alone(self, embedder: Embedder, item: _Work) -> PassageVectors | None:
        try:
            return next(_split(self._vectors(embedder, item.texts), [item]))
        except GraphmemError as error:
            item.reason = str(error)
            return None

    def _vectors(self, embedder: Embedder, texts: Sequence[str]) -> FloatArray:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        if new:
            self._known.update(zip(new, embedder.embed(new), strict=True))
        found = np.stack([self._known[text] for text in texts])
        for text in texts:
            self._known.move_to_end(text)
        while len(self._known) > _TEXTS_KEPT:
            self._known.popitem(last=False)
        return found


class _Work:
    """A pending passage while it is worked on: its extraction, or the reason why it failed, and what to embed."""

    def __init__(self, pending: PendingPassage, extractor: Extractor) -> None:
        self.rowid = pending.rowid
        self.reason = ""
        self.extraction = pending.extraction
        if self.extraction is None:
            try:
                self.extraction = extractor.extract(pending.document, pending.passage)
            except ModelError:
                # No other passage would fare better.
                raise
            except GraphmemError as error:
                self.reason = str(error)
        passage = pending.passage
        base = passage.span[0]
        triples = self.extraction.statements if self.extraction is not None else ()
        self.sentences = [passage.text[a - base : b - base] for a, b in passage.sentences]
        self.texts = [passage_text(passage), *self.sentences, *(triple_text(triple) for triple in triples)]


def _split(matrix: FloatArray, work: Sequence[_Work]) -> Iterator[PassageVectors]:
    at = 0
    for item in work:
        rows = np.asarray(matrix[at : at + len(item.texts)])
        at += len(item.texts)
        first = 1 + len(item.sentences)
        yield PassageVectors(rows[:1], rows[1:first], rows[first:])


def _under(source: str, prefix: str) -> bool:
    if prefix == ".":
        return not source.startswith("/")
    return source == prefix or source.startswith(f"{prefix}/")
