"""A key comes from the environment or a private file, and nobody sees it."""

from __future__ import annotations

import os
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from graphmem.embed import open_embedder
from graphmem.errors import GraphmemError, SettingsError
from graphmem.keys import api_key
from graphmem.llm import open_llm

SECRET = "sk-very-secret-0123456789"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRAPHMEM_API_KEY", raising=False)
    monkeypatch.delenv("GRAPHMEM_API_KEY_FILE", raising=False)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "key"
    path.write_text(f"{SECRET}\n", encoding="ascii")
    path.chmod(0o600)
    monkeypatch.setenv("GRAPHMEM_API_KEY_FILE", str(path))
    return path


def test_no_key() -> None:
    assert api_key() == ""


def test_the_environment_comes_first(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert api_key() == SECRET
    monkeypatch.setenv("GRAPHMEM_API_KEY", "another")
    assert api_key() == "another"


@pytest.mark.skipif(os.name != "posix", reason="Windows has other permissions")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_file_that_others_may_use_is_refused(file: Path, mode: int) -> None:
    file.chmod(mode)
    with pytest.raises(SettingsError, match="chmod 600") as caught:
        api_key()
    assert SECRET not in str(caught.value)


def test_a_missing_file(file: Path) -> None:
    file.unlink()
    with pytest.raises(SettingsError, match="cannot be read"):
        api_key()


@pytest.mark.parametrize("key", [f"{SECRET}\nX-Header: 1", f"{SECRET} {SECRET}", f"{SECRET}…", "  \n"])
def test_a_key_that_no_header_can_carry_is_not_told(file: Path, key: str) -> None:
    file.write_text(key, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        api_key()
    assert "secret" not in str(caught.value)


def test_no_error_of_an_endpoint_tells_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("httpx", reason="httpx is an extra: pip install 'graphmem[llm]'")
    monkeypatch.setenv("GRAPHMEM_API_KEY", SECRET)
    for address in (
        f"http://me:{SECRET}@127.0.0.1:9/v1#m",
        "http://127.0.0.1:9/v1#m",
        "http://[bad/v1#m",
        "http://:0/#m",
    ):
        with pytest.raises(GraphmemError) as caught:
            open_embedder(address)
        assert SECRET not in str(caught.value)


def test_an_endpoint_that_repeats_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("httpx", reason="httpx is an extra: pip install 'graphmem[llm]'")
    monkeypatch.setenv("GRAPHMEM_API_KEY", SECRET)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(401)
            self.end_headers()
            self.wfile.write(f"the key {self.headers['Authorization']} is wrong".encode())

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/v1#m"
        with pytest.raises(GraphmemError, match=r"the key Bearer \[key\] is wrong"):
            open_llm(address).complete("a", "b", schema=None, max_tokens=5)
        with pytest.raises(GraphmemError) as caught:
            open_embedder(address)
        server.shutdown()
    assert SECRET not in str(caught.value)
