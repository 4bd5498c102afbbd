"""What is inside a sealed file, however it was opened: typed values, comments, the MAC's verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.errors import SealwardError

if TYPE_CHECKING:
    from sealward.document import Comment
    from sealward.document.model import Leaf
    from sealward.plaintext import Plaintext


class CannotDecrypt(SealwardError):
    """The file cannot be decrypted at all: sops would refuse it before it looks at a value."""


class Value(NamedTuple):
    """One leaf, opened. ``kind`` is its type (``comment`` for a comment in a list).

    ``plaintext`` holds its canonical bytes (empty for null and empty containers), and is None where
    ``refused`` says why it did not open: ``malformed``, ``authentication`` or ``type``.
    """

    leaf: Leaf
    kind: str
    plaintext: Plaintext | None
    encrypted: bool
    refused: str = ""


class Decrypted(NamedTuple):
    """What is inside. ``values`` has one entry a leaf, in document order; ``comments`` those that opened.

    ``mac`` is ``verified``, ``mismatch``, ``undecryptable``, ``missing``, or ``unknown`` where values
    or comments were refused, over which no MAC can be computed.
    """

    values: tuple[Value, ...]
    comments: tuple[tuple[Comment, Plaintext], ...]
    mac: str

    @property
    def failures(self) -> list[Value]:
        """The values that did not open."""
        return [value for value in self.values if value.refused]

    @property
    def accepted(self) -> bool:
        """Whether ``sops decrypt`` accepts the file."""
        return self.mac == "verified"
