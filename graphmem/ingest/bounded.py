"""Files are read in a process of their own, within limits: one that takes too long, takes too much or brings a
library down costs one ``Failure``, and the next is read by a new process.

A thread could not do this: the libraries that parse PDF, XML and zip files hold Python's lock while they work, and cannot
be interrupted. Documents come back as lines of JSON, which unlike pickle can make nothing happen here.
"""

from __future__ import annotations

import faulthandler
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self, TextIO

from graphmem.errors import SettingsError
from graphmem.ingest.readers import read, standard_input
from graphmem.ingest.sources import Failure, Source
from graphmem.model import Document, Section

__all__ = ["DEFAULT_LIMITS", "BoundedReader", "Limits", "serve"]

_TIME_IS_UP = -getattr(signal, "SIGALRM", -1)
"""How a process ends whose time is up: by the system's alarm, or where it has none, with the exit code 1 of ``faulthandler``."""
_NO_MEMORY = 3
_FAILED = 4
_LONGEST = 24 * 3600


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may take: ``seconds`` and ``memory_mib`` (MiB, on Linux) to read it, ``characters`` of text.

    Of a file that holds many documents (``.jsonl``, ``.csv``), each has this for itself.
    """

    seconds: int = 60
    memory_mib: int = 2048
    characters: int = 50_000_000

    def __post_init__(self) -> None:
        """Raises :class:`SettingsError` for a value out of range."""
        ranges = {"seconds": (1, _LONGEST), "memory_mib": (64, 1024**2), "characters": (1000, 1_000_000_000)}
        for name, (low, high) in ranges.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise SettingsError(f"the limit file_{name} is {value}: choose between {low:,} and {high:,}")


DEFAULT_LIMITS = Limits()


class BoundedReader:
    """Reads files as ``readers.read`` does, but within limits. To be used in a ``with``."""

    def __init__(self, limits: Limits = DEFAULT_LIMITS) -> None:
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def read(self, source: Source) -> Iterator[Document | Failure]:
        """The documents of a file, one by one, and a ``Failure`` for it or for each part that cannot be read."""
        if source.path is not None:
            yield from self._read(source)
            return
        try:
            with standard_input() as copied:
                yield from self._read(copied)
        except OSError as error:
            yield Failure(source.id, f"standard input cannot be read ({error.strerror or error})")

    def _read(self, source: Source) -> Iterator[Document | Failure]:
        process = self._process or self._start()
        requests, answers = process.stdin, process.stdout
        assert requests is not None
        assert answers is not None
        complete = False
        try:
            with suppress(OSError):  # a reader that is gone gives no answer either
                requests.write(json.dumps([source.id, os.fspath(source.path or "")]).encode() + b"\n")
                requests.flush()
            while not complete and (answer := answers.readline()):
                found = _unpacked(answer)
                complete = found is None
                if found is not None:
                    yield found
            if not complete:
                yield Failure(source.id, self._why_it_ended(process.wait()))
        finally:
            if not complete:  # what is still to come would be taken for the next file's
                self._stop()

    def _start(self) -> subprocess.Popen[bytes]:
        # Modules come from where this process has them, and from nowhere else: not from the folder that is indexed.
        places = [*filter(None, sys.path), str(Path(__file__).parents[2])]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("GRAPHMEM_")}
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", "from graphmem.ingest.bounded import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment | {"PYTHONPATH": os.pathsep.join(places)},
        )
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asdict(self._limits)).encode() + b"\n")
        return self._process

    def _why_it_ended(self, code: int) -> str:
        if code == _TIME_IS_UP:
            return f"given up: it cannot be read within {self._limits.seconds} s (the setting file_seconds)"
        if code == _NO_MEMORY:
            most = f"{self._limits.memory_mib:,} MiB"
            return f"given up: it cannot be read within {most} of memory (the setting file_memory_mib)"
        return f"given up: it brings its reader down (exit code {code})"

    def _stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            with self._process:  # closes the pipes and waits
                pass
            self._process = None


# --- in the other process ------------------------------------------------------------------------------


def serve() -> None:
    """Answers requests on standard input (a line each: id and path) until it is closed; the first line is the limits."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints is no answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # it is for the other process to say when to stop
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
    try:
        limits = Limits(**json.loads(requests.readline()))
        _bound_memory(limits.memory_mib)
        while request := requests.readline():
            id_, path = json.loads(request)
            _answer(Source(id_, Path(path)), limits, answers)
    except MemoryError:
        os._exit(_NO_MEMORY)  # at once: what is left may not do for more
    except BaseException:
        os._exit(_FAILED)


def _answer(source: Source, limits: Limits, answers: BinaryIO) -> None:
    with open(os.devnull, "w") as nowhere:  # noqa: PTH123
        found = read(source)
        while True:
            # Waiting for a reader of the answer costs no time: the clock runs only while there is none.
            _start_clock(limits.seconds, nowhere)
            each = next(found, None)
            answer = json.dumps(_packed(each, source.id, limits), ensure_ascii=False).encode("utf-8", "replace")
            _stop_clock()
            answers.write(answer + b"\n")
            answers.flush()
            if each is None:
                return


def _start_clock(seconds: int, nowhere: TextIO) -> None:
    """End this process after so many seconds, whatever it is doing then."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)
    else:
        faulthandler.dump_traceback_later(seconds, exit=True, file=nowhere)


def _stop_clock() -> None:
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0)
    else:
        faulthandler.cancel_dump_traceback_later()


def _bound_memory(mib: int) -> None:
    """Bounds what this process may still allocate, where the system knows such a limit (Linux does)."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        most = pages * resource.getpagesize() + mib * 1024**2
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (ImportError, OSError, ValueError):
        return


def _packed(each: Document | Failure | None, source: str, limits: Limits) -> dict[str, Any] | None:
    if each is None:
        return None
    if isinstance(each, Document) and len(each.text) > limits.characters:
        reason = (
            f"skipped: '{each.id}' has {len(each.text):,} characters of text, and up to {limits.characters:,} are read "
            "(the setting file_characters): divide it"
        )
        each = Failure(source, reason)
    return asdict(each)


def _unpacked(answer: bytes) -> Document | Failure | None:
    found = json.loads(answer)
    if found is None:
        return None
    if "reason" in found:
        return Failure(**found)
    sections = tuple(Section(part["title"], part["level"], tuple(part["span"])) for part in found.pop("sections"))
    return Document(**found, sections=sections)
