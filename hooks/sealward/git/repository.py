"""A repository, found from a folder: all that can be asked of it."""

from __future__ import annotations

import os

from sealward.errors import SealwardError
from sealward.git import process
from sealward.git.committing import Committing
from sealward.git.differences import Differences
from sealward.git.index import Index
from sealward.git.merging import Merging
from sealward.git.refs import Refs
from sealward.git.versions import Versions

_WHERE = ("rev-parse", "--absolute-git-dir", "--show-prefix")


class Repository(Index, Differences, Refs, Committing, Merging, Versions):
    """A repository, to be used in a ``with`` block: it may have a process of git's waiting."""

    @classmethod
    def find(cls, folder: str = ".") -> Repository | None:
        """The repository that a folder lies in, or None where there is none.

        Raises SealwardError where git is missing, and with git's own words where there is a repository
        that git does not take (it belongs to somebody else, it is broken)."""
        done = process.run([*_WHERE, "--show-toplevel"], folder)
        place = done.stdout.decode("utf-8", "surrogateescape").split("\n")
        if done.returncode == 0:
            return cls(place[2], place[1])
        if len(place) > 2:
            return cls(place[0], bare=True)
        top = top_of(folder)
        bare = None if top or "GIT_DIR" in os.environ else _bare_above(folder)
        if bare is not None and process.run(["rev-parse"], bare, bare=True).returncode == 0:
            return cls(bare, bare=True)
        if top is None and bare is None and "GIT_DIR" not in os.environ:
            return None
        raise process.refused(done, top or bare or os.path.abspath(folder))

    @classmethod
    def around(cls, bare: bool = False) -> Repository:
        """The repository around the current folder; ``bare`` says that it needs no work tree.

        Raises SealwardError where there is none.
        """
        found = cls.find()
        if found is None:
            raise SealwardError("not inside a git repository", "go into one (`git init` makes one)")
        if found.bare and not bare:
            hint = "go into a checkout of it, or name commits: `sealward check --from-ref A --to-ref B`"
            raise SealwardError(f"{found.top} has no work tree", hint)
        return found

    def __enter__(self) -> Repository:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def from_top(self, path: str) -> str:
        """A path that a person gives in any form (from the current folder, absolute, with ``..``,
        through a linked folder) as git has it, from the top. A link at its end stays one.

        Raises SealwardError for one that lies outside.
        """
        whole = os.path.join(self.top, self.prefix, path)
        folder, name = os.path.split(whole.rstrip("/") or whole)
        named = os.path.join(os.path.realpath(folder), name)
        top = os.path.realpath(self.top)
        found = os.path.relpath(os.path.realpath(whole) if name in ("", ".", "..") else named, top)
        if found == os.pardir or found.startswith(os.pardir + os.sep) or os.path.isabs(found):
            raise SealwardError(f"{path} lies outside of this repository", f"name a file below {self.top}")
        return found.replace(os.sep, "/")


def top_of(folder: str) -> str | None:
    """The nearest folder upwards with a ``.git`` (a folder, or a file in worktrees and submodules),
    without asking git; as git does, it ends at ``GIT_CEILING_DIRECTORIES``."""
    ceilings = os.environ.get("GIT_CEILING_DIRECTORIES", "").split(os.pathsep)
    folder = os.path.abspath(folder)
    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent in (folder, *ceilings):
            return None
        folder = parent
    return folder


def _bare_above(folder: str) -> str | None:
    """The nearest folder upwards that is a git directory itself."""
    folder = os.path.abspath(folder)
    while not all(os.path.exists(os.path.join(folder, name)) for name in ("HEAD", "objects", "refs")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder
