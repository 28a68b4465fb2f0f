"""A command loads what it needs and no more: what is imported is looked up in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CODE = """
import sys
from graphmem_cli.app import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print("loaded:", *sorted({name.split(".")[0] for name in sys.modules} | {name for name in sys.modules if "graphmem" in name}))
"""
READERS = {"charset_normalizer", "docx", "lxml", "markdown_it", "pathspec", "pypdf", "sentencex"}
GRAPHS = {"igraph", "networkx", "scipy"}
MODELS = {"httpx", "llama_cpp", "onnx", "onnxruntime", "safetensors", "sympy", "tokenizers"}


def loaded(folder: Path, *arguments: str) -> set[str]:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GRAPHMEM_")}
    process = subprocess.run(
        [sys.executable, "-c", CODE, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**environment, "GRAPHMEM_EMBEDDER": "none"},
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return set(process.stdout.splitlines()[-1].removeprefix("loaded: ").split())


@pytest.mark.parametrize("arguments", [("--help",), ("--version",), ("search", "--help"), ("index", "--help")])
def test_help_loads_neither_numpy_nor_the_engine(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    found = loaded(tmp_path, *arguments)
    assert "graphmem_cli.app" in found
    engine = {
        "graphmem.memory",
        "graphmem.model",
        "graphmem.store",
        "graphmem.natlog",
        "graphmem.llm",
        "graphmem.embed",
    }
    assert found.isdisjoint(engine | {"numpy", "hnswlib", "regex"} | READERS - {"markdown_it"} | GRAPHS | MODELS)


def test_a_search_loads_no_reader_of_files_and_nothing_to_print_with(tmp_path: Path, corpus: Path) -> None:
    loaded(tmp_path, "index", corpus.name)
    found = loaded(tmp_path, "search", "Who founded Norhaven?", "--json")
    assert "graphmem.retrieve.search" in found
    # Few vectors are compared exactly.
    assert found.isdisjoint(READERS | GRAPHS | MODELS | {"graphmem.indexing", "graphmem.ingest", "hnswlib", "rich"})


def test_what_the_package_names_is_there() -> None:
    code = (
        "import sys, graphmem\n"
        "assert 'numpy' not in sys.modules\n"
        "missing = [name for name in graphmem.__all__ if not hasattr(graphmem, name)]\n"
        "assert not missing, missing\n"
        "assert not hasattr(graphmem, 'nonsense')\n"
        "from graphmem import GraphMemory, Limits, __version__\n"
        "assert graphmem.GraphMemory is GraphMemory and __version__"
    )
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert process.returncode == 0, process.stderr
