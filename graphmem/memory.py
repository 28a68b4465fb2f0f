"""The table of contents: everything that graphmem does, each in a few lines.

Write: files → ``ingest`` → documents → ``Indexer`` (cut, extract, embed) → ``store``, published at once.
Read: question → ``retrieve.search`` (seeds, spreading, hops, proof) → ``read`` → answer with citations.

What only one way needs is imported on that way, so that a search does not wait for readers of files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

from graphmem.embed import AUTO, EmbedderChoice, Together
from graphmem.errors import SettingsError, StoreError
from graphmem.hierarchy import Abstractor, Hierarchy, Told, derive_hierarchy, describe, describe_documents, sentences_of
from graphmem.model import Answer, Document, FloatArray, Scope, SearchResult, TreeNode
from graphmem.protocols import LLM, Embedder, Extractor, Reader
from graphmem.read import LlmReader, open_reader
from graphmem.reports import CheckReport, IndexReport, NoProgress, Progress, RemoveReport, StoreStats
from graphmem.retrieve import search_in_scope, with_neighbours, with_reading
from graphmem.store import Readers, Rescued, Snapshot, Store, stats_of
from graphmem.turns import Turns
from graphmem.visible import storable

if TYPE_CHECKING:
    import networkx

    from graphmem.ingest import Failure, Limits

__all__ = ["GraphMemory"]

_NO_PROGRESS = NoProgress()
_USUAL_EXTRACTOR = "pattern"
"""Opened when something is written; a wrong name of another is told at once."""
_CACHED_QUESTIONS = 256


def _never() -> bool:
    return False


class GraphMemory:
    """Documents in a store folder, and the answers that they hold. Open it with :meth:`open`, best in a ``with``.

    ``notices`` collects one line for whatever the user should know that is no error. Threads may share one: they read
    at the same time, and go on reading what was last published while one of them writes.
    """

    def __init__(
        self,
        store: Store,
        embedder: str | Embedder | None,
        extractor: str | Extractor,
        settings: Mapping[str, str],
        llm: LLM | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.notices: list[str] = []
        self._store = store
        self._extractor = extractor
        self._llm = llm
        self._settings = dict(settings)
        self._limits = limits
        self._readers = Readers(store)
        self._turns = Turns()
        self._embedding = EmbedderChoice(embedder, store.settings(), lambda line: self.notices.append(line))
        self._embed_cached: Callable[[tuple[str, ...]], FloatArray] | None = None

    @classmethod
    def open(
        cls,
        store: str | Path = ".graphmem",
        *,
        create: bool = True,
        embedder: str | Embedder | None = AUTO,
        extractor: str | Extractor = _USUAL_EXTRACTOR,
        passage_tokens: int | None = None,
        llm: str | LLM | None = None,
        limits: Limits | None = None,
        vectors: Literal["memory", "disk"] | None = None,
    ) -> Self:
        """Open a store, or make one.

        ``embedder`` is "auto" (the store's own; for a new one the default model where it has been pulled), "none", a
        known model's name, a folder with an ONNX model, a ``.gguf`` file, ``https://host/v1#model``, or an object.
        ``llm`` is what ``extractor="llm"`` and ``reader="llm"`` work with: a ``.gguf`` file, ``http://host/v1#model``, or an
        object, for example one of :func:`graphmem.llm.open_llm`. ``passage_tokens`` is how many of the embedder's tokens a
        passage has, about; ``limits`` is what reading one document may take. ``vectors`` says where the index of many
        vectors is made, and the store keeps to it: in "memory", or on "disk" where they outgrow it. A new store can be
        read by its owner alone.

        Raises :class:`StoreError` where the store cannot be used, :class:`SettingsError` for a value out of range.
        """
        notices: list[str] = []
        if passage_tokens is not None and not 16 <= passage_tokens <= 2000:
            raise SettingsError(f"a passage of {passage_tokens} tokens makes no sense: choose between 16 and 2,000")
        if vectors not in (None, "memory", "disk"):
            raise SettingsError(f"vectors cannot be in '{vectors}': choose memory or disk")
        opened = Store.open(
            store, create_missing=create, notify=lambda line: notices.append(line), derive=derive_hierarchy
        )
        wanted = {"passage_tokens": passage_tokens, "vectors": vectors}
        chosen = {key: str(value) for key, value in wanted.items() if value is not None}
        if isinstance(llm, str):
            from graphmem.llm import open_llm

            llm = open_llm(llm)
        if isinstance(extractor, str) and extractor != _USUAL_EXTRACTOR:
            from graphmem.extract import open_extractor

            extractor = open_extractor(extractor, llm)
        memory = cls(opened, embedder, extractor, opened.settings() | chosen, llm, limits)
        memory.notices = notices
        return memory

    def close(self) -> None:
        """Let the store go."""
        self._readers.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # --- write ----------------------------------------------------------------------------------------

    def index(
        self,
        paths: Sequence[str | Path],
        *,
        triples: str | Path | None = None,
        excludes: Sequence[str] = (),
        reembed: bool = False,
        progress: Progress = _NO_PROGRESS,
        stop: Callable[[], bool] = _never,
    ) -> IndexReport:
        """Read files, folders, patterns or ``-`` into the store: new and changed documents, and what was left undone.

        ``triples`` is a file of the user's own triples; ``excludes`` are ``.gitignore`` patterns. Another embedder
        than the store's is refused with :class:`ModelError`, unless ``reembed`` makes all vectors anew. ``stop`` is asked
        between batches: from its first yes on what is in hand is saved, and the rest is left to the next run.
        """
        documents = self._ingest(paths, excludes)
        return self._write(documents, triples, reembed, progress, stop)

    def sync(
        self,
        path: str | Path,
        *,
        triples: str | Path | None = None,
        excludes: Sequence[str] = (),
        progress: Progress = _NO_PROGRESS,
        stop: Callable[[], bool] = _never,
    ) -> IndexReport:
        """Make the store mirror a folder: as :meth:`index`, and what has gone from there goes from the store."""
        from graphmem.ingest import identify

        documents = self._ingest([path], excludes)
        return self._write(documents, triples, False, progress, stop, mirror=identify(path, self._root))

    def _ingest(self, paths: Sequence[str | Path], excludes: Sequence[str]) -> Iterator[Document | Failure]:
        from graphmem.ingest import DEFAULT_LIMITS, ingest

        return ingest(paths, root=self._root, excludes=excludes, limits=self._limits or DEFAULT_LIMITS)

    def add(
        self, text: str, *, title: str = "", id: str | None = None, metadata: Mapping[str, str] | None = None
    ) -> str:
        """Add one text, in place of the one with the same id; its id, made from title and text where none is given."""
        digest = hashlib.blake2b(f"{title}\n{text}".encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
        named = {storable(name): storable(value) for name, value in (metadata or {}).items()}
        document = Document(storable(id or f"text-{digest}"), storable(title), storable(text), "", metadata=named)
        report = self._write([document], None, False, _NO_PROGRESS, _never)
        if report.failed:
            raise SettingsError(f"the text cannot be added: {report.failed[0].reason}")
        return document.id

    def remove(self, *document_ids: str) -> RemoveReport:
        """Take documents out of the store, with all that was derived from them."""
        self.close()
        with self._store.write() as writer:
            removed = {id_: writer.remove(id_) for id_ in dict.fromkeys(map(storable, document_ids))}
            writer.publish()
        return RemoveReport(
            tuple(id_ for id_, there in removed.items() if there),
            tuple(id_ for id_, there in removed.items() if not there),
        )

    def _write(
        self,
        documents: Iterable[Document | Failure],
        triples: str | Path | None,
        reembed: bool,
        progress: Progress,
        stop: Callable[[], bool],
        mirror: str | None = None,
    ) -> IndexReport:
        from graphmem.extract import GivenExtractor, LlmExtractor, open_extractor, read_triples
        from graphmem.indexing import Indexer
        from graphmem.ingest import DEFAULT_PASSAGE_TOKENS

        chosen = self._extractor
        if isinstance(chosen, str):
            chosen = self._extractor = open_extractor(chosen, self._llm)
        given, left_out = read_triples(Path(triples)) if triples is not None else ({}, "")
        if left_out:
            self.notices.append(left_out)
        self.close()
        with self._store.write() as writer:
            base = chosen.keeping(writer) if isinstance(chosen, LlmExtractor) else chosen
            extractor = GivenExtractor(base, given) if given else base
            embedder, changed = self._embedding.for_index(reembed=reembed)
            tokens = self._settings.get("passage_tokens", str(DEFAULT_PASSAGE_TOKENS))
            place = {key: self._settings[key] for key in ("vectors",) if key in self._settings}
            writer.set_settings({"passage_tokens": tokens, **place, **self._embedding.settings(embedder)})
            if changed:
                writer.forget_vectors()
            indexer = Indexer(writer, embedder, extractor, int(tokens), given, progress, stop)
            indexer.take(documents)
            if mirror is not None:
                indexer.drop_unseen(mirror)
            report = indexer.finish()
            if isinstance(base, LlmExtractor):
                report = replace(report, extraction=base.tally)
        self._embedding.note(self._store.settings())
        return report

    @property
    def _root(self) -> Path:
        return self._store.folder.parent

    # --- read -----------------------------------------------------------------------------------------

    def search(
        self,
        question: str,
        k: int = 8,
        *,
        scope: Scope = "auto",
        around: int = 0,
        where: Mapping[str, str] | None = None,
    ) -> SearchResult:
        """The ``k`` passages that hold the evidence, ranked, with the proof and the reason why the search stopped.

        A broad question is answered from topics all over the collection ("global"), a narrow one from passages
        ("local"); "auto" tells them apart. ``around`` adds that many passages before and after each hit, of the same
        episode. ``where`` keeps the search to some documents, and then it is a local one: by ``source`` (a pattern, "notes/*"),
        ``since`` and ``until`` (dates), or any of their metadata. Raises :class:`QuestionError`.
        """
        with self._turns.taken(), self._reading() as snapshot:
            result = self._found(snapshot, question, k, scope, where)
            return with_neighbours(snapshot, result, around) if around else result

    def explain(
        self, question: str, k: int = 8, *, scope: Scope = "auto", where: Mapping[str, str] | None = None
    ) -> SearchResult:
        """The same as :meth:`search`: its ``trace`` tells claim, breadth, seeds, hops, proofs and timings, and of the hits
        those to read."""
        with self._turns.taken(), self._reading() as snapshot:
            return with_reading(snapshot, self._found(snapshot, question, k, scope, where))

    def _found(
        self, snapshot: Snapshot, question: str, k: int, scope: Scope, where: Mapping[str, str] | None
    ) -> SearchResult:
        if where:
            snapshot, scope = snapshot.within(where), "local"
        return search_in_scope(snapshot, self._embed_question(), question, k, scope)

    def ask(
        self,
        question: str,
        k: int = 8,
        *,
        scope: Scope = "auto",
        where: Mapping[str, str] | None = None,
        reader: str | Reader = "extractive",
        on_text: Callable[[str], None] | None = None,
    ) -> Answer:
        """The answer, with numbered citations; ``on_text`` gets its text piece by piece as it is written."""

        def more(missing: str) -> SearchResult:
            return self.search(missing, k, where=where)

        chosen = open_reader(reader, self._llm, more) if isinstance(reader, str) else reader
        result = self.search(question, k, scope=scope, where=where)
        if isinstance(chosen, LlmReader):
            return chosen.read(result, on_text)
        answer = chosen.read(result)
        if on_text is not None:
            on_text(answer.text)
        return answer

    def _reading(self) -> Snapshot:
        return self._readers.current()

    def _embed_question(self) -> Callable[[tuple[str, ...]], FloatArray] | None:
        embedder = self._embedding.for_search()
        if embedder is None:
            return None
        if self._embed_cached is None:
            together = Together(embedder, lambda: self._turns.is_crowded)

            def embed(texts: tuple[str, ...]) -> FloatArray:
                with self._turns.waiting():
                    return together(texts)

            self._embed_cached = lru_cache(maxsize=_CACHED_QUESTIONS)(embed)
        return self._embed_cached

    # --- housekeeping ---------------------------------------------------------------------------------

    def documents(self) -> list[str]:
        """Ids of all documents, in order."""
        with self._reading() as snapshot:
            return snapshot.document_ids

    def document(self, document_id: str) -> Document | None:
        """A document with its whole text, ``None`` where the store has none of that id."""
        with self._reading() as snapshot:
            return snapshot.document(document_id)

    def stats(self) -> StoreStats:
        """What is in the store."""
        with self._reading() as snapshot:
            return stats_of(snapshot, self._store.settings(), self._store.bytes_on_disk())

    def check(self) -> CheckReport:
        """Look at every invariant and checksum, and make anew what is derived and broken."""
        self.close()
        problems, repaired = self._store.check()
        return CheckReport(tuple(problems), tuple(repaired))

    def tree(self, by: Literal["topics", "documents"] = "topics", *, abstracts: bool = False) -> TreeNode:
        """The collection from above: its themes, their topics, and a summary of each; or its documents and their
        headings, over the same passages.

        With ``abstracts`` the language model writes one for each node. What it has written is kept in the store, so that
        nothing is asked twice. Raises :class:`SettingsError` where there is no model.
        """
        if not abstracts:
            return self._tree(by)
        if self._llm is None:
            raise SettingsError("abstracts need a language model: name one with --llm")
        # Nobody publishes another generation while this one is read.
        with self._store.write() as writer:
            return Abstractor(self._llm, writer, self._sentences).add(self._tree(by))

    def _sentences(self, passage_ids: Sequence[str]) -> list[Told]:
        with self._reading() as snapshot:
            return list(sentences_of(snapshot, passage_ids))

    def _tree(self, by: Literal["topics", "documents"]) -> TreeNode:
        with self._reading() as snapshot:
            described = describe if by == "topics" else describe_documents
            return described(snapshot, Hierarchy.read(snapshot))

    def backup(self, destination: str | Path) -> None:
        """Copy the store to a new folder, while readers and a writer go on. Raises :class:`StoreError`."""
        self._store.backup(destination)

    @staticmethod
    def rescue(damaged: str | Path, new: str | Path) -> Rescued:
        """Save what can be read of a damaged store into a new one. Raises :class:`StoreError` where nothing can."""
        if Path(new).exists() and any(Path(new).iterdir()):
            raise StoreError(f"{new} is there already: name a new folder for what can be saved")
        return Store.open(new).rescue(damaged)

    def graph(self) -> networkx.MultiDiGraph[str]:
        """The knowledge graph: entities, what the triples say of them, and the passages that say it."""
        from graphmem.network import build_network

        with self._reading() as snapshot:
            return build_network(snapshot)

    def export(self, path: str | Path | None = None, format: Literal["graphml", "json", "html"] = "graphml") -> str:
        """The graph as text, also written to ``path`` where one is given."""
        from graphmem.network import rendered

        text = rendered(self.graph(), {"topics": self.tree(), "documents": self.tree("documents")}, format)
        if path is not None:
            Path(path).write_text(text, encoding="utf-8")
        return text
