"""A specification, as the user writes it, becomes an embedder."""

from __future__ import annotations

from pathlib import Path

from graphmem.embed.models import model_path
from graphmem.errors import ModelError
from graphmem.protocols import Embedder

__all__ = ["is_endpoint", "open_embedder"]


def is_endpoint(spec: str) -> bool:
    """Whether a model is named by an address rather than by a name or a path."""
    return spec.startswith(("http://", "https://"))


def open_embedder(spec: str) -> Embedder:
    """The embedder that ``spec`` names: a known model, a folder with an ONNX model, a ``.gguf`` file, or
    ``https://host/v1#model``.

    Raises :class:`ModelError` where it is not there or cannot be loaded, :class:`MissingExtraError` where its
    runtime is not installed.
    """
    if is_endpoint(spec):
        from graphmem.embed.endpoint import EndpointEmbedder

        return EndpointEmbedder(spec)
    path = Path(spec).expanduser()
    if path.suffix == ".gguf":
        from graphmem.embed.gguf import GgufEmbedder

        return GgufEmbedder(path)
    from graphmem.embed.onnx_model import OnnxEmbedder

    if path.is_dir():
        return OnnxEmbedder(path)
    folder = model_path(spec)
    if folder is None:
        raise ModelError(f"the embedding model {spec} is not on this machine: get it with 'graphmem model pull {spec}'")
    return OnnxEmbedder(folder, name=folder.name)
