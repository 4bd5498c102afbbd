"""TLS: whom we trust, and where a redirect may lead."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from sealward.errors import SealwardError
from sealward.plaintext import Plaintext
from sealward.vault.connection import connect
from sealward.vault.transport import VaultError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.openbao import Bao


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate that is its own authority, for 127.0.0.1, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.timezone.utc)
    built = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + datetime.timedelta(days=1))
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    signed = built.add_extension(address, critical=False).sign(key, hashes.SHA256())
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    file.write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


class Node(HTTPServer):
    """Answers every request with ``{}``, or sends it on to ``leader``; keeps the tokens that it was sent."""

    leader = ""

    def __init__(self, certificate: Path | None) -> None:
        self.tokens: list[str | None] = []
        super().__init__(("127.0.0.1", 0), Answer)
        self.address = f"http{'s' if certificate else ''}://127.0.0.1:{self.server_port}"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()


class Answer(BaseHTTPRequestHandler):
    server: Node

    def do_GET(self) -> None:
        self.server.tokens.append(self.headers["X-Vault-Token"])
        self.send_response(307 if self.server.leader else 200)
        if self.server.leader:
            self.send_header("Location", self.server.leader + self.path)
        self.end_headers()
        self.wfile.write(b"{}")

    do_POST = do_GET

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def nodes(certificate: Path) -> Iterator[tuple[Node, Node, Node]]:
    """Two with TLS, one without."""
    with Node(certificate) as one, Node(certificate) as other, Node(None) as plain:
        yield one, other, plain
        for node in (one, other, plain):
            node.shutdown()


def test_an_authority_of_ones_own_is_trusted_when_named(
    nodes: tuple[Node, Node, Node], certificate: Path
) -> None:
    environment = {"VAULT_ADDR": nodes[0].address, "VAULT_TOKEN": "canary"}
    with pytest.raises(
        VaultError, match=r"certificate of https://127\.0\.0\.1:[0-9]+ is not trusted"
    ) as caught:
        connect(environment).get("sys/x")
    assert "VAULT_CACERT" in caught.value.hint
    assert nodes[0].tokens == []
    assert connect({**environment, "VAULT_CACERT": str(certificate)}).get("sys/x") == {}
    assert connect({**environment, "BAO_CACERT": str(certificate), "VAULT_CACERT": "/x"}).get("sys/x") == {}


def test_certificates_that_are_not_there_are_named() -> None:
    environment = {"VAULT_ADDR": "https://127.0.0.1:9", "VAULT_TOKEN": "t", "VAULT_CACERT": "/absent.pem"}
    with pytest.raises(SealwardError, match=r"/absent\.pem are not there"):
        connect(environment)


@pytest.mark.parametrize(
    "address",
    [
        "http://[::1",
        "http://",
        "https://127.0.0.1:no",
        "127.0.0.1:9",
        "http://a b",
        "https://u:p@host",
        "ftp://x",
    ],
)
def test_what_is_not_an_address_is_reported(address: str) -> None:
    with pytest.raises(SealwardError, match="is not http:// or https:// and a host"):
        connect({"VAULT_ADDR": address, "VAULT_TOKEN": "t"})


@pytest.mark.parametrize(
    ("address", "refused"),
    [
        ("http://vault.internal:8200", True),
        ("http://10.1.2.3", True),
        ("http://127.0.0.1.example.org", True),
        ("http://localhost.example.org:8200", True),
        ("https://vault.internal:8200", False),
        ("http://127.0.0.1:8200", False),
        ("http://localhost", False),
        ("http://[::1]:8200", False),
    ],
)
def test_no_token_goes_to_another_machine_without_tls(address: str, refused: bool) -> None:
    environment = {"VAULT_ADDR": address, "VAULT_TOKEN": "t"}
    if refused:
        with pytest.raises(SealwardError, match="another machine, without TLS"):
            connect(environment)
    connect({**environment, "SEALWARD_VAULT_HTTP": "true"} if refused else environment)


@pytest.mark.parametrize("token", ["hvs.abc\u2026", "hvs.a\nb", "hvs.\xa0x"])
def test_a_token_that_cannot_be_one_is_not_sent(token: str) -> None:
    with pytest.raises(SealwardError, match="a character that no token has") as caught:
        connect({"VAULT_ADDR": "http://127.0.0.1:9", "VAULT_TOKEN": token})
    assert "hvs" not in str(caught.value)


@pytest.fixture
def chain() -> Iterator[list[Node]]:
    """Three servers without TLS, on this machine."""
    with Node(None) as one, Node(None) as two, Node(None) as three:
        yield [one, two, three]
        for node in (one, two, three):
            node.shutdown()


def test_one_redirect_is_followed_and_no_more(chain: list[Node]) -> None:
    first, second, third = chain
    first.leader, second.leader = second.address, third.address
    with pytest.raises(VaultError, match="more than once"):
        connect({"VAULT_ADDR": first.address, "VAULT_TOKEN": "t"}).get("sys/x")
    assert (len(first.tokens), len(second.tokens), len(third.tokens)) == (1, 1, 0)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_redirect_to_another_host_gets_no_token(chain: list[Node], method: str) -> None:
    """``localhost`` is another host than ``127.0.0.1`` for everybody who compares names."""
    first, second, _ = chain
    first.leader = second.address.replace("127.0.0.1", "localhost")
    environment = {"VAULT_ADDR": first.address, "VAULT_TOKEN": "canary"}
    with pytest.raises(VaultError, match="redirects to another host, http://localhost:") as caught:
        connect(environment).transport.request(method, "sys/x")
    assert second.tokens == []
    allowed = caught.value.hint.rpartition("SEALWARD_VAULT_REDIRECTS=")[2]
    client = connect({**environment, "SEALWARD_VAULT_REDIRECTS": f"other:1, {allowed}"})
    client.transport.request(method, "sys/x")
    assert second.tokens == ["canary"]


def test_a_namespace(bao: Bao) -> None:
    namespace = f"team-{bao.mount}"
    bao.client.transport.request("post", f"sys/namespaces/{namespace}")
    environment = {"VAULT_ADDR": bao.server.address, "VAULT_TOKEN": bao.server.root_token}
    inside = connect({**environment, "VAULT_NAMESPACE": namespace})
    inside.post("sys/mounts/kv", type="kv", options={"version": "2"})
    assert inside.write("kv", "bot", {"key": Plaintext(b"one")}, cas=0) == 1
    assert connect({**environment, "BAO_NAMESPACE": namespace}).read("kv", "bot").version == 1
    with pytest.raises(VaultError):
        connect(environment).read("kv", "bot")


def test_a_standby_leads_to_the_leader(nodes: tuple[Node, Node, Node], certificate: Path) -> None:
    standby, leader, _ = nodes
    standby.leader = leader.address
    environment = {"VAULT_ADDR": standby.address, "VAULT_TOKEN": "t", "VAULT_CACERT": str(certificate)}
    assert connect(environment).get("sys/x") == {}
    assert leader.tokens == ["t"]


def test_a_redirect_never_leaves_tls(nodes: tuple[Node, Node, Node], certificate: Path) -> None:
    standby, _, plain = nodes
    standby.leader = plain.address
    environment = {"VAULT_ADDR": standby.address, "VAULT_TOKEN": "canary", "VAULT_CACERT": str(certificate)}
    with pytest.raises(VaultError, match=r"redirects to http://127\.0\.0\.1:[0-9]+, without TLS") as caught:
        connect(environment).get("sys/x")
    assert plain.tokens == []
    assert "canary" not in str(caught.value)
