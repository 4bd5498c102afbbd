"""A merge under way: the unmerged paths with their versions, and git's own merge of texts."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from sealward.git import process
from sealward.git.plumbing import Plumbing
from sealward.git.rows import path_of
from sealward.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterable


class Unmerged(Record):
    """A path in conflict: the names of the objects of base, ours and theirs, and its mode; an empty name
    where that side does not have the file."""

    path: str
    base: bytes
    ours: bytes
    theirs: bytes
    mode: bytes


class Merging(Plumbing):
    """What git knows of a merge that has not ended."""

    def in_conflict(self, paths: Iterable[str] = ()) -> list[Unmerged]:
        """Every path in conflict, of these (from the top) or of all."""
        stages: dict[str, dict[int, tuple[bytes, bytes]]] = {}
        for row in self._rows("ls-files", "--unmerged", "-z", "--", *paths, literal=True):
            described, _, path = row.partition(b"\t")
            mode, name, stage = described.split(b" ")
            stages.setdefault(path_of(path), {})[int(stage)] = (mode, name)
        nothing = (b"", b"")
        return [
            Unmerged(
                path=path,
                base=found.get(1, nothing)[1],
                ours=found.get(2, nothing)[1],
                theirs=found.get(3, nothing)[1],
                mode=found.get(2, nothing)[0] or found.get(3, nothing)[0],
            )
            for path, found in stages.items()
        ]

    def add(self, path: str) -> None:
        """Take a work tree file into the index as it lies there: its conflict is over. Raises
        SealwardError."""
        self._output("--literal-pathspecs", "add", "--", path)

    def recreate_conflict(self, path: str) -> None:
        """Put back what git left of a conflict, whatever was done to the file since. Raises
        SealwardError."""
        self._output("--literal-pathspecs", "checkout", "--merge", "--", path)

    def setting(self, name: str) -> str:
        """A setting of git's; empty where it is not set."""
        return self._run("config", "--get", name).stdout.decode("utf-8", "replace").strip()

    def set_setting(self, name: str, value: str, scope: str) -> None:
        """Write a setting of git's (``--local`` or ``--global``). Raises SealwardError."""
        self._output("config", scope, "--replace-all", name, value)

    def remove_section(self, name: str, scope: str) -> bool:
        """Take a section out of git's settings; whether there was one."""
        return self._run("config", scope, "--remove-section", name).returncode == 0

    def has_section(self, name: str) -> bool:
        """Whether git's settings have anything in a section."""
        return bool(self._run("config", "--get-regexp", f"^{re.escape(name)}[.]").stdout)

    def has_ref(self, name: str) -> bool:
        """Whether a reference of git's is there."""
        return self._run("rev-parse", "--verify", "--quiet", name).returncode == 0

    def has_attribute(self, name: str, value: str) -> bool:
        """Whether a tracked file has this attribute."""
        return bool(self._rows("ls-files", "-z", "--", f":(top,attr:{name}={value})"))


def text_merge(base: str, ours: str, theirs: str, size: int) -> tuple[bytes, int]:
    """git's own merge of three files as text: what comes out, and its status (0 clean, up to 127
    conflicts, 255 for what it cannot merge).

    Raises SealwardError where git is missing.
    """
    labels = ["-L", "ours", "-L", "base", "-L", "theirs"]
    words = ["merge-file", "--stdout", f"--marker-size={size}", *labels, "--", ours, base, theirs]
    done = process.run(words, os.path.dirname(ours) or ".")
    return done.stdout, done.returncode
