"""Requests to servers that lose answers: what may be sent again, and what may not.

A lost answer cannot be had on demand from a real server; one that loses it stands in.
"""

from __future__ import annotations

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from sealward.vault.connection import connect
from sealward.vault.transport import VaultError

if TYPE_CHECKING:
    from collections.abc import Iterator

LOST = 0


@contextlib.contextmanager
def server(*statuses: int) -> Iterator[tuple[str, list[str]]]:
    """Its address, and the paths that were asked for; the n-th answer has the n-th status, or is lost."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status = statuses[min(len(seen), len(statuses) - 1)]
            seen.append(self.path)
            if status != LOST:
                self.send_response(status)
                self.end_headers()
                self.wfile.write(b"{}")

        do_POST = do_GET

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}", seen
        running.shutdown()


@pytest.mark.parametrize(
    ("statuses", "requests"),
    [((200,), 1), ((429, 503, 200), 3)],
    ids=["done", "not-begun"],
)
def test_what_acts_is_sent_again_where_nothing_was_done(statuses: tuple[int, ...], requests: int) -> None:
    with server(*statuses) as (address, seen):
        connect({"VAULT_ADDR": address, "VAULT_TOKEN": "t"}).post("database/rotate-role/bot")
    assert len(seen) == requests


@pytest.mark.parametrize("status", [LOST, 500, 502, 504, 400])
def test_what_may_have_acted_is_not_sent_again(status: int) -> None:
    with server(status, 200) as (address, seen):
        client = connect({"VAULT_ADDR": address, "VAULT_TOKEN": "t"})
        with pytest.raises(VaultError):
            client.post("database/rotate-role/bot")
    assert seen == ["/v1/database/rotate-role/bot"]


@pytest.mark.parametrize("status", [LOST, 412, 429, 473, 500, 502, 503, 504])
def test_reads_are_sent_again(status: int) -> None:
    with server(status, 200) as (address, seen):
        assert connect({"VAULT_ADDR": address, "VAULT_TOKEN": "t"}).get("secret/config") == {}
    assert len(seen) == 2


def test_patience_ends() -> None:
    with server(503) as (address, seen):
        client = connect({"VAULT_ADDR": address, "VAULT_TOKEN": "t"})
        client.transport.patience = 0.3
        with pytest.raises(VaultError, match="fails on secret/config"):
            client.get("secret/config")
    assert 1 < len(seen) < 10


def test_patience_is_one_for_a_write_and_its_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that reads back asks patiently, too: the waits must not multiply."""
    now = [0.0]
    monkeypatch.setattr("sealward.vault.transport.time.monotonic", lambda: now[0])
    monkeypatch.setattr(
        "sealward.vault.transport.time.sleep", lambda seconds: now.__setitem__(0, now[0] + seconds)
    )
    with server(503) as (address, _):
        client = connect({"VAULT_ADDR": address, "VAULT_TOKEN": "t"})
        with pytest.raises(VaultError):
            client.transport.patiently(lambda: client.get("secret/config"))
    assert 25 < now[0] <= client.transport.patience
