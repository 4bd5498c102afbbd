"""What a merge is asked, and what comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sealward.sops.format.creation_rules import Rule
    from sealward.sops.reading.identities import Identities


class Request(NamedTuple):
    """Three versions of a file, ``base`` None where both sides added it.

    ``rule`` is the creation rule of HEAD that claims it; ``identities`` are the private keys at hand.
    ``choices`` settle conflicts by dotted key path (``*``: all others) for ``ours`` or ``theirs``;
    ``trusted`` says that a person has agreed to what theirs changes of recipients and selector."""

    path: str
    base: bytes | None
    ours: bytes
    theirs: bytes
    identities: Identities
    rule: Rule | None = None
    choices: tuple[tuple[str, str], ...] = ()
    trusted: bool = False

    @property
    def alone(self) -> bool:
        """Whether nothing but sops may be started for it, and nobody asked."""
        return self.identities.alone


class Clash(NamedTuple):
    """A conflict: its key path, why, and what base, ours and theirs have there, as people may see it."""

    path: str
    reason: str
    shown: tuple[str, str, str]


class Merged(NamedTuple):
    """What came of it. ``data`` is the merged file, with conflict markers where ``clashes`` names any.

    ``notes`` are what was decided, as lines for people; ``closed`` says that no key was at hand, so that
    the MAC is lacking; ``resealed`` that the file has a fresh data key; ``settled`` are the key
    paths of conflicts that a choice has settled."""

    data: bytes
    clashes: tuple[Clash, ...] = ()
    notes: tuple[str, ...] = ()
    closed: bool = False
    resealed: bool = False
    settled: tuple[str, ...] = ()

    @property
    def is_clean(self) -> bool:
        """Whether the file is whole, and sops opens it."""
        return not self.clashes and not self.closed
