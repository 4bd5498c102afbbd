"""The tables of literals: `key path<tab>value`, where `%kind:size%` stands for made-up text of that kind.

No secret-like value stands in a file of this repository: each is made when a test reads the table, from a
fixed seed, so that a failure can be repeated.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import re
import string
import uuid
from typing import TYPE_CHECKING, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_DIRECTIVE = re.compile(r"%([A-Za-z0-9]+)(?::([^%]*))?%")
_B58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"
_ALPHABETS = {
    "b62": string.ascii_letters + string.digits,
    "b36": string.ascii_lowercase + string.digits,
    "B36": string.ascii_uppercase + string.digits,
    "B32": string.ascii_uppercase + "234567",
    "b32": string.ascii_lowercase + "234567",
    "az": string.ascii_letters,
    "B32A": _BECH32,
    "b32a": _BECH32.lower(),
    "b58": _B58,
    "hex": "0123456789abcdef",
    "HEX": "0123456789ABCDEF",
    "d": string.digits,
    "b64u": string.ascii_letters + string.digits + "-_",
    "bc": "./" + string.ascii_letters + string.digits,
}


class Row(NamedTuple):
    """One literal: the key path under which it stands, and its text."""

    path: tuple[str | int, ...]
    text: str


def table(file: Path) -> list[Row]:
    """The rows of a table file; lines that begin with ``# `` are headings."""
    rows = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines()):
        if line and not line.startswith("# "):
            path, _, value = line.partition("\t")
            rows.append(Row(_path(path), expand(value, seed=number)))
    return rows


def expand(text: str, seed: int) -> str:
    """The text with every directive filled in; ``\\n`` and ``\\t`` stand for themselves."""
    draw = random.Random(seed)
    made = _DIRECTIVE.sub(lambda match: _make(match[1], match[2] or "", draw), text)
    return made.replace("\\n", "\n").replace("\\t", "\t")


def _path(text: str) -> tuple[str | int, ...]:
    return tuple(int(step) if step.isdecimal() else step for step in text.split("."))


def _make(kind: str, size: str, draw: random.Random) -> str:
    if kind == "s":
        return size
    if kind in _ALPHABETS:
        return "".join(draw.choice(_ALPHABETS[kind]) for _ in range(int(size)))
    return _MAKERS[kind](int(size or 0), draw)


def _words(count: int, draw: random.Random, language: str = "english") -> str:
    from mnemonic import Mnemonic

    return Mnemonic(language).to_mnemonic(draw.randbytes(count * 4 // 3))


def _base58(data: bytes) -> str:
    number, text = int.from_bytes(data, "big"), ""
    while number:
        number, rest = divmod(number, 58)
        text = _B58[rest] + text
    return "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def _checked(data: bytes) -> str:
    return _base58(data + hashlib.sha256(hashlib.sha256(data).digest()).digest()[:4])


def _keypair(draw: random.Random) -> bytes:
    seed = b"\x01" + draw.randbytes(31)
    return seed + Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()


_MAKERS: dict[str, Callable[[int, random.Random], str]] = {
    "b64": lambda size, draw: base64.b64encode(draw.randbytes(size)).decode(),
    "b64q": lambda size, draw: (
        base64.b64encode(draw.randbytes(size)).decode().replace("+", "%2B").replace("=", "%3D")
    ),
    "uuid": lambda _, draw: str(uuid.UUID(int=draw.getrandbits(128), version=4)),
    "phrase": _words,
    "PHRASE": lambda size, draw: _words(size, draw).upper(),
    "phrasenl": lambda size, draw: _words(size, draw).replace(" ", "\n"),
    "phrasec": lambda size, draw: json.dumps(_words(size, draw).split()),
    "frase": lambda size, draw: _words(size, draw, "spanish"),
    "bytes": lambda size, draw: "[" + ",".join(str(draw.randrange(256)) for _ in range(size)) + "]",
    "sol": lambda _, draw: _base58(_keypair(draw)),
    "solb": lambda _, draw: str(list(_keypair(draw))),
    "sola": lambda _, draw: _base58(b"\x01" + draw.randbytes(31)),
    "wif": lambda _, draw: _checked(b"\x80" + draw.randbytes(32) + b"\x01"),
    "wifu": lambda _, draw: _checked(b"\x80" + draw.randbytes(32)),
    "tron": lambda _, draw: _checked(b"\x41" + draw.randbytes(20)),
    "btc": lambda _, draw: _checked(b"\x00" + draw.randbytes(20)),
    "png": lambda size, draw: base64.b64encode(b"\x89PNG\r\n\x1a\n" + draw.randbytes(size)).decode(),
    "der": lambda _, draw: base64.b64encode(b"\x30\x59\x30\x13" + draw.randbytes(87)).decode(),
    "text64": lambda _, draw: base64.b64encode(b"just a sentence about nothing in particular").decode(),
}
