"""References of vals: read as a URL, with options, servers and other stores."""

from __future__ import annotations

import pytest

from sealward.references.vals import elsewhere, is_ignored_address, is_local, read, unquote


@pytest.mark.parametrize(
    ("text", "end", "key", "version"),
    [
        ("ref+vault://s/a?version=7#/k", None, "k", 7),
        ("secretref+openbao://s/a#/k", None, "k", None),
        ("ref+vault://s/a/k", None, "k", None),
        ("ref+vault://s/a#/k+ more", 18, "k", None),
        ("ref+vault://s/a#/k, x", 18, "k", None),
        ("ref+vault://s/a#/k%C3%A4", None, "k\u00e4", None),
    ],
)
def test_read(text: str, end: int | None, key: str, version: int | None) -> None:
    found = read(text, 0)
    assert found is not None
    assert found.end == (end or len(text))
    assert [(one.secret, one.key, one.version) for one in found.references] == [("s/a", key, version)]


@pytest.mark.parametrize(
    "text",
    ["ref+vault://", "ref+vault://s", "ref+vault://s/a", "ref+vault://s/a?version=x#/k", "ref+vault://s/../a#/k",
     "ref+awssecrets://a/b#/c", "ref+vault://s/a#/k?version=7"],
)  # fmt: skip
def test_what_is_none(text: str) -> None:
    assert read(text, 0) is None


@pytest.mark.parametrize(
    ("text", "address", "ignored"),
    [
        ("ref+vault://s/a?address=https://v:1#/k", "https://v:1", False),
        ("ref+vault://s/a?host=v:1#/k", "https://v:1", False),
        ("ref+vault://s/a?host=v:1&proto=http#/k", "http://v:1", False),
        ("ref+vault://v:8200/s/a#/k", "v:8200", False),
        ("ref+vault://s/a#/k?address=https://v:1", "https://v:1", True),
        ("ref+vault://s/a#/k", "", False),
    ],
)
def test_the_server_that_a_text_names(text: str, address: str, ignored: bool) -> None:
    found = read(text, 0)
    assert found is not None
    [one] = found.references
    assert (one.address, is_ignored_address(one)) == (address, ignored)


@pytest.mark.parametrize(
    ("text", "store"),
    [
        ("ref+awssecrets://a/b#/c", "awssecrets"),
        (" ref+echo://x\n", "echo"),
        ("see ref+echo://x", ""),
        ("x", ""),
    ],
)
def test_other_stores(text: str, store: str) -> None:
    assert elsewhere(text) == store


@pytest.mark.parametrize(
    ("address", "local"),
    [("http://127.0.0.1:8200", True), ("localhost", True), ("[::1]:8200", True), ("https://LOCALHOST/", True),
     ("https://vault.example.org", False), ("http://localhost.example.org", False)],
)  # fmt: skip
def test_an_agent_on_the_very_machine(address: str, local: bool) -> None:
    assert is_local(address) is local


def test_percent_encoding() -> None:
    assert (unquote("a%20b"), unquote("plain")) == ("a b", "plain")
