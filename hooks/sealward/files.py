"""Replacing a file as a whole: a reader, or a crash, sees the old one or the new one, never a part."""

from __future__ import annotations

import contextlib
import glob
import os
from typing import TYPE_CHECKING

from sealward.errors import SealwardError

if TYPE_CHECKING:
    from pathlib import Path


def replace(target: Path, data: bytes, expected: bytes, mark: str = "") -> None:
    """Put ``data`` in the place of ``target``, whose mode it keeps.

    ``expected`` is what the target held when the work began; ``mark`` ends the temporary file's name
    (default: the number of this process). Raises SealwardError, with the target untouched, if it changed
    since, or cannot be written.
    """
    try:
        if target.read_bytes() != expected:
            raise SealwardError(f"{target}: changed while we worked on it", "run the command again")
        write(target, data, target.stat().st_mode & 0o7777, mark or str(os.getpid()))
    except OSError as error:
        raise SealwardError(
            f"{target}: cannot be replaced ({error.strerror})", "make room, or make its folder writable"
        ) from None


def write(target: Path, data: bytes, mode: int, mark: str) -> None:
    """A file as a whole, new or not, safe on the disk when this returns. Raises OSError.

    A temporary file beside the target is written, flushed to the disk, and renamed over it.
    """
    temporary = _temporary(target, mark)
    try:
        with temporary.open("wb") as file:
            os.chmod(temporary, mode)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()
    flush_folder(target.parent)


def check_replaceable(target: Path) -> None:
    """Whether ``replace`` would get as far as its rename. Raises SealwardError if not."""
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise SealwardError(f"{target}: its folder is read-only", "make the folder writable")
    if target.is_symlink():
        raise SealwardError(f"{target}: is a symbolic link", "name the file that it points to")


def sweep(target: Path, mark: str = "") -> None:
    """Remove what killed runs left beside a target: temporary files with this ``mark``, which no other run
    may be using now, and those of processes that are gone."""
    leftovers = [_temporary(target, mark)] if mark else []
    for one in target.parent.glob(f".{glob.escape(target.name)}.sealward-*"):
        process = one.name.rpartition("-")[2]
        leftovers += [one] if process.isdecimal() and not _is_running(int(process)) else []
    for leftover in leftovers:
        with contextlib.suppress(OSError):
            leftover.unlink()


def flush_folder(folder: Path) -> None:
    """Make a rename or removal in it durable, where the system lets a folder be opened."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _temporary(target: Path, mark: str) -> Path:
    return target.with_name(f".{target.name}.sealward-{mark}")


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
