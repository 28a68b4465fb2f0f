"""Questions over texts of ours that say nearly what is asked: what they say is answered, and what they deny, plan, hedge or tell
of somebody else is not.

Each file of ``told/`` holds documents, a line with dashes, and questions: "= answer" must be answered so, "~ answer" may be
left open as well, and is never answered otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from graphmem import GraphMemory

FILES = sorted((Path(__file__).parent / "told").glob("*.txt"))


@pytest.fixture(scope="module", params=FILES, ids=[file.stem for file in FILES])
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[GraphMemory, str]]:
    documents, _, questions = request.param.read_text(encoding="utf-8").partition("\n---\n")
    with GraphMemory.open(tmp_path_factory.mktemp("told") / "store", embedder=None) as opened:
        for document in documents.removeprefix("# ").split("\n\n# "):
            title, _, text = document.partition("\n")
            opened.add(text, title=title)
        yield opened, questions


def test_only_what_is_told_is_answered(told: tuple[GraphMemory, str]) -> None:
    memory, questions = told
    wrong = []
    for line in questions.splitlines():
        question, sign, expected = line.partition("? ")[0] + "?", *line.partition("? ")[2].partition(" ")[::2]
        proof = memory.search(question).proof
        answer = proof.answer if proof.verdict != "insufficient" else ""
        allowed = {expected} if sign == "=" else {"", *expected.split(" | ")}
        if answer not in allowed:
            wrong.append((question, answer, allowed))
    assert not wrong


def test_every_line_is_a_question() -> None:
    for file in FILES:
        lines = file.read_text(encoding="utf-8").partition("\n---\n")[2].splitlines()
        assert lines
        assert all(line.partition("? ")[2][:1] in ("=", "~") for line in lines)
