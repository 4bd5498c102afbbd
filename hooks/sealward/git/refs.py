"""References of git: branches of remotes and of ours, what a commit's tree has, when a branch moved here."""

from __future__ import annotations

from typing import NamedTuple

from sealward.git.objects import Objects
from sealward.git.rows import LINK_MODE, SUBMODULE_MODE, path_of


class Ref(NamedTuple):
    """A branch: its name as people write it (``origin/main``, ``main``), its commit, its whole name."""

    name: str
    commit: str
    full: str


class Treed(NamedTuple):
    """A file of a commit's tree: its path from the top, its object's name, its size in bytes."""

    path: str
    name: bytes
    size: int


class Refs(Objects):
    """What git knows of branches; nobody is asked over the network."""

    def remotes(self) -> list[str]:
        """The names of the remotes."""
        return path_of(self._output("remote")).split()

    def remote_url(self, remote: str) -> str:
        """The address of a remote as it is configured; empty without one."""
        return path_of(self._run("config", "--get", f"remote.{remote}.url").stdout).strip()

    def fetched(self, remote: str) -> list[str]:
        """What is fetched from a remote (``+refs/heads/*:refs/remotes/origin/*``)."""
        return path_of(self._run("config", "--get-all", f"remote.{remote}.fetch").stdout).split()

    def branches(self, below: str) -> list[Ref]:
        """The branches below ``refs/heads`` or ``refs/remotes/NAME``; a remote's ``HEAD`` is not one."""
        listed = "--format=%(refname)%00%(objectname)%00%(objecttype)%00%(symref)"
        found = []
        for row in path_of(self._output("for-each-ref", listed, below)).splitlines():
            name, commit, kind, symbolic = row.split("\0")
            if kind == "commit" and not symbolic:
                short = name.removeprefix("refs/heads/").removeprefix("refs/remotes/")
                found.append(Ref(short, commit, name))
        return found

    def default_of(self, remote: str) -> str:
        """A remote's default branch as last fetched (``origin/main``); empty where nothing says it."""
        done = self._run("symbolic-ref", "--quiet", f"refs/remotes/{remote}/HEAD")
        return path_of(done.stdout).strip().removeprefix("refs/remotes/")

    def head(self) -> Ref | None:
        """The commit of HEAD, under its branch's name where it is on one; None before the first commit."""
        if not self.has_head():
            return None
        commit = path_of(self._output("rev-parse", "--verify", "HEAD^{commit}")).strip()
        done = self._run("symbolic-ref", "--quiet", "--short", "HEAD")
        return Ref(path_of(done.stdout).strip() or "HEAD", commit, "HEAD")

    def root_commit(self) -> str:
        """The oldest commit behind HEAD, by which clones of one repository know each other; empty without."""
        roots = path_of(self._run("rev-list", "--max-parents=0", "HEAD").stdout).split()
        return roots[-1] if roots and not self.is_shallow() else ""

    def is_shallow(self) -> bool:
        """Whether older commits were left out of this clone."""
        return self._output("rev-parse", "--is-shallow-repository").strip() == b"true"

    def tree(self, commit: str) -> list[Treed]:
        """Every regular file of a commit; no links, no submodules."""
        rows = self._rows("ls-tree", "-r", "-z", "-l", "--full-tree", "--end-of-options", commit)
        found = []
        for row in rows:
            entry, _, path = row.partition(b"\t")
            mode, _, name, size = entry.split()
            if mode not in (LINK_MODE, SUBMODULE_MODE):
                found.append(Treed(path_of(path), name, int(size) if size.isdigit() else 0))
        return found

    def moved(self, full: str) -> float | None:
        """When this clone saw a branch (by its whole name) move to where it is: seconds since 1970, by this
        machine's clock; None where its log does not say."""
        done = self._run("log", "-1", "--walk-reflogs", "--format=%gd", "--date=unix", full, "--")
        _, _, time = path_of(done.stdout).strip().rpartition("@{")
        return float(time[:-1]) if done.returncode == 0 and time[:-1].isdigit() else None

    def replaced(self, commits: int, *revisions: str) -> list[Treed]:
        """The versions of files that the last ``commits`` commits replaced or removed, newest first, each
        once; sizes are left out."""
        words = (
            "log",
            "-m",
            "--raw",
            "--no-abbrev",
            "--no-renames",
            "--no-show-signature",
            "-z",
            "--format=",
        )
        rows = self._output(*words, f"-n{commits}", *revisions, "--").split(b"\0")
        found: dict[tuple[bytes, str], None] = {}
        fields = iter(rows)
        for row in fields:
            field = row.lstrip(b"\n")
            if field.startswith(b":"):
                old = field.split(b" ")[2]
                path = path_of(next(fields, b""))
                if old.strip(b"0"):
                    found[old, path] = None
        return [Treed(path, name, 0) for name, path in found]
