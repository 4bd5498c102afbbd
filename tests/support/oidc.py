"""Workflow tokens of GitHub's shape, signed by a key pair of the test, and an endpoint that hands them out.

Claims as GitHub documents them: ``sub``, ``aud``, ``repository``, ``ref``, ``job_workflow_ref``, … GitHub
itself cannot be had in a test; the server that checks the tokens is real.
"""

from __future__ import annotations

import base64
import contextlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

if TYPE_CHECKING:
    from collections.abc import Iterator

ISSUER = "https://token.actions.githubusercontent.com"
REPOSITORY = "your-organisation/your-repository"
AUDIENCE = "https://vault.internal"
CLAIMS = {
    "iss": ISSUER,
    "sub": f"repo:{REPOSITORY}:ref:refs/heads/main",
    "aud": AUDIENCE,
    "repository": REPOSITORY,
    "repository_id": "123456789",
    "repository_owner_id": "987654321",
    "environment": "rotation",
    "runner_environment": "github-hosted",
    "event_name": "schedule",
    "ref": "refs/heads/main",
    "job_workflow_ref": f"{REPOSITORY}/.github/workflows/rotate.yml@refs/heads/main",
}
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = KEY.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)
BEARER = "bearer-of-the-job"


def encoded(data: bytes) -> str:
    """base64url without padding, as JSON Web Tokens have it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(**changes: Any) -> str:
    """A token (RS256), valid for five minutes unless changed."""
    now = int(time.time())
    claims = {**CLAIMS, "iat": now - 10, "nbf": now - 10, "exp": now + 300, **changes}
    parts = [encoded(json.dumps(part).encode()) for part in ({"alg": "RS256", "typ": "JWT"}, claims)]
    signature = KEY.sign(".".join(parts).encode(), padding.PKCS1v15(), hashes.SHA256())
    return ".".join([*parts, encoded(signature)])


@contextlib.contextmanager
def http(handle: Any) -> Iterator[str]:
    """An endpoint on loopback: ``handle(handler, body) -> JSON`` answers every request; None is a 401."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            answer = handle(self, self.rfile.read(size))
            self.send_response(401 if answer is None else 200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        do_POST = do_GET

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextlib.contextmanager
def github(**changes: Any) -> Iterator[dict[str, str]]:
    """GitHub's token endpoint; gives the environment that a job with ``id-token: write`` has."""

    def hand_out(request: BaseHTTPRequestHandler, _: bytes) -> dict[str, str] | None:
        if request.headers["Authorization"] != f"bearer {BEARER}":
            return None
        audience = parse_qs(urlsplit(request.path).query).get(
            "audience", ["https://github.com/your-organisation"]
        )
        return {"value": signed(aud=audience[0], **changes)}

    with http(hand_out) as address:
        yield {
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"{address}/token?api-version=2.0",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": BEARER,
        }
