"""Extraction by a language model: nothing that the passage does not hold, no call paid twice, nothing skipped in silence."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from conftest import TEXTS
from hypothesis import given, settings
from hypothesis import strategies as st

from graphmem import GenerationError, GraphMemory, ModelError, SettingsError
from graphmem.extract.llm import LlmExtractor
from graphmem.folding import fold
from graphmem.ingest import cut
from graphmem.llm import GgufLLM
from graphmem.model import Completion, Document, Extraction

TEXT = "Élan Vane was a shipbuilder. She was born in Norhaven, and designed the Grey Gull. Ada Marrow built it."
TITLE = "Elan Vane (shipbuilder)"


class Said:
    """A user's own engine, which answers what it was told to; ``calls`` are the prompts that it got."""

    id = "said-1"
    context = 4096

    def __init__(self, *answers: object) -> None:
        self._answers = list(answers)
        self.calls: list[str] = []

    def complete(self, system: str, user: str, *, schema: Mapping[str, object] | None, max_tokens: int) -> Completion:
        self.calls.append(user)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        if answer is None:
            return Completion('{"entities": ["El', False, 10, 5, max_tokens, 0.1)
        text = answer if isinstance(answer, str) else json.dumps(answer)
        return Completion(text, True, 10, 5, 20, 0.1)

    def stream(self, system: str, user: str, *, schema: Mapping[str, object] | None, max_tokens: int) -> Iterator[str]:
        yield self.complete(system, user, schema=schema, max_tokens=max_tokens).text

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


def found(*triples: tuple[str, str, str, int], entities: Sequence[str] = ()) -> dict[str, object]:
    return {"entities": list(entities), "triples": [dict(zip("spon", triple, strict=True)) for triple in triples]}


def extracted(engine: Said, text: str = TEXT, title: str = TITLE) -> tuple[Extraction, LlmExtractor]:
    document = Document("d", title, text, "d.txt", whole=True)
    (passage,) = cut(document)
    extractor = LlmExtractor(engine)
    return extractor.extract(document, passage), extractor


def of_model(extraction: Extraction) -> list[tuple[str, str, str]]:
    return [(t.subject, t.predicate, t.object) for t in extraction.triples if t.source == "llm"]


def test_a_triple_is_found_folded_and_kept_as_it_is_written() -> None:
    answer = found(("elan vane", "employed by", "SHIPBUILDER", 1), ("Ada Marrow", "built", "the grey gull", 2))
    extraction, extractor = extracted(Said(answer))
    assert of_model(extraction) == [
        ("Élan Vane", "employed by", "shipbuilder"),
        ("Ada Marrow", "built", "the Grey Gull"),
    ]
    assert (extractor.tally.calls, extractor.tally.triples, extractor.tally.dropped) == (1, 2, 0)
    (first, second) = (t for t in extraction.triples if t.source == "llm")
    assert TEXT[slice(*first.spans[0])] == "Élan Vane"  # type: ignore[misc]
    assert TEXT[slice(*second.sentence)].startswith("She was born")


@pytest.mark.parametrize(
    "triple",
    [
        ("Ulf Stone", "born in", "Norhaven", 2),
        ("Élan Vane", "born in", "Harl", 2),
        ("Élan Vane", "born in", "Norhaven", 1),  # that sentence says nothing of the kind
        ("Élan Vane", "born in", "Norhaven", 9),
        ("Élan Vane", "", "Norhaven", 2),
        ("", "born in", "Norhaven", 2),
        ("Élan Vane", "born in", "!!!", 2),
        ("Norhaven", "is", "Norhaven", 2),
        ("van", "born in", "Norhaven", 2),  # not a word of it
    ],
)
def test_what_the_passage_does_not_hold_is_dropped_and_counted(triple: tuple[str, str, str, int]) -> None:
    extraction, extractor = extracted(Said(found(triple)))
    assert of_model(extraction) == []
    assert extractor.tally.dropped == 1


def test_the_title_may_be_a_subject() -> None:
    extraction, _ = extracted(Said(found((TITLE, "lived in", "Norhaven", 2))))
    assert of_model(extraction) == [(TITLE, "lived in", "Norhaven")]
    assert extraction.triples[-1].spans[0] is None


def test_entities_that_are_there_become_mentions() -> None:
    extraction, _ = extracted(Said(found(entities=["shipbuilder", "Atlantis", "norhaven"])))
    names = [mention.text for mention in extraction.mentions]
    assert "shipbuilder" in names
    assert names.count("Norhaven") == 1
    assert "Atlantis" not in names


words = st.sampled_from([*TEXT.split(), TITLE, "Atlantis", "", "ELAN VANE", "[9]", "\ud800", "\x00"])
parts = st.lists(words, max_size=4).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(parts, parts, parts, st.integers(-1, 5)), max_size=6), st.lists(parts, max_size=4))
def test_nothing_comes_out_that_is_not_in_the_text(
    triples: list[tuple[str, str, str, int]], entities: list[str]
) -> None:
    extraction, extractor = extracted(Said(found(*triples, entities=entities)))
    for triple in (t for t in extraction.triples if t.source == "llm"):
        subject, predicate, object_ = triple.spans
        assert fold(triple.subject) in (fold(TITLE), fold(TEXT[slice(*subject)]) if subject else fold(TITLE))
        assert object_ is not None
        assert TEXT[slice(*object_)] == triple.object
        assert triple.sentence[0] <= object_[0] < object_[1] <= triple.sentence[1]
        assert predicate is None or TEXT[slice(*predicate)] == triple.predicate
    spans = [mention.span for mention in extraction.mentions]
    assert spans == sorted(spans)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert extractor.tally.triples + extractor.tally.dropped <= len(triples)


# --- what goes wrong ----------------------------------------------------------------------------------


def test_a_passage_that_runs_out_of_tokens_is_split() -> None:
    engine = Said(None, found(("Élan Vane", "is", "a shipbuilder", 1)), found(("Ada Marrow", "built", "it", 2)))
    extraction, extractor = extracted(engine)
    assert of_model(extraction) == [("Élan Vane", "is", "a shipbuilder"), ("Ada Marrow", "built", "it")]
    assert extractor.tally.split == 1
    assert [user.count("\n") for user in engine.calls] == [3, 1, 2]


@pytest.mark.parametrize("answer", [None, "no JSON", '{"entities": 3}', '{"entities": [], "triples": [{"s": 1}]}'])
def test_a_sentence_that_cannot_be_finished_is_a_failure(answer: object) -> None:
    engine = Said(answer)
    with pytest.raises(GenerationError, match="single sentence"):
        extracted(engine)


def test_a_failed_passage_is_told_and_taken_up_again(tmp_path: Path) -> None:
    engine = Said(GenerationError("too hard"), found())
    with GraphMemory.open(tmp_path / "s", embedder=None, extractor="llm", llm=engine) as memory:
        memory.add("Ulf Stone came from Harl.", id="a")
        assert dict(memory.stats().failures) == {"a#0": "too hard"}
        report = memory.index([])
        assert report.passages["failed"] == 0
        assert report.extraction is not None
        assert report.extraction.calls == 1


def test_a_model_that_cannot_be_used_stops_the_run_and_loses_nothing(tmp_path: Path, corpus: Path) -> None:
    engine = Said(found(), found(), ModelError("gone"))
    with GraphMemory.open(tmp_path / "s", embedder=None, extractor="llm", llm=engine) as memory:
        with pytest.raises(ModelError, match="gone"):
            memory.index([corpus])
        assert memory.stats().passages["pending"] == len(TEXTS)
    engine = Said(found())
    with GraphMemory.open(tmp_path / "s", embedder=None, extractor="llm", llm=engine) as memory:
        memory.index([corpus])
        assert len(engine.calls) == len(TEXTS) - 2
        assert memory.check().problems == ()


def test_it_needs_a_model(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="--llm"):
        GraphMemory.open(tmp_path / "s", extractor="llm")


# --- what is kept -------------------------------------------------------------------------------------


def test_what_has_not_changed_is_not_asked_again(tmp_path: Path) -> None:
    engine = Said(found())
    old = " ".join(f"Ulf Stone came from Harl in {year}." for year in range(1200, 1240))
    new = " ".join(f"Ivo Stern was a sailor in {year}." for year in range(1800, 1840))
    folder = tmp_path / "docs"
    folder.mkdir()
    with GraphMemory.open(tmp_path / "s", embedder=None, extractor="llm", llm=engine) as memory:
        (folder / "a.md").write_text(f"# Old\n\n{old}\n", encoding="utf-8")
        memory.index([folder])
        before = len(engine.calls)
        assert before > 1
        memory.index([folder])
        assert len(engine.calls) == before
        (folder / "a.md").write_text(f"# Old\n\n{old}\n\n# New\n\n{new}\n", encoding="utf-8")
        report = memory.index([folder])
        assert report.changed == 1
        assert report.extraction is not None
        assert report.extraction.remembered == before
        assert not any("Harl" in call for call in engine.calls[before:])


def test_what_was_written_about_a_document_goes_with_it(tmp_path: Path) -> None:
    engine = Said(found(("Ulf Stone", "came from", "xyzzyplugh", 1), entities=["xyzzyplugh"]), found())
    with GraphMemory.open(tmp_path / "s", embedder=None, extractor="llm", llm=engine) as memory:
        memory.add("Ulf Stone came from xyzzyplugh.", id="a")
        memory.add("Ivo Stern was a sailor.", id="b")
        memory.remove("a")
    for path in (tmp_path / "s").rglob("*"):
        if path.is_file():
            assert b"xyzzyplugh" not in path.read_bytes(), path
    with GraphMemory.open(tmp_path / "s", embedder=None, extractor="llm", llm=engine) as memory:
        calls = len(engine.calls)
        memory.add("Ivo Stern was a sailor.", id="c")
        assert len(engine.calls) == calls


COUNTED = """
import os, sys
from pathlib import Path
from graphmem import GraphMemory
from graphmem.llm import GgufLLM

class Counted(GgufLLM):
    def complete(self, system, user, **options):
        made = super().complete(system, user, **options)
        with open(sys.argv[3], "a", encoding="utf-8") as log:
            log.write(repr(user) + "\\n")
        return made

model = Counted(Path(sys.argv[4]), context=4096)
with GraphMemory.open(sys.argv[1], embedder=None, extractor="llm", llm=model) as memory:
    print("open", flush=True)
    memory.index([sys.argv[2]])
"""


def test_killed_and_resumed_no_finished_call_is_made_again(tiny_gguf: Path, tmp_path: Path) -> None:
    folder = tmp_path / "docs"
    folder.mkdir()
    for number in range(200):
        text = f"Person{number} met Person{number + 1} in Town{number % 7}. They built the Ship{number}."
        (folder / f"{number:03}.txt").write_text(text, encoding="utf-8")
    log = tmp_path / "calls"
    command = [sys.executable, "-c", COUNTED, str(tmp_path / "s"), str(folder), str(log), str(tiny_gguf)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    draw, kills = random.Random(5), 0
    for kill in range(60):
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        # Longer every time, so that a slow machine gets there as well.
        time.sleep(0.3 + draw.random() * 0.7 + kill * 0.1)
        killed = process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.communicate()
        kills += killed
        if not killed:
            break
    assert process.returncode == 0
    assert kills >= 1
    made = log.read_text(encoding="utf-8").splitlines()
    # One call a kill may have been finished and not yet been written down.
    assert len(made) - len(set(made)) <= kills
    with GraphMemory.open(
        tmp_path / "s", embedder=None, extractor="llm", llm=GgufLLM(tiny_gguf, context=4096)
    ) as memory:
        assert memory.stats().passages["pending"] == 0
        assert memory.check().problems == ()
        report = memory.index([folder])
        assert report.extraction is not None
        assert report.extraction.calls == 0
