"""What a recipient of each key kind can look like, and how one is shown in a message."""

from __future__ import annotations

from functools import lru_cache

from sealward.patterns import late

_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_PLUGIN = late(r"age1[a-z0-9+._-]+")
_BUILT_IN = ("pq",)
"""What looks like a plugin's recipient and is age's own: ``age1pq1…``."""

_SHAPES = {
    "pgp": late(r"(?:0x)?(?:[0-9A-Fa-f] ?){8,64}!?"),
    "kms": late(
        r"arn:aws[\w-]*:kms:[^:\s]+:[0-9]+:(?:key|alias)/[\w:/-]+(?:\+arn:[\w:/+=,.@-]+)?(?:\|[^|\s]+)*"
    ),
    "gcp_kms": late(r"projects/[^/\s]+/locations/[^/\s]+/keyRings/[^/\s]+/cryptoKeys/[^/\s]+(?:/.*)?"),
    "azure_kv": late(r"https://[^/\s]+/keys/[^/\s]+(?:/\S*)?"),
    "hc_vault": late(r"https?://[^/\s]+/\S*keys/[^/\s]+/?"),
    "hckms": late(r"[\w-]+:[0-9A-Za-z-]+"),
}
"""Source: the patterns by which sops reads each kind."""


def is_possible(kind: str, name: str) -> bool:
    """Whether sops can seal for a recipient of that kind and name, as far as its text shows.

    An age recipient is Bech32 with a right checksum, or an ssh public key in its wire format.
    """
    if kind == "age":
        return _age(name)
    shape = _SHAPES.get(kind)
    return shape is not None and shape.fullmatch(name) is not None


def plugin_of(kind: str, name: str) -> str:
    """The age plugin that wrapping a data key for a recipient starts; empty where it starts none."""
    if kind != "age" or not name.startswith("age1"):
        return ""
    plugin = name[4:].rpartition("1")[0]
    return "" if plugin in _BUILT_IN else plugin


def whole(name: str) -> str:
    """A recipient as a message names it. What cannot be one may be a secret in its place: of that, no more is
    shown than its length."""
    if any(is_possible(kind, name) for kind in ("age", *_SHAPES)):
        return name
    return f"(a text of {len(name)} characters)"


def short(name: str) -> str:
    """The same, short enough for a line and without a character that a terminal obeys."""
    name = whole(name)
    shown = "".join(character if character.isprintable() else "?" for character in name)
    return shown if len(shown) <= 40 else f"{shown[:20]}…{shown[-8:]}"


@lru_cache(maxsize=256)
def _age(name: str) -> bool:
    """Remembered: the files of a repository have the same few recipients."""
    if name.startswith(("ssh-ed25519 ", "ssh-rsa ")):
        return _ssh(name)
    found = _bech32(name)
    if found is None:
        return False
    prefix, size = found
    return size == 32 if prefix == "age" else _PLUGIN.fullmatch(prefix) is not None


def _bech32(text: str) -> tuple[str, int] | None:
    """The human part and the number of bytes of a Bech32 text in lower case (BIP 173, of any length)."""
    prefix, _, data = text.rpartition("1")
    values = [_BECH32.find(character) for character in data]
    if not prefix or not prefix.isascii() or len(values) < 6 or min(values) < 0:
        return None
    check = 1
    for value in [*(ord(c) >> 5 for c in prefix), 0, *(ord(c) & 31 for c in prefix), *values]:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for bit, part in enumerate(_GENERATOR):
            check ^= part if top >> bit & 1 else 0
    bits = (len(values) - 6) * 5
    padding = values[-7] & ((1 << bits % 8) - 1) if len(values) > 6 else 0
    return (prefix, bits // 8) if check == 1 and bits % 8 < 5 and not padding else None


def _ssh(name: str) -> bool:
    """``ssh-ed25519`` or ``ssh-rsa``, the key in Base64, and perhaps a comment."""
    from base64 import b64decode

    fields = name.split()
    try:
        wire = b64decode(fields[1], validate=True)
    except (ValueError, IndexError):
        return False
    parts: list[bytes] = []
    while len(wire) >= 4:
        size = int.from_bytes(wire[:4], "big")
        if len(wire) < 4 + size:
            return False
        parts.append(wire[4 : 4 + size])
        wire = wire[4 + size :]
    if wire or not parts or parts[0] != fields[0].encode():
        return False
    return len(parts) == 2 and len(parts[1]) == 32 if fields[0] == "ssh-ed25519" else len(parts) == 3
