"""Who still pins which version: every tracked file of every deployed branch, read from git's objects, and
what lies in this work tree.

The work tree alone says little: a sparse checkout leaves files out, ``skip-worktree`` hides changes, another
branch is what production runs. Exempt files count, too: an exemption is from judgement, not from use.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from sealward import worktree
from sealward.document import parse
from sealward.document.text import narrowed
from sealward.errors import SealwardError
from sealward.references.mentions import MARKS
from sealward.references.uses import fragments, spoken, uses
from sealward.sealed.files import open_sealed
from sealward.sealed.marks import is_sealed, is_torn, looks_sealed
from sealward.sealed.unopened import Unopened
from sealward.sealed.unsealed import MAX_BYTES, PROSE
from sealward.vault.transport import VaultError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sealward.git import Repository
    from sealward.git.refs import Ref
    from sealward.sealed.files import Sealed
    from sealward.sops.reading.identities import Identities
    from sealward.vault.mounts import Mounts

Secret = tuple[str, str]

_LARGEST = 32 << 20
"""Bytes of a sealed file."""

_OPAQUE = re.compile(rb"version https://git-lfs|\0GITCRYPT\0")
_DEPLOYED = frozenset(
    ".yaml .yml .json .env .ini .toml .tf .tfvars .hcl .tpl .tmpl .ctmpl .properties .conf .cfg .xml".split()
)


class Holder(NamedTuple):
    """A place that pins a version: ``branch`` is empty for HEAD and for the work tree; ``line`` is 0 in a
    sealed file."""

    branch: str
    path: str
    line: int = 0

    @property
    def until(self) -> str:
        """What has to happen before the version is free, as a clause."""
        place = f"{self.path}:{self.line}, which is not sealed," if self.line else self.path
        if self.branch:
            return f"once {self.branch} is without the pin in {place.removesuffix(',')}"
        return (
            f"once {place} is without that pin"
            if self.line
            else f"once {place} is committed without that pin"
        )


class _Content(NamedTuple):
    """What one version of a file says: pins by secret and version, and whether it could not be opened."""

    pins: tuple[tuple[str, int, int], ...] = ()
    closed: Unopened | None = None
    secrets: tuple[Secret, ...] = ()


class Holdings:
    """What deployed branches, HEAD and the work tree pin of some secrets."""

    def __init__(
        self,
        repository: Repository,
        identities: Identities,
        mounts: Mounts,
        lying: Sequence[Sealed] = (),
    ) -> None:
        self._repository = repository
        self._identities = identities
        self._mounts = mounts
        self._lying = lying
        self._opened = {(one.path, one.data): one for one in lying}
        self._contents: dict[tuple[bytes, str], _Content] = {}
        self._wanted: tuple[Secret, ...] = ()
        self.held: dict[str, dict[int, Holder]] = {}
        self.closed: list[tuple[Holder, Unopened]] = []
        self.pinned: dict[tuple[str, str], set[int]] = {}

    def look(self, refs: Iterable[Ref], secrets: Iterable[Secret]) -> None:
        """Read them all. ``held`` then has, by ``mount/path``, who pins which version, ``closed`` what could
        not be opened, and ``pinned`` the versions by commit and secret. Raises SealwardError where git
        fails."""
        self._wanted = tuple(dict.fromkeys(secrets))
        self._contents.clear()
        self.held, self.closed, self.pinned = {}, [], {}
        seen = set()
        head = self._repository.head()
        for ref in (*refs, *([head] if head else [])):
            if ref.commit not in seen:
                seen.add(ref.commit)
                here = head is not None and ref.commit == head.commit and "refs/remotes/" not in ref.full
                self._branch("" if here else ref.name, ref.commit)
        self._work_tree()

    def secrets(self, refs: Iterable[Ref]) -> list[Secret]:
        """The KV secrets that sealed files of the branches refer to."""
        found: dict[Secret, None] = {}
        for commit in dict.fromkeys(ref.commit for ref in refs):
            for one in self._repository.tree(commit):
                if one.size <= _LARGEST:
                    data = self._repository.read(one.name)
                    if data is not None and looks_sealed(data):
                        found.update(dict.fromkeys(self._sealed(one.path, data).secrets))
        return list(found)

    def former(self, commits: int, refs: Iterable[Ref], versions: int) -> list[Secret]:
        """The KV secrets that sealed files of recent commits referred to: what a reference that has gone
        since leaves to be retired. At most ``versions`` older versions of files are opened."""
        names = list(dict.fromkeys(ref.commit for ref in refs))
        found: dict[Secret, None] = {}
        for one in self._repository.replaced(commits, *names) if names else ():
            data = self._repository.read(one.name) if versions else None
            if data is not None and looks_sealed(data):
                versions -= 1
                found.update(dict.fromkeys(self._sealed(one.path, data).secrets))
        return list(found)

    def _branch(self, branch: str, commit: str) -> None:
        for one in self._repository.tree(commit):
            key = (one.name, one.path)
            if key not in self._contents:
                self._contents[key] = self._read(one.path, one.name, one.size)
            self._enter(branch, one.path, self._contents[key])
            for secret, version, _ in self._contents[key].pins:
                self.pinned.setdefault((commit, secret), set()).add(version)

    def _work_tree(self) -> None:
        for one in self._lying:
            self._enter("", one.path, self._of(one))
        read = worktree.reader(self._repository.top)
        for path in sorted(self._repository.uncommitted()):
            data = read(path)
            if data is not None and not looks_sealed(data):
                self._enter("", path, self._plain(path, data))

    def _enter(self, branch: str, path: str, content: _Content) -> None:
        if content.closed is not None:
            self.closed.append((Holder(branch, path), content.closed))
        for secret, version, line in content.pins:
            self.held.setdefault(secret, {}).setdefault(version, Holder(branch, path, line))

    def _read(self, path: str, name: bytes, size: int) -> _Content:
        if size > _LARGEST:
            return _Content()
        data = self._repository.read(name)
        if data is None or _OPAQUE.match(data):
            missing = SealwardError(f"the contents of {path} are not in this clone", "fetch them")
            is_manifest = PurePosixPath(path).suffix in _DEPLOYED
            return _Content(closed=Unopened(path, None, missing) if is_manifest else None)
        return self._sealed(path, data) if looks_sealed(data) else self._plain(path, data)

    def _sealed(self, path: str, data: bytes) -> _Content:
        known = self._opened.get((path, data))
        if known is not None:
            return self._of(known)
        document = parse(path, data)
        if not (is_sealed(document) or is_torn(document)):
            return self._plain(path, data)
        try:
            opened = open_sealed(path, Path(self._repository.top, path), data, self._identities)
            return self._of(opened.settled(self._mounts.settled, self._mounts.home))
        except VaultError:
            raise
        except SealwardError as error:
            return _Content(closed=Unopened(path, document, error))

    def _of(self, sealed: Sealed) -> _Content:
        references = [site.reference for site in sealed.sites]
        known = [one for one in references if one.is_versioned and not one.is_elsewhere]
        return _Content(
            pins=tuple((one.secret, one.version, 0) for one in known if one.version is not None),
            secrets=tuple(dict.fromkeys((one.mount, one.path) for one in known)),
        )

    def _plain(self, path: str, data: bytes) -> _Content:
        if len(data) > MAX_BYTES or PurePosixPath(path).suffix in PROSE:
            return _Content()
        return _Content(pins=tuple(dict.fromkeys(self._pins(_readable(data)))))

    def _pins(self, data: bytes) -> Iterator[tuple[str, int, int]]:
        text = ""
        if MARKS.search(data) or fragments().search(data.translate(None, b" \t\r\n")):
            text = _text(data)
            for use in uses(text, self._mounts.settled):
                for secret in {use.secret, *self._named(use.secret)}:
                    yield secret, use.version, use.line
        for mount, path in self._wanted:
            if path.encode() in data:
                text = text or _text(data)
                yield from ((one.secret, one.version, one.line) for one in spoken(text, mount, path))

    def _named(self, name: str) -> list[str]:
        """The wanted secrets that a manifest may mean: some leave the mount out, or say ``data/``."""
        said = name.strip("/")
        return [
            f"{mount}/{path}"
            for mount, path in self._wanted
            if said in (path, f"data/{path}", f"{mount}/data/{path}")
        ]


def _readable(data: bytes) -> bytes:
    """The bytes without what an encoding or JSON puts between the letters: UTF-16, an escaped slash."""
    return narrowed(data).replace(b"\\/", b"/")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
