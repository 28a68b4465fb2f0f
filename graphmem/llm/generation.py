"""Token after token out of a loaded model: one prompt's evaluated prefix serves the next, a grammar holds what is
written, and what the prompt has already said is tried as a draft of what comes next.

Greedy throughout, so that the same prompt gives the same text. Drafts are prompt-lookup decoding (Saxena 2023): a
draft token stands only where the model itself would have written it, so that they change the speed and not the text.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import llama_cpp
import numpy as np

__all__ = ["Generator"]

_NGRAM = 3
_DRAFT = 8
"""Tokens compared to find a draft, and tokens in it."""


class Generator:
    """Writes with one llama.cpp model, one text at a time. ``lookup`` switches drafts on, ``keep`` the prefix."""

    def __init__(self, model: llama_cpp.Llama, *, lookup: bool = True, keep: bool = True) -> None:
        self._model = model
        self._context = model.ctx
        self._vocabulary = llama_cpp.llama_model_get_vocab(model.model)
        self._size = llama_cpp.llama_vocab_n_tokens(self._vocabulary)
        self._batch = llama_cpp.llama_batch_init(model.n_batch, 0, 1)
        self._lookup = lookup
        self._keep = keep
        self._grammars: dict[str, Any] = {}
        self._table = np.zeros(self._size, dtype=[("id", np.int32), ("logit", np.float32), ("p", np.float32)])
        self.evaluated: list[int] = []
        """Tokens whose keys and values the context holds."""

    # --- prompt ---------------------------------------------------------------------------------------

    def prepare(self, prompt: Sequence[int]) -> int:
        """Keep what the context shares with a prompt, and drop the rest; how many tokens are shared."""
        shared = 0
        # The last token is always evaluated: its logits are what the first sample is drawn from.
        for a, b in zip(self.evaluated, prompt[:-1], strict=False):
            if a != b or not self._keep:
                break
            shared += 1
        self._cut(shared)
        return len(self.evaluated)

    def evaluate(self, tokens: Sequence[int]) -> None:
        """Take more tokens in. Raises ``RuntimeError`` where llama.cpp cannot."""
        step = self._model.n_batch
        for at in range(0, len(tokens), step):
            self._decode(tokens[at : at + step], every=False)

    def _decode(self, tokens: Sequence[int], *, every: bool) -> None:
        batch, start = self._batch, len(self.evaluated)
        batch.n_tokens = len(tokens)
        for place, token in enumerate(tokens):
            batch.token[place] = token
            batch.pos[place] = start + place
            batch.seq_id[place][0] = 0
            batch.n_seq_id[place] = 1
            batch.logits[place] = every or place == len(tokens) - 1
        if code := llama_cpp.llama_decode(self._context, batch):
            self._cut(0)
            raise RuntimeError(f"llama.cpp could not evaluate {len(tokens)} tokens (code {code})")
        self.evaluated += tokens

    def _cut(self, length: int) -> None:
        if length < len(self.evaluated):
            memory = llama_cpp.llama_get_memory(self._context)
            if not llama_cpp.llama_memory_seq_rm(memory, 0, length, -1):
                # A recurrent network keeps no single tokens that could be dropped.
                llama_cpp.llama_memory_seq_rm(memory, 0, -1, -1)
                length = 0
            del self.evaluated[length:]

    # --- writing --------------------------------------------------------------------------------------

    def write(self, prompt: Sequence[int], grammar: str, max_tokens: int) -> Iterator[int]:
        """Tokens that follow a prompt, up to ``max_tokens`` or the model's own end, which is the last one given."""
        self.evaluate(prompt[len(self.evaluated) :])
        sampler = self._sampler(grammar) if grammar else None
        text = list(prompt)
        room = min(max_tokens, self._model.n_ctx() - len(prompt))
        rows = [-1]
        draft: list[int] = []
        while room > 0:
            for place, row in enumerate(rows):
                token = self._sample(row, sampler)
                text.append(token)
                room -= 1
                yield token
                if room <= 0 or llama_cpp.llama_vocab_is_eog(self._vocabulary, token):
                    return
                if place < len(draft) and token != draft[place]:
                    break
            # What was drafted and not written goes again; the last token written has not been evaluated yet.
            self._cut(len(text) - 1)
            draft = self._draft(text)[: max(room - 1, 0)]
            step = [text[-1], *draft]
            self._decode(step, every=True)
            rows = list(range(len(step)))

    def _draft(self, text: list[int]) -> list[int]:
        """What followed the last place where the text's last tokens stood before."""
        if not self._lookup or len(text) <= _NGRAM:
            return []
        tokens = np.asarray(text, dtype=np.int32)
        found = np.ones(len(tokens) - _NGRAM, dtype=bool)
        for place in range(_NGRAM):
            found &= tokens[place : len(tokens) - _NGRAM + place] == tokens[len(tokens) - _NGRAM + place]
        places = np.flatnonzero(found)
        if not len(places):
            return []
        start = int(places[-1]) + _NGRAM
        return text[start : start + _DRAFT]

    def _sampler(self, grammar: str) -> Any:
        if grammar not in self._grammars:
            made = llama_cpp.llama_sampler_init_grammar(self._vocabulary, grammar.encode("utf-8"), b"root")
            if not made:
                raise ValueError("llama.cpp cannot read the grammar")
            for old in self._grammars.values():
                llama_cpp.llama_sampler_free(old)
            self._grammars = {grammar: made}
        llama_cpp.llama_sampler_reset(self._grammars[grammar])
        return self._grammars[grammar]

    def _sample(self, row: int, sampler: Any) -> int:
        """The likeliest token that the grammar allows; the grammar looks at the whole vocabulary only if it must."""
        logits = np.ctypeslib.as_array(llama_cpp.llama_get_logits_ith(self._context, row), shape=(self._size,))
        best = int(logits.argmax())
        if sampler is None:
            return best
        self._table["id"][0], self._table["logit"][0] = best, 0.0
        if self._allowed(sampler, 1)[0] == -np.inf:
            self._table["id"] = np.arange(self._size)
            self._table["logit"] = logits
            best = int(self._allowed(sampler, self._size).argmax())
        llama_cpp.llama_sampler_accept(sampler, best)
        return best

    def _allowed(self, sampler: Any, count: int) -> np.ndarray[Any, np.dtype[np.float32]]:
        data = self._table.ctypes.data_as(ctypes.POINTER(llama_cpp.llama_token_data))
        array = llama_cpp.llama_token_data_array(data, count, -1, False)
        llama_cpp.llama_sampler_apply(sampler, ctypes.byref(array))
        allowed: np.ndarray[Any, np.dtype[np.float32]] = self._table["logit"][:count]
        return allowed

    # --- a prefix on disk -----------------------------------------------------------------------------

    def save(self, path: Path) -> bool:
        """Write the evaluated tokens with their keys and values to a file; whether that worked."""
        tokens = (llama_cpp.llama_token * len(self.evaluated))(*self.evaluated)
        name = str(path).encode("utf-8")
        return bool(llama_cpp.llama_state_seq_save_file(self._context, name, 0, tokens, len(self.evaluated)))

    def load(self, path: Path) -> bool:
        """Take them from a file of :meth:`save`, in place of what the context holds; whether that worked."""
        self._cut(0)
        tokens = (llama_cpp.llama_token * self._model.n_ctx())()
        count = ctypes.c_size_t()
        name = str(path).encode("utf-8")
        if not llama_cpp.llama_state_seq_load_file(self._context, name, 0, tokens, len(tokens), ctypes.byref(count)):
            return False
        self.evaluated = list(tokens[: count.value])
        return True
