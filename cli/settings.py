"""Settings by flag, by environment, and by ``graphmem.toml`` in the store; the first that says something counts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from graphmem.errors import SettingsError

if TYPE_CHECKING:
    from graphmem import GraphMemory, Limits
    from graphmem.protocols import LLM

__all__ = [
    "Context",
    "Embedder",
    "Json",
    "K",
    "Kv",
    "Llm",
    "Store",
    "Threads",
    "Triples",
    "bound_threads",
    "named_llm",
    "opened",
    "setting",
]

FILE = "graphmem.toml"
KEYS: dict[str, type[str] | type[int]] = {
    "embedder": str,
    "extractor": str,
    "passage_tokens": int,
    "vectors": str,
    "k": int,
    "reader": str,
    "llm": str,
    "kv": str,
    "context": int,
    "threads": int,
    "file_seconds": int,
    "file_memory_mib": int,
    "file_characters": int,
}

Store = Annotated[Path, typer.Option("--store", envvar="GRAPHMEM_STORE", help="The folder of the store.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Embedder = Annotated[
    str | None,
    typer.Option(
        "--embedder",
        help="auto, none, a known model, a folder with an ONNX model, a .gguf file, or https://host/v1#model.",
    ),
]
K = Annotated[int | None, typer.Option("-k", help="How many passages to return; 8 unless told.")]
Llm = Annotated[
    str | None,
    typer.Option("--llm", help="A language model: a .gguf file, its name, or http://host:8080/v1#model."),
]
Kv = Annotated[
    str | None, typer.Option("--kv", help="How a .gguf model keeps keys and values: f16, or q8_0 for less memory.")
]
Context = Annotated[
    int | None, typer.Option("--context", help="How many tokens the language model has room for; 8192 unless told.")
]
Threads = Annotated[
    int | None, typer.Option("--threads", help="How many processor cores to use at most; all unless told.")
]
Triples = Annotated[Path | None, typer.Option("--triples", help="A .jsonl file of your own triples.")]


def setting(store: Path, key: str, given: str | int | None) -> str | int | None:
    """The value of a setting: the flag, ``GRAPHMEM_<KEY>``, or the store's file; ``None`` where nobody says.

    Raises :class:`SettingsError` for a file that cannot be read, or that has a key or a value of no meaning.
    """
    if given is not None:
        return given
    where = f"GRAPHMEM_{key.upper()}"
    value: object = os.environ.get(where)
    if not value:
        where = str(store / FILE)
        value = _file(store / FILE).get(key)
    if value is None:
        return None
    try:
        return KEYS[key](str(value))
    except ValueError:
        raise SettingsError(f"'{key}' is '{value}' in {where}, and has to be a number: correct it") from None


def _file(path: Path) -> dict[str, object]:
    if not path.is_file():
        return {}
    import tomllib

    from graphmem.embed import is_endpoint

    try:
        with path.open("rb") as file:
            found = tomllib.load(file)
    except (OSError, ValueError, RecursionError) as error:
        raise SettingsError(f"{path} cannot be read ({error}): correct it, or take it away") from error
    unknown = sorted(set(found) - set(KEYS))
    if unknown:
        raise SettingsError(f"{path} has the unknown key '{unknown[0]}': it may hold {', '.join(KEYS)}")
    for key, value in found.items():
        if not isinstance(value, KEYS[key]) or isinstance(value, bool):
            kind = "a number" if KEYS[key] is int else "a text in quotes"
            raise SettingsError(f"'{key}' has to be {kind} in {path}: correct it")
        if is_endpoint(str(value)):
            raise SettingsError(
                f"{path} names an endpoint as '{key}': name it by flag or in GRAPHMEM_{key.upper()}, because a store "
                "that came from elsewhere must not say where your texts are sent"
            )
    return found


def bound_threads(store: Path, threads: int | None) -> None:
    """Keep this process, and every process that it starts, to some cores, whichever library works on them.

    Raises :class:`SettingsError` for a number of no meaning, and where the system cannot do it.
    """
    wanted = setting(store, "threads", threads)
    if wanted is None:
        return
    if int(wanted) < 1:
        raise SettingsError(f"{wanted} threads can do nothing: name 1 or more with --threads")
    tasks = Path("/proc/self/task")
    if not tasks.is_dir() or not hasattr(os, "sched_setaffinity"):
        raise SettingsError("this system cannot keep a process to some of its cores: leave --threads out")
    allowed = sorted(os.sched_getaffinity(0))
    import random

    # Any of them, so that two runs do not share the first.
    chosen = random.sample(allowed, min(int(wanted), len(allowed)))
    for task in tasks.iterdir():
        os.sched_setaffinity(int(task.name), chosen)


def named_llm(store: Path, llm: str | None, kv: str | None, context: int | None) -> LLM | None:
    """The language model that flags, environment and file name, ``None`` where none is named."""
    spec = setting(store, "llm", llm)
    if not spec:
        return None
    from graphmem.llm import DEFAULT_CONTEXT, open_llm

    room = setting(store, "context", context)
    return open_llm(str(spec), kv=str(setting(store, "kv", kv) or "f16"), context=int(room or DEFAULT_CONTEXT))


def opened(
    store: Path,
    embedder: str | None,
    *,
    create: bool = False,
    extractor: str | None = None,
    passage_tokens: int | None = None,
    vectors: str | None = None,
    llm: LLM | None = None,
) -> GraphMemory:
    """The store, with what flags, environment and file say."""
    from graphmem import GraphMemory

    tokens = setting(store, "passage_tokens", passage_tokens) if create else None
    place = setting(store, "vectors", vectors) if create else None
    given = {name: setting(store, f"file_{name}", None) for name in ("seconds", "memory_mib", "characters")}
    return GraphMemory.open(
        store,
        create=create,
        embedder=str(setting(store, "embedder", embedder) or "auto"),
        extractor=str(setting(store, "extractor", extractor) or "pattern"),
        passage_tokens=int(tokens) if tokens is not None else None,
        llm=llm,
        vectors=cast("Literal['memory', 'disk'] | None", place),
        limits=_limits({name: int(value) for name, value in given.items() if value is not None}),
    )


def _limits(given: dict[str, int]) -> Limits | None:
    if not given:
        return None
    from graphmem import Limits

    return Limits(**given)
