"""Git at the edge: what is tracked, staged, in HEAD, in a range. The only module that speaks git.

git's own variables (``GIT_DIR``, ``GIT_INDEX_FILE``) are honoured as they stand: inside a running hook
they name the very index that is about to be committed.
"""

from __future__ import annotations

import os
import re
import subprocess
from typing import IO, TYPE_CHECKING, NamedTuple

from sealward import children
from sealward.children import Child
from sealward.errors import SealwardError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

REGULAR_MODES = (b"100644", b"100755")
"""Regular files: no symbolic links (120000), no submodules (160000)."""

_ABSENT = b"0" * 40
LFS_POINTER = b"version https://git-lfs.github.com/spec/"


class Blob(NamedTuple):
    """One version of a file: its path from the top, its object name, the versions it replaces."""

    path: str
    name: bytes
    previous: tuple[bytes, ...]
    commit: str = ""


class Repository:
    """A repository's work tree; ``top`` is its absolute path, ``prefix`` the current folder in it."""

    def __init__(self, top: str, prefix: str) -> None:
        self.top = top
        self.prefix = prefix
        self._batch: subprocess.Popen[bytes] | None = None
        self._batch_of = 0

    @classmethod
    def find(cls, folder: str = ".") -> Repository | None:
        """The repository that a folder lies in, or None. Raises SealwardError where git is missing."""
        done = _run(["rev-parse", "--show-toplevel", "--show-prefix"], folder)
        if done.returncode:
            return None
        top, prefix = done.stdout.decode("utf-8", "surrogateescape").split("\n")[:2]
        return cls(top, prefix)

    @classmethod
    def around(cls) -> Repository:
        """The repository around the current folder. Raises SealwardError where there is none."""
        found = cls.find()
        if found is None:
            raise SealwardError("not inside a git repository", "go into one (`git init` makes one)")
        return found

    def __enter__(self) -> Repository:
        return self

    def __exit__(self, *_: object) -> None:
        if self._batch is not None:
            assert self._batch.stdin is not None
            self._batch.stdin.close()
            self._batch.wait()
            self._batch = None

    def private(self, name: str) -> str:
        """The absolute path of a file of ours in this work tree's git directory: never tracked or cleaned."""
        found = self._output("rev-parse", "--git-path", name).decode("utf-8", "surrogateescape")
        return os.path.join(self.top, found.rstrip("\n"))

    def tracked(self) -> list[str]:
        """The regular files in the index, from the top."""
        paths: list[str] = []
        for row in self._rows("ls-files", "--stage", "-z"):
            entry, _, path = row.partition(b"\t")
            if entry.split(b" ")[0] in REGULAR_MODES and entry.endswith(b" 0"):
                paths.append(_path(path))
        return paths

    def default_branch(self) -> str:
        """What stands for the reviewed state: the remote's default branch as last fetched, else HEAD."""
        done = _run(["symbolic-ref", "--quiet", "refs/remotes/origin/HEAD"], self.top)
        named = done.stdout.decode("utf-8", "surrogateescape").strip().removeprefix("refs/remotes/")
        for branch in filter(None, (named, "origin/main", "origin/master")):
            if _run(["rev-parse", "--verify", "--quiet", f"{branch}^{{commit}}"], self.top).returncode == 0:
                return branch
        return "HEAD"

    def temporary(self) -> list[str]:
        """Everything tracked, links too, under a name such as Sealward gives to temporary files."""
        return [_path(row) for row in self._rows("ls-files", "-z", "--", ":(top,glob)**/.*.sealward-*")]

    def changed(self) -> set[str]:
        """The tracked files whose work tree version differs from HEAD; empty without commits."""
        if not self.has_head():
            return set()
        # Not `diff-index`: it calls a file changed that was merely touched.
        rows = self._rows("diff", "--name-only", "--no-renames", "--ignore-submodules", "-z", "HEAD")
        return {_path(row) for row in rows}

    def uncommitted(self) -> set[str]:
        """The tracked files whose content is not committed: all of them while there is no commit."""
        return self.changed() if self.has_head() else set(self.tracked())

    def commit(self, paths: Iterable[str], message: str) -> None:
        """Commit just these paths (from the top), through the repository's hooks. Raises SealwardError."""
        self._output("commit", "--quiet", "--message", message, "--only", "--", *paths)

    def staged(self) -> list[Blob]:
        """What the index changes against HEAD, deletions left out; the whole index without commits."""
        if self.has_head():
            rows = self._raw("diff-index", "--cached", "--raw", "--no-abbrev", "--no-renames", "-z", "HEAD")
            return [Blob(path, new, (old,)) for path, old, new in rows]
        blobs: list[Blob] = []
        for row in self._rows("ls-files", "--stage", "-z"):
            entry, _, path = row.partition(b"\t")
            mode, name, _ = entry.split(b" ")
            if mode in REGULAR_MODES:
                blobs.append(Blob(_path(path), name, ()))
        return blobs

    def introduced(self, start: str, end: str) -> list[Blob]:
        """Every version of every file that the commits of ``start..end`` brought, whatever became of it."""
        for revision in (start, end):
            if _run(["rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"], self.top).returncode:
                raise SealwardError(
                    f"{revision!r} names no commit here",
                    "fetch it first (in CI: a full clone, `fetch-depth: 0`)",
                )
        found: dict[tuple[str, bytes, str], list[bytes]] = {}
        log = (
            "log",
            "-m",
            "--root",
            "--raw",
            "--no-abbrev",
            "--no-renames",
            "-z",
            "--format=%x01%H",
            f"{start}..{end}",
        )
        for commit, path, old, new in _log_rows(self._output(*log)):
            found.setdefault((path, new, commit), []).append(old)
        return [
            Blob(path, new, tuple(old for old in olds if old != _ABSENT), commit)
            for (path, new, commit), olds in found.items()
        ]

    def has_head(self) -> bool:
        """Whether there is a commit yet."""
        return _run(["rev-parse", "--verify", "--quiet", "HEAD"], self.top).returncode == 0

    def start(self) -> subprocess.Popen[bytes]:
        """Start the process that ``read`` asks, if it does not run yet: it gets ready while we work.

        A copy of this process (``fork``) asks one of its own.
        """
        if self._batch is None or self._batch_of != os.getpid():
            self._batch = _start(["cat-file", "--batch"], self.top)
            self._batch_of = os.getpid()
        return self._batch

    def read(self, name: bytes | str) -> bytes | None:
        """An object's bytes by name (``HEAD:path``, ``:path``, a hash); None where there is none.

        One ``git cat-file --batch`` process serves every call.
        """
        asked = name.encode("utf-8", "surrogateescape") if isinstance(name, str) else name
        if b"\n" in asked:
            return None
        batch = self.start()
        stdin, stdout = batch.stdin, batch.stdout
        assert stdin is not None
        assert stdout is not None
        try:
            stdin.write(asked + b"\n")
            stdin.flush()
        except BrokenPipeError:
            return None
        return _object(stdout)

    def previous(self, path: str) -> list[bytes]:
        """A path's versions in HEAD and, while a merge is under way, in the branch being merged."""
        found = (self.read(f"{parent}:{path}") for parent in ("HEAD", "MERGE_HEAD"))
        return [data for data in found if data is not None]

    def line_times(self, path: str) -> list[int]:
        """When each line of a work tree file was last changed, as its author's clock had it (seconds since
        1970); empty for a file that no commit holds yet. Moves and renames do not count as changes.

        Raises SealwardError in a shallow clone, whose oldest commit would pass for the last change.
        """
        if not self.has_head() or self.read(f"HEAD:{path}") is None:
            return []
        if self._output("rev-parse", "--is-shallow-repository").strip() == b"true":
            hint = "fetch all of it (`git fetch --unshallow`; in CI: `fetch-depth: 0`)"
            raise SealwardError("this is a shallow clone: the history of its files is missing", hint)
        # A text conversion (`diff=sopsdiffer`) would decrypt, and hide the lines as they are.
        return _blamed(self._output("blame", "--porcelain", "--no-textconv", "-w", "-M", "--", path))

    def _rows(self, *arguments: str) -> Iterable[bytes]:
        return [row for row in self._output(*arguments).split(b"\0") if row]

    def _raw(self, *arguments: str) -> Iterator[tuple[str, bytes, bytes]]:
        fields = iter(self._output(*arguments).split(b"\0"))
        for entry in fields:
            if entry:
                yield from _raw_entry(entry, next(fields))

    def _output(self, *arguments: str) -> bytes:
        done = _run(list(arguments), self.top)
        if done.returncode:
            reason = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise SealwardError(
                f"git {arguments[0]} failed: {reason[-1] if reason else done.returncode}",
                "run it by hand to see why",
            )
        return done.stdout


def _raw_entry(entry: bytes, path: bytes) -> Iterator[tuple[str, bytes, bytes]]:
    """One row of ``--raw``: ``:old-mode new-mode old-name new-name status``."""
    _, mode, old, new, status = entry.lstrip(b":").split(b" ")
    if mode in REGULAR_MODES and status[:1] != b"D":
        yield _path(path), old, new


def _log_rows(output: bytes) -> Iterator[tuple[str, str, bytes, bytes]]:
    commit = ""
    fields = iter(output.split(b"\0"))
    for field in fields:
        entry = field.lstrip(b"\n")
        if entry.startswith(b"\x01"):
            header, _, entry = entry[1:].partition(b"\n")
            commit = header.decode("ascii")[:40]
            entry = entry.lstrip(b"\n")
        if entry.startswith(b":"):
            for path, old, new in _raw_entry(entry, next(fields)):
                yield commit, path, old, new


def _blamed(output: bytes) -> list[int]:
    """``--porcelain``: a commit's time stands where the commit is named for the first time."""
    times: dict[bytes, int] = {}
    lines: list[int] = []
    commit = b""
    for row in output.split(b"\n"):
        if row.startswith(b"\t"):
            lines.append(times[commit])
        elif row.startswith(b"author-time "):
            times[commit] = int(row[12:])
        elif re.match(rb"[0-9a-f]{40,64} \d+ \d+", row):
            commit = row.split(b" ")[0]
    return lines


def _object(stdout: IO[bytes]) -> bytes | None:
    header = stdout.readline().split(b" ")
    if len(header) != 3 or not header[2].strip().isdigit():
        return None
    data = stdout.read(int(header[2]) + 1)[:-1]
    return data if header[1] == b"blob" else None


def _path(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _start(arguments: list[str], folder: str) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    try:
        return subprocess.Popen(
            ["git", *arguments], cwd=folder, env=children.environment(Child.GIT),
            stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except FileNotFoundError:
        raise _no_git() from None


def _run(arguments: list[str], folder: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**children.environment(Child.GIT), "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    try:
        return subprocess.run(
            ["git", *arguments],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        raise _no_git() from None


def _no_git() -> SealwardError:
    return SealwardError("there is no git on PATH", "install git, or check files outside of any repository")
