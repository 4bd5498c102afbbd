"""What can be seen of an encrypted data key without any identity: armor, structure, size, ssh tag.

Sources: the age format (age-encryption.org/v1) for headers, and sops's use of it: the payload is
a data key of 32 bytes, or a Shamir share of 33, behind a 16-byte nonce and a 16-byte tag.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from functools import lru_cache

from sealward.patterns import late

_ARMOR = re.compile(
    r"-----BEGIN AGE ENCRYPTED FILE-----\r?\n([A-Za-z0-9+/=\r\n]+)\r?\n?-----END AGE ENCRYPTED FILE-----\s*"
)
_TRANSIT = late(r"vault:v\d+:[A-Za-z0-9+/=]+\s*")
_PGP_ARMOR = ("-----BEGIN PGP MESSAGE-----", "-----END PGP MESSAGE-----")
_STANZA = re.compile(rb"-> ([^\n]+)\n((?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{0,63}\n)")
_MAC = re.compile(rb"--- [A-Za-z0-9+/]{43}\n")
_VERSION = b"age-encryption.org/v1\n"
_PAYLOAD_BYTES = 64


def damage(kind: str, enc: str, recipient: str, share: bool) -> str | None:
    """What is visibly wrong with one stanza's ``enc``, as a clause; None where nothing is.

    ``kind`` is the key kind, ``share`` says that the file has several key groups.
    """
    if kind == "age":
        return _age(enc, recipient, share)
    if kind == "pgp":
        return _pgp(enc)
    if kind == "hc_vault":
        return None if _TRANSIT.fullmatch(enc) else "is no Vault transit ciphertext"
    if kind in ("kms", "gcp_kms", "hckms"):
        return None if _decode(enc) else "is no valid base64"
    return None


def _age(enc: str, recipient: str, share: bool) -> str | None:
    armor = _ARMOR.fullmatch(enc.strip() + "\n") or _ARMOR.fullmatch(enc.strip())
    data = _decode(armor.group(1)) if armor else None
    if not data:
        return "has a damaged age armor"
    if not data.startswith(_VERSION):
        return "is no age file of version 1"
    at = len(_VERSION)
    types: list[list[bytes]] = []
    while stanza := _STANZA.match(data, at):
        types.append(stanza.group(1).split(b" "))
        at = stanza.end()
    mac = _MAC.match(data, at)
    if not types or mac is None:
        return "has a damaged age header"
    size = len(data) - mac.end()
    if size != _PAYLOAD_BYTES + share:
        return f"has a payload of {size} bytes, not {_PAYLOAD_BYTES + share}"
    return _wrong_recipient(types, recipient)


def _wrong_recipient(types: list[list[bytes]], recipient: str) -> str | None:
    """ssh stanzas carry a tag of their key; X25519 stanzas are anonymous but of one kind."""
    kinds = {stanza[0] for stanza in types}
    if recipient.startswith("ssh-"):
        fields = recipient.split()
        wire = _decode(fields[1]) if len(fields) > 1 else None
        if wire is None:
            return "is for no valid ssh public key"
        from hashlib import sha256

        tag = b64encode(sha256(wire).digest()[:4]).rstrip(b"=")
        if not any(stanza[0] == fields[0].encode() and tag in stanza[1:2] for stanza in types):
            return "was made for another ssh key"
    x25519 = recipient.startswith("age1") and recipient.count("1") == 1 and len(recipient) == 62
    if x25519 and kinds & {b"ssh-ed25519", b"ssh-rsa"}:
        return "was made for another kind of recipient"
    return None


def _pgp(enc: str) -> str | None:
    lines = [line.rstrip() for line in enc.strip().splitlines()]
    if len(lines) < 3 or (lines[0], lines[-1]) != _PGP_ARMOR:
        return "has a damaged PGP armor"
    body = [line for line in lines[1:-1] if line and ": " not in line]
    checksum = body.pop()[1:] if body and body[-1].startswith("=") else ""
    data = _decode("".join(body))
    if not data:
        return "has a damaged PGP armor"
    if checksum and _decode(checksum) != _crc24(data).to_bytes(3, "big"):
        return "has a PGP armor whose checksum is wrong"
    return None


def _crc24(data: bytes) -> int:
    """The checksum of OpenPGP's armor (RFC 4880, section 6.1)."""
    table = _crc24_table()
    crc = 0xB704CE
    for byte in data:
        crc = (crc << 8 ^ table[crc >> 16 ^ byte]) & 0xFFFFFF
    return crc


@lru_cache(maxsize=1)
def _crc24_table() -> list[int]:
    table = []
    for byte in range(256):
        crc = byte << 16
        for _ in range(8):
            crc = (crc << 1) ^ (0x1864CFB if crc & 0x800000 else 0)
        table.append(crc & 0xFFFFFF)
    return table


def _decode(text: str) -> bytes | None:
    try:
        return b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None
