"""Texts become vectors: a known model, the user's own ONNX or GGUF file, or an endpoint that the user has named."""

from graphmem.embed.choice import AUTO, EmbedderChoice
from graphmem.embed.models import DEFAULT_MODEL, KnownModel, known_models, model_path, pull
from graphmem.embed.opening import is_endpoint, open_embedder
from graphmem.embed.together import Together

__all__ = [
    "AUTO",
    "DEFAULT_MODEL",
    "EmbedderChoice",
    "KnownModel",
    "Together",
    "is_endpoint",
    "known_models",
    "model_path",
    "open_embedder",
    "pull",
]
