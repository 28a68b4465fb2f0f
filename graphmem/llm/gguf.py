"""Loading a GGUF file with llama.cpp, with one sentence for whatever is in the way."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from graphmem.errors import MissingExtraError, ModelError

if TYPE_CHECKING:
    from llama_cpp import Llama

__all__ = ["load_gguf"]

_MAGIC = b"GGUF"
_CONTEXT = 8192


def load_gguf(path: Path, *, embedding: bool = False) -> Llama:
    """The model in a GGUF file, for text or for embeddings, with a context of 8,192 tokens for text.

    Raises :class:`ModelError` for a file that is missing or no model, :class:`MissingExtraError` without llama.cpp.
    """
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as error:
        raise ModelError(
            f"the model {path} cannot be read ({error.strerror}): name a GGUF file that is there"
        ) from error
    if magic != _MAGIC:
        raise ModelError(f"{path} is no GGUF file: name a model in the form that llama.cpp reads")
    try:
        from llama_cpp import LLAMA_POOLING_TYPE_UNSPECIFIED, Llama
    except ModuleNotFoundError as error:
        raise MissingExtraError("llama-cpp-python", "llm", "A GGUF model") from error
    try:
        # An embedding model's own context is short; that of a language model may be larger than the memory.
        model = Llama(
            str(path),
            n_ctx=0 if embedding else _CONTEXT,
            embedding=embedding,
            pooling_type=LLAMA_POOLING_TYPE_UNSPECIFIED,
            verbose=False,
        )
    except (ValueError, RuntimeError, OSError) as error:
        raise ModelError(
            f"llama.cpp cannot load {path} ({error}): the file is damaged or of an unknown kind"
        ) from error
    return model
