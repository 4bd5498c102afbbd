"""What the fields of a `sops` block can hold: what cannot be is a place where plaintext hides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.patterns import late
from sealward.sops.format.metadata import is_version
from sealward.sops.format.recipients import is_possible
from sealward.sops.format.selection import NAMES

if TYPE_CHECKING:
    from sealward.sops.format.metadata import Key

MAX_SUFFIX = 32
MAX_REGEX = 2000
_ATTENTION = "This section contains key material that should only be modified with extra care"
_OLD_VERSION = late(r"1\.[0-9]+(?:\.[0-9]+)?")
_TIME = late(r"[0-9T:.Z+-]{4,40}")
_FIELDS = {
    "role": late(r"arn:aws[\w-]*:iam::[0-9]*:role/[\w+=,.@/-]{1,512}"),
    "aws_profile": late(r"[^\s]{1,64}"),
    "created_at": _TIME, "created_at_notz": _TIME, "enc_ts": _TIME,
    "vault_url": late(r"https://[^/\s]+/?"),
    "vault_address": late(r"https?://[^/\s]+(?:/[^\s]*)?"),
    "engine_path": late(r"[^\s]{1,200}"),
    "key_name": late(r"[^\s]{1,200}"),
    "name": late(r"[0-9A-Za-z-]{1,127}"),
    "version": late(r"[0-9A-Za-z]{1,64}"),
    "resource_id": late(r"projects/[^/\s]+/locations/[^/\s]+/keyRings/[^/\s]+/cryptoKeys/[^\s]+"),
}  # fmt: skip
_NAMED = {"age": "recipient", "pgp": "fp", "kms": "arn", "hckms": "key_id"}
"""The field that a recipient's own shape decides."""


def impossible_field(name: str, text: str) -> str:
    """What is wrong with a field of the block, as a clause that does not show it; empty where nothing is."""
    if not text:
        return ""
    if name == "version":
        sound = (
            _OLD_VERSION.fullmatch(text) if text.startswith("1.") else is_version(text) and len(text) <= 40
        )
        return "" if sound else "is not a version of sops"
    if name in NAMES:
        sound = len(text) <= (MAX_REGEX if name.endswith("_regex") else MAX_SUFFIX) and "\n" not in text
        return "" if sound else "is longer than any selector"
    if name == "mac_only_encrypted":
        return "" if text.lower() in ("true", "false") else "is not true or false"
    if name in ("shamir_threshold", "shamir_quorum"):
        return "" if text.isdecimal() and len(text) < 6 else "is not a number of key groups"
    return "is not what sops wrote there" if name == "attention" and not _is_attention(text) else ""


def impossible_key_fields(key: Key) -> list[str]:
    """The names of a stanza's fields whose value no key of its kind can have; ``enc`` is judged elsewhere."""
    found = []
    for name, text in key.fields.items():
        shape = _FIELDS.get(name)
        if not text or name == "enc":
            continue
        if name == _NAMED.get(key.kind):
            sound = is_possible(key.kind, text)
        else:
            sound = shape is None or shape.fullmatch(text) is not None
        if not sound:
            found.append(name)
    return found


def _is_attention(text: str) -> bool:
    return text.startswith(_ATTENTION) and len(text) < len(_ATTENTION) + 60
