"""What else stands in a file's folder, now and before what is judged: where a copy has its original."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from sealward import worktree
from sealward.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sealward.git import Blob, Repository
    from sealward.git.rows import Entries
    from sealward.worktree import Reader


class Beside(Record):
    """What stands, and stood, around a file.

    ``names`` gives the names of the files in a folder, ``versions`` the versions of a path, both of now and
    of before; ``removed`` the paths that are there no longer. ``whole`` says that all of it is judged.
    """

    names: Callable[[str], Iterable[str]]
    versions: Callable[[str], Iterable[bytes]]
    removed: Callable[[], Iterable[str]]
    whole: bool = False


def in_work_tree(top: str, repository: Repository | None) -> Beside:
    """Of files as they lie there: what lies beside them, tracked or not, and what HEAD has there."""
    lying = worktree.reader(top)

    def names(folder: str) -> set[str]:
        found = repository.names(f"HEAD:{folder}") if repository is not None else []
        return worktree.names(top, folder).union(found)

    readers = [lying] if repository is None else [lying, _at(repository, "HEAD:")]
    return Beside(names, lambda path: _all(readers, path), lambda: ())


def in_index(repository: Repository, given: Sequence[str]) -> Beside:
    """Of what is about to be recorded: the index, of which these paths are looked at, and HEAD."""
    folders = _Folders(given)
    readers = [_at(repository, ":"), _at(repository, "HEAD:")]
    return Beside(
        names=lambda folder: {*folders.names(folder), *repository.names(f"HEAD:{folder}")},
        versions=lambda path: _all(readers, path),
        removed=lambda: repository.removed("HEAD") if repository.has_head() else [],
    )


def in_range(repository: Repository, base: str | None, end: str, blobs: Sequence[Blob]) -> Beside:
    """Of a range of commits: both its ends, and all that it brought."""
    revisions = [end] if base is None else [end, base]
    folders = _Folders([one.path for one in blobs])
    brought: dict[str, list[bytes]] = {}
    for blob in blobs:
        brought.setdefault(blob.path, []).append(blob.name)

    def names(folder: str) -> set[str]:
        found = {one for revision in revisions for one in repository.names(f"{revision}:{folder}")}
        return found.union(folders.names(folder))

    def versions(path: str) -> list[bytes]:
        asked = [*(f"{revision}:{path}".encode("utf-8", "surrogateescape") for revision in revisions)]
        return [data for name in asked + brought.get(path, []) if (data := repository.read(name)) is not None]

    return Beside(names, versions, lambda: [] if base is None else repository.removed(base, end))


def among(entries: Entries, *readers: Reader) -> Beside:
    """Of all tracked files: these."""

    def version(path: str) -> Iterator[bytes]:
        yield from islice((data for read in readers if (data := read(path)) is not None), 1)

    return Beside(entries.names, version, lambda: (), whole=True)


class _Folders:
    """Paths by folder, sorted out when they are first asked for."""

    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = paths
        self._names: dict[str, list[str]] = {}

    def names(self, folder: str) -> list[str]:
        if not self._names:
            for path in self._paths:
                inside, _, name = path.rpartition("/")
                self._names.setdefault(inside, []).append(name)
        return self._names.get(folder, [])


def _at(repository: Repository, before: str) -> Reader:
    return lambda path: repository.read(f"{before}{path}")


def _all(readers: Iterable[Reader], path: str) -> list[bytes]:
    return [data for read in readers if (data := read(path)) is not None]
