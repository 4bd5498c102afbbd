"""What is read: paths as given, tracked files, the index, the blobs of a range of commits."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

from sealward.errors import SealwardError
from sealward.git import LFS_POINTER, Repository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

FEW = 100
"""Up to so many paths are looked up in HEAD one by one; above, git is asked first which ones differ."""


class Source(NamedTuple):
    """One version of one file: its path from the tree's top, its bytes, and what gives the versions that it
    replaces. ``commit`` is the one that brought it, where that is known."""

    path: str
    data: bytes
    previous: Callable[[], list[bytes]]
    commit: str = ""


class Tree:
    """Reads further files of the same snapshot (configuration, siblings) by their path from the top."""

    def __init__(self, top: str, read: Callable[[str], bytes | None]) -> None:
        self.top = top
        self.read = read


def top_of(folder: str) -> str | None:
    """The nearest folder upwards with a ``.git`` (a folder, or a file in worktrees and submodules)."""
    folder = os.path.abspath(folder)
    while True:
        if os.path.lexists(os.path.join(folder, ".git")):
            return folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent


def from_paths(paths: list[str]) -> tuple[Tree, Iterator[Source]]:
    """Files of the work tree, as pre-commit passes them. Links, folders and deleted files are passed over.

    Raises SealwardError for a path that does not exist and is not tracked, or cannot be read.
    """
    first = os.path.dirname(paths[0]) if paths else "."
    top = top_of(first or ".")
    repository = Repository(top, "") if top else None
    if repository is not None:
        repository.start()
    return _work_tree(top or os.path.abspath(first or ".")), _each_path(paths, top, repository)


def all_tracked() -> tuple[Tree, Iterator[Source]]:
    """Every tracked regular file of the repository around the current folder, as in the work tree."""
    repository = Repository.around()
    changed = repository.changed()

    def sources() -> Iterator[Source]:
        for path in repository.tracked():
            data = _read(os.path.join(repository.top, path), missing_ok=True)
            if data is not None:
                previous = _previous(repository, path) if path in changed else _none
                yield Source(path, data, previous)

    return _work_tree(repository.top), sources()


def staged() -> tuple[Tree, Iterator[Source]]:
    """What ``git commit`` would record now: the index, not the work tree."""
    repository = Repository.around()

    def sources() -> Iterator[Source]:
        for blob in repository.staged():
            data = repository.read(blob.name)
            if data is not None:
                yield Source(blob.path, data, _previous(repository, blob.path))

    return Tree(repository.top, lambda path: repository.read(f":{path}")), sources()


def introduced(start: str, end: str) -> tuple[Tree, Iterator[Source]]:
    """Every version of every file that the commits of ``start..end`` brought."""
    repository = Repository.around()
    blobs = repository.introduced(start, end)

    def sources() -> Iterator[Source]:
        for blob in blobs:
            data = repository.read(blob.name)
            if data is not None:
                previous = _objects(repository, blob.previous)
                yield Source(blob.path, data, previous, blob.commit)

    return Tree(repository.top, lambda path: repository.read(f"{end}:{path}")), sources()


def is_pointer(data: bytes) -> bool:
    """Whether a blob only points to a file in Git LFS: its content is not here to be judged."""
    return data.startswith(LFS_POINTER)


def _each_path(paths: list[str], top: str | None, repository: Repository | None) -> Iterator[Source]:
    changed: Iterable[str] | None = None
    if repository is not None and len(paths) > FEW:
        changed = repository.changed()
    for path in paths:
        if os.path.islink(path) or os.path.isdir(path):
            continue
        data = _read(path, missing_ok=False)
        assert data is not None
        inside = _inside(path, top)
        known = (
            repository is not None and not inside.startswith("../") and (changed is None or inside in changed)
        )
        previous = _previous(repository, inside) if known and repository is not None else _none
        yield Source(inside, data, previous)


def _work_tree(top: str) -> Tree:
    return Tree(top, lambda path: _read(os.path.join(top, path), missing_ok=True))


def _previous(repository: Repository, path: str) -> Callable[[], list[bytes]]:
    return lambda: repository.previous(path)


def _objects(repository: Repository, names: tuple[bytes, ...]) -> Callable[[], list[bytes]]:
    return lambda: [data for data in map(repository.read, names) if data is not None]


def _none() -> list[bytes]:
    return []


def _inside(path: str, top: str | None) -> str:
    """A path as the repository knows it; outside of any, as it was given."""
    found = os.path.relpath(os.path.abspath(path), top) if top else path
    return found.replace(os.sep, "/")


def _read(path: str, missing_ok: bool) -> bytes | None:
    try:
        if missing_ok and os.path.islink(path):
            return None
        with open(path, "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        if missing_ok:
            return None
        raise SealwardError(f"{path}: no such file", "name existing files, or use --all") from None
    except OSError as error:
        raise SealwardError(f"{path}: {error.strerror}", "make it readable, or leave it out") from None
