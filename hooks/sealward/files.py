"""Replacing a file as a whole: a reader, or a crash, sees the old one or the new one, never a part."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from sealward.errors import SealwardError

if TYPE_CHECKING:
    from pathlib import Path


def replace(target: Path, data: bytes, expected: bytes) -> None:
    """Put ``data`` in the place of ``target``, whose mode it keeps.

    A temporary file beside the target is written, flushed to the disk, and renamed over it. ``expected``
    is what the target held when the work began. Raises SealwardError, with the target untouched, if it
    changed since, or cannot be written.
    """
    temporary = target.with_name(f".{target.name}.sealward-{os.getpid()}")
    try:
        if target.read_bytes() != expected:
            raise SealwardError(f"{target}: changed while we worked on it", "run the command again")
        with temporary.open("wb") as file:
            os.chmod(temporary, target.stat().st_mode & 0o7777)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except OSError as error:
        raise SealwardError(
            f"{target}: cannot be replaced ({error.strerror})", "make room, or make its folder writable"
        ) from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()
    _flush_folder(target.parent)


def check_replaceable(target: Path) -> None:
    """Whether ``replace`` would get as far as its rename. Raises SealwardError if not."""
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise SealwardError(f"{target}: its folder is read-only", "make the folder writable")
    if target.is_symlink():
        raise SealwardError(f"{target}: is a symbolic link", "name the file that it points to")


def sweep(target: Path) -> None:
    """Remove what killed runs left beside a target: temporary files of processes that are gone."""
    for leftover in target.parent.glob(f".{target.name}.sealward-*"):
        process = leftover.name.rpartition("-")[2]
        if process.isdecimal() and not _is_running(int(process)):
            leftover.unlink(missing_ok=True)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _flush_folder(folder: Path) -> None:
    """Make the rename itself durable, where the system lets a folder be opened."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
