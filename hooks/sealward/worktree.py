"""Reading files of a work tree: never through a link, never something that is not a file, in few calls."""

from __future__ import annotations

import os
import stat
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING

from sealward.errors import SealwardError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Reader = Callable[[str], bytes | None]
    """Gives what stands under a path from the top, None where nothing does."""

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_PIECE = 1 << 16


class Left(str, Enum):
    """Why something was left out; as the summary says it."""

    LINK = "symbolic link"
    SUBMODULE = "submodule"
    SPECIAL = "pipe or device"
    POINTER = "in Git LFS"
    EXEMPT = "exempt as a whole"


def read_file(path: str) -> bytes | Left:
    """A regular file's bytes, or why it has none to be judged. A pipe or device is not waited for.

    Raises OSError, also for a folder.
    """
    if not hasattr(os, "O_NOFOLLOW") and os.path.islink(path):
        return Left.LINK
    try:
        descriptor = os.open(path, _FLAGS)
    except FileNotFoundError:
        raise
    except OSError:
        kind = os.lstat(path).st_mode
        if stat.S_ISLNK(kind):
            return Left.LINK
        if not stat.S_ISREG(kind) and not stat.S_ISDIR(kind):
            return Left.SPECIAL
        raise
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
            return Left.SPECIAL
        return _all(descriptor, status.st_size)
    finally:
        os.close(descriptor)


def regular(path: str) -> bytes:
    """A regular file's bytes. Raises OSError, also for a link, a pipe or a device."""
    data = read_file(path)
    if isinstance(data, Left):
        raise OSError(0, f"is a {data.value}", path)
    return data


def reader(top: str) -> Reader:
    """What reads the regular files of a work tree; anything else is not there."""

    def read(path: str) -> bytes | None:
        try:
            data = read_file(os.path.join(top, path))
        except OSError:
            return None
        return None if isinstance(data, Left) else data

    return read


def names(top: str, folder: str) -> set[str]:
    """The names of the regular files directly in a folder; none where it is not there."""
    try:
        with os.scandir(os.path.join(top, folder)) as entries:
            return {one.name for one in entries if one.is_file(follow_symlinks=False)}
    except OSError:
        return set()


def tracked(top: str, path: str) -> bytes | None:
    """A tracked file as it lies there; None where no regular file does (a sparse checkout, a deletion).

    Raises SealwardError for one that cannot be read: what nobody looked at is not clean.
    """
    try:
        data = read_file(os.path.join(top, path))
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except OSError as error:
        raise unreadable(path, error) from None
    return None if isinstance(data, Left) else data


def link_target(top: str, path: str) -> bytes | None:
    """What a symbolic link points to, as it stands there; None where no link lies."""
    try:
        return os.fsencode(os.readlink(os.path.join(top, path)))
    except OSError:
        return None


def configuration(top: str, path: str) -> bytes | None:
    """What decides how others are judged; None where it is not there.

    Raises SealwardError for a link, or a file that cannot be read.
    """
    try:
        data = read_file(os.path.join(top, path))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise SealwardError(
            f"{path}: {error.strerror}", "make it readable: it decides what is judged"
        ) from None
    if data is Left.LINK:
        raise is_link(path)
    if isinstance(data, Left):
        raise SealwardError(f"{path} is not a regular file", "put a file in its place")
    return data


def configurations(top: str, names: Iterable[str]) -> Reader:
    """What reads configurations of these names as ``configuration`` does, in any folder. A folder is listed
    once for several names in a row, so that asking for what it does not have costs next to nothing."""
    wanted = frozenset(name.lower() for name in names)
    listed = lru_cache(maxsize=8)(lambda folder: _listed(f"{top}/{folder}", wanted))

    def read(path: str) -> bytes | None:
        folder, _, name = path.rpartition("/")
        return configuration(top, path) if name.lower() in listed(folder) else None

    return read


def _listed(folder: str, wanted: frozenset[str]) -> frozenset[str]:
    """Which of some names lie in a folder, whatever their case; all, where nobody may list it."""
    try:
        return wanted.intersection(map(str.lower, os.listdir(folder)))
    except (FileNotFoundError, NotADirectoryError):
        return frozenset()
    except OSError:
        return wanted


def is_link(path: str) -> SealwardError:
    """The error for a configuration that is a symbolic link."""
    hint = "put the file itself there: what it points to is not part of what is judged"
    return SealwardError(f"{path} is a symbolic link", hint)


def unreadable(path: str, error: OSError) -> SealwardError:
    """The error for a file that the system does not let us read."""
    return SealwardError(f"{path}: {error.strerror}", "make it readable, or leave it out")


def _all(descriptor: int, size: int) -> bytes:
    """Everything up to the end; two calls for a file that does not grow meanwhile."""
    data = os.read(descriptor, size + 1)
    if len(data) == size > 0:
        return data
    pieces = [data]
    while piece := os.read(descriptor, _PIECE):  # also what the system says is empty (/proc)
        pieces.append(piece)
    return b"".join(pieces)
