"""What git holds under a name: one ``git cat-file --batch`` process serves every call."""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING

from sealward.errors import SealwardError
from sealward.git import process
from sealward.git.plumbing import Plumbing
from sealward.git.rows import of_tree, path_of

if TYPE_CHECKING:
    import subprocess

_PARENTS = ("HEAD", "MERGE_HEAD")


class Objects(Plumbing):
    """Files by object name, by revision and path, by path in the index."""

    def __init__(self, top: str, prefix: str = "", bare: bool = False) -> None:
        super().__init__(top, prefix, bare)
        self._batch: subprocess.Popen[bytes] | None = None
        self._batch_of = 0
        self._is_sound = False

    def close(self) -> None:
        """End the process that ``read`` asks."""
        if self._batch is not None:
            assert self._batch.stdin is not None
            self._batch.stdin.close()
            self._batch.wait()
            self._batch = None

    def start(self) -> subprocess.Popen[bytes]:
        """Start the process that ``read`` asks, if it does not run yet: it gets ready while we work.

        A copy of this process (``fork``) asks one of its own.
        """
        if self._batch is None or self._batch_of != os.getpid():
            self._batch = process.start(["cat-file", "--batch"], self.top, self.bare)
            self._batch_of = os.getpid()
        return self._batch

    def read(self, name: bytes | str) -> bytes | None:
        """A file's bytes by name (``HEAD:path``, ``:path``, a hash); None where there is none.

        One ``git cat-file --batch`` process serves every call. Raises SealwardError, with git's own words,
        where git does not take the repository.
        """
        _, kind, data = self._ask(name)
        return data if kind == b"blob" else None

    def names(self, tree: str) -> list[str]:
        """The names of the regular files directly in a folder of a commit (``HEAD:folder``); none where it is
        not there."""
        name, kind, data = self._ask(tree)
        return list(of_tree(data, len(name) // 2)) if kind == b"tree" else []

    def _ask(self, name: bytes | str) -> tuple[bytes, bytes, bytes]:
        """The name, the kind and the bytes of an object; empty where there is none."""
        asked = name.encode("utf-8", "surrogateescape") if isinstance(name, str) else name
        if b"\n" in asked:
            asked = self._run(
                "rev-parse", "--verify", "--quiet", "--end-of-options", path_of(asked)
            ).stdout.strip()
            if not asked:
                return b"", b"", b""
        batch = self.start()
        stdin, stdout = batch.stdin, batch.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            stdin.write(asked + b"\n")
            stdin.flush()
            header = stdout.readline()
        except BrokenPipeError:
            header = b""
        if not header:
            self._check()
        return _object(header, stdout)

    def blob(self, name: bytes) -> bytes:
        """A file's bytes by the hash that a tree or the index names.

        Raises SealwardError where it is not here: what nobody can read is not clean.
        """
        found = self.read(name)
        if found is None:
            hint = "fetch it (a partial or damaged clone lacks files: `git fsck` says which)"
            raise SealwardError(f"the object {name.decode('ascii')} is not in this repository", hint)
        return found

    def previous(self, path: str) -> list[bytes]:
        """A path's versions in HEAD and, while a merge is under way, in the branch being merged."""
        found = [data for parent in _PARENTS if (data := self.read(f"{parent}:{path}")) is not None]
        if not found and not self._is_sound:
            self.has_head()
            self._is_sound = True
        return found

    def _check(self) -> None:
        """Raises SealwardError: git ended where it should have answered."""
        done = self._run("rev-parse", "--git-dir")
        if done.returncode:
            raise process.refused(done, self.top)
        raise SealwardError("git ended while it was asked for a file", "run it again, with `git fsck` before")


def _object(header: bytes, stdout: IO[bytes]) -> tuple[bytes, bytes, bytes]:
    """What follows a line ``NAME TYPE SIZE``; a path may hold blanks, and is then said to be missing."""
    fields = header.rstrip(b"\n").rsplit(b" ", 2)
    if len(fields) != 3 or not fields[2].isdigit():
        return b"", b"", b""
    return fields[0], fields[1], stdout.read(int(fields[2]) + 1)[:-1]
