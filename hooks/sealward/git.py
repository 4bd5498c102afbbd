"""Git at the edge: what is tracked, staged, in HEAD, in a range. The only module that speaks git.

git's own variables (``GIT_DIR``, ``GIT_INDEX_FILE``) are honoured as they stand: inside a running hook
they name the very index that is about to be committed.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import subprocess
from typing import IO, TYPE_CHECKING, NamedTuple

from sealward import children
from sealward.children import Child
from sealward.errors import SealwardError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

REGULAR_MODES = (b"100644", b"100755")
"""Regular files: no symbolic links (120000), no submodules (160000)."""

_READING = (
    "-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}"
)  # fmt: skip
"""What a checkout could bring along to have git start a program, taken away from commands that read: a bare
repository among its files, with settings of its own; a file system monitor; hooks."""

_PLAIN_DIFF = ("--no-ext-diff", "--no-textconv")
_WHERE = ("rev-parse", "--absolute-git-dir", "--show-prefix")
_CONVERTING = ("filter", "working-tree-encoding")
_NO_ATTRIBUTE = (b"unspecified", b"unset", b"")
_PARENTS = ("HEAD", "MERGE_HEAD")
_BROKEN = "`git fsck` says more; `git fetch`, or a fresh clone, may bring it back"


class Blob(NamedTuple):
    """One version of a file: its path from the top, its object name, the versions it replaces."""

    path: str
    name: bytes
    previous: tuple[bytes, ...]
    commit: str = ""


class Entry(NamedTuple):
    """One path of the index. ``promised`` says that git does not look at the work tree for it
    (``skip-worktree``, sparse checkout, ``assume-unchanged``)."""

    path: str
    name: bytes
    mode: bytes
    promised: bool


class Repository:
    """A repository. ``top`` is the absolute path of its work tree, ``prefix`` the current folder in it; of
    one without a work tree (``bare``, or inside its git directory) ``top`` is the git directory."""

    def __init__(self, top: str, prefix: str = "", bare: bool = False) -> None:
        self.top = top
        self.prefix = prefix
        self.bare = bare
        self._batch: subprocess.Popen[bytes] | None = None
        self._batch_of = 0
        self._is_sound = False

    @classmethod
    def find(cls, folder: str = ".") -> Repository | None:
        """The repository that a folder lies in, or None where there is none.

        Raises SealwardError where git is missing, and with git's own words where there is a repository that
        git does not take (it belongs to somebody else, it is broken).
        """
        done = _run([*_WHERE, "--show-toplevel"], folder)
        place = done.stdout.decode("utf-8", "surrogateescape").split("\n")
        if done.returncode == 0:
            return cls(place[2], place[1])
        if len(place) > 2:
            return cls(place[0], bare=True)
        top = top_of(folder)
        bare = None if top or "GIT_DIR" in os.environ else _bare_above(folder)
        if bare is not None and _run(["rev-parse"], bare, bare=True).returncode == 0:
            return cls(bare, bare=True)
        if top is None and bare is None and "GIT_DIR" not in os.environ:
            return None
        raise _refused(done, top or bare or os.path.abspath(folder))

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
        if self._batch is not None:
            assert self._batch.stdin is not None
            self._batch.stdin.close()
            self._batch.wait()
            self._batch = None

    def private(self, name: str) -> str:
        """The absolute path of a file of ours in this work tree's git directory: never tracked or cleaned."""
        found = self._output("rev-parse", "--git-path", name).decode("utf-8", "surrogateescape")
        return os.path.join(self.top, found.rstrip("\n"))

    def index(self) -> Iterator[Entry]:
        """Every path of the index, once; of one in a merge conflict any version."""
        last = ""
        for row in self._rows("ls-files", "--stage", "-v", "-z"):
            entry, _, path = row.partition(b"\t")
            tag, mode, name, _ = entry.split(b" ")
            if (known := _path(path)) != last:
                last = known
                yield Entry(known, name, mode, tag == b"S" or tag.islower())

    def tracked(self) -> list[str]:
        """The regular files in the index, from the top."""
        return [entry.path for entry in self.index() if entry.mode in REGULAR_MODES]

    def below(self, folder: str) -> list[str]:
        """What lies in a folder (from the top; empty: everywhere), tracked or not, ignored files left out."""
        listed = ("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", folder or ".")
        return sorted({_path(row) for row in self._rows(*listed, literal=True)})

    def links(self, names: Iterable[str], revision: str = "") -> set[str]:
        """The paths of these file names, in any folder, that are symbolic links in the index or a commit."""
        if revision:
            rows = self._rows("ls-tree", "-r", "-z", "--full-tree", "--end-of-options", revision)
        else:
            rows = self._rows("ls-files", "--stage", "-z", "--", *(f":(top,glob)**/{name}" for name in names))
        wanted = {name.encode() for name in names}
        links = (row.partition(b"\t")[2] for row in rows if row.startswith(b"120000"))
        return {_path(path) for path in links if path.rpartition(b"/")[2] in wanted}

    def converted(self, paths: Iterable[str] | None = None) -> set[str]:
        """The files that git does not record as they lie in the work tree: a ``filter`` changes them on the
        way (clean and smudge, LFS), or their encoding is another. Of all tracked ones, or of ``paths``.

        Asks for attributes alone; no filter runs. Line endings do not count.
        """
        if paths is not None:
            asked = b"".join(os.fsencode(path) + b"\0" for path in paths)
            fields = self._output("check-attr", "-z", "--stdin", *_CONVERTING, given=asked).split(b"\0")
            rows = zip(fields[::3], fields[2::3], strict=False)
            return {_path(path) for path, value in rows if value not in _NO_ATTRIBUTE}
        found: set[str] = set()
        for name in _CONVERTING:
            pattern = f":(exclude,top,attr:!{name})"
            found |= {_path(row) for row in self._rows("ls-files", "-z", "--", ":(top)", pattern)}
        return found

    def default_branch(self) -> str:
        """What stands for the reviewed state: the remote's default branch as last fetched, else HEAD."""
        done = self._run("symbolic-ref", "--quiet", "refs/remotes/origin/HEAD")
        named = done.stdout.decode("utf-8", "surrogateescape").strip().removeprefix("refs/remotes/")
        for branch in filter(None, (named, "origin/main", "origin/master")):
            if self._run("rev-parse", "--verify", "--quiet", f"{branch}^{{commit}}").returncode == 0:
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
        difference = (
            "diff",
            *_PLAIN_DIFF,
            "--name-only",
            "--no-renames",
            "--ignore-submodules",
            "-z",
            "HEAD",
        )
        return {_path(row) for row in self._rows(*self._without_filters(), *difference)}

    def _without_filters(self) -> list[str]:
        """Options under which git compares files without a run of the filters that its settings name."""
        done = self._run("config", "--null", "--name-only", "--get-regexp", r"^filter\.")
        names = {_path(row).rpartition(".")[0] for row in done.stdout.split(b"\0") if row}
        off = ("clean=", "smudge=", "process=", "required=false")
        return [word for name in sorted(names) for one in off for word in ("-c", f"{name}.{one}")]

    def uncommitted(self) -> set[str]:
        """The tracked files whose content is not committed: all of them while there is no commit."""
        return self.changed() if self.has_head() else set(self.tracked())

    def commit(self, paths: Iterable[str], message: str) -> None:
        """Commit just these paths (from the top), through the repository's hooks. Raises SealwardError."""
        words = ["commit", "--quiet", "--message", message, "--only", "--", *paths]
        _checked(words, _run(words, self.top, reading=False))

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
        """Every version of every file that the commits of ``start..end`` brought, whatever became of it.

        A start of zeros, as hooks are given for a new branch, means: every commit that nobody has yet.
        """
        log = (
            "log", "-m", "--root", "--raw", "--no-abbrev", "--no-renames", "--no-show-signature",
            *_PLAIN_DIFF, "-z", "--format=%x01%H", *self._range(start, end), "--",
        )  # fmt: skip
        found: dict[tuple[str, bytes, str], list[bytes]] = {}
        for commit, path, old, new in _log_rows(self._output(*log)):
            found.setdefault((path, new, commit), []).append(old)
        return [
            Blob(path, new, tuple(old for old in olds if not _is_absent(old)), commit)
            for (path, new, commit), olds in found.items()
        ]

    def base(self, start: str, end: str) -> str | None:
        """The commit that a range grew from: where its history left that of ``start``. None where it has
        no commit before it."""
        if is_nothing(start):
            rows = self._output("rev-list", "--boundary", *self._range(start, end)).split(b"\n")
            return next((row[1:].decode("ascii") for row in rows if row.startswith(b"-")), None)
        self._range(start, end)
        done = self._run("merge-base", "--end-of-options", start, end)
        return done.stdout.decode("ascii").strip() or start

    def _range(self, start: str, end: str) -> list[str]:
        """The range as words for ``git log``. Raises SealwardError for an end that is not here."""
        for revision in (end,) if is_nothing(start) else (start, end):
            named = self._run(
                "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
            )
            if named.returncode:
                raise SealwardError(
                    f"{revision!r} names no commit here",
                    "fetch it first (in CI: a full clone, `fetch-depth: 0`)",
                )
        if not is_nothing(start):
            return ["--end-of-options", f"{start}..{end}"]
        # A receiving repository has moved no branch yet; a sending one has the new branch already.
        others = "--all" if "GIT_QUARANTINE_PATH" in os.environ else "--remotes"
        return [end, "--not", others]

    def has_head(self) -> bool:
        """Whether there is a commit yet. Raises SealwardError for a HEAD that names one that is not here."""
        done = self._run("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        if done.returncode == 0:
            return True
        _checked(["rev-parse"], self._run("rev-parse", "--git-dir"))
        branch = (
            self._run("symbolic-ref", "--quiet", "HEAD").stdout.decode("utf-8", "surrogateescape").strip()
        )
        if not branch or self._run("rev-parse", "--verify", "--quiet", "HEAD").returncode == 0:
            raise SealwardError("HEAD names a commit that is not in this repository", _BROKEN)
        if os.path.isfile(self.private(branch)):
            raise SealwardError(f"the branch {branch} cannot be read", _BROKEN)
        return False

    def start(self) -> subprocess.Popen[bytes]:
        """Start the process that ``read`` asks, if it does not run yet: it gets ready while we work.

        A copy of this process (``fork``) asks one of its own.
        """
        if self._batch is None or self._batch_of != os.getpid():
            self._batch = _start(["cat-file", "--batch"], self.top, self.bare)
            self._batch_of = os.getpid()
        return self._batch

    def read(self, name: bytes | str) -> bytes | None:
        """An object's bytes by name (``HEAD:path``, ``:path``, a hash); None where there is none.

        One ``git cat-file --batch`` process serves every call. Raises SealwardError, with git's own words,
        where git does not take the repository.
        """
        asked = name.encode("utf-8", "surrogateescape") if isinstance(name, str) else name
        if b"\n" in asked:
            asked = self._run(
                "rev-parse", "--verify", "--quiet", "--end-of-options", _path(asked)
            ).stdout.strip()
            if not asked:
                return None
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
            raise _refused(done, self.top)
        raise SealwardError("git ended while it was asked for a file", "run it again, with `git fsck` before")

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
        version = [] if os.path.lexists(os.path.join(self.top, path)) else ["HEAD"]  # a sparse checkout
        words = ("blame", "--porcelain", "--no-textconv", "-w", "-M", *version, "--", path)
        return _blamed(self._output(*words))

    def _rows(self, *arguments: str, literal: bool = False) -> list[bytes]:
        words = ("--literal-pathspecs", *arguments) if literal else arguments
        return [row for row in self._output(*words).split(b"\0") if row]

    def _raw(self, *arguments: str) -> Iterator[tuple[str, bytes, bytes]]:
        fields = iter(self._output(*arguments).split(b"\0"))
        for entry in fields:
            if entry:
                yield from _raw_entry(entry, next(fields))

    def _output(self, *arguments: str, given: bytes = b"") -> bytes:
        done = _run(list(arguments), self.top, bare=self.bare, given=given)
        if done.returncode:
            refused = self._run("rev-parse", "--git-dir")
            if refused.returncode:
                raise _refused(refused, self.top)
        _checked(arguments, done)
        return done.stdout

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return _run(list(arguments), self.top, bare=self.bare)


def top_of(folder: str) -> str | None:
    """The nearest folder upwards with a ``.git`` (a folder, or a file in worktrees and submodules), without
    asking git; as git does, it ends at ``GIT_CEILING_DIRECTORIES``."""
    ceilings = os.environ.get("GIT_CEILING_DIRECTORIES", "").split(os.pathsep)
    folder = os.path.abspath(folder)
    while not os.path.lexists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent in (folder, *ceilings):
            return None
        folder = parent
    return folder


def is_nothing(revision: str) -> bool:
    """Whether a hook was given zeros in place of a commit: there was none before."""
    return len(revision) >= 40 and not revision.strip("0")


def _is_absent(name: bytes) -> bool:
    return not name.strip(b"0")


def _bare_above(folder: str) -> str | None:
    """The nearest folder upwards that is a git directory itself."""
    folder = os.path.abspath(folder)
    while not all(os.path.exists(os.path.join(folder, name)) for name in ("HEAD", "objects", "refs")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    return folder


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


def _object(header: bytes, stdout: IO[bytes]) -> bytes | None:
    """What follows a line ``NAME TYPE SIZE``; a path may hold blanks, and is then said to be missing."""
    fields = header.rstrip(b"\n").rsplit(b" ", 2)
    if len(fields) != 3 or not fields[2].isdigit():
        return None
    data = stdout.read(int(fields[2]) + 1)[:-1]
    return data if fields[1] == b"blob" else None


def _path(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _start(arguments: list[str], folder: str, bare: bool = False) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    command = ["git", *_READING, *(["--git-dir=."] if bare else []), *arguments]
    try:
        return subprocess.Popen(
            command, cwd=folder, env=_environment(), stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
        )
    except FileNotFoundError:
        raise _no_git() from None


def _run(
    arguments: list[str], folder: str, *, bare: bool = False, given: bytes = b"", reading: bool = True
) -> subprocess.CompletedProcess[bytes]:
    """Run git to its end. ``reading`` takes from it what a checkout could have it start."""
    command = ["git", *(_READING if reading else ()), *(["--git-dir=."] if bare else []), *arguments]
    try:
        return subprocess.run(
            command, cwd=folder, env=_environment(), input=given, capture_output=True, check=False
        )
    except FileNotFoundError:
        raise _no_git() from None


def _environment() -> dict[str, str]:
    return {**children.environment(Child.GIT), "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}


def _checked(arguments: Sequence[str], done: subprocess.CompletedProcess[bytes]) -> None:
    """Raises SealwardError, with git's own words, for a run that failed."""
    if done.returncode:
        verb = next((word for word in arguments if not word.startswith("-") and "=" not in word), "git")
        raise SealwardError(f"git {verb} failed: {_words(done)}", "run it by hand to see why")


def _words(done: subprocess.CompletedProcess[bytes]) -> str:
    """The line in which git says why it failed."""
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    fatal = (line for line in lines if line.startswith(("fatal: ", "error: ")))
    return next(fatal, lines[-1] if lines else f"status {done.returncode}")


def _refused(done: subprocess.CompletedProcess[bytes], top: str) -> SealwardError:
    """The error for a repository that is there, and that git does not take."""
    hint = f"`git -C {shlex.quote(top)} status` says more"
    with contextlib.suppress(OSError):
        git = os.path.join(top, ".git")
        owners = {os.stat(one).st_uid for one in (top, git) if os.path.exists(one)}
        if hasattr(os, "geteuid") and owners != {os.geteuid()}:
            command = f"git config --global --add safe.directory {shlex.quote(top)}"
            hint = f"it belongs to another user; if you trust it: `{command}`"
    return SealwardError(f"git refuses this repository: {_words(done)}", hint)


def _no_git() -> SealwardError:
    return SealwardError("there is no git on PATH", "install git, or check files outside of any repository")
