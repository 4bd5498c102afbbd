"""Passwords in URLs and connection strings."""

from __future__ import annotations

from base64 import b64encode

import pytest

from sealward.detectors import secret_in
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


@pytest.mark.parametrize(
    ("login", "counts"),
    [
        ("bot:q8Zt3LmVx0Rb7W", True),
        ("username:password", False),
        ("example-username:example-password", False),
        ("admin:admin", False),
        ("no colon in here at all", False),
    ],
)
def test_a_basic_header_counts_with_a_password_that_was_made(login: str, counts: bool) -> None:
    header = f"Authorization: Basic {b64encode(login.encode()).decode()}"
    assert (secret_in(header, kind="line") is not None) is counts


@pytest.mark.parametrize(
    "text",
    [
        r"https://user:pass[\u007F@foo/bar",
        r"http://foo:\uD83D\uDCA9@example.com/bar",
        "https://x.io:1/?token=abc1234&a=b",
    ],
)
def test_test_data_of_url_parsers_holds_no_password(text: str) -> None:
    assert secret_in(f'{{"input": "{text}"}}', kind="line") is None
