"""Comments, keys and lines: a secret inside a sentence is found, and a sentence about one is not."""

from __future__ import annotations

import pytest

from sealward.detectors.free_text import HIDDEN, hidden, in_comment, in_key, in_line
from tests.support.literals import expand

TOKEN = expand("ghp_%b62:36%", seed=3)


@pytest.mark.parametrize(
    "text",
    [
        "password: hunter2", "the old password: hunter2 (do not use)", "- db_pwd: Tr0ub4dor", "export TOKEN=Tr0ub4dor",
        "passphrase: correct horse battery staple", "note: <Tr0ub4dor> token: <Tr0ub4dor3xyz>", "x %b62:32% y",
        "seed: %phrase:12%", "%phrase:12%", "dapi%hex:32%", "key-%hex:32%", "pul-%hex:40%", "dop_v1_%hex:64%",
        "%hex:64%", '{"password": "hunter2"}', "a\npassword: hunter2\nb",
    ],
)  # fmt: skip
def test_comments_with_secrets(text: str) -> None:
    assert in_comment(expand(text, seed=5)) is not None


@pytest.mark.parametrize(
    "text",
    [
        "", "password: see the vault", "api_key: Top right corner, profile", "token: <your token>", "asked for by audit",
        "passphrase: ask the team lead please", "password: ${PASSWORD}", "password: vault:secret/data/a#b#1",
        "renovate: datasource=docker depName=ghcr.io/home-operations/plex", "sha256:%hex:64%",
        "https://github.com/acme/app/commit/%hex:40%", "OP_CONNECT_TOKEN: 1password_connect_token",
        "yaml-language-server: $schema=https://example.com/a/b/schema.json", "ssh-ed25519 AAAA%b62:60% me@host",
        "age1%b32a:58%", "token_ttl: 3600",
    ],
)  # fmt: skip
def test_comments_without(text: str) -> None:
    assert in_comment(expand(text, seed=5)) is None


@pytest.mark.parametrize("key", ["db_password", "tls.crt", "a" * 40, "kubectl.kubernetes.io/restartedAt"])
def test_keys_are_names(key: str) -> None:
    assert in_key(key) is None


def test_a_key_and_a_line_of_a_known_shape() -> None:
    assert in_key(TOKEN) == "a GitHub token"
    assert in_line(f"curl -H 'x: {TOKEN}'") == "a GitHub token"
    assert in_line("password: Tr0ub4dor-and-3-more") is None
    assert in_line("token: ghp_" + "x" * 36) is None


def test_what_is_shown() -> None:
    assert hidden(f"a.{TOKEN}[0].b") == f"a.{HIDDEN}[0].b"
    assert hidden("a.b") == "a.b"
