"""An ONNX sentence model, run by onnxruntime: tokens, network, pooling, unit length."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from graphmem.errors import ModelError
from graphmem.model import FloatArray

if TYPE_CHECKING:
    from tokenizers import Encoding

__all__ = ["OnnxEmbedder"]

_TOKENS_PER_BATCH = 512
"""Keeps the activations of a batch within a core's own cache; ``benchmarks/embed.py`` compares others."""
_PADDING = 48
"""Tokens of padding in a batch at most; a batch more costs about as much as reading so many for nothing."""
_FEW = 16
"""Texts that are cut into tokens one by one: whoever lets go of the interpreter's lock for a moment may wait long for it."""
_DEFAULT_LENGTH = 512


class OnnxEmbedder:
    """A folder with ``model.onnx`` (or ``onnx/model.onnx``), ``tokenizer.json``, and the files that sentence-transformers
    puts beside them: ``sentence_bert_config.json`` for the length, ``1_Pooling/config.json`` for the pooling.

    Raises :class:`ModelError` where one is missing or cannot be loaded.
    """

    def __init__(self, folder: Path, name: str = "") -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        path = next((p for p in (folder / "model.onnx", folder / "onnx" / "model.onnx") if p.exists()), None)
        if path is None or not (folder / "tokenizer.json").exists():
            raise ModelError(f"{folder} is no ONNX embedding model: it needs model.onnx and tokenizer.json")
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        # Cores that work on a batch each have nothing to wait for; those that share one wait at every operator.
        options.intra_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._counter = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # both runtimes raise their own kinds, down to bare Exception
            raise ModelError(f"the embedding model in {folder} cannot be loaded: {_first_line(error)}") from error
        self._workers = ThreadPoolExecutor(_cores(), thread_name_prefix="graphmem-embed")
        self._inputs = {item.name for item in self._session.get_inputs()}
        length = _config(folder / "sentence_bert_config.json").get("max_seq_length", _DEFAULT_LENGTH)
        self._first_token = bool(_config(folder / "1_Pooling" / "config.json").get("pooling_mode_cls_token"))
        self._tokenizer.enable_truncation(int(str(length)))
        self._tokenizer.no_padding()
        self._counter.no_truncation()
        self._counter.no_padding()
        self.id = name or f"onnx-{_digest(path)}"
        self.dimension = int(self._run(["probe"]).shape[1])

    def embed(self, texts: Sequence[str]) -> FloatArray:
        """Unit vectors, shape (len(texts), dimension); what is beyond the model's length is not read.

        Several threads may ask at once.
        """
        return self._run(texts) if texts else np.zeros((0, self.dimension), dtype=np.float32)

    def _run(self, texts: Sequence[str]) -> FloatArray:
        few = len(texts) <= _FEW
        read = self._tokenizer
        encodings = [read.encode(text) for text in texts] if few else read.encode_batch_fast(list(texts))
        lengths = [len(encoding.ids) for encoding in encodings]
        # The two texts of a question take a core each.
        a_core_each = len(texts) <= _cores()
        batches = [[n] for n in range(len(texts))] if a_core_each else _batches(lengths)
        work = [[encodings[number] for number in batch] for batch in batches]
        # One batch is worked on here: handing it over would take it longer. All of them are where texts are few and short:
        # questions of many threads, which want the other cores for what they do next.
        here = len(work) if few and not a_core_each and sum(lengths) <= _TOKENS_PER_BATCH else 1
        handed = [self._workers.submit(self._vectors, batch) for batch in work[here:]]
        found = [*map(self._vectors, work[:here]), *(result.result() for result in handed)]
        vectors = np.empty((len(texts), found[0].shape[1]), dtype=np.float32)
        vectors[np.concatenate(batches)] = np.concatenate(found)
        return vectors

    def _vectors(self, encodings: Sequence[Encoding]) -> FloatArray:
        shape = (len(encodings), max(1, *(len(encoding.ids) for encoding in encodings)))
        ids, mask = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
        for row, encoding in enumerate(encodings):
            ids[row, : len(encoding.ids)] = encoding.ids
            mask[row, : len(encoding.ids)] = 1
        inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros(shape, dtype=np.int64)}
        (output, *_) = self._session.run(None, {name: inputs[name] for name in self._inputs if name in inputs})
        return self._pooled(np.asarray(output, dtype=np.float32), mask)

    def _pooled(self, output: FloatArray, mask: NDArray[np.int64]) -> FloatArray:
        if output.ndim == 3:
            weight = mask[:, :, None].astype(np.float32)
            output = output[:, 0] if self._first_token else (output * weight).sum(axis=1) / weight.sum(axis=1)
        norms = np.linalg.norm(output, axis=1, keepdims=True)
        return np.asarray(output / np.maximum(norms, 1e-12), dtype=np.float32)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without the marks at its ends."""
        return [len(e.ids) for e in self._counter.encode_batch_fast(list(texts), add_special_tokens=False)]


def _batches(lengths: Sequence[int]) -> list[list[int]]:
    """Which texts, of so many tokens each, are read together: those of about one length, which need little padding."""
    batches: list[list[int]] = []
    tokens = 0
    for number in sorted(range(len(lengths)), key=lambda number: lengths[number]):
        tokens += lengths[number]
        padded = (len(batches[-1]) + 1) * lengths[number] if batches else 0
        if not batches or padded > _TOKENS_PER_BATCH or padded - tokens > _PADDING:
            batches.append([])
            tokens = lengths[number]
        batches[-1].append(number)
    return batches


def _cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _config(path: Path) -> dict[str, object]:
    if not path.exists():
        return {}
    with path.open(encoding="utf-8") as file:
        return dict(json.load(file))


def _digest(path: Path) -> str:
    import xxhash

    digest = xxhash.xxh3_64()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:300]
