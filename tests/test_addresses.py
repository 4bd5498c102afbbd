"""Two ways to write one server are one server, and nothing else is."""

from __future__ import annotations

import pytest

from sealward.addresses import address_of, same
from sealward.config import load

SAME = [
    ["https://h", "https://h:443", "HTTPS://H/", "https://h./", "https://H.:443"],
    ["http://h:80", "http://h", "http://h/"],
    ["https://[::1]:8200", "https://[0:0:0:0:0:0:0:1]:8200/"],
    ["https://h/vault", "https://h:443/vault/"],
]


@pytest.mark.parametrize("group", SAME)
def test_one_server_in_other_words(group: list[str]) -> None:
    assert len({address_of(one) for one in group}) == 1
    assert len({same(one) for one in group}) == 1
    for one in group:
        settings = load(".sealward.yaml", f"vaults: ['{one}']".encode())
        assert all(settings.knows_vault(other) for other in group)
        assert settings.knows_vault(group[0].partition("://")[2])


OTHERS = [
    "https://h", "http://h", "https://h:8200", "https://g", "https://h.example", "https://xh", "https://h/vault", "https://h-",
]  # fmt: skip


def test_another_scheme_host_port_or_path_is_another_server() -> None:
    assert len({address_of(one) for one in OTHERS}) == len(OTHERS)
    settings = load(".sealward.yaml", b"vaults: ['https://h']")
    assert [one for one in OTHERS if settings.knows_vault(one)] == ["https://h"]
    assert not settings.knows_vault("h:8200")
    assert settings.knows_vault("h:443")


@pytest.mark.parametrize(
    "text",
    ["", "https://", "https://h:1@evil", "https://evil#h", "https://h?x", "https://h\\@evil", "ftp://h", "https://h x",
     "https://h\n", "https://hé", "https://h:123456", "//h", "https:///h", "https://h:", "https://h@evil", "https://.h"],
)  # fmt: skip
def test_what_is_not_a_plain_address(text: str) -> None:
    assert address_of(text) is None
    assert not load(".sealward.yaml", b"vaults: ['https://h', 'https://evil']").knows_vault(text)


@pytest.mark.parametrize(
    ("text", "local", "is_open"),
    [("http://127.0.0.1:8200", True, False), ("http://localhost", True, False), ("http://[::1]:1", True, False),
     ("http://127.9.9.9", True, False), ("https://h", False, False), ("http://h", False, True),
     ("http://127.0.0.1.evil.example", False, True), ("http://localhost.evil.example", False, True),
     ("http://[::2]", False, True), ("h:8200", False, True)],
)  # fmt: skip
def test_this_machine_and_the_way_there(text: str, local: bool, is_open: bool) -> None:
    found = address_of(text)
    assert found is not None
    assert (found.is_local, found.is_open) == (local, is_open)
