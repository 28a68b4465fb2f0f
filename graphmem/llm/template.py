"""How instructions and text become the tokens of a prompt, and a JSON schema the grammar of what is written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import llama_cpp
from llama_cpp.llama_chat_format import Jinja2ChatFormatter
from llama_cpp.llama_grammar import json_schema_to_gbnf

if TYPE_CHECKING:
    from llama_cpp import Llama

__all__ = ["Template"]

_PLAIN = "{system}\n\n{user}\n\n"


class Template:
    """The chat template that a model's file holds; plain paragraphs for a model that was not trained on one."""

    def __init__(self, model: Llama) -> None:
        self._model = model
        self._vocabulary = llama_cpp.llama_model_get_vocab(model.model)
        text = model.metadata.get("tokenizer.chat_template")
        self._chat: Jinja2ChatFormatter | None = None
        if text:
            begin, end = (self._spelt(token) for token in (model.token_bos(), model.token_eos()))
            self._chat = Jinja2ChatFormatter(text, eos_token=end, bos_token=begin)
            self._begin = begin

    def _spelt(self, token: int) -> str:
        text: bytes = llama_cpp.llama_vocab_get_text(self._vocabulary, token) if token >= 0 else b""
        return text.decode("utf-8", "replace")

    def tokens(self, system: str, user: str) -> list[int]:
        """The tokens of a prompt."""
        text, framed = self._text(system, user)
        begun = bool(self._chat is not None and self._begin and text.startswith(self._begin))
        tokens: list[int] = self._model.tokenize(text.encode("utf-8", "replace"), add_bos=not begun, special=framed)
        return tokens

    def _text(self, system: str, user: str) -> tuple[str, bool]:
        """The prompt, and whether it has control tokens in it that are meant."""
        if self._chat is None:
            return _PLAIN.format(system=system, user=user), False
        asked: Any = {"role": "user", "content": user}
        try:
            return self._chat(messages=[{"role": "system", "content": system}, asked]).prompt, True
        except Exception:
            # Templates are programs: some know no system role and raise whatever they like.
            asked = {"role": "user", "content": f"{system}\n\n{user}"}
            return self._chat(messages=[asked]).prompt, True

    @lru_cache(maxsize=8)  # noqa: B019 (one template lives as long as its process)
    def prefix(self, system: str) -> tuple[int, ...]:
        """The tokens that every prompt with these instructions begins with."""
        first, second = self.tokens(system, "A question."), self.tokens(system, "(Text)")
        length = next((i for i, (a, b) in enumerate(zip(first, second, strict=False)) if a != b), 0)
        return tuple(first[:length])

    def ends(self, token: int) -> bool:
        """Whether a token is the model's end of its text."""
        return bool(llama_cpp.llama_vocab_is_eog(self._vocabulary, token))

    def grammar(self, schema: Mapping[str, object]) -> str:
        """A JSON schema as a grammar in llama.cpp's notation."""
        return _grammar(json.dumps(schema))


@lru_cache(maxsize=64)
def _grammar(schema: str) -> str:
    text: str = json_schema_to_gbnf(schema)
    return text
