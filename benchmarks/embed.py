"""Ways to embed the same texts: ``python benchmarks/embed.py CORPUS --model all-MiniLM-L6-v2 --texts 1000``.

The texts are those that indexing CORPUS (a file, a folder, a ``.jsonl``) embeds: passages and their sentences, a sample of
them drawn evenly. For every way: texts a second of processor time, of all cores together, and a second by the clock; then
the cosine to the vectors of the model as it is, on average and at the least. Processor time is what counts on a machine
that has other work to do; the clock, on one that has not. ``int8`` is the same model with weights in eight bits,
made by onnxruntime on the spot: it gives a text another vector in other company, so "one by one" is its honest form.

``--int8 FOLDER`` keeps that model, so that ``graphmem eval DATASET --embedder FOLDER`` tells what it costs in recall.

``--index`` indexes CORPUS as well, and prints how much longer that takes than embedding its texts alone; ``--index 100000``
so many documents, those of CORPUS (a ``.jsonl``) over and over with their names permuted.
"""

from __future__ import annotations

import argparse
import json
import logging
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnxruntime
from corpora import Permuted

from graphmem import GraphMemory
from graphmem.embed import model_path, onnx_model, open_embedder
from graphmem.embed.onnx_model import OnnxEmbedder
from graphmem.indexing import passage_text
from graphmem.ingest import Failure, cut, ingest
from graphmem.model import FloatArray
from graphmem.protocols import Embedder

Embed = Callable[[Sequence[str]], FloatArray]
ROW = "{:44} {:>10} {:>10} {:>9} {:>9}"


def texts_of(corpus: Path, embedder: Embedder, wanted: int) -> list[str]:
    """Passages and sentences of a corpus, ``wanted`` of them."""
    found: list[str] = []
    for document in ingest([corpus], root=corpus.parent):
        if isinstance(document, Failure):
            continue
        for passage in cut(document, count_tokens=embedder.count_tokens):
            base = passage.span[0]
            found.append(passage_text(passage))
            found += [passage.text[start - base : end - base] for start, end in passage.sentences]
    return found[:: max(1, len(found) // wanted)][:wanted]


def session(path: Path, threads: int) -> onnxruntime.InferenceSession:
    """A model that works with so many threads on one batch, none of which spins."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def as_they_come(lengths: Sequence[int]) -> list[list[int]]:
    """Batches in the order of the texts."""
    batches: list[list[int]] = []
    longest = 0
    for number, length in enumerate(lengths):
        longest = max(longest, length)
        if not batches or (len(batches[-1]) + 1) * longest > onnx_model._TOKENS_PER_BATCH:
            batches.append([])
            longest = length
        batches[-1].append(number)
    return batches


class Ways:
    """An embedder that can be set to work in other ways than its own."""

    def __init__(self, folder: Path, cores: int) -> None:
        self._embedder = OnnxEmbedder(folder)
        self._path = next(path for path in (folder / "model.onnx", folder / "onnx" / "model.onnx") if path.exists())
        self._cores = cores
        self._by_length = onnx_model._batches

    def all(self, scratch: Path) -> Iterator[tuple[str, Embed]]:
        """Each way with its name; the first is that of graphmem."""
        tokens = onnx_model._TOKENS_PER_BATCH
        plain = session(self._path, 1)
        yield f"a batch a core, by length, {tokens} tokens", self._way(plain, tokens)
        yield f"a batch a core, as they come, {tokens} tokens", self._way(plain, tokens, ordered=False)
        for others in (128, 1024, 2048, 4096, 16384):
            yield f"a batch a core, by length, {others} tokens", self._way(plain, others)
        yield "a text a core, one by one", self._way(plain, 1)
        shared = session(self._path, self._cores)
        for others in (tokens, 4096):
            name = f"all cores on a batch, by length, {others} tokens"
            yield name, self._way(shared, others, workers=1)
        small = session(quantised(self._path, scratch), 1)
        yield f"int8, a batch a core, by length, {tokens} tokens", self._way(small, tokens)
        yield "int8, a text a core, one by one", self._way(small, 1)

    def _way(self, used: onnxruntime.InferenceSession, tokens: int, *, workers: int = 0, ordered: bool = True) -> Embed:
        def embed(texts: Sequence[str]) -> FloatArray:
            before = onnx_model._TOKENS_PER_BATCH
            onnx_model._TOKENS_PER_BATCH = tokens
            onnx_model._batches = self._by_length if ordered else as_they_come
            try:
                with ThreadPoolExecutor(workers or self._cores) as pool:
                    self._embedder._session, self._embedder._workers = used, pool
                    return self._embedder.embed(texts)
            finally:
                onnx_model._TOKENS_PER_BATCH, onnx_model._batches = before, self._by_length

        return embed


def quantised(path: Path, scratch: Path) -> Path:
    """The model with weights in eight bits, a scale for each column, inputs scaled as they come."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    logging.disable(logging.WARNING)
    target = scratch / "model.onnx"
    # What the fused operators give is not inferred: say that it is float32.
    told = {"DefaultTensorType": 1}
    quantize_dynamic(path, target, per_channel=True, weight_type=QuantType.QInt8, extra_options=told)
    return target


def measured(embed: Embed, texts: list[str]) -> tuple[FloatArray, float, float]:
    """The vectors, seconds of processor time, and seconds."""
    embed(texts[:20])
    clock, processor = time.perf_counter(), time.process_time()
    vectors = embed(texts)
    return vectors, time.process_time() - processor, time.perf_counter() - clock


class Recording:
    """An embedder that keeps the texts, as often as it is asked for them."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.id, self.dimension, self.count_tokens = embedder.id, embedder.dimension, embedder.count_tokens
        self.texts: list[str] = []

    def embed(self, texts: Sequence[str]) -> FloatArray:
        self.texts += texts
        return self._embedder.embed(texts)


def compare_with_indexing(corpus: Path, embedder: Embedder, count: int) -> None:
    """Print how long indexing takes, and embedding the same texts alone; of ``count`` documents where that is not 0."""
    recording = Recording(embedder)
    with tempfile.TemporaryDirectory() as folder, GraphMemory.open(Path(folder) / "s", embedder=recording) as memory:
        if count:
            many = Permuted(corpus, count, 1)
            corpus = Path(folder) / "corpus.jsonl"
            with corpus.open("w", encoding="utf-8") as file:
                for document in map(many.document, range(count)):
                    row = {"id": document.id, "title": document.title, "text": document.text}
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")
        processor = time.process_time()
        report = memory.index([corpus])
        processor = time.process_time() - processor
    _, bare_processor, bare = measured(embedder.embed, recording.texts)
    print(
        f"\n{report.passages['done']:,} passages, {len(recording.texts):,} texts: indexed in {report.seconds:.1f} s, embedded "
        f"alone in {bare:.1f} s: {report.seconds / bare:.2f} times as long, {processor / bare_processor:.2f} times the "
        "processor time"
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--model", default="all-MiniLM-L6-v2")
    parser.add_argument("--texts", type=int, default=1000)
    parser.add_argument("--int8", type=Path, help="a new folder for the model in eight bits")
    parser.add_argument("--gguf", type=Path, help="the same model as a .gguf file, for llama.cpp")
    parser.add_argument("--index", type=int, nargs="?", const=0, metavar="DOCUMENTS")
    arguments = parser.parse_args()
    folder = Path(arguments.model) if Path(arguments.model).is_dir() else model_path(arguments.model)
    if folder is None:
        parser.error(f"the model is not here: graphmem model pull {arguments.model}")
    embedder = open_embedder(arguments.model)
    texts = texts_of(arguments.corpus, embedder, arguments.texts)
    cores = onnx_model._cores()
    print(f"{len(texts)} texts, {sum(embedder.count_tokens(texts)):,} tokens, {cores} cores")
    print(ROW.format("", "texts/CPU s", "texts/s", "cosine", "least"))
    with tempfile.TemporaryDirectory() as scratch:
        reference: FloatArray | None = None
        for name, embed in Ways(folder, cores).all(Path(scratch)):
            vectors, processor, clock = measured(embed, texts)
            reference = vectors if reference is None else reference
            cosines = np.vecdot(vectors, reference)
            rates = f"{len(texts) / processor:.0f}", f"{len(texts) / clock:.0f}"
            print(ROW.format(name, *rates, f"{cosines.mean():.4f}", f"{cosines.min():.4f}"), flush=True)
        if arguments.int8 is not None:
            shutil.copytree(folder, arguments.int8, ignore=shutil.ignore_patterns("*.onnx"))
            shutil.copy(Path(scratch) / "model.onnx", arguments.int8)
    if arguments.gguf is not None:
        vectors, _, clock = measured(open_embedder(str(arguments.gguf)).embed, texts)
        cosines = np.vecdot(vectors, reference)
        # llama.cpp works in a process of its own, on all cores.
        rates = f"{len(texts) / clock / cores:.0f}", f"{len(texts) / clock:.0f}"
        print(ROW.format("llama.cpp", *rates, f"{cosines.mean():.4f}", f"{cosines.min():.4f}"))
    if arguments.index is not None:
        compare_with_indexing(arguments.corpus, embedder, arguments.index)


if __name__ == "__main__":
    main()
