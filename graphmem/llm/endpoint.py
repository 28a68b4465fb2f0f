"""An OpenAI-compatible endpoint that the user has named: llama-server, Ollama, vLLM and what else speaks so."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from graphmem.errors import GenerationError, MissingExtraError, ModelError
from graphmem.keys import authorization, without_key
from graphmem.llm.gguf import DEFAULT_CONTEXT
from graphmem.llm.untrusted import harmless
from graphmem.model import Completion

if TYPE_CHECKING:
    import httpx

__all__ = ["EndpointLLM"]

_CONNECT_SECONDS = 10.0
_BYTES_PER_TOKEN = 3
"""Fewer than most tokens have: a text counted so is rather thought too long than too short."""
_BUSY = {408, 425, 429, 500, 502, 503, 504}
_REFUSED = {400, 404, 413, 415, 422}
_SAID = 200
"""Characters of an answer's body that an error repeats."""


class EndpointLLM:
    """``POST <url>/chat/completions``, with the key of :func:`graphmem.keys.authorization` where one is needed.

    ``spec`` is the address and, behind ``#``, the model's name; ``context`` what the server has room for, which nobody
    can ask it. ``timeout`` is how many seconds it may be silent. What fails for a moment (no connection, 429, 5xx) is
    tried ``retries`` times more, ``pause`` seconds and then twice as long between them. Raises :class:`ModelError`.
    """

    def __init__(
        self,
        spec: str,
        *,
        context: int = DEFAULT_CONTEXT,
        timeout: float = 300.0,
        retries: int = 3,
        pause: float = 0.5,
    ) -> None:
        try:
            import httpx
        except ModuleNotFoundError as error:
            raise MissingExtraError("httpx", "llm", "An endpoint") from error
        url, _, self._model = spec.partition("#")
        headers = authorization(url)
        if not self._model:
            raise ModelError(f"the endpoint {spec} names no model: write it behind '#', as in http://host/v1#model")
        try:
            self._address = str(httpx.URL(f"{url.rstrip('/')}/chat/completions"))
        except httpx.InvalidURL as error:
            raise ModelError(f"{url} is no address ({error}): write it as in http://host:8080/v1#model") from error
        self._client = httpx.Client(
            headers=headers,
            timeout=httpx.Timeout(timeout, connect=min(timeout, _CONNECT_SECONDS)),
        )
        self._retries, self._pause = retries, pause
        self._forms = [_as_openai, _as_llama_cpp]
        self.context = context
        self.id = f"endpoint-{self._model}"

    def complete(self, system: str, user: str, *, schema: Mapping[str, object] | None, max_tokens: int) -> Completion:
        """The whole text; see :class:`graphmem.model.LLM`."""
        began = time.perf_counter()
        with self._answer(self._body(system, user, max_tokens), schema) as response:
            try:
                answer = json.loads(response.read())
                choice, usage = answer["choices"][0], answer.get("usage") or {}
                text, finished = str(choice["message"]["content"] or ""), choice.get("finish_reason") != "length"
                counts = [int(usage.get(f"{kind}_tokens") or 0) for kind in ("prompt", "completion")]
            except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
                raise self._odd() from error
        return Completion(text, finished, counts[0], 0, counts[1], time.perf_counter() - began)

    def stream(self, system: str, user: str, *, schema: Mapping[str, object] | None, max_tokens: int) -> Iterator[str]:
        """The text piece by piece, as server-sent events bring it; closing the iterator lets the server go."""
        with self._answer(self._body(system, user, max_tokens) | {"stream": True}, schema) as response:
            for line in response.iter_lines():
                data = line.removeprefix("data:").strip()
                if not line.startswith("data:") or not data:
                    continue
                if data == "[DONE]":
                    return
                try:
                    choices = json.loads(data)["choices"]
                    piece = choices[0]["delta"].get("content") if choices else None
                except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
                    raise self._odd() from error
                if piece:
                    yield str(piece)
        raise ModelError(f"the endpoint {self._address} stopped in the middle of its answer: see why, and ask again")

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """At least about the tokens of each text: the endpoint's tokenizer is not here to ask."""
        return [len(text.encode("utf-8", "replace")) // _BYTES_PER_TOKEN + 1 for text in texts]

    def _body(self, system: str, user: str, max_tokens: int) -> dict[str, object]:
        asked = [("system", system), ("user", harmless(user))]
        messages = [{"role": role, "content": text.encode("utf-8", "replace").decode()} for role, text in asked]
        return {"model": self._model, "messages": messages, "max_tokens": max_tokens, "temperature": 0}

    @contextmanager
    def _answer(self, body: dict[str, object], schema: Mapping[str, object] | None) -> Iterator[httpx.Response]:
        """The answer with status 200, after what has to be tried again."""
        import httpx

        tries, reason = 0, ""
        forms = list(self._forms) if schema else [_as_nothing]
        while tries <= self._retries:
            if tries:
                time.sleep(self._pause * 2 ** (tries - 1))
            request = self._client.build_request("POST", self._address, json=body | forms[0](schema or {}))
            try:
                response = self._client.send(request, stream=True)
            except httpx.HTTPError as error:
                tries, reason = tries + 1, _said(error)
                continue
            try:
                if response.status_code == httpx.codes.OK:
                    if schema:
                        # What this server understands it is asked from now on.
                        self._forms = forms[:1]
                    yield response
                    return
                response.read()
            except httpx.HTTPError as error:
                raise ModelError(
                    f"the endpoint {self._address} broke off its answer ({_said(error)}): see why, and ask again"
                ) from error
            finally:
                response.close()
            status = response.status_code
            reason = f"status {status}: {' '.join(without_key(response.text).split())[:_SAID]}"
            if len(forms) > 1 and status in _REFUSED | {500}:
                # Servers understand one of two ways of asking for a schema, and some call the other one their own error.
                forms = forms[1:]
                continue
            if status in _REFUSED:
                raise GenerationError(f"the endpoint {self._address} refused a request ({reason})")
            if status not in _BUSY:
                raise ModelError(f"the endpoint {self._address} refused ({reason}): check its address, model and key")
            tries, forms = tries + 1, list(self._forms) if schema else forms
        raise ModelError(
            f"the endpoint {self._address} did not answer, tried {tries} times ({reason}): "
            "see that it runs, and run the same command again"
        )

    def _odd(self) -> ModelError:
        return ModelError(f"the endpoint {self._address} answered in another form than OpenAI's")


def _said(error: Exception) -> str:
    return str(error) or type(error).__name__


def _as_nothing(schema: Mapping[str, object]) -> dict[str, Any]:
    return {}


def _as_openai(schema: Mapping[str, object]) -> dict[str, Any]:
    format_ = {"name": "answer", "schema": schema, "strict": True}
    return {"response_format": {"type": "json_schema", "json_schema": format_}}


def _as_llama_cpp(schema: Mapping[str, object]) -> dict[str, Any]:
    return {"response_format": {"type": "json_object", "schema": schema}}
