"""Reading a file of the work tree: never through a link, never something that is no file, in few calls."""

from __future__ import annotations

import os
import stat
from enum import Enum

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
    LARGE = "too large"
    EXEMPT = "exempt as a whole"
    BINARY = "archive or image"


def read_file(path: str) -> bytes | Left:
    """A regular file's bytes, or why it has none to be judged. A pipe or device is not waited for.

    Raises OSError, also for a folder.
    """
    if not hasattr(os, "O_NOFOLLOW") and os.path.islink(path):
        return Left.LINK
    try:
        descriptor = os.open(path, _FLAGS)
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


def _all(descriptor: int, size: int) -> bytes:
    """Everything up to the end; two calls for a file that does not grow meanwhile."""
    data = os.read(descriptor, size + 1)
    if len(data) == size > 0:
        return data
    pieces = [data]
    while piece := os.read(descriptor, _PIECE):  # also what the system says is empty (/proc)
        pieces.append(piece)
    return b"".join(pieces)
