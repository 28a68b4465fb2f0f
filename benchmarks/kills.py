"""How often a writer can be killed: ``python benchmarks/kills.py --kills 1000``.

Each round takes a store of its own through index, sync, remove and eval, and kills each of them a number of times,
half of them at a random line of the modules that write, half at a random moment (see ``tests/kills.py`` for what is
looked at after each). The first thing that is lost, half-there or other than in an undisturbed run ends it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from kills import Harness

PER_OPERATION = 25
SIZES = {"small": (30, 12), "with hnswlib": (40, 120)}


def main() -> None:
    """Kill, and count."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    killed: Counter[str] = Counter()
    compared: Counter[str] = Counter()
    started = time.perf_counter()
    seed = arguments.seed
    while killed.total() < arguments.kills:
        # The larger store takes ten times as long.
        documents, sentences = SIZES["with hnswlib" if seed % 10 == 9 else "small"]
        with tempfile.TemporaryDirectory() as folder:
            harness = Harness(Path(folder), seed, documents=documents, sentences=sentences)
            harness.run(PER_OPERATION)
        killed += harness.tally.killed
        compared += harness.tally.compared
        by_operation = ", ".join(f"{name} {count}" for name, count in sorted(killed.items()))
        print(
            f"{killed.total()} kills ({by_operation}), {compared.total()} stores equal to undisturbed ones, "
            f"{time.perf_counter() - started:.0f} s",
            flush=True,
        )
        seed += 1


if __name__ == "__main__":
    main()
