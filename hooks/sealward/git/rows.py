"""git's rows as values: what its commands print, read. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

REGULAR_MODES = (b"100644", b"100755")
"""Regular files: no symbolic links, no submodules."""
LINK_MODE = b"120000"
SUBMODULE_MODE = b"160000"


class Blob(NamedTuple):
    """One version of a path: its path from the top, its object name, the versions it replaces; ``mode`` says
    whether it is a file, a symbolic link or a submodule."""

    path: str
    name: bytes
    previous: tuple[bytes, ...]
    commit: str = ""
    mode: bytes = REGULAR_MODES[0]


class Entry(NamedTuple):
    """One path of the index. ``promised`` says that git does not look at the work tree for it
    (``skip-worktree``, sparse checkout, ``assume-unchanged``)."""

    path: str
    name: bytes
    mode: bytes
    promised: bool


def path_of(raw: bytes) -> str:
    """A path as Python has it."""
    return raw.decode("utf-8", "surrogateescape")


def of_raw(output: bytes) -> Iterator[tuple[str, bytes, bytes, bytes]]:
    """Path, mode, old and new object name of each entry in what ``--raw -z`` prints; no deletions."""
    fields = iter(output.split(b"\0"))
    for entry in fields:
        if entry:
            yield from _one(entry, next(fields))


def _one(entry: bytes, path: bytes) -> Iterator[tuple[str, bytes, bytes, bytes]]:
    """One row of ``--raw``: ``:old-mode new-mode old-name new-name status``."""
    _, mode, old, new, status = entry.lstrip(b":").split(b" ")
    if status[:1] != b"D":
        yield path_of(path), mode, old, new


def of_log(output: bytes) -> Iterator[tuple[str, str, bytes, bytes, bytes]]:
    """The same of ``log --raw -z --format=%x01%H``, each with its commit in front."""
    commit = ""
    fields = iter(output.split(b"\0"))
    for field in fields:
        entry = field.lstrip(b"\n")
        if entry.startswith(b"\x01"):
            header, _, entry = entry[1:].partition(b"\n")
            commit = header.decode("ascii")[:40]
            entry = entry.lstrip(b"\n")
        if entry.startswith(b":"):
            for path, mode, old, new in _one(entry, next(fields)):
                yield commit, path, mode, old, new


def of_tree(data: bytes, size: int) -> Iterator[str]:
    """The names of the regular files in a tree object, whose object names are so many bytes long."""
    at = 0
    while at < len(data):
        blank, end = data.index(b" ", at), data.index(b"\0", at)
        if data[at:blank] in REGULAR_MODES:
            yield path_of(data[blank + 1 : end])
        at = end + 1 + size


def line_times(output: bytes) -> list[int]:
    """A time for each line of what ``blame --porcelain`` prints; a commit says it where first named."""
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


def is_absent(name: bytes) -> bool:
    """Whether a row's object name is the zeros that stand for no file."""
    return not name.strip(b"0")
