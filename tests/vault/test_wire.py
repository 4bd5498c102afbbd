"""Plain GETs over kept connections: what goes well comes from here, all else from the session."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from sealward.vault.connection import connect
from sealward.vault.transport import VaultError
from sealward.vault.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.openbao import Bao


class Handler(BaseHTTPRequestHandler):
    """Notes the connections it is asked on, and does to a path what it is called."""

    protocol_version = "HTTP/1.1"
    connections: set[Any]

    def do_GET(self) -> None:
        self.connections.add(self.client_address)
        if self.path.endswith("cut"):
            self.close_connection = True
            return
        body = b"[" if self.path.endswith("torn") else b'{"data": {"a": 1}}'
        self.send_response(307 if self.path.endswith("moved") else 200)
        if self.path.endswith("moved"):
            self.send_header("Location", "/v1/x")
        if self.path.endswith("last"):
            self.send_header("Connection", "close")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    handler = type("Handling", (Handler,), {"connections": set()})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        running.daemon_threads = True
        threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


@pytest.mark.parametrize(("path", "is_had"), [("x", True), ("last", True), ("cut", False), ("moved", False)])
def test_what_goes_well_is_answered_and_nothing_else(address: str, path: str, is_had: bool) -> None:
    wire = Wire(address, "", 5.0)
    for _ in range(3):
        answer = wire.get(path, {})
        assert (answer is not None) is is_had
        assert answer is None or (answer.status, answer.body) == (200, b'{"data": {"a": 1}}')
    assert wire.get("x", {}) is not None


def test_a_connection_is_kept() -> None:
    connections: set[Any] = set()
    handler = type("Handling", (Handler,), {"connections": connections})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        running.daemon_threads = True
        threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True).start()
        wire = Wire(f"http://127.0.0.1:{running.server_port}", "", 5.0)
        assert all(wire.get("x", {}) for _ in range(5))
        assert len(connections) == 1
        running.shutdown()


@pytest.mark.parametrize("path", ["x", "moved", "cut"])
def test_the_session_takes_over_where_it_does_not_go_well(address: str, path: str) -> None:
    client = connect({"VAULT_ADDR": address, "VAULT_TOKEN": "t"})
    client.transport.patience = 0.0
    if path == "cut":
        with pytest.raises(VaultError, match="unreachable"):
            client.get(path)
    else:
        assert client.get(path) == {"a": 1}


def test_where_something_is_in_between_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def wire(**environment: str) -> Wire | None:
        return connect(
            {"VAULT_ADDR": "https://v.example:8200", "VAULT_TOKEN": "t", **environment}
        ).transport.wire

    monkeypatch.delenv("https_proxy", raising=False)
    monkeypatch.delenv("HTTPS_PROXY", raising=False)
    monkeypatch.delenv("ALL_PROXY", raising=False)
    monkeypatch.delenv("all_proxy", raising=False)
    assert wire() is not None
    assert wire(VAULT_SKIP_VERIFY="true") is None
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:3128")
    assert wire() is None


def test_namespace_and_token_are_sent(bao: Bao) -> None:
    bao.client.post("sys/namespaces/inner")
    environment = {"VAULT_ADDR": bao.server.address, "VAULT_TOKEN": bao.server.root_token}
    inside = connect({**environment, "VAULT_NAMESPACE": "inner"})
    assert set(inside.get("sys/mounts")) != set(bao.client.get("sys/mounts"))
    with pytest.raises(VaultError, match="token is missing, wrong or expired"):
        connect({**environment, "VAULT_TOKEN": "wrong"}).get("sys/mounts")


def test_certificates_that_are_none_are_for_the_session_to_explain(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.write_text("no certificate")
    environment = {"VAULT_ADDR": "https://127.0.0.1:9", "VAULT_TOKEN": "t", "VAULT_CACERT": str(file)}
    transport = connect(environment).transport
    assert transport.wire is not None
    assert transport.wire.get("sys/mounts", {}) is None
