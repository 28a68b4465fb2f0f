"""What makes a language model fast, each as a ratio in one run: ``python benchmarks/llm.py [MODEL.gguf]``.

Without a file a small model with random weights is made: it shows that everything runs, and what a real one gains is to
be seen with a real one. Texts are those of ``data/articles``; every variant answers the same prompts, interleaved, and the
medians are compared. A ratio above 1 is a gain.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from graphmem import GraphMemory
from graphmem.llm import GgufLLM, load_gguf
from graphmem.model import SearchResult
from graphmem.read import LlmReader
from graphmem.read.evidence import laid_out
from graphmem.read.llm import INSTRUCTIONS

HERE = Path(__file__).parent
QUESTIONS = (
    "Who founded the Lindmark Glassworks?",
    "In which town was the founder of the Lindmark Glassworks born?",
    "Who designed the Grey Gull?",
    "Where was the designer of the Grey Gull born?",
    "When was Norhaven founded?",
)
SCHEMA: dict[str, object] = {"type": "string", "maxLength": 160}
TOKENS = 96
ROUNDS = 3


def rss(model: GgufLLM) -> float:
    """Peak memory of a model's process, in MB."""
    running = model._process._running
    assert running is not None
    status = Path(f"/proc/{running.process.pid}/status").read_text(encoding="ascii")
    return float(status.split("VmHWM:")[1].split()[0]) / 1000


def timed(ask: Callable[[], object]) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    ask()
    return time.perf_counter() - start


def compared(name: str, first: Callable[[int], float], second: Callable[[int], float], unit: str = "s") -> None:
    """One row: medians over the same prompts, asked in turn, and their ratio."""
    pairs = [(first(n), second(n)) for _ in range(ROUNDS) for n in range(len(QUESTIONS))]
    a, b = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"{name:66} {a:10.3f} {b:10.3f} {unit:3} {a / max(b, 1e-9):7.2f}", flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, nargs="?")
    model = parser.parse_args().model
    with tempfile.TemporaryDirectory(prefix="graphmem-") as scratch:
        run(model or made(Path(scratch)), Path(scratch))


def made(folder: Path) -> Path:
    """A model with random weights, as the tests make it."""
    sys.path.insert(0, str(HERE.parent / "tests"))
    from llm.tiny import write_tiny_gguf

    return write_tiny_gguf(folder / "random.gguf", context=8192, heads=1)


def run(path: Path, scratch: Path) -> None:
    """Measure one model."""
    with GraphMemory.open(scratch / "store", embedder=None) as memory:
        memory.index([HERE.parent / "data" / "articles"])
        results = [memory.search(question) for question in QUESTIONS]
    base = GgufLLM(path)
    reader = LlmReader(base)

    def prompt(result: SearchResult, reader: LlmReader = reader) -> str:
        return reader.prompt(laid_out(base, result, base.context - 2048), result.question)

    prompts = [prompt(result) for result in results]

    def asks(model: GgufLLM, of: list[str] = prompts) -> Callable[[int], float]:
        return lambda n: timed(lambda: model.complete(INSTRUCTIONS, of[n], schema=SCHEMA, max_tokens=TOKENS))

    def reads(model: GgufLLM, of: list[str]) -> Callable[[int], float]:
        """Tokens of a prompt that had to be evaluated, where the one before was ``of[n - 1]``."""

        def ask(n: int) -> float:
            made = model.complete(INSTRUCTIONS, of[n], schema=SCHEMA, max_tokens=1)
            return float(made.prompt_tokens - made.reused_tokens)

        return ask

    print(f"{path.name}, {path.stat().st_size / 1e6:.1f} MB, context {base.context:,}; a ratio above 1 is a gain")
    print(f"{'':66} {'without':>10} {'with':>10}     {'ratio':>7}")
    eight, plain = GgufLLM(path, kv="q8_0"), GgufLLM(path)
    compared("keys and values in eight bits: time", asks(plain), asks(eight))
    print(
        f"{'keys and values in eight bits: peak memory':66} {rss(plain):10.1f} {rss(eight):10.1f} MB  {rss(plain) / rss(eight):7.2f}"
    )
    compared("prompt lookup: time", asks(GgufLLM(path, lookup=False)), asks(GgufLLM(path)))
    compared("prefix kept between prompts: time", asks(GgufLLM(path, keep=False)), asks(GgufLLM(path)))
    compared(
        "prefix kept between prompts: tokens evaluated",
        reads(GgufLLM(path, keep=False), prompts),
        reads(GgufLLM(path), prompts),
        "",
    )

    def first_call(folder: str) -> float:
        model = GgufLLM(path, prefixes=folder)
        _ = model.context
        return timed(lambda: model.complete(INSTRUCTIONS, prompts[0], schema=SCHEMA, max_tokens=1))

    first_call(str(scratch / "prefixes"))
    compared(
        "instructions kept on disk: first call of a run",
        lambda n: first_call(""),
        lambda n: first_call(str(scratch / "prefixes")),
    )
    # A follow-up asks about the same evidence: the question behind it leaves the evidence as it was evaluated.
    evidence = prompts[0].rpartition("\n")[0]
    behind = [f"{evidence}\nQuestion: {question}" for question in QUESTIONS]
    before = [f"Question: {question}\n{evidence}" for question in QUESTIONS]
    compared(
        "follow-ups, evidence before the question: tokens evaluated",
        reads(GgufLLM(path), before),
        reads(GgufLLM(path), behind),
        "",
    )
    twice = LlmReader(base, read_twice=True)
    compared(
        "question before and behind the evidence (read twice): time",
        asks(GgufLLM(path), [prompt(r, twice) for r in results]),
        asks(GgufLLM(path)),
    )
    inside = load_gguf(path)

    def in_process(n: int) -> float:
        return timed(lambda: inside.tokenize(prompts[n].encode()))

    compared(
        "a process of its own: counting a prompt's tokens, there and here",
        lambda n: timed(lambda: base.count_tokens([prompts[n]])),
        in_process,
    )


if __name__ == "__main__":
    main()
