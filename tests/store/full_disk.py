"""Run by ``test_kill.py`` where it may mount disks of its own: a store on a disk that is filled to the brim."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from conftest import WordEmbedder
from observed import observed

from graphmem import GraphMemory, StoreError

QUESTIONS = ("Who met Person3 in Town2?",)


def mount(disk: Path) -> None:
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m", "none", str(disk)], check=False).returncode:
        sys.exit("cannot mount")


def leave(disk: Path, room: int) -> None:
    """Take up all of the disk but so many KiB."""
    ballast = disk / "ballast"
    ballast.write_bytes(b"")
    with ballast.open("wb") as file:
        left = shutil.disk_usage(disk).free - room * 1024
        file.write(bytes(max(0, left)))


def main(folder: Path) -> None:
    disk, documents = folder / "disk", folder / "docs"
    disk.mkdir()
    documents.mkdir()
    for number in range(20):
        text = " ".join(f"Person{number} met Person{other} in Town{other % 7}." for other in range(20))
        (documents / f"{number:02}.txt").write_text(text, encoding="utf-8")
    mount(disk)
    refused, seen = 0, 0
    for attempt in range(60):
        leave(disk, 8 + 40 * attempt)
        try:
            with GraphMemory.open(disk / "store", embedder=WordEmbedder()) as memory:
                memory.index([documents])
                break
        except StoreError as error:
            if "no room left" not in str(error):
                raise
            refused += 1
        leave(disk, 8000)
        with GraphMemory.open(disk / "store", embedder=WordEmbedder()) as memory:
            passages = memory.stats().passages
            assert memory.check().problems == ()
            assert passages["done"] >= seen, "what was finished was not kept"
            seen = passages["done"]
    assert refused > 5, refused
    leave(disk, 16_000)
    with (
        GraphMemory.open(disk / "store", embedder=WordEmbedder()) as lived,
        GraphMemory.open(disk / "quiet", embedder=WordEmbedder()) as built,
    ):
        built.index([documents])
        assert observed(lived, QUESTIONS) == observed(built, QUESTIONS)
    print(f"{refused} times there was no room")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
