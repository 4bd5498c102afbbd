"""We accept and refuse as age does: its testkit's vectors (C2SP/CCTV, commit 1e3d286), but the very large ones."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyrage
import pytest

from sealward.sops.format.age_file import damage, header_damage
from sealward.sops.reading.data_key import unwrap
from sealward.sops.reading.identities import Identities

VECTORS: dict[str, dict[str, Any]] = {
    vector["name"]: vector
    for vector in map(json.loads, Path(__file__).with_name("age_vectors.jsonl").read_text().splitlines())
}
PASSPHRASE = {name for name in VECTORS if "scrypt" in name} - {"scrypt_uppercase"}
"""sops asks for no passphrase: these are refused whatever they are."""

UNSEEN = {"x25519_bad_tag"}
"""Header failures that only the identity shows."""


def _armored(vector: dict[str, Any]) -> str:
    data = b64decode(vector.get("file", ""))
    if vector.get("armored"):
        return data.decode("utf-8", "surrogateescape")
    text = b64encode(data).decode()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join(["-----BEGIN AGE ENCRYPTED FILE-----", *lines, "-----END AGE ENCRYPTED FILE-----", ""])


@pytest.mark.parametrize("name", VECTORS)
def test_what_age_refuses_is_seen_without_a_key(name: str) -> None:
    vector = VECTORS[name]
    found = header_damage(_armored(vector))
    if name in UNSEEN:
        return
    refused = vector["expect"] in ("header failure", "armor failure") or name in PASSPHRASE
    assert (found is not None) is refused, found


@pytest.mark.parametrize("name", [name for name, vector in VECTORS.items() if "x25519" in vector])
def test_opening_gives_what_age_gives(name: str) -> None:
    """Payloads that are not as long as a data key are refused for that, too."""
    vector = VECTORS[name]
    identity = pyrage.x25519.Identity.from_str(f"AGE-SECRET-KEY-1{vector['x25519']}")
    opened = unwrap(_armored(vector), Identities([identity], problems=[]))
    if opened is not None:
        assert vector["expect"] == "success"
        assert sha256(opened).hexdigest() == vector["payload"]


@pytest.fixture
def enc() -> tuple[str, str]:
    recipient = pyrage.x25519.Identity.generate().to_public()
    return str(recipient), pyrage.encrypt(bytes(32), [recipient], armored=True).decode()


def test_white_space_outside_the_armor_is_nothing(enc: tuple[str, str]) -> None:
    recipient, text = enc
    for sound in (text, f"\n \t\r\n{text}\n  \n", text.replace("\n", "\r\n"), text.strip()):
        assert damage("age", sound, recipient, False) is None


def test_an_armor_that_was_wrapped_again_is_damaged(enc: tuple[str, str]) -> None:
    recipient, text = enc
    first, *body, last = text.strip().split("\n")
    joined = "".join(body)
    for width in (60, 76, 10_000):
        lines = [joined[at : at + width] for at in range(0, len(joined), width)]
        wrong = damage("age", "\n".join([first, *lines, last]), recipient, False)
        assert wrong is not None
        assert "64 characters" in wrong
    indented = "\n".join([first, *(f"  {line}" for line in body), last])
    assert damage("age", indented, recipient, False) is not None
