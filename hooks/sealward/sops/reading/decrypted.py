"""What is inside a sealed file, however it was opened: typed values, comments, the MAC's verdict."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from sealward.errors import SealwardError

if TYPE_CHECKING:
    from sealward.document import Comment, Kind, Leaf
    from sealward.plaintext import Plaintext
    from sealward.sops.reading.opening import Refusal


class Mac(str, Enum):
    """What became of a file's MAC. ``UNKNOWN`` is for one that cannot be computed, because values or comments
    were refused."""

    VERIFIED = "verified"
    MISMATCH = "mismatch"
    UNDECRYPTABLE = "undecryptable"
    MISSING = "missing"
    UNKNOWN = "unknown"


class CannotDecrypt(SealwardError):
    """The file cannot be decrypted at all: sops would refuse it before it looks at a value."""


class Value(NamedTuple):
    """One leaf, opened. ``kind`` is its type (``comment`` for a comment in a list).

    ``plaintext`` holds its canonical bytes (empty for null and empty containers), and is None where
    ``refused`` says why it did not open.
    """

    leaf: Leaf
    kind: Kind
    plaintext: Plaintext | None
    encrypted: bool
    refused: Refusal | None = None


class Decrypted(NamedTuple):
    """What is inside. ``values`` has one entry a leaf, in document order; ``comments`` those that opened."""

    values: tuple[Value, ...]
    comments: tuple[tuple[Comment, Plaintext], ...]
    mac: Mac

    @property
    def failures(self) -> list[Value]:
        """The values that did not open."""
        return [value for value in self.values if value.refused]

    @property
    def accepted(self) -> bool:
        """Whether ``sops decrypt`` accepts the file."""
        return self.mac is Mac.VERIFIED
