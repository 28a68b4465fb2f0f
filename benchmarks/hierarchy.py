"""What the hierarchy is worth and what it costs: ``python benchmarks/hierarchy.py --store DIR [--broad FILE] [--narrow FILE …]``.

The store is one that ``graphmem index`` or ``graphmem eval`` has made, with an embedding model. Printed are

- the quality of the partition, against k-means and plain Leiden with as many parts: modularity on the fused graph,
  silhouette by cosine;
- the time and memory to build it, against the time to embed the store's texts (measured on a sample);
- what mending costs after one document in a hundred has gone and come back, and how good it leaves the partition;
- with ``--broad`` (lines {"question", "sections": [{"id", "heading"}]}): the share of the sections that a good answer
  must cover, at equal budgets of words, against the passages and the sentences of a flat search;
- how many sentences that no document says would pass into an abstract: one name or one number of a sentence exchanged, or the
  halves of two sentences put together;
- with ``--broad`` and ``--narrow``: how often the rule that tells broad questions from narrow ones is right.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import regex
from numpy.typing import NDArray

from graphmem import GraphMemory
from graphmem.folding import tokenize
from graphmem.hierarchy import Hierarchy, communities, derive_hierarchy, sentences_of
from graphmem.hierarchy.abstract import Line, proved
from graphmem.hierarchy.fusion import PassageGraph
from graphmem.indexing import passage_text
from graphmem.model import Evidence, FloatArray
from graphmem.retrieve.broad import overview
from graphmem.store import Snapshot

BUDGETS = (150, 300, 600)
SAMPLE = 400
CHANGED = 100
"""One in so many documents goes and comes back."""

Positions = NDArray[np.int64]
Section = tuple[str, str]
Arrays = Mapping[str, NDArray[np.generic]]


# --- the partition ----------------------------------------------------------------------------------


def modularity(graph: PassageGraph, part: Positions) -> float:
    """Newman's modularity of a partition, shape (passages,), at resolution 1."""
    a, b, weight = graph.edges()
    total = graph.total
    degree = np.bincount(a, weight, len(part)) + np.bincount(b, weight, len(part))
    inside = weight[part[a] == part[b]].sum(dtype=np.float64)
    return float(inside / total - (np.bincount(part, degree) ** 2).sum() / (2 * total) ** 2)


def silhouette(vectors: FloatArray, part: Positions) -> float:
    """The mean silhouette by cosine distance (Rousseeuw 1987); a passage alone counts 0."""
    parts, part = np.unique(part, return_inverse=True)
    member = np.zeros((len(part), len(parts)), dtype=np.float32)
    member[np.arange(len(part)), part] = 1.0
    sizes = member.sum(axis=0)
    distance = sizes - vectors @ (vectors.T @ member)
    own = distance[np.arange(len(part)), part] / np.maximum(sizes[part] - 1, 1)
    others = distance / sizes
    others[np.arange(len(part)), part] = np.inf
    nearest = others.min(axis=1)
    values = np.where(sizes[part] > 1, (nearest - own) / np.maximum(np.maximum(own, nearest), 1e-9), 0.0)
    return float(values.mean())


def k_means(vectors: FloatArray, k: int, rounds: int = 20) -> Positions:
    """Spherical k-means from random passages."""
    draw = np.random.default_rng(0)
    centres = vectors[draw.choice(len(vectors), k, replace=False)]
    part = np.zeros(len(vectors), dtype=np.int64)
    for _ in range(rounds):
        part = (vectors @ centres.T).argmax(axis=1)
        sums = np.zeros_like(centres)
        np.add.at(sums, part, vectors)
        norms = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(norms > 0, sums / np.maximum(norms, 1e-9), centres)
    return part


def plain_leiden(graph: PassageGraph, count: int, wanted: int) -> Positions:
    """Leiden over the whole graph at the resolution that gives about ``wanted`` communities."""
    a, b, weight = graph.edges()
    low, high = 0.01, 500.0
    part = np.zeros(count, dtype=np.int64)
    for _ in range(16):
        middle = (low * high) ** 0.5
        part = np.array(communities(count, np.column_stack((a, b)), weight, resolution=middle), dtype=np.int64)
        parts = int(part.max()) + 1
        if abs(parts - wanted) <= 0.02 * wanted:
            break
        low, high = (middle, high) if parts < wanted else (low, middle)
    return part


def print_quality(snapshot: Snapshot, hierarchy: Hierarchy) -> None:
    """Topics and themes against two other ways of cutting."""
    vectors = snapshot.vectors("passage", np.arange(snapshot.passage_count))
    parents = np.array([node.parent for node in hierarchy.nodes], dtype=np.int64)
    print(f"{'partition':26} {'parts':>6} {'largest':>8} {'modularity':>11} {'silhouette':>11}")
    for level, part in (("topics", hierarchy.topic_of), ("themes", parents[hierarchy.topic_of])):
        count = len(np.unique(part))
        rows = {
            level: part,
            f"plain Leiden ({level})": plain_leiden(hierarchy.graph, snapshot.passage_count, count),
            f"k-means ({level})": k_means(vectors, count),
        }
        for name, each in rows.items():
            _, numbers = np.unique(each, return_inverse=True)
            told = f"{modularity(hierarchy.graph, numbers):11.3f} {silhouette(vectors, numbers):11.3f}"
            print(f"{name:26} {numbers.max() + 1:6} {np.bincount(numbers).max():8} {told}")


# --- what it costs ----------------------------------------------------------------------------------


def timed(work: Callable[[], object]) -> float:
    """Seconds that something takes: the best of three."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def derived(snapshot: Snapshot, previous: Arrays | None) -> Arrays:
    """The arrays of a hierarchy, in memory."""
    with tempfile.TemporaryDirectory() as scratch:
        found = derive_hierarchy(snapshot, previous, Path(scratch))
        return {name: np.array(array) for name, array in found.items()}


def print_cost(memory: GraphMemory, snapshot: Snapshot) -> None:
    """Seconds to build, and to embed what the store has embedded."""
    embedder = memory._embedding.for_search()
    assert embedder is not None
    draw = np.random.default_rng(0)
    chosen = draw.choice(snapshot.passage_count, min(SAMPLE, snapshot.passage_count), replace=False)
    texts = []
    for record in snapshot.passages(chosen):
        passage = record.passage
        texts.append(passage_text(passage))
        texts += [passage.text[a - passage.span[0] : b - passage.span[0]] for a, b in passage.sentences]
    start = time.perf_counter()
    for at in range(0, len(texts), 256):
        embedder.embed(texts[at : at + 256])
    embedding = (time.perf_counter() - start) * snapshot.passage_count / len(chosen)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    build = timed(lambda: derived(snapshot, None))
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    size = sum(array.nbytes for array in derived(snapshot, None).values())
    print(f"build {build:.2f} s for {snapshot.passage_count} passages; embedding them takes about {embedding:.0f} s")
    print(
        f"  that is {100 * build / embedding:.1f} % of it; {grown:.0f} MB more memory at the peak, {size / 1e6:.1f} MB on disk"
    )


def print_mending(folder: Path) -> None:
    """A copy of the store loses and gains documents: seconds to mend against to rebuild, and modularity of both."""
    with tempfile.TemporaryDirectory() as scratch:
        shutil.copytree(folder, Path(scratch) / "store")
        with GraphMemory.open(Path(scratch) / "store", create=False) as memory:
            before: Arrays = dict(memory._reading().derived)
            ids = np.random.default_rng(0).permutation(memory.documents()).tolist()
            documents = [memory.document(id_) for id_ in ids[: max(1, len(ids) // CHANGED)]]
            gone = [document for document in documents if document is not None]
            memory.remove(*[document.id for document in gone])
            before = _compared("gone", memory._reading(), before)
            for document in gone[:1]:
                memory.add(document.text, title=document.title, id=document.id)
            _compared("one back", memory._reading(), before)


def _compared(name: str, snapshot: Snapshot, before: Arrays) -> Arrays:
    mend = timed(lambda: derived(snapshot, before))
    rebuild = timed(lambda: derived(snapshot, None))
    mended = Hierarchy.from_arrays(derived(snapshot, before))
    new = Hierarchy.from_arrays(derived(snapshot, None))
    old = {node.id: node for node in Hierarchy.from_arrays(before).nodes if node.level == "topic"}
    kept = sum(node.quotes == old[node.id].quotes for node in mended.nodes if node.id in old)
    told = f"modularity {modularity(new.graph, mended.topic_of):.3f} against {modularity(new.graph, new.topic_of):.3f}"
    print(
        f"{name}: mended in {mend:.2f} s, rebuilt in {rebuild:.2f} s; {told}; {kept} of {len(old)} topics as they were"
    )
    return dict(mended.as_arrays())


# --- abstracts --------------------------------------------------------------------------------------


def print_forgeries(snapshot: Snapshot) -> None:
    """Sentences as they stand, and forged ones, that count as proved by the sentence that they were made from."""
    ids = [record.passage.id for record in snapshot.passages(range(snapshot.passage_count))][:SAMPLE]
    told = [each.evidence for each in sentences_of(snapshot, ids)]
    extractions = snapshot.extractions(range(snapshot.passage_count))
    names = sorted({mention.text for found in extractions for mention in found.mentions if mention.kind == "name"})
    draw = random.Random(0)
    made: dict[str, list[tuple[str, Evidence]]] = {"as they stand": [(item.text, item) for item in told]}
    made |= {"a name exchanged": [], "a number changed": [], "two halves": []}
    for item in told:
        inside = [name for name in names if len(name) > 4 and name in item.text]
        if inside:
            name = draw.choice(inside)
            other = draw.choice([each for each in names if each not in item.text and name not in each])
            made["a name exchanged"].append((item.text.replace(name, other), item))
        if numbers := regex.findall(r"\d+", item.text):
            number = draw.choice(numbers)
            changed = str(int(number) + draw.choice((1, 7, 30)))
            made["a number changed"].append((item.text.replace(number, changed), item))
        other_words, words_ = draw.choice(told).text.split(), item.text.split()
        forged = " ".join([*words_[: len(words_) // 2], *other_words[len(other_words) // 2 :]])
        if forged != item.text:
            made["two halves"].append((forged, item))
    for name, pairs in made.items():
        passed = sum(proved({"text": text, "cite": [1]}, [Line("", "", (item,))]) is not None for text, item in pairs)
        print(f"sentences, {name}: {passed} of {len(pairs)} count as proved")


# --- broad questions --------------------------------------------------------------------------------


def words(text: str) -> int:
    """The length of a text, as budgets count it."""
    return len(tokenize(text))


def print_coverage(memory: GraphMemory, path: Path) -> None:
    """Mean share of required sections that each way of answering quotes from."""
    snapshot, embed = memory._reading(), memory._embed_question()
    hierarchy = Hierarchy.read(snapshot)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    print(f"{'words':>6} {'hierarchy':>10} {'flat passages':>14} {'flat sentences':>15} {'ratios':>11} {'used':>6}")
    for budget in BUDGETS:
        shares: list[tuple[float, float, float]] = []
        used = []
        for row in rows:
            wanted = {(section["id"].rpartition("/")[2], section["heading"]) for section in row["sections"]}
            quotes = [q for b in overview(snapshot, hierarchy, embed, row["question"], budget) for q in b.quotes]
            used.append(sum(words(quote.text) for quote in quotes))
            hits = memory.search(row["question"], 60, scope="local").hits
            passages = within(budget, [(hit.text, hit.passage_id) for hit in hits])
            sentences = within(budget, nearest_sentences(memory, row["question"]))
            found = [[quote.passage_id for quote in quotes], passages, sentences]
            a, b, c = (len(wanted & sections(snapshot, ids)) / len(wanted) for ids in found)
            shares.append((a, b, c))
        means = [statistics.fmean(each) for each in zip(*shares, strict=True)]
        told = (
            f"{means[0]:10.3f} {means[1]:14.3f} {means[2]:15.3f} {means[0] / means[1]:5.2f} {means[0] / means[2]:5.2f}"
        )
        print(f"{budget:6} {told} {statistics.fmean(used):6.0f}")


def within(budget: int, texts: list[tuple[str, str]]) -> list[str]:
    """Ids of the first texts that fit into the budget together; one that is too long leaves room for the next."""
    kept = []
    for text, id_ in texts:
        if words(text) <= budget:
            budget -= words(text)
            kept.append(id_)
    return kept


def nearest_sentences(memory: GraphMemory, question: str) -> list[tuple[str, str]]:
    """The sentences nearest to a question, with the ids of their passages."""
    snapshot, embed = memory._reading(), memory._embed_question()
    assert embed is not None
    positions, _ = snapshot.nearest("sentence", embed((question,)), 300)
    records = snapshot.sentences(p for p in positions[0].tolist() if p >= 0)
    passages = snapshot.passages(record.passage for record in records)
    return [(r.text, p.passage.id) for r, p in zip(records, passages, strict=True)]


def sections(snapshot: Snapshot, ids: list[str]) -> set[Section]:
    """The sections, (file name, heading), of some passages."""
    found = (record.passage for record in snapshot.passages(snapshot.position(id_) for id_ in ids))
    return {(passage.document_id.rpartition("/")[2], passage.heading) for passage in found}


def print_rule(memory: GraphMemory, path: Path, broad: bool) -> None:
    """How many questions of a file are taken for what they are."""
    questions = [json.loads(line)["question"] for line in path.read_text(encoding="utf-8").splitlines()]
    right = sum(bool(memory.search(question).overview) == broad for question in questions)
    print(f"{right} of {len(questions)} questions of {path} are taken for {'broad' if broad else 'narrow'} ones")


def main() -> None:
    """Print all of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--broad", type=Path)
    parser.add_argument("--narrow", type=Path, nargs="*", default=[])
    arguments = parser.parse_args()
    with GraphMemory.open(arguments.store, create=False) as memory:
        snapshot = memory._reading()
        print_quality(snapshot, Hierarchy.read(snapshot))
        print_cost(memory, snapshot)
        print_forgeries(snapshot)
        if arguments.broad is not None:
            print_coverage(memory, arguments.broad)
            print_rule(memory, arguments.broad, True)
        for path in arguments.narrow:
            print_rule(memory, path, False)
    print_mending(arguments.store)


if __name__ == "__main__":
    main()
