"""An ONNX sentence model, run by onnxruntime: tokens, network, pooling, unit length."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import xxhash
from numpy.typing import NDArray

from graphmem.errors import ModelError
from graphmem.model import FloatArray

__all__ = ["OnnxEmbedder"]

_TOKENS_PER_BATCH = 4096
"""Keeps the activations of a batch within the processor's caches."""
_TEXTS_PER_BATCH = 64
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
        # Threads that spin while they wait take the processor from whatever comes after the embedding.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._counter = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:  # both runtimes raise their own kinds, down to bare Exception
            raise ModelError(f"the embedding model in {folder} cannot be loaded: {_first_line(error)}") from error
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
        """Unit vectors, shape (len(texts), dimension); what is beyond the model's length is not read."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        lengths = [len(text) for text in texts]
        # Texts of one length together need the least padding.
        order = sorted(range(len(texts)), key=lambda index: lengths[index])
        for rows in self._batches(order, lengths):
            vectors[rows] = self._run([texts[row] for row in rows])
        return vectors

    @staticmethod
    def _batches(order: Sequence[int], lengths: Sequence[int]) -> Iterator[list[int]]:
        rows: list[int] = []
        for row in order:
            # About four characters a token.
            if rows and (len(rows) == _TEXTS_PER_BATCH or (len(rows) + 1) * lengths[row] > 4 * _TOKENS_PER_BATCH):
                yield rows
                rows = []
            rows.append(row)
        if rows:
            yield rows

    def _run(self, texts: Sequence[str]) -> FloatArray:
        encodings = self._tokenizer.encode_batch(list(texts))
        shape = (len(texts), max(1, *(len(encoding.ids) for encoding in encodings)))
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
        return [len(e.ids) for e in self._counter.encode_batch(list(texts), add_special_tokens=False)]


def _config(path: Path) -> dict[str, object]:
    if not path.exists():
        return {}
    with path.open(encoding="utf-8") as file:
        return dict(json.load(file))


def _digest(path: Path) -> str:
    digest = xxhash.xxh3_64()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0][:300]
