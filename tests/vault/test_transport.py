"""Requests to servers that lose answers: what may be sent again, and what may not.

A lost answer cannot be had on demand from a real server; one that loses it stands in.
"""

from __future__ import annotations

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from sealward.errors import SealwardError
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


def test_patience_is_one_for_a_write_and_its_parts() -> None:
    """A write that reads back asks patiently, too: the waits must not multiply."""
    now = [0.0]
    with server(503) as (address, _):
        client = connect({"VAULT_ADDR": address, "VAULT_TOKEN": "t"})
        client.transport.now = lambda: now[0]
        client.transport.sleep = lambda seconds: now.__setitem__(0, now[0] + seconds)
        with pytest.raises(VaultError):
            client.transport.patiently(lambda: client.get("secret/config"))
    assert 25 < now[0] <= client.transport.patience


class Portal(BaseHTTPRequestHandler):
    """Answers every request with one and the same body and status 200."""

    body = b""

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.body)

    do_POST = do_PATCH = do_GET

    def log_message(self, *_: Any) -> None:
        pass


BODIES = [
    b"<html>Log in to the guest network</html>",
    b"null",
    b"[]",
    b'"x"',
    b'{"auth": null, "data": null}',
    b'{"auth": 7, "data": 7}',
    b'{"data": {"data": null, "metadata": null}}',
    b'{"data": {"data": [1], "metadata": {"version": "x"}}}',
    b'{"data": {"current_version": null}}',
    b'{"data": {"current_version": 3, "versions": {"x": {}}}}',
    b'{"data": {"current_version": 3, "versions": [1]}}',
    b'{"data": {"current_version": 3, "versions": {}, "custom_metadata": 5}}',
]


@pytest.mark.parametrize("body", BODIES)
def test_odd_answers_are_one_clear_error(body: bytes) -> None:
    handler = type("Handler", (Portal,), {"body": body})
    with HTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True).start()
        address = f"http://127.0.0.1:{running.server_port}"
        client = connect({"VAULT_ADDR": address, "VAULT_TOKEN": "t"})
        login = {"SEALWARD_VAULT_AUTH": "jwt", "SEALWARD_VAULT_ROLE": "r", "SEALWARD_VAULT_JWT": "j"}
        for ask in (
            lambda: client.metadata("secret", "bot"),
            lambda: client.read("secret", "bot"),
            lambda: client.write("secret", "bot", {}, 1),
            lambda: connect({"VAULT_ADDR": address, **login}),
        ):
            with contextlib.suppress(SealwardError):
                ask()
        with pytest.raises(SealwardError, match="but not as Vault does"):
            connect({"VAULT_ADDR": address, **login})
        running.shutdown()
