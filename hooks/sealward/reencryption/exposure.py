"""What a former recipient of sealed files still knows: which secrets are to be rotated because of that.

Whoever could open a committed version knows its values for ever, whatever becomes of the file: removing a
recipient protects what is written from then on. So the last commit's recipients are compared with those
that the file has, or is about to have, and what it pins now with what it pinned then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.reencryption.resealing import recipients

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sealward.references.syntax import Reference
    from sealward.sealed.files import Sealed
    from sealward.sops.format.creation_rules import Recipient


class Exposure(NamedTuple):
    """A file that former recipients could read: who they are, its references that still stand as they
    read them, and how many encrypted values are no references."""

    path: str
    former: tuple[Recipient, ...]
    references: tuple[Reference, ...]
    others: int


def exposures(files: Iterable[tuple[Sealed, Sealed, frozenset[Recipient]]]) -> list[Exposure]:
    """The files that lose a recipient, given as they are committed, as they are about to be, and who can
    open them then."""
    found = []
    for before, after, holders in files:
        former = recipients(before) - holders
        if former:
            found.append(_exposure(before, after, tuple(sorted(former))))
    return found


def _exposure(before: Sealed, after: Sealed, former: tuple[Recipient, ...]) -> Exposure:
    standing = {site.reference for site in after.sites}
    known = dict.fromkeys(site.reference for site in before.sites if site.reference in standing)
    referring = {site.leaf.path for site in before.sites}
    others = sum(value.encrypted and value.leaf.path not in referring for value in before.opened.values)
    return Exposure(before.path, former, tuple(known), others)
