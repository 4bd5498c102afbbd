"""History: what a range of commits brought, where it grew from, when a line was last changed."""

from __future__ import annotations

import os

from sealward.errors import SealwardError
from sealward.git.objects import Objects
from sealward.git.plumbing import PLAIN_DIFF
from sealward.git.rows import Blob, is_absent, line_times, of_log, path_of
from sealward.records import Record


class Message(Record):
    """A commit: its name, when it was made (seconds since 1970), who committed it, and its whole message."""

    commit: str
    at: float
    committer: str
    text: str


class History(Objects):
    """What the commits say."""

    def messages(self, words: str = "Sealward-Rotated: ") -> list[Message]:
        """The commits of HEAD's history in whose messages a line begins with these words, oldest first."""
        if not self.has_head():
            return []
        log = (
            "log",
            "--reverse",
            "--no-show-signature",
            f"--grep=^{words}",
            "-z",
            "--format=%H%x01%ct%x01%cn%x01%B",
        )
        found = []
        for row in self._rows(*log):
            commit, at, name, text = row.decode("utf-8", "replace").split("\x01", 3)
            found.append(Message(commit, float(at), name, text))
        return found

    def commit_name(self, revision: str) -> str:
        """The full name of a commit, however it is given; zeros stay zeros. What git is asked then cannot be
        an option of its. Raises SealwardError for a commit that is not here."""
        if is_nothing(revision):
            return revision
        named = self._run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        if named.returncode:
            raise SealwardError(
                f"{revision!r} names no commit here", "fetch it first (in CI: a full clone, `fetch-depth: 0`)"
            )
        return named.stdout.decode("ascii").strip()

    def introduced(self, start: str, end: str) -> list[Blob]:
        """Every version of every file that the commits of ``start..end`` brought, whatever became of it.

        A start of zeros, as hooks are given for a new branch, means: every commit that nobody has yet.
        """
        log = (
            "log", "-m", "--root", "--raw", "--no-abbrev", "--no-renames", "--no-show-signature",
            *PLAIN_DIFF, "-z", "--format=%x01%H", *self._range(start, end), "--",
        )  # fmt: skip
        found: dict[tuple[str, bytes, bytes, str], list[bytes]] = {}
        for commit, path, mode, old, new in of_log(self._output(*log)):
            found.setdefault((path, mode, new, commit), []).append(old)
        return [
            Blob(path=path, name=new, previous=tuple(filter(_is_there, olds)), commit=commit, mode=mode)
            for (path, mode, new, commit), olds in found.items()
        ]

    def base(self, start: str, end: str) -> str | None:
        """The commit that a range grew from: where its history left that of ``start``. None where it has
        no commit before it."""
        if is_nothing(start):
            rows = self._output("rev-list", "--boundary", *self._range(start, end)).split(b"\n")
            return next((row[1:].decode("ascii") for row in rows if row.startswith(b"-")), None)
        start, end = self.commit_name(start), self.commit_name(end)
        return self._run("merge-base", start, end).stdout.decode("ascii").strip() or start

    def removed(self, start: str, end: str = "") -> list[str]:
        """The files of a commit that another one no longer has; without ``end``: that the index has not."""
        command = ("diff-tree", "-r", start, end) if end else ("diff-index", "--cached", start)
        return [
            path_of(row)
            for row in self._rows(*command, "--no-renames", "--diff-filter=D", "--name-only", "-z")
        ]

    def default_branch(self) -> str:
        """What stands for the reviewed state: the remote's default branch as last fetched, else HEAD."""
        done = self._run("symbolic-ref", "--quiet", "refs/remotes/origin/HEAD")
        named = done.stdout.decode("utf-8", "surrogateescape").strip().removeprefix("refs/remotes/")
        for branch in filter(None, (named, "origin/main", "origin/master")):
            if (
                self._run(
                    "rev-parse", "--verify", "--quiet", "--end-of-options", f"{branch}^{{commit}}"
                ).returncode
                == 0
            ):
                return branch
        return "HEAD"

    def is_within(self, commit: str, branch: str) -> bool | None:
        """Whether a branch of the remote, as last fetched, has a commit; None where it is not known here."""
        name = f"refs/remotes/origin/{branch}"
        if self._run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}").returncode:
            return None
        return self._run("merge-base", "--is-ancestor", commit, name).returncode == 0

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
        return line_times(self._output(*words))

    def _range(self, start: str, end: str) -> list[str]:
        """The range as words for ``git log``. Raises SealwardError for an end that is not here."""
        end = self.commit_name(end)
        if not is_nothing(start):
            return [f"{self.commit_name(start)}..{end}"]
        # A receiving repository has moved no branch yet; a sending one has the new branch already.
        others = "--all" if "GIT_QUARANTINE_PATH" in os.environ else "--remotes"
        return [end, "--not", others]


def _is_there(name: bytes) -> bool:
    return not is_absent(name)


def is_nothing(revision: str) -> bool:
    """Whether a hook was given zeros in place of a commit: there was none before."""
    return len(revision) >= 40 and not revision.strip("0")
