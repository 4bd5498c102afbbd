"""git's rows as values: what its commands print, read. Pure."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, overload

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


class Entries(Sequence[Entry]):
    """The entries of an index, in its order, each path once (of one in a merge conflict any version).

    What ``ls-files --stage -v -z`` prints is kept as it is, and an entry is read from it when it is asked
    for: of 100,000 that takes a tenth of the memory, and copies of this process share it.
    """

    def __init__(self, output: bytes) -> None:
        self._output = output
        self._starts = array("Q")
        at, known = 0, b""
        while at < len(output):
            tab, end = output.index(b"\t", at), output.index(b"\0", at)
            if output[tab - 1] == _WHOLE or output[tab + 1 : end] != known:
                self._starts.append(at)
                known = output[tab + 1 : end]
            at = end + 1

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, number: int) -> Entry: ...
    @overload
    def __getitem__(self, number: slice) -> list[Entry]: ...
    def __getitem__(self, number: int | slice) -> Entry | list[Entry]:
        if isinstance(number, slice):
            return [self[one] for one in range(*number.indices(len(self)))]
        at = self._starts[number]
        entry, _, path = self._output[at : self._output.index(b"\0", at)].partition(b"\t")
        tag, mode, name, _ = entry.split(b" ")
        return Entry(path_of(path), name, mode, tag == b"S" or tag.islower())

    def paths(self) -> Iterator[str]:
        """Every path."""
        return (path_of(self._path(number)) for number in range(len(self)))

    def names(self, folder: str) -> Iterator[str]:
        """The names of what lies in a folder (from the top; empty: at the top), without folders in it."""
        before = raw_of(f"{folder}/") if folder else b""
        numbers = range(len(self))
        at = bisect_left(numbers, before, key=self._path)
        while at < len(self) and (path := self._path(at)).startswith(before):
            name, slash, _ = path[len(before) :].partition(b"/")
            if slash:
                at = bisect_left(numbers, before + name + _BEHIND_SLASH, lo=at, key=self._path)
            else:
                yield path_of(name)
                at += 1

    def _path(self, number: int) -> bytes:
        at = self._starts[number]
        return self._output[self._output.index(b"\t", at) + 1 : self._output.index(b"\0", at)]


_WHOLE = ord("0")
"""The stage of an entry that is in no merge conflict."""

_BEHIND_SLASH = b"0"
"""The character that comes next to a slash in git's order of paths, that of their bytes."""


def raw_of(path: str) -> bytes:
    """A path as git has it."""
    return path.encode("utf-8", "surrogateescape")


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
