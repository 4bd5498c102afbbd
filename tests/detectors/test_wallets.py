"""Keys to money prove themselves by a checksum; addresses are public."""

from __future__ import annotations

import pytest

from sealward.detectors.wallets import is_address, is_hex_key, wallet_secret
from tests.support.literals import expand


@pytest.mark.parametrize("text", ["%wif%", "%wifu%", "%sol%", "%solb%", "%s:xprv%%b58:107%", "%phrase:12%"])
def test_keys(text: str) -> None:
    assert wallet_secret(expand(text, seed=4)) is not None


@pytest.mark.parametrize("text", ["%btc%", "%tron%", "%sola%", "%b58:60%", "[1, 2, 3]", "", "%hex:64%"])
def test_other_text(text: str) -> None:
    assert wallet_secret(expand(text, seed=4)) is None


def test_addresses_and_hexadecimal_keys() -> None:
    assert all(is_address(expand(text, seed=4)) for text in ("%btc%", "%tron%", "%sola%", "0x%hex:40%"))
    assert not is_address(expand("%wif%", seed=4))
    assert is_hex_key(expand("0x%hex:64%", seed=4))
    assert not is_hex_key(expand("%hex:40%", seed=4))
