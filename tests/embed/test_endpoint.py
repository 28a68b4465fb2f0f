"""An OpenAI-compatible endpoint, spoken to over a real socket on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import numpy as np
import pytest
from conftest import WordEmbedder

from graphmem.embed import open_embedder
from graphmem.errors import ModelError

pytest.importorskip("httpx", reason="httpx is an extra: pip install 'graphmem[llm]'")


class Handler(BaseHTTPRequestHandler):
    """Answers ``/v1/embeddings`` in any order, and everything else badly."""

    seen: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Handler.seen.append(self.headers.get("Authorization", ""))
        if self.path != "/v1/embeddings":
            body, status = b'{"wrong": true}', 200 if "odd" in self.path else 500
        else:
            vectors = 3 * WordEmbedder().embed(request["input"])
            rows = [{"index": i, "embedding": vector.tolist()} for i, vector in enumerate(vectors)]
            body, status = json.dumps({"data": rows[::-1]}).encode(), 200
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_vectors_come_back_in_order_and_of_unit_length(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRAPHMEM_API_KEY", "secret")
    embedder = open_embedder(f"{address}/v1#some-model")
    texts = [f"text number {number}" for number in range(200)]
    np.testing.assert_allclose(embedder.embed(texts), WordEmbedder().embed(texts), atol=1e-5)
    assert embedder.dimension == 64
    assert Handler.seen[-1] == "Bearer secret"


@pytest.mark.parametrize(
    ("path", "reason"), [("/v2#m", "did not answer"), ("/odd#m", "another form"), ("/v1", "no model")]
)
def test_what_goes_wrong_is_said(address: str, path: str, reason: str) -> None:
    with pytest.raises(ModelError, match=reason):
        open_embedder(address + path)


def test_nobody_there() -> None:
    with pytest.raises(ModelError, match="did not answer"):
        open_embedder("http://127.0.0.1:9/v1#m")
