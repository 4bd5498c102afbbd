"""Which files differ between commits, or between a commit and the work tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.errors import SealwardError
from sealward.git.history import History
from sealward.git.plumbing import PLAIN_DIFF
from sealward.git.rows import path_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"


class Differences(History):
    """Compares commits, as ``git diff`` does."""

    def two_commits(self, words: Sequence[str]) -> tuple[str, str]:
        """What ``A``, ``A B``, ``A..B`` and ``A...B`` name: two commits, the second empty for the work
        tree.

        Nothing means the last commit. Raises SealwardError for what names no commit here.
        """
        if len(words) > 2:
            raise SealwardError("more than two commits", "name one or two: `sealward diff A B`")
        if len(words) == 1 and ".." in words[0]:
            three = "..." in words[0]
            start, _, end = words[0].partition("..." if three else "..")
            start, end = (self.commit_name(one or "HEAD") for one in (start, end))
            if not three:
                return start, end
            base = self._run("merge-base", start, end).stdout.decode("ascii").strip()
            if not base:
                hint = "fetch more of their history (in CI: `fetch-depth: 0`)"
                raise SealwardError(f"{words[0]!r} have no commit in common", hint)
            return base, end
        if not words and not self.has_head():
            return EMPTY_TREE, ""
        names = [self.commit_name(word) for word in words or ["HEAD"]]
        return names[0], names[1] if len(names) > 1 else ""

    def differing(self, start: str, end: str, paths: Iterable[str] = ()) -> list[str]:
        """The paths that differ between two commits, or (``end`` empty) a commit and the work tree; of
        all, or below these paths from the top."""
        words = ("--literal-pathspecs", "diff", *PLAIN_DIFF, "--name-only", "--no-renames", "-z")
        commits = [start, *([end] if end else [])]
        rows = self._output(*words, "--ignore-submodules", *commits, "--", *paths).split(b"\0")
        return [path_of(row) for row in rows if row]
