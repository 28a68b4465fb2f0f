"""Loading a GGUF file with llama.cpp, with one sentence for whatever is in the way."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from graphmem.errors import MissingExtraError, ModelError

if TYPE_CHECKING:
    from llama_cpp import Llama

__all__ = ["DEFAULT_CONTEXT", "KV", "checked_gguf", "load_gguf"]

KV = Literal["f16", "q8_0"]
"""How keys and values of the attention are kept: as they are, or in eight bits, in half the memory."""

DEFAULT_CONTEXT = 8192
_MAGIC = b"GGUF"


def checked_gguf(path: Path) -> None:
    """Raises :class:`ModelError` where a file is missing, or is no GGUF by its first bytes."""
    try:
        with path.open("rb") as file:
            magic = file.read(len(_MAGIC))
    except OSError as error:
        raise ModelError(
            f"the model {path} cannot be read ({error.strerror}): name a GGUF file that is there"
        ) from error
    if magic != _MAGIC:
        raise ModelError(f"{path} is no GGUF file: name a model in the form that llama.cpp reads")


def _trained_context(path: Path) -> int:
    """The length that a model was trained on: beyond it a model answers badly, whatever there is room for."""
    from llama_cpp import Llama

    about = Llama(str(path), n_ctx=8, vocab_only=True, verbose=False).metadata
    return int(about.get(f"{about.get('general.architecture')}.context_length", DEFAULT_CONTEXT))


def load_gguf(path: Path, *, embedding: bool = False, context: int = DEFAULT_CONTEXT, kv: KV = "f16") -> Llama:
    """The model in a GGUF file, for text with a ``context`` of so many tokens or the length that it was
    trained on, whichever is less, or for embeddings.

    A bad file can end the whole process inside llama.cpp: :class:`graphmem.llm.GgufLLM` loads it in another one.
    Raises :class:`ModelError` for a file that is missing or no model, :class:`MissingExtraError` without llama.cpp.
    """
    checked_gguf(path)
    try:
        from llama_cpp import GGML_TYPE_F16, GGML_TYPE_Q8_0, LLAMA_POOLING_TYPE_UNSPECIFIED, Llama
    except ModuleNotFoundError as error:
        raise MissingExtraError("llama-cpp-python", "llm", "A GGUF model") from error
    kind = GGML_TYPE_Q8_0 if kv == "q8_0" else GGML_TYPE_F16
    try:
        model = Llama(
            str(path),
            # An embedding model's own context is short; that of a language model may be larger than the memory.
            n_ctx=0 if embedding else min(context, _trained_context(path)),
            embedding=embedding,
            pooling_type=LLAMA_POOLING_TYPE_UNSPECIFIED,
            type_k=kind,
            type_v=kind,
            # llama.cpp keeps values in eight bits with flash attention alone.
            flash_attn=kv == "q8_0",
            verbose=False,
        )
    except (ValueError, RuntimeError, OSError) as error:
        if "context" in str(error):
            raise ModelError(
                f"llama.cpp cannot make a context of {context:,} tokens with {kv} keys and values for {path}: "
                "it is larger than the memory, or not for this model; ask for less, or for f16"
            ) from error
        raise ModelError(
            f"llama.cpp cannot load {path} ({error}): the file is damaged or of an unknown kind"
        ) from error
    return model
