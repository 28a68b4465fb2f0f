"""How good the natural logic is: ``python benchmarks/natlog.py <MED folder>`` and ``… claims.jsonl --store DIR``.

MED (Yanaka et al. 2019): accuracy by monotonicity, the majority baseline, pairs a second, and which edits go wrong.
Claims: the verdicts over a store that ``graphmem index`` has made of their documents.
"""

from __future__ import annotations

import argparse
import csv
import json
import time
from collections import Counter, defaultdict
from pathlib import Path

from graphmem import GraphmemError, GraphMemory
from graphmem.embed import open_embedder
from graphmem.natlog import LABELS, Nearness, entail

VERDICTS = {"supported": "supported", "refuted": "refuted", "insufficient": "not enough"}
GROUPS = {"upward": "upward_monotone", "downward": "downward_monotone", "non-monotone": "non_monotone"}


def med(path: Path, embedder: str | None) -> None:
    """Print the figures of MED."""
    nearness = None if embedder is None else Nearness(open_embedder(embedder).embed)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    entail(["warm"], "up")
    start = time.perf_counter()
    proofs = [entail([row["sentence1"]], row["sentence2"], nearness) for row in rows]
    seconds = time.perf_counter() - start
    right: dict[str, list[bool]] = defaultdict(list)
    wrong: Counter[str] = Counter()
    for row, proof in zip(rows, proofs, strict=True):
        found = "entailment" if LABELS[proof.verdict] == "entailment" else "neutral"
        good = found == row["gold_label"]
        for name in ("all", *(group for group, mark in GROUPS.items() if mark in row["genre"])):
            right[name].append(good)
        if not good:
            kinds = [f"{step.source} {step.relation} {step.polarity}" for step in proof.steps if step.relation != "≡"]
            wrong[f"{row['gold_label']}: {', '.join(kinds[:2]) or 'nothing seen'}"] += 1
    majority = Counter(row["gold_label"] for row in rows).most_common(1)[0][1] / len(rows)
    print(f"{len(rows)} pairs, {len(rows) / seconds:,.0f} a second; majority {majority:.3f}")
    for name, values in right.items():
        print(f"{name:14} {sum(values) / len(values):.3f}  ({len(values)})")
    print("most frequent errors:")
    for kind, count in wrong.most_common(12):
        print(f"{count:5} {kind}")


def claims(path: Path, store: Path) -> None:
    """Print the confusion of verdicts."""
    with GraphMemory.open(store, create=False) as memory, path.open(encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
        told = [VERDICTS[memory.search(row["claim"]).proof.verdict] for row in rows]
    confusion = Counter((row["label"], verdict) for row, verdict in zip(rows, told, strict=True))
    right = sum(count for (label, verdict), count in confusion.items() if label == verdict)
    print(f"{len(rows)} claims, accuracy {right / len(rows):.3f}")
    for (label, verdict), count in sorted(confusion.items()):
        print(f"{count:5} {label} → {verdict}")


def main() -> None:
    """Choose by the file's name."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, help="MED's folder or its MED.tsv, or a file of claims")
    parser.add_argument("--store", type=Path, default=Path(".graphmem"))
    parser.add_argument("--embedder", help="a model that tells which words are near each other; none unless told")
    arguments = parser.parse_args()
    file = arguments.file / "MED.tsv" if arguments.file.is_dir() else arguments.file
    if not file.is_file():
        parser.error(f"there is no file {file}")
    if file.suffix == ".tsv":
        med(file, arguments.embedder)
        return
    try:
        claims(file, arguments.store)
    except GraphmemError as error:
        parser.error(str(error))


if __name__ == "__main__":
    main()
