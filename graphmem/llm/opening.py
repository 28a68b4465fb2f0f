"""A specification, as the user writes it, becomes a language model."""

from __future__ import annotations

import os
from pathlib import Path
from typing import cast, get_args

from graphmem.errors import ModelError, SettingsError
from graphmem.llm.endpoint import EndpointLLM
from graphmem.llm.gguf import DEFAULT_CONTEXT, KV
from graphmem.llm.local import GgufLLM
from graphmem.protocols import LLM

__all__ = ["gguf_models", "models_folder", "open_llm"]

_LEAST_CONTEXT = 512


def models_folder() -> Path:
    """Where models lie: ``GRAPHMEM_MODELS``, or a folder in the user's cache."""
    if parent := os.environ.get("GRAPHMEM_MODELS"):
        return Path(parent)
    import platformdirs

    return platformdirs.user_cache_path("graphmem", appauthor=False) / "models"


def gguf_models() -> dict[str, Path]:
    """The language models by name: the ``.gguf`` files that the user has put where models lie."""
    return {path.stem: path for path in sorted(models_folder().glob("*.gguf"))}


def open_llm(spec: str, *, context: int = DEFAULT_CONTEXT, kv: str = "f16") -> LLM:
    """The language model that ``spec`` names: a ``.gguf`` file, the name of one of :func:`gguf_models`, or
    ``http://host:8080/v1#model``.

    ``context`` is how many tokens a prompt and what is written may have together. ``kv``, "f16" or "q8_0", is how a GGUF
    model's keys and values are kept. Raises :class:`ModelError` where it is not there, :class:`SettingsError` for a
    context or a kind out of range, :class:`MissingExtraError`.
    """
    if not _LEAST_CONTEXT <= context < 2**31:
        raise SettingsError(f"a context of {context:,} tokens makes no sense: choose {_LEAST_CONTEXT} or more")
    if spec.startswith(("http://", "https://")):
        return EndpointLLM(spec, context=context)
    if kv not in get_args(KV):
        raise SettingsError(f"'{kv}' is no way to keep keys and values: choose {' or '.join(get_args(KV))}")
    path = Path(spec).expanduser()
    if path.suffix != ".gguf":
        known = gguf_models()
        if spec not in known:
            told = f"known here are {', '.join(known)}" if known else "none is there yet"
            raise ModelError(
                f"'{spec}' is no language model: name a .gguf file, an address as in http://host:8080/v1#model, or a "
                f".gguf file in {models_folder()} without its ending ({told})"
            )
        path = known[spec]
    return GgufLLM(path, context=context, kv=cast(KV, kv), prefixes=str(models_folder() / "prefixes"))
