"""Language models: GGUF files run by llama.cpp in a process of its own, and OpenAI-compatible endpoints."""

from graphmem.llm.endpoint import EndpointLLM
from graphmem.llm.gguf import DEFAULT_CONTEXT, load_gguf
from graphmem.llm.local import GgufLLM
from graphmem.llm.opening import gguf_models, models_folder, open_llm
from graphmem.llm.process import WorkerProcess
from graphmem.llm.untrusted import harmless, printable

__all__ = [
    "DEFAULT_CONTEXT",
    "EndpointLLM",
    "GgufLLM",
    "WorkerProcess",
    "gguf_models",
    "harmless",
    "load_gguf",
    "models_folder",
    "open_llm",
    "printable",
]
