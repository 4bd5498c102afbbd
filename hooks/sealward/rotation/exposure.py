"""What a former recipient of sealed files still knows: which secrets are to be rotated because of that.

Whoever could open a committed version knows its values for ever, whatever becomes of the file: removing a
recipient protects what is written from then on. So the last commit's recipients are compared with those
that the file has, or is about to have, and what it pins now with what it pinned then.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, NamedTuple

from sealward.errors import SealwardError
from sealward.rotation.resealing import recipients
from sealward.rotation.sites import open_sealed
from sealward.sops.secret import Plaintext
from sealward.vault.reference import find_all, repin

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sealward.repository import Repository
    from sealward.rotation.sites import Sealed
    from sealward.sops.creation_rules import Recipient
    from sealward.sops.identities import Identities
    from sealward.vault.reference import Reference


class Exposure(NamedTuple):
    """A file that former recipients could read: who they are, its references that still stand as they
    read them, and how many encrypted values are no references."""

    path: str
    former: tuple[Recipient, ...]
    references: tuple[Reference, ...]
    others: int


class Committed:
    """What the last commit has of files that may since have changed in the work tree.

    ``dirty`` are the paths of the tracked files that differ from it.
    """

    def __init__(self, repository: Repository, identities: Identities) -> None:
        self.repository = repository
        self.identities = identities
        self.dirty = repository.uncommitted()

    def version(self, one: Sealed) -> Sealed:
        """The committed version of a file; the file itself where there is none that opens."""
        data = self.repository.read(f"HEAD:{one.path}") if one.path in self.dirty else None
        if data is not None:
            with contextlib.suppress(SealwardError):
                return open_sealed(one.path, one.file, data, self.identities)
        return one

    def edited(self, sealed: Iterable[Sealed]) -> set[str]:
        """The paths of files whose values somebody changed since the last commit: sealing and pins, which
        re-encryption and rotation change, do not count."""
        changed = [one for one in sealed if one.path in self.dirty]
        return {one.path for one in changed if not _same_values(self.version(one), one)}


def exposures(pairs: Iterable[tuple[Sealed, Sealed]]) -> list[Exposure]:
    """The files, as (committed, about to be), that lose a recipient between the one and the other."""
    found = []
    for before, after in pairs:
        former = recipients(before) - recipients(after)
        if former:
            found.append(_exposure(before, after, tuple(sorted(former))))
    return found


def _exposure(before: Sealed, after: Sealed, former: tuple[Recipient, ...]) -> Exposure:
    standing = {site.reference for site in after.sites}
    known = dict.fromkeys(site.reference for site in before.sites if site.reference in standing)
    referring = {site.leaf.path for site in before.sites}
    others = sum(value.encrypted and value.leaf.path not in referring for value in before.opened.values)
    return Exposure(before.path, former, tuple(known), others)


def _same_values(one: Sealed, other: Sealed) -> bool:
    return one is not other and _texts(one) == _texts(other)


def _texts(sealed: Sealed) -> list[tuple[object, ...]]:
    """Each value's place and text, every reference pinned to one and the same version."""
    return [
        (value.leaf.path, value.leaf.part, value.kind, value.plaintext and _level(value.plaintext))
        for value in sealed.opened.values
    ]


def _level(plaintext: Plaintext) -> Plaintext:
    text = plaintext.text()
    for secret in {(reference.mount, reference.path) for reference in find_all(text)}:
        text = repin(text, secret, 1, add=True)
    return Plaintext(text.encode())
