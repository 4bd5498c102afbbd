"""From a commit to what is wanted: settings and sealed files as the commit has them, opened in memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sealward import shell, worktree
from sealward.deploy import manifests, mapped
from sealward.deploy.settings import FILE, load
from sealward.deploy.wanted import check_all
from sealward.document import parse
from sealward.errors import SealwardError
from sealward.globs import path_pattern
from sealward.sealed.files import open_sealed
from sealward.sealed.marks import is_sealed, is_torn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealward.deploy.settings import Target
    from sealward.deploy.wanted import Wanted
    from sealward.git import Repository
    from sealward.sealed.files import Sealed
    from sealward.sops.reading.identities import Identities

MINIMAL = "targets: {production: {cluster: {context: NAME}, namespace: NAME, manifests: [k8s/*.enc.yaml]}}"


class Commit(NamedTuple):
    """What a commit says: its name (empty for the work tree), the target, the Secrets, and the files that
    were read for it."""

    name: str
    target: Target
    wanted: tuple[Wanted, ...]
    files: tuple[str, ...]


class Source:
    """The files of HEAD, or of the work tree (``worktree``)."""

    def __init__(self, repository: Repository, identities: Identities, *, worktree: bool = False) -> None:
        self.repository = repository
        self.identities = identities
        self.worktree = worktree
        self._opened: dict[str, Sealed] = {}
        if not worktree and not repository.has_head():
            raise SealwardError("there is no commit yet", "deploy goes by commits: make one (or --worktree)")

    def target(self, name: str) -> Target:
        """A target's settings. Raises SealwardError."""
        data = self._read(FILE)
        if data is None:
            hint = f"write it, and commit it: {MINIMAL}"
            raise SealwardError(f"there is no {FILE}{self._where}", hint)
        return load(FILE, data).target(name)

    def targets(self) -> list[str]:
        """The names of all targets. Raises SealwardError."""
        data = self._read(FILE)
        return [one.name for one in load(FILE, data).targets] if data is not None else [self.target("").name]

    def commit(self, target: Target, *, unpinned: bool = False) -> Commit:
        """All that a target's sealed files want. Raises SealwardError."""
        found = check_all(self._wanted(target, unpinned))
        name = "" if self.worktree else self.repository.commit_name("HEAD")
        return Commit(name, target, found, (FILE, *self._opened))

    def names(self, target: Target) -> list[tuple[str, str]]:
        """Namespace and name of every Secret of a target, without any key. Raises SealwardError."""
        found = {(one.namespace or target.namespace, one.name) for one in target.secrets}
        for pattern in target.manifests:
            for path in self._matching(pattern, target):
                found |= set(manifests.names(parse(path, self._read(path) or b""), target))
        return sorted(found)

    def check_writable(self, commit: Commit) -> None:
        """Raises SealwardError where what would be deployed is not what was committed, and pushed."""
        if self.worktree:
            return
        dirty = sorted(self.repository.uncommitted() & set(commit.files))
        if dirty:
            hint = "commit it, or put it back (`git restore`); diff shows what HEAD would deploy"
            raise SealwardError(f"{', '.join(dirty[:3])} differs from HEAD, which is what is deployed", hint)
        branch = commit.target.branch
        if not branch:
            return
        within = self.repository.is_within(commit.name, branch)
        if within is None:
            hint = f"fetch it: `git fetch origin {shell.path(branch)}`"
            raise SealwardError(f"origin/{branch}, which the target requires, is not known here", hint)
        if not within:
            hint = f"push it there first (the target requires the branch {branch})"
            raise SealwardError(f"HEAD ({commit.name[:12]}) is not on origin/{branch}", hint)

    def sealed(self, path: str) -> Sealed:
        """A sealed file, opened. Raises SealwardError where it is not there, or not sealed."""
        if path not in self._opened:
            self._opened[path] = self._open(path)
        return self._opened[path]

    def _wanted(self, target: Target, unpinned: bool) -> Iterator[Wanted]:
        for pattern in target.manifests:
            for path in self._matching(pattern, target):
                yield from manifests.read(self.sealed(path), target, unpinned=unpinned)
        for one in target.secrets:
            yield mapped.read(one, self.sealed(one.file), target, unpinned=unpinned)

    def _matching(self, pattern: str, target: Target) -> list[str]:
        wanted = path_pattern(pattern)
        found = [path for path in self._paths() if wanted.fullmatch(path)]
        if not found:
            hint = f"name files{self._where}, from the repository's top"
            raise SealwardError(f"{target.path}:{target.line}: nothing matches {pattern!r}", hint)
        return found

    def _paths(self) -> list[str]:
        return self.repository.tracked() if self.worktree else self.repository.files_of("HEAD")

    def _open(self, path: str) -> Sealed:
        data = self._read(path)
        if data is None:
            raise SealwardError(f"{path} is not there{self._where}", "name a sealed file of the repository")
        document = parse(path, data)
        if not (is_sealed(document) or is_torn(document)):
            hint = f"seal it: `sops encrypt --in-place {shell.path(path)}`"
            raise SealwardError(f"{path} is not sealed: what it holds is no secret any more", hint)
        return open_sealed(path, Path(self.repository.top, path), data, self.identities)

    def _read(self, path: str) -> bytes | None:
        if self.worktree:
            return worktree.tracked(self.repository.top, path)
        return self.repository.read(f"HEAD:{path}")

    @property
    def _where(self) -> str:
        return "" if self.worktree else " in HEAD"
