"""The process that a language model runs in: llama.cpp may end it, and it ends nothing else.

Started by :mod:`graphmem.llm.process` and spoken to in lines of JSON. The first line on standard input says what to
load; each further one is a request with an ``id``, or ``{"cancel": id}``. Replies carry the id of their request.
"""

from __future__ import annotations

import codecs
import json
import os
import queue
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from graphmem.errors import GraphmemError
from graphmem.llm.gguf import load_gguf
from graphmem.llm.untrusted import harmless

if TYPE_CHECKING:
    from llama_cpp import Llama

__all__: list[str] = []

_SHORTEST_MARK = 3
"""Characters of a control token that is worth taking out: shorter ones are words."""


class _Worker:
    """One loaded model, and the requests that wait for it."""

    def __init__(self, output: IO[str], settings: dict[str, Any]) -> None:
        self._output = output
        self._cancelled: set[int] = set()
        self._waiting: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._embedding = bool(settings["embedding"])
        path = Path(settings["path"])
        self._model: Llama = load_gguf(path, embedding=self._embedding, context=settings["context"], kv=settings["kv"])
        self._marks = _control_tokens(self._model)
        if not self._embedding:
            from graphmem.llm.generation import Generator
            from graphmem.llm.prefixes import PrefixFiles
            from graphmem.llm.template import Template

            self._template = Template(self._model)
            self._generator = Generator(self._model, lookup=settings["lookup"], keep=settings["keep"])
            self._prefixes = PrefixFiles(settings["prefixes"], path, settings) if settings["prefixes"] else None

    def hello(self) -> dict[str, object]:
        return {"context": self._model.n_ctx(), "dimension": self._model.n_embd()}

    def send(self, **reply: object) -> None:
        try:
            self._output.write(json.dumps(reply) + "\n")
            self._output.flush()
        except BrokenPipeError:
            os._exit(0)

    def listen(self, lines: IO[str]) -> None:
        """Take requests in while another is being worked on; without a caller there is nothing left to do."""
        for line in lines:
            request = json.loads(line)
            if "cancel" in request:
                self._cancelled.add(request["cancel"])
            else:
                self._waiting.put(request)
        os._exit(0)

    def serve(self) -> None:
        while True:
            request = self._waiting.get()
            id_ = request["id"]
            if id_ in self._cancelled:
                continue
            self.send(id=id_, started=True)
            try:
                if "count" in request:
                    self.send(id=id_, done=[len(self._tokens(text)) for text in request["count"]])
                elif "embed" in request:
                    self.send(id=id_, done=[self._vector(text) for text in request["embed"]])
                else:
                    self._write(id_, request)
            except (ValueError, RuntimeError) as error:
                self.send(id=id_, error=str(error))

    def _tokens(self, text: str) -> list[int]:
        tokens: list[int] = self._model.tokenize(text.encode("utf-8"), add_bos=False)
        return tokens

    def _vector(self, text: str) -> list[float]:
        # An empty text has no token to pool.
        output = self._model.embed(text or " ", truncate=True)
        return (
            [sum(column) / len(output) for column in zip(*output, strict=True)]
            if isinstance(output[0], list)
            else output
        )

    def _write(self, id_: int, request: dict[str, Any]) -> None:
        began = time.perf_counter()
        prompt = self._template.tokens(request["system"], harmless(request["user"], self._marks))
        if len(prompt) >= self._model.n_ctx():
            raise ValueError(f"the prompt has {len(prompt):,} tokens and the context {self._model.n_ctx():,}")
        if self._prefixes is not None:
            self._prefixes.restore(self._generator, self._template.prefix(request["system"]))
        reused = self._generator.prepare(prompt)
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        grammar = self._template.grammar(request["schema"]) if request["schema"] else ""
        count, ended = 0, False
        for token in self._generator.write(prompt, grammar, request["max_tokens"]):
            if id_ in self._cancelled:
                self._cancelled.discard(id_)
                return
            count += 1
            ended = self._template.ends(token)
            if not ended and (piece := decoder.decode(self._model.detokenize([token], prev_tokens=[token]))):
                self.send(id=id_, text=piece)
        seconds = time.perf_counter() - began
        self.send(id=id_, done=[ended, len(prompt), reused, count, seconds])


def _control_tokens(model: Llama) -> list[str]:
    """How the model's control tokens are spelt, longest first."""
    import llama_cpp

    vocabulary = llama_cpp.llama_model_get_vocab(model.model)
    special = llama_cpp.LLAMA_TOKEN_ATTR_CONTROL | llama_cpp.LLAMA_TOKEN_ATTR_USER_DEFINED
    spelt = (
        llama_cpp.llama_vocab_get_text(vocabulary, token).decode("utf-8", "replace")
        for token in range(llama_cpp.llama_vocab_n_tokens(vocabulary))
        if llama_cpp.llama_vocab_get_attr(vocabulary, token) & special
    )
    return sorted({text for text in spelt if len(text) >= _SHORTEST_MARK and text.strip()}, key=len, reverse=True)


def _stay_in_memory() -> None:
    """Have what is larger than the memory refused at once, not fill the swap until something else is killed."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if soft == resource.RLIM_INFINITY:
            memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
            resource.setrlimit(resource.RLIMIT_DATA, (memory, hard))


def main() -> None:
    """Load, say so, and serve until the caller goes."""
    # The caller decides what Ctrl-C means; both get it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # llama.cpp prints where it likes: the way to the caller is kept clear of that.
    output = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    settings = json.loads(sys.stdin.readline())
    _stay_in_memory()
    try:
        worker = _Worker(output, settings)
    except (GraphmemError, ValueError, RuntimeError, MemoryError) as error:
        output.write(json.dumps({"failed": str(error) or type(error).__name__, "kind": type(error).__name__}) + "\n")
        output.flush()
        return
    worker.send(ready=worker.hello())
    threading.Thread(target=worker.listen, args=(sys.stdin,), daemon=True).start()
    worker.serve()


if __name__ == "__main__":
    main()
