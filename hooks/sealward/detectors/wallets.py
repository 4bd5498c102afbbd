"""Keys to money: private keys in hex and Base58, and public addresses."""

from __future__ import annotations

import re

from sealward.detectors.seed_phrases import holds_seed_phrase
from sealward.patterns import late, linear

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_IS_BASE58 = late(rf"[{_BASE58}]+")
_EXTENDED = linear(rf"\b[xyztuv]prv[{_BASE58}]{{100,112}}\b")
_BYTES = linear(r"\[\s*\d{1,3}(?:\s*,\s*\d{1,3}){31,63}\s*\]")
_BECH32 = linear(r"(?:[a-z]{1,16}1[02-9ac-hj-np-z]{38,}|[A-Z]{1,16}1[02-9AC-HJ-NP-Z]{38,})")
_HEX_ADDRESS = late(r"0x[0-9a-fA-F]{40}")
_HEX_KEY = late(r"(?:0x)?(?:[0-9a-f]{64}|[0-9A-F]{64})")
_PRIVATE_WORD = late(rf"(?<![\w/+-])[{_BASE58}]{{51,90}}(?![\w/+=-])")
_SHORTEST = 51
"""No key to a wallet is written with fewer characters, but for seed phrases."""
_KEYPAIR, _SEED = 64, 32


def wallet_secret(text: str) -> str | None:
    """Which key to a wallet the text is, whatever its key is called; None where it is not one."""
    stripped = text.strip()
    if len(stripped) >= _SHORTEST and _BYTES.fullmatch(stripped):
        return "a wallet key as a list of bytes"
    return wallet_in(stripped)


def wallet_in(text: str) -> str | None:
    """Which key to a wallet stands in a text; only such as prove by themselves that they are one."""
    if holds_seed_phrase(text):
        return "a seed phrase"
    if len(text) < _SHORTEST:
        return None
    if _EXTENDED.search(text):
        return "an extended private key"
    if any(_is_private(base58(word)) for word in _PRIVATE_WORD.findall(text)):
        return "a Base58 wallet key"
    lists = (re.findall(r"\d+", found.group()) for found in _BYTES.finditer(text))
    if any(max(map(int, numbers)) < 256 and _is_keypair(bytes(map(int, numbers))) for numbers in lists):
        return "a wallet key as a list of bytes"
    return None


def _is_private(data: bytes | None) -> bool:
    """A Solana key pair, or a Bitcoin key in the Wallet Import Format."""
    if data is None:
        return False
    imported = data[:1] in (b"\x80", b"\xef") and len(data) in (37, 38) and _checksum_holds(data)
    return imported or _is_keypair(data)


def _is_keypair(data: bytes) -> bool:
    """An Ed25519 seed with the public key that belongs to it; a signature is as long, and public."""
    if len(data) != _KEYPAIR:
        return False
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    public = Ed25519PrivateKey.from_private_bytes(data[:_SEED]).public_key()
    return public.public_bytes_raw() == data[_SEED:]


def is_hex_key(text: str) -> bool:
    """32 bytes in hexadecimal: a private key, or a hash; the key's name must say which."""
    return _HEX_KEY.fullmatch(text.strip()) is not None


def is_address(text: str) -> bool:
    """Whether the text is a public address: EVM, Bitcoin (Base58Check, Bech32), Cosmos, Tron, Solana, age."""
    text = text.strip()
    if _HEX_ADDRESS.fullmatch(text) or _BECH32.fullmatch(text):
        return True
    data = base58(text) if 25 <= len(text) <= 50 else None
    if data is None:
        return False
    return len(data) == _SEED or (len(data) == 25 and _checksum_holds(data)) or _is_cid(text)


def _is_cid(text: str) -> bool:
    return text.startswith(("Qm", "12D3Koo")) and len(text) in (46, 52)


def base58(text: str) -> bytes | None:
    """The bytes of a Base58 text (Bitcoin's alphabet), or None where it is not one."""
    if not _IS_BASE58.fullmatch(text):
        return None
    number = 0
    for character in text:
        number = number * 58 + _BASE58.index(character)
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def _checksum_holds(data: bytes) -> bool:
    from hashlib import sha256

    return sha256(sha256(data[:-4]).digest()).digest()[:4] == data[-4:]
