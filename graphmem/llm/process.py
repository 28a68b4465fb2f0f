"""llama.cpp in a process of its own: what ends it ends one request, and nothing else."""

from __future__ import annotations

import itertools
import json
import os
import queue
import signal
import subprocess
import sys
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from graphmem.errors import GenerationError, MissingExtraError, ModelError
from graphmem.llm.gguf import checked_gguf

__all__ = ["WorkerProcess"]

_TRIES = 2
"""Workers that one request may end."""
_DEATHS = 4
"""Workers that may end one after the other before no further one is started."""
_DIED: dict[str, Any] = {"died": True}
_PACKAGES = str(Path(__file__).parents[2])

Message = Mapping[str, object]
Waiting = dict[int, "queue.SimpleQueue[dict[str, Any]]"]


class WorkerProcess:
    """Starts the worker at the first request, sends requests from any thread through its one queue, and starts another
    worker where llama.cpp has ended one.

    ``settings`` are what :mod:`graphmem.llm.worker` loads the model with. Raises :class:`ModelError` for a file that is
    missing or no GGUF by its first bytes.
    """

    def __init__(self, path: Path, settings: Message) -> None:
        checked_gguf(path)
        self._path = path
        self._settings = {"path": str(path.absolute()), **settings}
        self._lock = threading.Lock()
        self._ids = itertools.count()
        self._running: _Running | None = None
        self._deaths = 0

    def hello(self) -> dict[str, Any]:
        """What the worker said of its model. Raises :class:`ModelError` where it cannot be loaded."""
        with self._lock:
            return self._worker().hello

    def ask(self, request: Message) -> Iterator[dict[str, Any]]:
        """The replies to a request: any number with ``text``, then one with ``done``. Closing the iterator stops the work.

        Where a worker ends, the request is sent again, unless some of its text has been given away already. Raises
        :class:`GenerationError` where the request cannot be met, :class:`ModelError` where none can be.
        """
        tries, given = 0, False
        while tries < _TRIES and not given:
            for reply in self._once(request):
                if reply is _DIED:
                    break
                if "error" in reply:
                    raise GenerationError(f"the model {self._path} failed: {reply['error']}")
                if "started" in reply:
                    # Only the request that was being worked on can be what the worker ended of.
                    tries += 1
                    continue
                given = True
                yield reply
                if "done" in reply:
                    self._deaths = 0
                    return
        raise GenerationError(
            f"llama.cpp stopped while the model {self._path} was at work ({self._reason()}): "
            "the text may be more than it can take; try a shorter one, or another model"
        )

    def _once(self, request: Message) -> Iterator[dict[str, Any]]:
        with self._lock:
            worker = self._worker()
            id_ = next(self._ids)
            replies = worker.waiting.setdefault(id_, queue.SimpleQueue())
            worker.send({"id": id_, **request})
            if worker.ended:
                replies.put(_DIED)
        finished = False
        try:
            while not finished:
                reply = replies.get()
                finished = reply is _DIED or "done" in reply or "error" in reply
                yield reply
        finally:
            with self._lock:
                worker.waiting.pop(id_, None)
                if not finished:
                    worker.send({"cancel": id_})

    def _worker(self) -> _Running:
        if self._running is not None and not self._running.ended:
            return self._running
        self._deaths += self._running is not None
        if self._deaths >= _DEATHS:
            raise ModelError(
                f"llama.cpp stopped {self._deaths} times in a row with the model {self._path} ({self._reason()}): "
                "use another model, or a smaller context"
            )
        self._running = _Running(self._settings)
        weakref.finalize(self, self._running.stop)
        try:
            self._running.start()
        except EOFError:
            raise ModelError(
                f"llama.cpp stopped while it was loading {self._path} ({self._reason()}): "
                "the file is damaged or of an unknown kind, or the context is larger than the memory"
            ) from None
        return self._running

    def _reason(self) -> str:
        code = self._running.process.wait() if self._running is not None else 0
        if code >= 0:
            return f"exit code {code}"
        name = signal.Signals(-code).name
        return f"{name}, as when memory runs out" if name == "SIGKILL" else name


class _Running:
    """One worker process, and who waits for a reply of it."""

    def __init__(self, settings: Message) -> None:
        inherited = os.environ.get("PYTHONPATH")
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([_PACKAGES, inherited] if inherited else [_PACKAGES]),
            # Else llama.cpp calls a debugger on itself before it stops.
            "GGML_NO_BACKTRACE": "1",
            # Else its threads spin while they wait for each other: forty times as slow where other programs run as well.
            "OMP_WAIT_POLICY": os.environ.get("OMP_WAIT_POLICY", "PASSIVE"),
        }
        self.process = subprocess.Popen(
            # -P: no file of the current folder is taken for a module.
            [sys.executable, "-P", "-m", "graphmem.llm.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env=environment,
        )
        self.waiting: Waiting = {}
        self.hello: dict[str, Any] = {}
        self.ended = False
        self.send(settings)

    def start(self) -> None:
        """Wait for the model. Raises ``EOFError`` where the process ends instead, :class:`ModelError` where it says why."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        reply = json.loads(line) if line else {}
        if "ready" not in reply:
            self.ended = True
            self.process.wait()
            if not line:
                raise EOFError
            if reply["kind"] == MissingExtraError.__name__:
                raise MissingExtraError("llama-cpp-python", "llm", "A GGUF model")
            raise ModelError(str(reply["failed"]))
        self.hello = reply["ready"]
        threading.Thread(target=self._listen, daemon=True).start()

    def send(self, message: Message) -> None:
        """Hand a line over; a process that has ended gets none, and its listener tells who waits."""
        assert self.process.stdin is not None
        with suppress(OSError, ValueError):
            self.process.stdin.write(json.dumps(message) + "\n")
            self.process.stdin.flush()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        with suppress(ValueError):
            for line in self.process.stdout:
                reply = json.loads(line)
                if (replies := self.waiting.get(reply["id"])) is not None:
                    replies.put(reply)
        self.ended = True
        for replies in list(self.waiting.values()):
            replies.put(_DIED)

    def stop(self) -> None:
        """End the process; nobody waits for it any more."""
        self.process.kill()
        self.process.wait()
        with suppress(OSError):
            self.process.stdin.close()  # type: ignore[union-attr]
