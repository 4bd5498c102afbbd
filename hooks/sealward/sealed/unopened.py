"""Sealed files that cannot be opened, and which secrets they might refer to all the same.

What is inside is not known, but how long each value is: AES-GCM adds nothing. A text that names a secret is
at least as long as the secret's own name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.errors import SealwardError
from sealward.globs import path_pattern
from sealward.sealed.files import Sealed, walk
from sealward.sops.format.ciphertext import looks_encrypted, parse
from sealward.sops.reading.data_key import NoDataKey
from sealward.terminal import unseen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sealward.document import Document
    from sealward.git import Repository
    from sealward.sops.reading.identities import Identities
    from sealward.terminal import Progress


class Unopened(NamedTuple):
    """A sealed file that could not be opened, and why. ``document`` is None where it could not be read."""

    path: str
    document: Document | None
    error: SealwardError

    @property
    def is_for_others(self) -> bool:
        """Whether just no key at hand opens it."""
        return isinstance(self.error, NoDataKey)

    def may_refer(self, mount: str, path: str, files: Iterable[str] = ()) -> bool:
        """Whether a value in it can name the secret. ``files`` are patterns (``FILE`` or ``FILE#KEY.PATH``)
        of all files that do, where a policy says so."""
        patterns = [path_pattern(one.partition("#")[0]) for one in files]
        if patterns and not any(one.fullmatch(self.path) for one in patterns):
            return False
        if self.document is None or self.document.problems:
            return True
        least = len(f"{mount}/{path}".encode("utf-8", "surrogateescape"))
        return any(_may_hold(leaf.text, path, least) for leaf in self.document.leaves)


def opened(
    repository: Repository, identities: Identities, only: Iterable[str] = (), progress: Progress = unseen
) -> tuple[list[Sealed], list[Unopened]]:
    """Every tracked sealed file, or just those named, opened; and those that cannot be. Raises SealwardError
    for a named one that cannot be opened, and for what is not there, or not sealed."""
    sealed: list[Sealed] = []
    closed: list[Unopened] = []

    def unreadable(path: str, error: SealwardError) -> None:
        closed.append(Unopened(path, None, error))

    for one in walk(repository, only, progress, None if only else unreadable):
        try:
            sealed.append(one.opened(identities))
        except SealwardError as error:
            if only and not (identities.alone and isinstance(error, NoDataKey)):
                raise
            closed.append(Unopened(one.path, one.document, error))
    return sealed, closed


def _may_hold(text: str, path: str, least: int) -> bool:
    found = parse(text)
    if found is not None:
        return found.length >= least and found.type == "str"
    return looks_encrypted(text) or path in text
