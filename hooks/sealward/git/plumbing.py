"""A repository's place, and git run in it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from sealward.errors import SealwardError
from sealward.git import process

if TYPE_CHECKING:
    import subprocess

PLAIN_DIFF = ("--no-ext-diff", "--no-textconv")
"""Options under which git compares files as they are, and starts no program that its settings name."""

_BROKEN = "`git fsck` says more; `git fetch`, or a fresh clone, may bring it back"


class Plumbing:
    """A repository. ``top`` is the absolute path of its work tree, ``prefix`` the current folder in it; of
    one without a work tree (``bare``, or inside its git directory) ``top`` is the git directory."""

    def __init__(self, top: str, prefix: str = "", bare: bool = False) -> None:
        self.top = top
        self.prefix = prefix
        self.bare = bare

    def private(self, name: str) -> str:
        """The absolute path of a file of ours in this work tree's git directory: never tracked or cleaned."""
        found = self._output("rev-parse", "--git-path", name).decode("utf-8", "surrogateescape")
        return os.path.join(self.top, found.rstrip("\n"))

    def has_head(self) -> bool:
        """Whether there is a commit yet. Raises SealwardError for a HEAD that names one that is not here."""
        done = self._run("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        if done.returncode == 0:
            return True
        process.checked(["rev-parse"], self._run("rev-parse", "--git-dir"))
        branch = (
            self._run("symbolic-ref", "--quiet", "HEAD").stdout.decode("utf-8", "surrogateescape").strip()
        )
        if not branch or self._run("rev-parse", "--verify", "--quiet", "HEAD").returncode == 0:
            raise SealwardError("HEAD names a commit that is not in this repository", _BROKEN)
        if os.path.isfile(self.private(branch)):
            raise SealwardError(f"the branch {branch} cannot be read", _BROKEN)
        return False

    def _rows(self, *arguments: str, literal: bool = False) -> list[bytes]:
        words = ("--literal-pathspecs", *arguments) if literal else arguments
        return [row for row in self._output(*words).split(b"\0") if row]

    def _output(self, *arguments: str, given: bytes = b"") -> bytes:
        done = process.run(list(arguments), self.top, bare=self.bare, given=given)
        if done.returncode:
            refused = self._run("rev-parse", "--git-dir")
            if refused.returncode:
                raise process.refused(refused, self.top)
        process.checked(arguments, done)
        return done.stdout

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return process.run(list(arguments), self.top, bare=self.bare)
