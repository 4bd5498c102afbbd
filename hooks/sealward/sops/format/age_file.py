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

_BEGIN, _END = "-----BEGIN AGE ENCRYPTED FILE-----", "-----END AGE ENCRYPTED FILE-----"
_TRANSIT = late(r"vault:v\d+:[A-Za-z0-9+/=]+\s*")
_PGP_ARMOR = ("-----BEGIN PGP MESSAGE-----", "-----END PGP MESSAGE-----")
_STANZA = re.compile(rb"-> ([!-~]+(?: [!-~]+)*)\n((?:[A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/]{0,63}\n)")
_MAC = re.compile(rb"--- ([A-Za-z0-9+/]{43})\n")
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
        return None if _TRANSIT.fullmatch(enc) else "is not a Vault transit ciphertext"
    if kind in ("kms", "gcp_kms", "hckms"):
        return None if _decode(enc) else "is not valid base64"
    return None


def header_damage(enc: str) -> str | None:
    """What age itself refuses in an armored file before it asks for an identity, as a clause.

    Beside the grammar: X25519 shares that are points of low order, stanzas with more or other arguments than
    their kind has, and a passphrase, which sops never asks for.
    """
    found = _read(enc)
    if isinstance(found, str):
        return found
    if found[1] < 16:
        return "has no payload"
    return next((wrong for stanza in found[0] if (wrong := _stanza_damage(stanza))), None)


def _age(enc: str, recipient: str, share: bool) -> str | None:
    found = _read(enc)
    if isinstance(found, str):
        return found
    wrong = header_damage(enc)
    if wrong:
        return wrong
    stanzas, size = found
    if size != _PAYLOAD_BYTES + share:
        return f"has a payload of {size} bytes, not {_PAYLOAD_BYTES + share}"
    return _wrong_recipient([stanza[0] for stanza in stanzas], recipient)


_Stanza = tuple[list[bytes], bytes]
"""The arguments, the type first, and the body."""


def _read(enc: str) -> tuple[list[_Stanza], int] | str:
    """The stanzas of an armored file, and how many bytes its payload has; or what is wrong with it."""
    data = _unarmored(enc)
    if not data:
        return "has a damaged age armor (was it wrapped or indented again? its lines have 64 characters)"
    if not data.startswith(_VERSION):
        return "is not an age file of version 1"
    at = len(_VERSION)
    stanzas: list[_Stanza] = []
    while match := _STANZA.match(data, at):
        body = _raw(match.group(2).replace(b"\n", b""))
        if body is None:
            return _HEADER
        stanzas.append((match.group(1).split(b" "), body))
        at = match.end()
    mac = _MAC.match(data, at)
    if not stanzas or mac is None or _raw(mac.group(1)) is None:
        return _HEADER
    return stanzas, len(data) - mac.end()


_HEADER = "has a damaged age header"
_HYBRID_BYTES = 1120
_LOW_ORDER = frozenset(
    bytes.fromhex(point)
    for point in (
        "00" * 32,
        "01" + "00" * 31,
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ec" + "ff" * 30 + "7f",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
    )
)
"""The points of Curve25519 whose shared secret is zero, whatever the key (cr.yp.to/ecdh.html#validate)."""


def _stanza_damage(stanza: _Stanza) -> str | None:
    (kind, *arguments), body = stanza
    if kind == b"scrypt":
        return "is sealed with a passphrase, which sops does not ask for"
    sizes = _ARGUMENTS.get(kind)
    if sizes is None:
        return None
    shares = [_raw(argument) for argument in arguments]
    if [len(share) if share is not None else None for share in shares] != sizes:
        return _HEADER
    if kind != b"ssh-rsa" and len(body) != 32:
        return _HEADER
    return _HEADER if kind != b"ssh-rsa" and shares[-1] and _is_low(shares[-1][-32:]) else None


def _is_low(point: bytes) -> bool:
    """Whether a point is of low order; its highest bit does not count."""
    return bytes((*point[:31], point[31] & 0x7F)) in _LOW_ORDER


_ARGUMENTS = {b"X25519": [32], b"mlkem768x25519": [_HYBRID_BYTES], b"ssh-ed25519": [4, 32], b"ssh-rsa": [4]}
"""How many bytes each argument has, by the type of the stanza."""


def _unarmored(enc: str) -> bytes | None:
    """The bytes in an armor, as Go's age reads it: strict, but for white space outside."""
    lines = [line.removesuffix("\r") for line in enc.strip(" \t\r\n\v\f").split("\n")]
    body = lines[1:-1]
    if not body or (lines[0], lines[-1]) != (_BEGIN, _END):
        return None
    if any(len(line) != 64 or "=" in line for line in body[:-1]) or not 0 < len(body[-1]) <= 64:
        return None
    data = _decode("".join(body))
    return data if data is not None and b64encode(data).decode() == "".join(body) else None


def _raw(text: bytes) -> bytes | None:
    """Base64 without padding, whose last bits are zero."""
    try:
        data = b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if b64encode(data).rstrip(b"=") == text else None


def _wrong_recipient(types: list[list[bytes]], recipient: str) -> str | None:
    """ssh stanzas carry a tag of their key; X25519 stanzas are anonymous but of one kind."""
    kinds = {stanza[0] for stanza in types}
    if recipient.startswith("ssh-"):
        fields = recipient.split()
        wire = _decode(fields[1]) if len(fields) > 1 else None
        if wire is None:
            return "is for a text that is not an ssh public key"
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
