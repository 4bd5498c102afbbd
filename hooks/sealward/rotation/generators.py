"""New secret values from the system's random source: ``hex:32``, ``base64:32``, ``password:40``, ``uuid``."""

from __future__ import annotations

import base64
import secrets
import string
import uuid
from typing import TYPE_CHECKING

from sealward.errors import SealwardError
from sealward.sops.secret import Plaintext

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULT = "hex:32"
PASSWORD_ALPHABET = string.ascii_letters + string.digits + "!#%*+-.:=?@_~"
"""Printable, and harmless in shells, URLs' passwords and YAML: no quotes, blanks, backslashes, ``$``."""

_LARGEST = 4096


def _hex(size: int) -> str:
    return secrets.token_hex(size)


def _base64(size: int) -> str:
    return base64.b64encode(secrets.token_bytes(size)).decode()


def _password(length: int) -> str:
    """Characters drawn evenly; drawn again until every class is there, as most services ask."""
    classes = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "!#%*+-.:=?@_~")
    while True:
        text = "".join(secrets.choice(PASSWORD_ALPHABET) for _ in range(length))
        if length < 8 or all(set(text) & set(kind) for kind in classes):
            return text


def _uuid(_: int) -> str:
    return str(uuid.UUID(bytes=secrets.token_bytes(16), version=4))


_MAKERS: dict[str, tuple[Callable[[int], str], int, int]] = {
    "hex": (_hex, 32, 16),
    "base64": (_base64, 32, 16),
    "password": (_password, 40, 12),
    "uuid": (_uuid, 0, 0),
}
"""Name → (maker, size where none is given, smallest size that is still a secret)."""


def generate(spec: str) -> Plaintext:
    """A new value. ``spec`` is ``NAME`` or ``NAME:SIZE``; the size is bytes for ``hex`` and ``base64``,
    characters for ``password``. Raises SealwardError for a spec that ``check`` refuses."""
    maker, size = _parsed(spec)
    return Plaintext(maker(size).encode())


def check(spec: str) -> None:
    """Raises SealwardError, which says what there is, unless ``generate`` accepts the spec."""
    _parsed(spec)


def _parsed(spec: str) -> tuple[Callable[[int], str], int]:
    name, _, size = spec.partition(":")
    hint = "there are hex:BYTES, base64:BYTES, password:CHARACTERS and uuid"
    if name not in _MAKERS or (size and (not size.isdecimal() or name == "uuid")):
        raise SealwardError(f"no generator is called {spec!r}", hint)
    maker, default, smallest = _MAKERS[name]
    chosen = int(size) if size else default
    if not smallest <= chosen <= max(_LARGEST, default):
        raise SealwardError(f"{spec!r} is too {'short' if chosen < smallest else 'long'}", hint)
    return maker, chosen
