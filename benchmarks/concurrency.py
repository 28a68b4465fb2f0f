"""Eight reader processes and a writer for a minute: ``python benchmarks/concurrency.py --seconds 60 --readers 8``.

Every reader looks at whole generations (rows, indexes and answers of one version, see ``tests/store/reader.py``), and
ends with an error at the first that is torn.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

TESTS = Path(__file__).parents[1] / "tests"
sys.path[:0] = [str(TESTS), str(TESTS / "store")]

from conftest import WordEmbedder
from test_concurrency import start_readers, write_version

from graphmem import GraphMemory


def main() -> None:
    """Print how much was written and read."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--readers", type=int, default=8)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with GraphMemory.open(folder / "store", embedder=WordEmbedder()) as memory:
            write_version(memory, 0)
            readers = start_readers(folder / "store", arguments.readers, folder / "end")
            version, end = 0, time.monotonic() + arguments.seconds
            while time.monotonic() < end and all(reader.poll() is None for reader in readers):
                version += 1
                write_version(memory, version)
            (folder / "end").touch()
            found = [reader.communicate() for reader in readers]
            problems = memory.check().problems
    looks = sum(int(said.split()[0]) for said, _ in found if said)
    failed = [complaints for reader, (_, complaints) in zip(readers, found, strict=True) if reader.returncode]
    print(
        f"{version} generations written, {looks} times read by {len(readers)} processes, {len(failed)} of them failed"
    )
    print(*failed, *problems, sep="\n")
    sys.exit(bool(failed or problems))


if __name__ == "__main__":
    main()
