"""Texts become vectors: a known model, the user's own ONNX or GGUF file, or an endpoint that the user has named."""

from graphmem.embed.choice import AUTO, EmbedderChoice
from graphmem.embed.models import DEFAULT_MODEL, KnownModel, known_models, model_path, pull
from graphmem.embed.opening import is_endpoint, open_embedder

__all__ = [
    "AUTO",
    "DEFAULT_MODEL",
    "EmbedderChoice",
    "KnownModel",
    "is_endpoint",
    "known_models",
    "model_path",
    "open_embedder",
    "pull",
]
