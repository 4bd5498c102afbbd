"""A real OpenBao server, one a test session; every test gets a KV v2 mount of its own."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from sealward.demo.bao_server import Server, dev_server
from sealward.plaintext import Plaintext
from sealward.vault.connection import connect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealward.vault.client import Client

_NUMBERS = itertools.count(1)


class Bao:
    """The server, a client that may do everything, and this test's mount."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.client = self.login(server.root_token)
        self.mount = f"kv{next(_NUMBERS)}"
        self.client.post(f"sys/mounts/{self.mount}", type="kv", options={"version": "2"})

    def login(self, token: str) -> Client:
        """A client with another token; it gives up fast."""
        client = connect({"BAO_ADDR": self.server.address, "BAO_TOKEN": token})
        client.transport.patience = 3.0
        return client

    def put(self, path: str, **values: str) -> int:
        """Write keys of a secret, whatever version is current; returns the new one."""
        wrapped = {key: Plaintext(value.encode()) for key, value in values.items()}
        try:
            current = self.client.metadata(self.mount, path).current
        except Exception:
            current = 0
        return self.client.write(self.mount, path, wrapped, current)

    def get(self, path: str, version: int | None = None) -> dict[str, str]:
        """The values of a version, in clear."""
        found = self.client.read(self.mount, path, version)
        return {key: value.text() for key, value in found.values.items()}

    def token(self, policy: str) -> str:
        """A token with nothing but one policy, given as HCL."""
        name = f"policy-{next(_NUMBERS)}"
        self.client.post(f"sys/policies/acl/{name}", policy=policy)
        body = {"policies": [name], "no_default_policy": True, "ttl": "1h"}
        answer = self.client.transport.request("post", "auth/token/create", json=body)
        return str(answer["auth"]["client_token"])


def database(bao: Bao, mount: str) -> None:
    """A database engine at that mount, for a server that is not there."""
    bao.client.post(f"sys/mounts/{mount}", type="database")
    bao.client.post(
        f"{mount}/config/pg", plugin_name="postgresql-database-plugin", allowed_roles="*",
        connection_url="postgresql://{{username}}:{{password}}@127.0.0.1:9/x", username="u", password="p",
        verify_connection=False,
    )  # fmt: skip


@pytest.fixture(scope="session")
def bao_server() -> Iterator[Server]:
    with dev_server() as server:
        yield server


@pytest.fixture
def bao(bao_server: Server, monkeypatch: pytest.MonkeyPatch) -> Bao:
    """The server with a fresh mount; the environment names it and its root token."""
    for name in ("ADDR", "TOKEN", "NAMESPACE", "CACERT"):
        monkeypatch.delenv(f"BAO_{name}", raising=False)
        monkeypatch.delenv(f"VAULT_{name}", raising=False)
    monkeypatch.setenv("VAULT_ADDR", bao_server.address)
    monkeypatch.setenv("VAULT_TOKEN", bao_server.root_token)
    return Bao(bao_server)
