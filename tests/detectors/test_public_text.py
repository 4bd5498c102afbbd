"""What anybody may read, whatever its key is called."""

from __future__ import annotations

import pytest

from sealward.detectors.public_text import is_public, only_a_name
from tests.support.literals import expand


@pytest.mark.parametrize(
    "text",
    ["%uuid%", "sha256:%hex:64%", "%hex:40%", "ghcr.io/a/b:1.2", "1.2.3-rc.1", "/etc/ssl/key.pem", "me@host.io",
     "arn:aws:iam::1:role/x", "2026-01-05T10:00:00Z", "%der%", "%png:60%", "données"],
)  # fmt: skip
def test_public(text: str) -> None:
    assert is_public(expand(text, seed=2))


@pytest.mark.parametrize("text", ["%b62:32%", "Tr0ub4dor&3", "%hex:64%", "a.b." * 50_000 + "!"])
def test_not_public(text: str) -> None:
    """The last one took exponential time before."""
    assert not is_public(expand(text, seed=2))


def test_names_of_secrets_are_not_secrets() -> None:
    assert only_a_name("db-credentials", strict=True)
    assert only_a_name("DB_PASSWORD", strict=True)
    assert only_a_name("1password_connect_token", strict=False)
    assert only_a_name("basic", strict=False)
    assert only_a_name("csi-cephfs-secret", strict=False)
    assert not only_a_name("swordfish", strict=True)
    assert not only_a_name("Tr0ub4dor-token", strict=False)
