"""What makes a language model fast, each as a ratio in one run: ``python benchmarks/llm.py [MODEL.gguf]``.

Without a file a small model with random weights is made: it shows that everything runs, and what a real one gains is to
be seen with a real one. Texts are those of ``data/articles``; every variant answers the same prompts, interleaved, and the
medians are compared. A ratio above 1 is a gain.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graphmem import GraphMemory
from graphmem.llm import GgufLLM, load_gguf
from graphmem.llm.generation import Generator
from graphmem.llm.template import Template
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
    print(f"{name:58} {a:10.3f} {b:10.3f} {unit:3} {a / max(b, 1e-9):7.2f}", flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, nargs="?")
    model = parser.parse_args().model
    with tempfile.TemporaryDirectory(prefix="graphmem-") as scratch:
        run(model or made(Path(scratch)), Path(scratch))


def made(folder: Path) -> Path:
    """A model with random weights, as the tests make it."""
    sys.path.insert(0, str(HERE.parent / "tests" / "llm"))
    from tiny import write_tiny_gguf

    return write_tiny_gguf(folder / "random.gguf", context=16384, heads=1)


class Bench:
    """One model and the prompts that it is measured with."""

    def __init__(self, path: Path, results: list[SearchResult]) -> None:
        self.path = path
        self.base = self.fresh()
        self.results = results
        self.prompts = self.laid_out(LlmReader(self.base))

    def fresh(self, **options: Any) -> GgufLLM:
        return GgufLLM(self.path, context=16384, **options)

    def laid_out(self, reader: LlmReader) -> list[str]:
        room = self.base.context // 2
        return [reader.prompt(laid_out(self.base, result, room), result.question) for result in self.results]

    def time(self, model: GgufLLM, prompts: list[str] | None = None) -> Callable[[int], float]:
        """Seconds of the answer to a prompt."""
        of = prompts or self.prompts
        return lambda n: timed(lambda: model.complete(INSTRUCTIONS, of[n], schema=SCHEMA, max_tokens=TOKENS))

    def read(self, model: GgufLLM, prompts: list[str] | None = None) -> Callable[[int], float]:
        """Tokens of a prompt that had to be evaluated, after the prompt before it."""

        def evaluated(n: int) -> float:
            done = model.complete(INSTRUCTIONS, (prompts or self.prompts)[n], schema=SCHEMA, max_tokens=1)
            return float(done.prompt_tokens - done.reused_tokens)

        return evaluated

    def first_call(self, folder: str) -> Callable[[int], float]:
        """Seconds of the first answer of a run, its model loaded already."""

        def first(n: int) -> float:
            model = self.fresh(prefixes=folder)
            _ = model.context
            return timed(lambda: model.complete(INSTRUCTIONS, "Who?", schema=SCHEMA, max_tokens=1))

        return first

    def inside(self) -> Callable[[int], float]:
        """Seconds of the same answer by llama.cpp in this very process."""
        model = load_gguf(self.path, context=16384)
        template, generator = Template(model), Generator(model)
        grammar = template.grammar(SCHEMA)

        def write(n: int) -> float:
            def once() -> None:
                prompt = template.tokens(INSTRUCTIONS, self.prompts[n])
                generator.prepare(prompt)
                list(generator.write(prompt, grammar, TOKENS))

            return timed(once)

        return write


def run(path: Path, scratch: Path) -> None:
    """Measure one model."""
    with GraphMemory.open(scratch / "store", embedder=None) as memory:
        memory.index([HERE.parent / "data" / "articles"])
        bench = Bench(path, [memory.search(question) for question in QUESTIONS])
    fresh, base = bench.fresh, bench.base
    print(f"{path.name}, {path.stat().st_size / 1e6:.1f} MB, context {base.context:,}; a ratio above 1 is a gain")
    print(f"{'':58} {'without':>10} {'with':>10}     {'ratio':>7}")
    eight, plain = fresh(kv="q8_0"), fresh()
    compared("keys and values in eight bits: time", bench.time(plain), bench.time(eight))
    compared("keys and values in eight bits: peak memory", lambda n: rss(plain), lambda n: rss(eight), "MB")
    compared("prompt lookup: time", bench.time(fresh(lookup=False)), bench.time(fresh()))
    compared("prefix kept between questions: time", bench.time(fresh(keep=False)), bench.time(fresh()))
    compared("prefix kept between questions: tokens evaluated", bench.read(fresh(keep=False)), bench.read(fresh()), "")
    folder = str(scratch / "prefixes")
    bench.first_call(folder)(0)
    compared("instructions kept on disk: first answer of a run", bench.first_call(""), bench.first_call(folder))
    # A follow-up asks about the same evidence: with the question behind it the evidence stays as it was evaluated.
    evidence = bench.prompts[0].rpartition("\n")[0]
    before, behind = (
        [f"Question: {q}\n{evidence}" for q in QUESTIONS],
        [f"{evidence}\nQuestion: {q}" for q in QUESTIONS],
    )
    compared(
        "follow-ups, evidence first: tokens evaluated", bench.read(fresh(), before), bench.read(fresh(), behind), ""
    )
    compared("follow-ups, evidence first: time", bench.time(fresh(), before), bench.time(fresh(), behind))
    # The same evidence in the order of the documents, whatever the question: what two questions share then stands first.
    ordered = ["\n".join([*sorted(p.splitlines()[1:-2]), p.splitlines()[-1]]) for p in unnumbered(bench.prompts)]
    compared("evidence in a fixed order: tokens evaluated", bench.read(fresh()), bench.read(fresh(), ordered), "")
    twice = bench.laid_out(LlmReader(base, read_twice=True))
    compared("question before and behind the evidence: time", bench.time(fresh()), bench.time(fresh(), twice))
    compared("a process of its own (ratio below 1: its cost): time", bench.inside(), bench.time(fresh()))


def unnumbered(prompts: list[str]) -> list[str]:
    """Prompts whose evidence carries no numbers, so that its order can be another."""
    return [re.sub(r"(?m)^\[\d+\] ", "", prompt) for prompt in prompts]


if __name__ == "__main__":
    # As in the model's own process, for llama.cpp in this one.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    main()
