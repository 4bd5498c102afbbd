"""Every version of every path, in all branches and tags: which commit brought which object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.git.objects import Objects
from sealward.git.plumbing import PLAIN_DIFF
from sealward.git.rows import REGULAR_MODES, is_absent, of_log
from sealward.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterable


class Moment(Record):
    """When a commit was made (seconds since 1970), and by whom."""

    time: int
    author: str


class Versions(Objects):
    """Walks the history."""

    def versions(self, revisions: Iterable[str] = ("--all",)) -> dict[str, list[tuple[str, bytes]]]:
        """By path: the commits and objects of its versions, the newest first; removals left out."""
        words = (
            "log", "-m", "--root", "--raw", "--no-abbrev", "--no-renames", "--no-show-signature",
            *PLAIN_DIFF, "-z", "--format=%x01%H", *revisions, "--",
        )  # fmt: skip
        found: dict[str, list[tuple[str, bytes]]] = {}
        for commit, path, mode, _, new in of_log(self._output(*words)):
            if mode in REGULAR_MODES and not is_absent(new):
                found.setdefault(path, []).append((commit, new))
        return found

    def moments(self, commits: Iterable[str]) -> dict[str, Moment]:
        """When and by whom these commits were made."""
        given = "".join(f"{commit}\n" for commit in commits).encode()
        if not given:
            return {}
        rows = self._output("log", "--no-walk=unsorted", "--stdin", "--format=%H%x00%ct%x00%an", given=given)
        fields = (row.decode("utf-8", "replace").split("\0") for row in rows.split(b"\n") if row)
        return {name: Moment(int(time), author) for name, time, author in fields}
