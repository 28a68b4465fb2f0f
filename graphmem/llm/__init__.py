"""Language models: llama.cpp in process."""

from graphmem.llm.gguf import load_gguf

__all__ = ["load_gguf"]
