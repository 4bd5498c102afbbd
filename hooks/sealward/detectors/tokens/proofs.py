"""What shows that a token was drawn, and not written by hand: its checksum, or its variety.

Each proof takes a whole token and the random rest of it, and says whether that is a secret.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.detectors.made_up import is_made_up
from sealward.detectors.published import is_example
from sealward.detectors.randomness import wordiness

if TYPE_CHECKING:
    from collections.abc import Callable

    from sealward.detectors.tokens.kinds import Proof

_WORDY = 0.5
"""So much of a name's letters stands in words."""

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BEYOND_HEX = frozenset(_BASE62) - frozenset("0123456789abcdefABCDEF")


def shape(token: str, rest: str) -> bool:
    """The shape alone shows it, as of a private key's header."""
    return not is_example(token)


def drawn(token: str, rest: str) -> bool:
    """No example, no repetition, no alphabet in order, no words."""
    return not (is_example(token) or is_made_up(rest))


def random(token: str, rest: str) -> bool:
    """The same, and no name either: for kinds that begin with one letter, such as ``s.``."""
    return drawn(token, rest) and wordiness(rest) < _WORDY


def checked(token: str, rest: str) -> bool:
    """GitHub's and npm's: the last six characters are the CRC-32 of the others, in base 62.

    Where they are not, nobody issued the token. It is reported all the same where it was plainly drawn:
    often somebody has changed a character of a real one.
    """
    from zlib import crc32

    number = 0
    for character in rest[-6:]:
        number = number * 62 + _BASE62.index(character)
    if number == crc32(rest[:-6].encode()):
        return not is_example(token)
    return drawn(token, rest) and _is_mixed(rest)


def _is_mixed(rest: str) -> bool:
    """Whether digits, and capitals and small letters that are not hexadecimal digits, all take part."""
    beyond = _BEYOND_HEX & set(rest)
    return any(map(str.isdigit, rest)) and any(map(str.isupper, beyond)) and any(map(str.islower, beyond))


PROOFS: dict[Proof, Callable[[str, str], bool]] = {
    "drawn": drawn,
    "random": random,
    "checked": checked,
    "shape": shape,
}
