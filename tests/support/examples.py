"""The examples of docs/rules.md as whole files: `ENC[…]` and `sops: …` are filled in with real shapes."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache

import pyrage
from pyrage import x25519

RECIPIENT, OTHER = (str(x25519.Identity.generate().to_public()) for _ in range(2))
_BLOCK = re.compile(r"^(sops: |.*\"sops\": )…([^\n}]*)(}?)$", re.MULTILINE)
_SELECTOR = re.compile(r"(encrypted_regex) (\S+)")


def expand(text: str) -> str:
    """The whole file that an example stands for.

    ``ENC[…]`` becomes a fresh well-formed ciphertext, ``ENC[word]`` the same one at each mention,
    and what follows ``sops: …`` says how the block differs from the plain one (see ``_metadata``).
    """
    numbers = iter(range(1000))
    text = text.replace(".~", ".")
    text = re.sub(r"ENC\[…\]", lambda _: ciphertext(f"fresh {next(numbers)}"), text)
    text = re.sub(r"ENC\[([a-z]+)\]", lambda match: ciphertext(match[1]), text)
    text = _BLOCK.sub(lambda match: match[1] + json.dumps(_metadata(match[2])) + match[3], text)
    return text.replace("RECIPIENT", RECIPIENT).replace("OTHER", OTHER)


def ciphertext(seed: str, size: int = 1) -> str:
    """A well-formed ENC value of ``size`` bytes, the same for the same seed."""
    iv, tag = (hashlib.sha256(f"{part} {seed}".encode()).digest() for part in ("iv", "tag"))
    encoded = (base64.b64encode(part).decode() for part in (tag[-1:] * size, iv, tag[:16]))
    return "ENC[AES256_GCM,data:{},iv:{},tag:{},type:str]".format(*encoded)


def _metadata(words: str) -> dict[str, object]:
    """``both``: OTHER is a recipient too; ``renewed``: another data key's stanzas; ``groups N``: a key
    group each, threshold N; ``damaged``; ``new-mac``; ``later``: new MAC and time; a selector."""
    generation = "second" if "renewed" in words else "first"
    block: dict[str, object] = {
        "lastmodified": "2026-02-01T10:00:00Z" if "later" in words else "2026-01-05T10:00:00Z",
        "mac": ciphertext("new mac" if {"later", "new-mac"} & set(words.split()) else "mac", 128),
        "version": "3.11.0",
    }
    stanzas = [_stanza(RECIPIENT, generation), _stanza(OTHER, generation)]
    if threshold := re.search(r"groups (\d)", words):
        block["shamir_threshold"] = int(threshold[1])
        block["key_groups"] = [{"age": [_share(name)]} for name in (RECIPIENT, OTHER)]
    else:
        block["age"] = stanzas if "both" in words else stanzas[:1]
    if "damaged" in words:
        stanzas[0]["enc"] = stanzas[0]["enc"][:200] + stanzas[0]["enc"][210:]
    if selector := _SELECTOR.search(words):
        block[selector[1]] = selector[2]
    return block


def _stanza(recipient: str, generation: str) -> dict[str, str]:
    return {"recipient": recipient, "enc": _encrypted(recipient, 32, generation)}


def _share(recipient: str) -> dict[str, str]:
    return {"recipient": recipient, "enc": _encrypted(recipient, 33, "share")}


@cache
def _encrypted(recipient: str, size: int, generation: str) -> str:
    armored: bytes = pyrage.encrypt(bytes(size), [x25519.Recipient.from_str(recipient)], armored=True)
    return armored.decode()
