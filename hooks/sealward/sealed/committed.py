"""What the last commit has of sealed files that may since have changed in the work tree."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from sealward.errors import SealwardError
from sealward.plaintext import Plaintext
from sealward.references.syntax import levelled
from sealward.sealed.files import reopened

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sealward.git import Repository
    from sealward.references.reference import Home
    from sealward.sealed.files import Sealed
    from sealward.sops.reading.identities import Identities


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
                return reopened(one, data, self.identities)
        return one

    def edited(self, sealed: Iterable[Sealed]) -> set[str]:
        """The paths of files whose values somebody changed since the last commit: sealing and pins, which
        re-encryption and rotation change, do not count."""
        changed = [one for one in sealed if one.path in self.dirty]
        return {one.path for one in changed if not _same_values(self.version(one), one)}


def _same_values(one: Sealed, other: Sealed) -> bool:
    return one is not other and _texts(one) == _texts(other)


def _texts(sealed: Sealed) -> list[tuple[object, ...]]:
    """Each value's place and text, every reference pinned to one and the same version."""
    return [
        (
            value.leaf.path,
            value.leaf.part,
            value.kind,
            value.plaintext and _level(value.plaintext, sealed.home),
        )
        for value in sealed.opened.values
    ]


def _level(plaintext: Plaintext, home: Home) -> Plaintext:
    return Plaintext(levelled(plaintext.text(), home).encode())
