"""What is read: paths as given, tracked files, the index, the blobs of a range of commits."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any

from sealward import worktree
from sealward.checks.names import Named
from sealward.engine.beside import among, in_index, in_range
from sealward.git import LINK_MODE, REGULAR_MODES, SUBMODULE_MODE, Entry, Repository
from sealward.records import Record
from sealward.worktree import Left

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sealward.engine.beside import Beside
    from sealward.git import Blob
    from sealward.git.rows import Entries
    from sealward.worktree import Reader

CONFIGURATIONS = (".sealward.yaml", ".sops.yaml", ".sops.yml", "sops.yaml", ".secrets.baseline")


class Source(Record):
    """One version of one file: its path from the tree's top, its bytes, and what gives the versions that it
    replaces. ``commit`` is the one that brought it, where that is known; ``left`` says why it has no bytes
    to be judged."""

    path: str
    data: bytes
    previous: Callable[[], list[bytes]]
    commit: str = ""
    left: Left | None = None


class Tree:
    """Reads further files of the same snapshot by their path from the top.

    ``read`` gives None for what is not there; ``configuration`` is for what decides how others are judged,
    and raises SealwardError for a symbolic link or a file that cannot be read. ``before`` is the tree that
    a range of commits grew from, where there is one; ``beside`` looks into a file's folder; ``touched`` gives
    the paths that a range changed or removed.
    """

    def __init__(
        self,
        top: str,
        read: Reader,
        configuration: Reader | None = None,
        before: Tree | None = None,
        beside: Beside | None = None,
    ) -> None:
        self.top = top
        self.read = read
        self.configuration = configuration or read
        self.before = before
        self.beside = beside
        self.touched: Callable[[], Iterable[str]] = lambda: ()


class Sources(Record):
    """What a run judges: the tree around, and one item for each file, which ``load`` reads.

    Nothing is read before it is loaded, so that several processes can each read a share. ``every`` gives
    the paths of all tracked files, where these are what is judged. ``names`` gives every path, of symbolic
    links and submodules as well, and what links point to; ``paths`` gives those of the items.
    """

    tree: Tree
    items: Sequence[Any]
    load: Callable[[Any], Source]
    names: Callable[[], Iterable[Named]]
    every: Callable[[], Iterable[str]] | None = None
    paths: Callable[[], Iterable[str]] = tuple


def work_tree(top: str) -> Tree:
    """The files as they lie there."""
    return Tree(top, worktree.reader(top), worktree.configurations(top, CONFIGURATIONS))


def all_tracked() -> Sources:
    """Every tracked file of the repository around the current folder: as in the work tree, and from the index
    where it is not there or git would record something else than what lies there."""
    repository = Repository.around()
    changed = repository.changed()
    entries = repository.index()
    converted = repository.converted() if _may_convert(repository, entries) else frozenset()

    def load(entry: Entry) -> Source:
        path, name, mode, promised = entry
        previous = versions_before(repository, path) if path in changed else nothing_before
        if mode not in REGULAR_MODES:
            return Source(
                path=path,
                data=b"",
                previous=nothing_before,
                left=Left.SUBMODULE if mode == SUBMODULE_MODE else Left.LINK,
            )
        lying = None if promised or path in converted else worktree.tracked(repository.top, path)
        return Source(path=path, data=repository.blob(name) if lying is None else lying, previous=previous)

    tree = work_tree(repository.top)
    tree.beside = among(entries, tree.read, lambda path: repository.read(f":{path}"))
    return Sources(
        tree=tree,
        items=entries,
        load=load,
        names=partial(_tracked, repository, entries),
        every=entries.paths,
        paths=entries.paths,
    )


def _tracked(repository: Repository, entries: Iterable[Entry]) -> Iterator[Named]:
    """Each path of the index, and what links point to: those that lie there, as they do."""

    def target(entry: Entry) -> bytes | None:
        if entry.mode != LINK_MODE:
            return None
        lying = worktree.link_target(repository.top, entry.path)
        return repository.blob(entry.name) if lying is None else lying

    return (Named(entry.path, target(entry)) for entry in entries)


def staged() -> Sources:
    """What ``git commit`` would record now: the index, not the work tree."""
    repository = Repository.around()

    def load(blob: Blob) -> Source:
        return Source(
            path=blob.path, data=repository.blob(blob.name), previous=versions_before(repository, blob.path)
        )

    tree, blobs = index_tree(repository, bare=True), repository.staged()
    tree.beside = in_index(repository, [blob.path for blob in blobs])
    names = partial(_names, repository, blobs)
    files = _files(blobs)
    return Sources(tree=tree, items=files, load=load, names=names, paths=partial(_paths, files))


def introduced(start: str, end: str) -> Sources:
    """Every version of every file that the commits of ``start..end`` brought."""
    repository = Repository.around(bare=True)
    start, end = map(repository.commit_name, (start, end))
    blobs = repository.introduced(start, end)
    base = repository.base(start, end)

    def load(blob: Blob) -> Source:
        at_base = [] if base is None else [f"{base}:{blob.path}"]
        previous = _objects(repository, blob.previous or [*earlier.get(blob, ()), *at_base])
        return Source(path=blob.path, data=repository.blob(blob.name), previous=previous, commit=blob.commit)

    files = _files(blobs)
    earlier = _made_again(files)
    tree = _commit_tree(repository, end, None if base is None else _commit_tree(repository, base))
    tree.beside = beside = in_range(repository, base, end, files)
    tree.touched = lambda: {*(blob.path for blob in blobs), *beside.removed()}
    return Sources(
        tree=tree,
        items=files,
        load=load,
        names=partial(_names, repository, blobs),
        paths=partial(_paths, files),
    )


def _paths(blobs: Iterable[Blob]) -> list[str]:
    return list(dict.fromkeys(blob.path for blob in blobs))


def _files(blobs: Iterable[Blob]) -> list[Blob]:
    return [blob for blob in blobs if blob.mode in REGULAR_MODES]


def _names(repository: Repository, blobs: Iterable[Blob]) -> list[Named]:
    """Each path once, with the earliest commit; of a link each of its targets."""
    found = {}
    for path, name, _, commit, mode in blobs:
        link = mode == LINK_MODE
        found[path, name if link else b""] = Named(path, repository.blob(name) if link else None, commit)
    return list(found.values())


def _made_again(blobs: Sequence[Blob]) -> dict[Blob, list[bytes]]:
    """The versions that a path had earlier in a range, of those that are there again after a removal."""
    seen: dict[str, list[bytes]] = {}
    found: dict[Blob, list[bytes]] = {}
    for blob in reversed(blobs):  # git's log begins with the newest
        versions = seen.setdefault(blob.path, [])
        if versions and not blob.previous:
            found[blob] = list(versions)
        versions.append(blob.name)
    return found


def _commit_tree(repository: Repository, revision: str, before: Tree | None = None) -> Tree:
    def read(path: str) -> bytes | None:
        return repository.read(f"{revision}:{path}")

    return Tree(repository.top, read, _without_links(repository, read, revision), before)


def index_tree(repository: Repository, bare: bool = False) -> Tree:
    """The index; unless ``bare``, what is not tracked is read from the work tree."""

    def read(path: str) -> bytes | None:
        return repository.read(f":{path}")

    tracked = Tree(repository.top, read, _without_links(repository, read))
    if bare:
        return tracked
    lying = work_tree(repository.top)

    def first(one: Reader, two: Reader) -> Reader:
        def either(path: str) -> bytes | None:
            data = one(path)
            return two(path) if data is None else data

        return either

    return Tree(
        repository.top,
        first(tracked.read, lying.read),
        first(tracked.configuration, lying.configuration),
    )


def _without_links(repository: Repository, read: Reader, revision: str = "") -> Reader:
    """What reads configurations of a commit, or of the index, of which git knows the symbolic links."""
    known: list[set[str]] = []

    def configuration(path: str) -> bytes | None:
        data = read(path)
        if data is not None:
            known[:] = known or [repository.links(CONFIGURATIONS, revision)]
            if path in known[0]:
                raise worktree.is_link(path)
        return data

    return configuration


def _may_convert(repository: Repository, entries: Entries) -> bool:
    """Whether any attribute could say that git records something else than what lies in the work tree."""
    names = [path for path in entries.paths() if path.endswith(".gitattributes")]
    return may_convert(repository.top, names)


def may_convert(top: str, names: Iterable[str]) -> bool:
    """Whether one of these files of attributes, or of those that hold everywhere, speaks of a filter or an
    encoding."""
    home = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
    everywhere = (
        os.path.join(top, ".git", "info", "attributes"),
        os.path.join(home, "git", "attributes"),
        "/etc/gitattributes",
    )
    for path in (*(os.path.join(top, name) for name in names), *everywhere):
        try:
            with open(path, "rb") as file:
                data = file.read()
        except OSError:
            continue
        if b"filter" in data or b"working-tree-encoding" in data:
            return True
    return False


def versions_before(repository: Repository, path: str) -> Callable[[], list[bytes]]:
    """What gives the versions of a path that a commit would replace."""
    return lambda: repository.previous(path)


def _objects(repository: Repository, names: Iterable[bytes | str]) -> Callable[[], list[bytes]]:
    return lambda: [data for data in map(repository.read, names) if data is not None]


def nothing_before() -> list[bytes]:
    """No version: the file is new, or as it was."""
    return []
