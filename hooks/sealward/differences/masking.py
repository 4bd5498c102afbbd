"""A value as a diff may show it: it ends up in git's own files (COMMIT_EDITMSG, patches), in logs, in
pull requests.

References are shown whole, and what can be no secret; of all else its type, its length, and a tag. Equal
values have equal tags, and nobody who lacks the key of the tags can guess a value by them."""

from __future__ import annotations

import hmac
from enum import Enum
from hashlib import sha256
from typing import TYPE_CHECKING

from sealward.detectors import secret_in
from sealward.detectors.placeholders import is_harmless
from sealward.references.syntax import parse
from sealward.sops.format import ciphertext

if TYPE_CHECKING:
    from sealward.plaintext import Plaintext
    from sealward.sops.reading.decrypted import Value


class View(str, Enum):
    """How much is shown: references and what is harmless; nothing at all; every value in clear."""

    REFERENCES = "references"
    MASKED = "masked"
    VALUES = "values"


_TAG = 6
_CLEAR = ("bool", "null", "time", "empty")


class Mask:
    """Shows values. ``key`` is that of the tags: of this machine, else the file's data key; None where
    there is neither, and a tag is that of a ciphertext."""

    def __init__(self, view: View, key: Plaintext | None) -> None:
        self.view = view
        self._key = key

    def value(self, value: Value) -> str:
        """One line for a value that is open."""
        if value.plaintext is None:
            return self.sealed(value.leaf.text)
        text = value.plaintext.text()
        if self.view is View.VALUES or (self.view is View.REFERENCES and _is_shown(value, text)):
            return _one_line(text)
        if not value.encrypted and self.view is View.REFERENCES:
            return f"<{value.kind} in clear, {_size(len(value.plaintext.reveal()))}>"
        tag = self._tag(value.plaintext.reveal(), value.leaf.text)
        return f"<{value.kind}, {_size(len(value.plaintext.reveal()))}, ~{tag}>"

    def comment(self, sealed: str, plaintext: Plaintext) -> str:
        """The same for a comment."""
        text = plaintext.text()
        shown = self.view is View.VALUES or (
            self.view is View.REFERENCES and not secret_in(text, (), "comment")
        )
        return (
            _one_line(text)
            if shown
            else f" <comment, {_size(len(plaintext.reveal()))}, ~{self._tag(plaintext.reveal(), sealed)}>"
        )

    def sealed(self, text: str) -> str:
        """The same for a ciphertext that nothing at hand opens."""
        found = ciphertext.parse(text)
        what = f"{found.type}, {_size(found.length)}" if found else "damaged"
        return f"<sealed {what}, ~{sha256(text.encode()).hexdigest()[:_TAG]}>"

    def _tag(self, data: bytes, sealed: str) -> str:
        if self._key is None:
            return sha256(sealed.encode()).hexdigest()[:_TAG]
        return hmac.new(self._key.reveal(), data, sha256).hexdigest()[:_TAG]


def _is_shown(value: Value, text: str) -> bool:
    if value.kind in _CLEAR or not text:
        return True
    if value.kind in ("int", "float"):
        return secret_in(text, value.leaf.path, value.kind) is None
    return parse(text) is not None or (is_harmless(text) and secret_in(text, value.leaf.path) is None)


def _one_line(text: str) -> str:
    return text.replace("\r", "\\r").replace("\n", "\\n")


def _size(number: int) -> str:
    return f"{number} byte{'' if number == 1 else 's'}"
