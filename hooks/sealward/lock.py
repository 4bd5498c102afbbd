"""One run at a time in a work tree: commands that write its files keep each other out."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from sealward.errors import SealwardError

if TYPE_CHECKING:
    from collections.abc import Iterator


def locked(folder: str) -> int | None:
    """A lock on a git directory, which the system takes back when the process ends, however it ends; None
    where the system has none. Raises SealwardError if another process holds it."""
    try:
        import fcntl

        descriptor = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        if isinstance(error, BlockingIOError):
            hint = "wait until it ends"
            message = "another `sealward reencrypt` or `sealward rotate` is at work in this work tree"
            raise SealwardError(message, hint) from None
        return None  # a file system without locks
    return descriptor


@contextlib.contextmanager
def alone(folder: str) -> Iterator[None]:
    """Hold the lock for a while. Raises SealwardError as ``locked`` does."""
    descriptor = locked(folder)
    try:
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)
