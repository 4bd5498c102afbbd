"""Passwords in URLs and connection strings."""

from __future__ import annotations

import pytest

from sealward.detectors.logins import logins_in
from tests.support.literals import expand


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("postgres://app:hunter2@db/x", "hunter2"),
        ("https://x.io/a?token=%s:q8Zt3LmVx0Rb7W%", "q8Zt3LmVx0Rb7W"),
        ("Server=db;Password=hunter2;", "hunter2"),
        ("redis://:a%40b@host", "a@b"),
        ("see https://x.io/badge.svg?token=abcdefghij and ftp://u:hunter2@h", "hunter2"),
    ],
)
def test_logins(text: str, secret: str) -> None:
    assert [found for _, found in logins_in(expand(text, seed=1))] == [secret]


@pytest.mark.parametrize(
    "text",
    ["postgres://app@db/x", "postgres://app:${PASSWORD}@db/x", "https://x.io/badge.svg?token=abcdefghij", "a:b@c", ""],
)  # fmt: skip
def test_no_logins(text: str) -> None:
    assert list(logins_in(text)) == []
