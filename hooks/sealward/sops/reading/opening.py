"""One ciphertext → its plaintext and type, with sops's own tolerance (``aes/cipher.go``).

The grammar is sops's: greedy and not anchored at the end, so that what the program opens is opened
here, too. ``sealward.sops.format.ciphertext`` is the strict one that the checks use.
"""

from __future__ import annotations

import sys
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from sealward.patterns import late
from sealward.plaintext import Plaintext
from sealward.sops.format.canonical import encode, go_float, go_time
from sealward.sops.format.ciphertext import fields

if TYPE_CHECKING:
    from collections.abc import Callable

    from sealward.document import Kind

if sys.version_info >= (3, 11):
    from binascii import a2b_base64

    def _bytes(field: str) -> bytes:
        """Base64 as Go reads it: line ends are skipped (the grammar lets none but CR through)."""
        return a2b_base64(field.replace("\r", ""), strict_mode=True)

else:  # the same, and three times slower
    from base64 import b64decode

    def _bytes(field: str) -> bytes:
        return b64decode(field.replace("\r", ""), validate=True)


_INT = late(r"[-+]?[0-9]+")
_TRUE = frozenset(("1", "t", "T", "TRUE", "true", "True"))
_FALSE = frozenset(("0", "f", "F", "FALSE", "false", "False"))


class Opened(NamedTuple):
    """A decrypted value: its type as the file says it, and its canonical bytes, which the MAC runs over."""

    kind: Kind
    plaintext: Plaintext


class Refusal(str, Enum):
    """Why a value does not open: no ciphertext, not authentic, or nothing that its type can hold."""

    MALFORMED = "malformed"
    AUTHENTICATION = "authentication"
    TYPE = "type"


class Refused(Exception):
    """The ciphertext does not open, for this ``reason``."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


class Opener:
    """Opens the values of one file with its data key."""

    __slots__ = ("_decrypt", "_invalid")

    def __init__(self, key: Plaintext) -> None:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._decrypt = AESGCM(key.reveal()).decrypt
        self._invalid: tuple[type[Exception], ...] = (InvalidTag, ValueError)

    def open(self, text: str, data: str) -> Opened:
        """Decrypt one value; ``data`` is what it is authenticated with (``db:pass:``).

        An empty text is an empty string, as for sops. Raises Refused, which holds no plaintext.
        """
        if not text:
            return Opened("str", Plaintext(b""))
        found = fields(text)
        if found is None:
            raise Refused(Refusal.MALFORMED)
        ciphertext, nonce, tag, kind = found
        try:
            sealed, start = _bytes(ciphertext) + _bytes(tag), _bytes(nonce)
        except ValueError:
            raise Refused(Refusal.MALFORMED) from None
        try:
            plain = self._decrypt(start, sealed, encode(data))
        except self._invalid:
            raise Refused(Refusal.AUTHENTICATION) from None
        if kind not in _KINDS:
            raise Refused(Refusal.TYPE)
        return Opened(_KINDS[kind], Plaintext(_typed(_KINDS[kind], plain)))


def _typed(kind: Kind, plain: bytes) -> bytes:
    """The canonical bytes of a value of this type; the type itself is not authenticated."""
    read = _READERS.get(kind)
    if read is None:
        return plain
    value = read(plain.decode("utf-8", "replace"))
    if value is None:
        raise Refused(Refusal.TYPE)
    return value.encode()


def _int(text: str) -> str | None:
    number = int(text) if _INT.fullmatch(text) and len(text) < 30 else None
    return str(number) if number is not None and -(1 << 63) <= number < 1 << 63 else None


def _float(text: str) -> str | None:
    try:
        return go_float(float(text)) if text == text.strip() else None
    except ValueError:
        return None


def _bool(text: str) -> str | None:
    return "True" if text in _TRUE else "False" if text in _FALSE else None


def _time(text: str) -> str | None:
    return go_time(text) if "T" in text else None


_READERS: dict[Kind, Callable[[str], str | None]] = {
    "int": _int,
    "float": _float,
    "bool": _bool,
    "time": _time,
}
_TEXTS: tuple[Kind, ...] = ("str", "comment")
_KINDS: dict[str, Kind] = {kind: kind for kind in (*_TEXTS, *_READERS)}
