"""Where the sealed files of a repository refer to Vault: found by opening them in memory."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sealward import config, shell, worktree
from sealward.document import parse
from sealward.errors import SealwardError
from sealward.references.reference import HERE, Home
from sealward.sealed.contents import values
from sealward.sealed.marks import is_sealed, is_torn, looks_sealed
from sealward.sops.reading.data_key import NoDataKey
from sealward.sops.reading.decryption import decrypt
from sealward.terminal import unseen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sealward.document import Document, Leaf
    from sealward.git import Repository
    from sealward.plaintext import Plaintext
    from sealward.references.syntax import Reference
    from sealward.sops.reading.decrypted import Decrypted
    from sealward.sops.reading.identities import Identities
    from sealward.terminal import Progress


class Site(NamedTuple):
    """One reference at one place: the leaf, its whole decrypted text, and the reference in it."""

    leaf: Leaf
    text: Plaintext
    reference: Reference


class Sealed(NamedTuple):
    """A sealed file, opened: its path from the repository's top, its bytes, and its references; ``home`` is
    the server and the namespace that those without a word of their own are of."""

    path: str
    file: Path
    data: bytes
    document: Document
    opened: Decrypted
    sites: tuple[Site, ...]
    home: Home = HERE

    @property
    def top(self) -> Path:
        """The repository's top folder."""
        return self.file.parents[self.path.count("/")]

    def settled(self, settle: Callable[[Reference], Reference], home: Home) -> Sealed:
        """The same file, each of its references as ``settle`` gives it, who looks from ``home``."""
        sites = tuple(one._replace(reference=settle(one.reference)) for one in self.sites)
        return self._replace(sites=sites, home=home)

    def pinned_as(self, moves: Callable[[Reference], Reference]) -> Sealed:
        """The same file, as its references will be: to plan with, not to write."""
        sites = tuple(one._replace(reference=moves(one.reference)) for one in self.sites)
        return self._replace(sites=sites)

    def refers_to(self, mount: str, path: str) -> list[Site]:
        """The sites of one secret, wherever its mount ends in Vault; those that name a server or a namespace
        themselves are left out."""
        name = f"{mount}/{path}"
        found = []
        for site in self.sites:
            one = site.reference
            if name.endswith(one.path) and one.secret == name and not one.is_elsewhere:
                found.append(site)
        return found

    def refers_elsewhere(self, mount: str, path: str) -> list[Site]:
        """The sites of a secret of the same name on a server, or in a namespace, that the text names."""
        name = f"{mount}/{path}"
        sites = (site for site in self.sites if site.reference.is_elsewhere)
        return [site for site in sites if site.reference.secret == name]


class Closed(NamedTuple):
    """A sealed file as it lies there: its path from the repository's top, its bytes, and what they say."""

    path: str
    file: Path
    data: bytes
    document: Document

    def opened(self, identities: Identities) -> Sealed:
        """Open it. Raises SealwardError where sops would not decrypt it, or no key does."""
        return _opened(self, identities)


def walk(
    repository: Repository, only: Iterable[str] = (), progress: Progress = unseen,
    unreadable: Callable[[str, SealwardError], None] | None = None,
) -> Iterator[Closed]:  # fmt: skip
    """Every tracked sealed file that is not exempt, or just those named (from the current folder).

    What a sparse checkout leaves out of the work tree is read from the index. A file that merely quotes a
    sealed one (documentation, a test's table) is passed over. Raises SealwardError for a file that cannot
    be read, unless ``unreadable`` takes it, for one in a merge conflict, and for a named one that is not
    there, or not sealed.
    """
    named = list(dict.fromkeys(map(repository.from_top, only)))
    settings = config.read(partial(worktree.configuration, repository.top))
    paths = named or repository.tracked()
    unmerged = repository.unmerged()
    for number, path in enumerate(paths):
        progress(number, len(paths), path)
        if settings.skips(path) and not named:
            continue
        try:
            data = _content(repository, path)
        except SealwardError as error:
            if unreadable is None:
                raise
            if looks_sealed(repository.read(f":{path}") or b""):
                unreadable(path, error)
            continue
        if path in unmerged and _was_sealed(repository, path, data):
            hint = f"resolve it, `git add {shell.pathspec(path)}`, and run this again"
            raise SealwardError(f"{path} is in a merge conflict, and may pin anything", hint)
        if data is None:
            raise SealwardError(f"{path}: No such file or directory", "name a sealed file")
        document = parse(path, data) if looks_sealed(data) else None
        if document is not None and (is_sealed(document) or is_torn(document)):
            yield Closed(path, Path(repository.top, path), data, document)
        elif named:
            raise SealwardError(
                f"{path} is not sealed", f"seal it: `sops encrypt --in-place {shell.path(path)}`"
            )
    progress(len(paths), len(paths), "")


def sealed_files(
    repository: Repository, identities: Identities, only: Iterable[str] = (), progress: Progress = unseen
) -> Iterator[Sealed]:
    """Open every file that ``walk`` finds.

    Raises SealwardError for a file that cannot be opened, or that sops itself would refuse: it might
    refer to the secret in question, and a pin would be forgotten.
    """
    for closed in walk(repository, only, progress):
        yield closed.opened(identities)


def openable(
    repository: Repository, identities: Identities, only: Iterable[str] = (), progress: Progress = unseen
) -> tuple[list[Sealed], list[str]]:
    """Every file that ``walk`` finds, opened; and, where nobody else may be asked, the paths of those that no
    identity opens. Raises SealwardError as ``sealed_files`` does.
    """
    if not identities.alone:
        return list(sealed_files(repository, identities, only, progress)), []
    sealed: list[Sealed] = []
    closed: list[str] = []
    for one in walk(repository, only, progress):
        try:
            sealed.append(one.opened(identities))
        except NoDataKey:
            closed.append(one.path)
    return sealed, closed


def _content(repository: Repository, path: str) -> bytes | None:
    """A file as it lies there; as the index has it where it does not: it is committed all the same."""
    lying = worktree.tracked(repository.top, path)
    return repository.read(f":{path}") if lying is None else lying


def _was_sealed(repository: Repository, path: str, data: bytes | None) -> bool:
    """Whether a file in a merge conflict is sealed, as it lies there or on either side."""
    sides = (repository.read(f":{stage}:{path}") for stage in (2, 3))
    return any(looks_sealed(one) for one in (data, *sides) if one)


def open_sealed(path: str, file: Path, data: bytes, identities: Identities) -> Sealed:
    """Open the bytes of a sealed file. Raises SealwardError as ``Closed.opened`` does."""
    return _opened(Closed(path, file, data, parse(path, data)), identities)


def _opened(closed: Closed, identities: Identities) -> Sealed:
    opened = decrypt(closed.document, identities)
    if not opened.accepted:
        hint = f"`sealward check {shell.path(closed.path)}` says more; restore the last good version"
        raise SealwardError(f"{closed.path}: its MAC or a value is not authentic", hint)
    return Sealed(
        path=closed.path,
        file=closed.file,
        data=closed.data,
        document=closed.document,
        opened=opened,
        sites=tuple(_sites(closed.document, opened)),
    )


def reopened(before: Sealed, data: bytes, identities: Identities) -> Sealed:
    """A copy of a file that sops wrote, opened; its mounts are as they were known of the file.

    Raises SealwardError as ``unlike`` does.
    """
    known = {site.reference.identity: site.reference for site in before.sites}

    def settle(one: Reference) -> Reference:
        one = one.seen_from(before.home)
        same = known.get(one.identity)
        return one._replace(mount=same.mount, path=same.path, engine=same.engine) if same else one

    try:
        return open_sealed(before.path, before.file, data, identities).settled(settle, before.home)
    except SealwardError:
        raise unlike(before) from None


def unlike(before: Sealed) -> SealwardError:
    """The error for a copy that does not read back as it was meant."""
    return SealwardError(
        f"{before.path}: the copy that sops wrote does not read back as it should",
        "nothing was changed; report this with the versions of sops and Sealward",
    )


def _sites(document: Document, opened: Decrypted) -> Iterator[Site]:
    for held in values(document, opened):
        for reference in held.references:
            yield Site(held.leaf, held.plaintext, reference)
