"""Replacing a file as a whole: a reader, or a crash, sees the old one or the new one, never a part.

The only way in which Sealward writes files that are not its own. A repository may hold anything, so a new
file has a random name, is made and never opened, and no link is followed on the way to it.
"""

from __future__ import annotations

import contextlib
import glob
import os
import re
import secrets
import stat
from typing import TYPE_CHECKING

from sealward import shell
from sealward.errors import SealwardError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_NAME = re.compile(r"\..+\.sealward-(?:(?P<process>[0-9]+)|(?P<mark>[a-z]+))(?:-[0-9a-f]{16})?", re.DOTALL)
"""``.NAME.sealward-PROCESS-RANDOM``; before there was a random part, the name ended there."""

_NO_LINK = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_BY_FOLDER = os.open in os.supports_dir_fd and os.rename in os.supports_dir_fd


def replace(target: Path, data: bytes, expected: bytes, *, top: Path, mark: str = "") -> None:
    """Put ``data`` in the place of ``target``, whose mode, owner and attributes it keeps.

    ``expected`` is what the target held when the work began; below ``top`` no folder may be a link;
    ``mark`` begins the end of the temporary file's name (default: the number of this process). Raises
    SealwardError, with the target untouched, if it changed since, or cannot be written.
    """
    _check_way(target, top)
    try:
        held, status = _held(target)
        if held != expected:
            raise SealwardError(f"{target}: changed while we worked on it", "run the command again")
        write(target, data, stat.S_IMODE(status.st_mode), mark or str(os.getpid()), like=target, top=top)
    except OSError as error:
        hint = "make room, make its folder writable, or run it as the owner of the file"
        raise SealwardError(f"{target}: cannot be replaced ({error.strerror})", hint) from None


def write(
    target: Path, data: bytes, mode: int, mark: str, *, like: Path | None = None, top: Path | None = None
) -> None:
    """A file as a whole, new or not, safe on the disk when this returns. Raises OSError.

    A temporary file beside the target is written, flushed to the disk, and renamed over it. ``like`` is a
    file whose owner and extended attributes (access control lists among them) it gets, too.
    """
    name = f".{target.name}.sealward-{mark}-{secrets.token_hex(8)}"
    with _folder(target.parent, top) as folder:
        at, into = (name, target.name) if folder is not None else (target.with_name(name), target)
        descriptor = os.open(at, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _NO_LINK, 0o600, dir_fd=folder)
        try:
            with open(descriptor, "wb") as file:
                if like is not None:
                    _take_on(file.fileno(), like)
                if hasattr(os, "fchmod"):
                    os.fchmod(file.fileno(), mode)
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(at, into, src_dir_fd=folder, dst_dir_fd=folder)
        finally:
            with contextlib.suppress(OSError):
                os.unlink(at, dir_fd=folder)
    flush_folder(target.parent)


def check_replaceable(target: Path, *, top: Path) -> None:
    """Whether ``replace`` would get as far as its rename. Raises SealwardError if not."""
    _check_way(target, top)
    if not os.access(target.parent, os.W_OK | os.X_OK):
        raise SealwardError(f"{target}: its folder is read-only", "make the folder writable")


def _check_way(target: Path, top: Path) -> None:
    """Raises SealwardError where a target is not a file, or a link stands on the way to it."""
    if target.is_symlink() or (target.exists() and not target.is_file()):
        raise SealwardError(
            f"{target}: is a symbolic link, or not a file", "name the file that it stands for"
        )
    if any(folder.is_symlink() for folder in _below(target.parent, top)):
        raise SealwardError(f"{target}: lies behind a symbolic link", "name the file where it really lies")


def is_there(target: Path) -> bool:
    """Whether the work tree has it: a sparse checkout and a deletion leave a tracked file out."""
    return target.exists()


def check_there(target: Path, *, top: Path) -> None:
    """Raises SealwardError for a tracked file that is not in the work tree (sparse checkout, deletion)."""
    if not is_there(target):
        path = shell.pathspec(target.relative_to(top).as_posix())
        hint = f"bring it back (`git restore {path}`, `git sparse-checkout add` its folder), or `git rm` it"
        raise SealwardError(f"{target}: is tracked, but not in the work tree", hint)


def check_names(tracked: Iterable[str]) -> None:
    """Raises SealwardError for a tracked path with the name of our temporary files: somebody put it there."""
    for path in tracked:
        if _NAME.fullmatch(path.rpartition("/")[2]):
            hint = "look at who committed it, and take it out of the repository"
            raise SealwardError(f"{path}: is tracked, under the name of a temporary file of Sealward", hint)


def sweep(target: Path, mark: str = "") -> None:
    """Remove what killed runs left beside a target: temporary files with this ``mark``, which no other run
    may be using now, and those of processes that are gone. Links and files of others stay."""
    for one in target.parent.glob(f".{glob.escape(target.name)}.sealward-*"):
        found = _NAME.fullmatch(one.name)
        if found is None or not _is_ours(one):
            continue
        process = found["process"]
        if (mark and found["mark"] == mark) or (process and not _is_running(int(process))):
            with contextlib.suppress(OSError):
                one.unlink()


def flush_folder(folder: Path) -> None:
    """Make a rename or removal in it durable, where the system lets a folder be opened."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _held(target: Path) -> tuple[bytes, os.stat_result]:
    """What a regular file holds, and its status, both of the same opened file."""
    with open(os.open(target, os.O_RDONLY | _NO_LINK), "rb") as file:
        return file.read(), os.fstat(file.fileno())


def _take_on(descriptor: int, like: Path) -> None:
    """Owner, group and extended attributes of another file. Raises OSError where that is not allowed."""
    wanted, now = os.lstat(like), os.fstat(descriptor)
    if hasattr(os, "fchown") and (wanted.st_uid, wanted.st_gid) != (now.st_uid, now.st_gid):
        os.fchown(descriptor, wanted.st_uid, wanted.st_gid)
    if not hasattr(os, "listxattr"):
        return
    try:
        names = os.listxattr(like, follow_symlinks=False)
    except OSError:
        return  # a file system without them
    held = {name: os.getxattr(descriptor, name) for name in os.listxattr(descriptor)}
    for name in names:
        value = os.getxattr(like, name, follow_symlinks=False)
        if held.get(name) != value:
            os.setxattr(descriptor, name, value)


@contextlib.contextmanager
def _folder(folder: Path, top: Path | None) -> Iterator[int | None]:
    """A folder, opened from ``top`` down without following a link; None where the system cannot do that."""
    if not _BY_FOLDER:
        yield None
        return
    flags = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
    opened = os.open(top or folder, flags)
    try:
        for step in folder.relative_to(top or folder).parts:
            deeper = os.open(step, flags | _NO_LINK, dir_fd=opened)
            os.close(opened)
            opened = deeper
        yield opened
    finally:
        os.close(opened)


def _below(folder: Path, top: Path) -> Iterator[Path]:
    """A folder and those above it, up to ``top`` (which may itself lie behind a link)."""
    while folder != top and top in folder.parents:
        yield folder
        folder = folder.parent


def _is_ours(file: Path) -> bool:
    """A regular file, and no link, that belongs to the user who runs this."""
    with contextlib.suppress(OSError):
        status = file.lstat()
        return stat.S_ISREG(status.st_mode) and (not hasattr(os, "getuid") or status.st_uid == os.getuid())
    return False


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True
