"""Nearly references: each is told what is wrong, and gets the right form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sealward.references.malformed import nearly
from sealward.references.syntax import find_all, parse

RIGHT = "vault:secret/data/bot/binance#api_key#7"


@pytest.mark.parametrize(
    ("text", "problem", "suggestion"),
    [
        ("vault:secret/data/bot/binance", "names no key", "vault:secret/data/bot/binance#KEY"),
        ("vault:secret/data/bot/binance#", "names no key", "vault:secret/data/bot/binance#KEY"),
        ("vault:secret/bot/binance#api_key#7", "lacks `data/` after its mount (KV v2)", RIGHT),
        ("vault:secret/bot/binance#api_key", "lacks `data/` after its mount (KV v2)", RIGHT[:-2]),
        ("vault:secret/data/bot/binance#api_key#v7", "has a version that is no number from 1", RIGHT),
        ("vault:secret/data/bot/binance#api_key#0", "has a version that is no number from 1", RIGHT[:-1] + "VERSION"),
        ("vault:secret/data/bot/binance#api_key#latest", "has a version that is no number from 1", RIGHT[:-1] + "VERSION"),
        ("vault:secret/data/bot/binance#api_key#", "has a version that is no number from 1", RIGHT[:-1] + "VERSION"),
        (" vault:secret/data/bot/binance#api_key#7", "has stray blanks", RIGHT),
        ("vault: secret/data/bot/binance#api_key#7", "has stray blanks", RIGHT),
        ("vault:secret/data/bot/binance#api_key #7\n", "has stray blanks", RIGHT),
        ("Vault:secret/data/bot/binance#api_key#7", "has capitals in its scheme", RIGHT),
        ("vault://secret/data/bot/binance#api_key#7", "is written as a URL", RIGHT),
        ("vault:/secret/data/bot/binance#api_key#7", "is not well-formed", RIGHT),
        ("vault:secret/data/../bot/./binance#api_key#7", "has `.` or `..` in its path", RIGHT),
        ("ref+vault://secret/../bot#/key", "has `.` or `..` in its path", "ref+vault://secret/bot#/key"),
        ("${vault:secret/data/bot/binance#api_key#7", "lacks its closing brace", f"${{{RIGHT}}}"),
        ("<path:secret/data/bot/binance>", "names no key", "<path:secret/data/bot/binance#KEY>"),
        ("<path:secret/bot/binance#api_key>", "lacks `data/` after its mount (KV v2)", "<path:secret/data/bot/binance#api_key>"),
        ("<path:secret/data/bot/binance#api_key", "lacks its closing bracket", "<path:secret/data/bot/binance#api_key>"),
        ("ref+vault://secret/bot/binance", "names no key", "ref+vault://secret/bot/binance#/KEY"),
        ("ref+vault://secret/bot?version=x#/key", "has a version that is no number from 1", "ref+vault://secret/bot?version=VERSION#/key"),
    ],
)  # fmt: skip
def test_what_is_wrong_and_how_it_should_read(text: str, problem: str, suggestion: str) -> None:
    found = nearly(text)
    assert found is not None
    assert (found.problem, found.suggestion) == (problem, suggestion)


@pytest.mark.parametrize(
    "text",
    [
        "",
        RIGHT,
        "vault: my password",
        "vault:",
        "the vault: secret/data/x",
        "vaults of gold",
        "https://vault.internal:8200/ui",
        "${VAULT_TOKEN}",
        "${vault}",
        "<path>",
        "postgres://${vault:secret/data/db#user#2}@db",
        "bao",
    ],
)
def test_what_was_not_meant_as_a_reference(text: str) -> None:
    assert nearly(text) is None


@given(st.text(alphabet=st.sampled_from("vaultbo:/#${}<>path ref+data17?=version\n"), max_size=40))
def test_it_never_raises_and_never_blames_a_reference(text: str) -> None:
    found = nearly(text)
    if parse(text) or find_all(text):
        assert found is None
