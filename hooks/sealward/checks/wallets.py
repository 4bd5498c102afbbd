"""Keys to money: seed phrases with their checksum, private keys in hex and Base58, and public addresses."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_IS_BASE58 = re.compile(rf"[{_BASE58}]+")
_EXTENDED = re.compile(rf"\b[xyztuv]prv[{_BASE58}]{{100,112}}\b")
_BYTES = re.compile(r"\[\s*\d{1,3}(?:\s*,\s*\d{1,3}){31,63}\s*\]")
_BECH32 = re.compile(r"(?:[a-z]{1,16}1[02-9ac-hj-np-z]{38,}|[A-Z]{1,16}1[02-9AC-HJ-NP-Z]{38,})")
_HEX_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_HEX_KEY = re.compile(r"(?:0x)?(?:[0-9a-f]{64}|[0-9A-F]{64})")
_PHRASE_WORD = re.compile(r"[a-z]{3,8}")
_PHRASE_LENGTHS = (12, 15, 18, 21, 24)
_SEPARATORS = re.compile(r"[\s,;|\"'\[\]]+|\d{1,2}[.):]\s*")
_ED25519_EXPANDED, _SEED = 64, 32


def wallet_secret(text: str) -> str | None:
    """Which key to a wallet the text holds, whatever its key is called; None where it holds none."""
    stripped = text.strip()
    if is_seed_phrase(stripped):
        return "a seed phrase"
    if _EXTENDED.search(stripped):
        return "an extended private key"
    if _BYTES.fullmatch(stripped):
        return "a wallet key as a list of bytes"
    data = base58(stripped) if 50 <= len(stripped) <= 90 else None
    if data is not None:
        if len(data) == _ED25519_EXPANDED:
            return "a Base58 wallet key"
        if data[:1] in (b"\x80", b"\xef") and len(data) in (37, 38) and _checksum_holds(data):
            return "a Base58 wallet key"
    return None


def is_hex_key(text: str) -> bool:
    """32 bytes in hexadecimal: a private key, or a hash; the key's name must tell which."""
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


def is_seed_phrase(text: str) -> bool:
    """Whether a text is 12, 15, 18, 21 or 24 words of the BIP-39 list with a valid checksum."""
    if not 35 < len(text) < 400:
        return False
    words = [word for word in _SEPARATORS.split(text.lower()) if word]
    if len(words) not in _PHRASE_LENGTHS or not all(map(_PHRASE_WORD.fullmatch, words)):
        return False
    return bool(_english().check(" ".join(words)))


@lru_cache(maxsize=1)
def _english() -> Any:
    from mnemonic import Mnemonic

    return Mnemonic("english")


def base58(text: str) -> bytes | None:
    """The bytes of a Base58 text (Bitcoin's alphabet), or None where it is none."""
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
