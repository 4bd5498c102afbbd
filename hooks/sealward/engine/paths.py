"""Paths as people and hooks give them: files, folders, standard input."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from sealward.checks.names import Named
from sealward.detectors import suspicious
from sealward.engine.beside import in_index, in_work_tree
from sealward.engine.sources import (
    Source,
    Sources,
    index_tree,
    may_convert,
    nothing_before,
    versions_before,
    work_tree,
)
from sealward.errors import SealwardError
from sealward.git import LINK_MODE, Repository, top_of
from sealward.worktree import Left, link_target, read_file, unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

FEW = 100
"""Up to so many paths are looked up in HEAD one by one; above, git is asked first which ones differ."""

STANDARD_INPUT = "-"


def from_paths(paths: list[str], stdin_name: str = "") -> Sources:
    """Files, and what lies in folders (ignored files left out), as they lie there; ``-`` is standard input,
    under the name ``stdin_name``.

    Inside a hook, what the index holds of a path is judged, and not what lies there. Raises SealwardError
    for a path that does not exist, or cannot be read.
    """
    given = stdin_name if paths[0] == STANDARD_INPUT else paths[0]
    folder = given if os.path.isdir(given) else os.path.dirname(given)
    top = top_of(folder or ".")
    if top is None and "GIT_DIR" in os.environ:
        top = Repository.around().top
    repository = Repository(top) if top else None
    if repository is not None:
        repository.start()
    return _Paths(top or os.path.abspath(folder or "."), repository, stdin_name, paths).sources()


def is_hook() -> bool:
    """Whether a commit is about to be made: git names the index that it will record to its hooks.

    A hook manager that somebody runs by hand is no commit: there people mean what lies in the folder.
    """
    return "GIT_INDEX_FILE" in os.environ


class _Paths:
    """The paths of one run, around one repository, or none."""

    def __init__(self, top: str, repository: Repository | None, stdin_name: str, paths: list[str]) -> None:
        self._top = top
        self._repository = repository
        self._stdin_name = stdin_name
        self._from_index = repository is not None and is_hook()
        self._paths = [one for path in paths for one in self._files(path)]
        self._changed: set[str] | None = None
        self._converted: set[str] = set()
        self._modes: dict[str, bytes] = {}

    def sources(self) -> Sources:
        """All of them, not read yet."""
        repository = self._repository
        tree = work_tree(self._top)
        tree.beside = in_work_tree(self._top, repository)
        if repository is not None:
            if len(self._paths) > FEW:
                self._changed = repository.changed()
            if self._from_index:
                tree = index_tree(repository)
                tree.beside = in_index(repository, [self._inside(path) for path in self._paths])
                self._modes = self._recorded_modes(repository)
            else:
                self._converted = self._conversions(repository)
        return Sources(tree=tree, items=self._paths, load=self._load, names=self._names, paths=self._judged)

    def _judged(self) -> list[str]:
        """What lies there, of what is judged."""
        return [self._inside(path) for path in self._paths if path != STANDARD_INPUT]

    def _names(self) -> list[Named]:
        """The names that could matter: to find the place of each takes longer than to rule it out."""
        given = [self._stdin_name if path == STANDARD_INPUT else path for path in self._paths]
        every = range(len(given)) if suspicious([self._inside(os.curdir)]) else suspicious(given)
        wanted, targets = set(every), [self._target(path) for path in given]
        return [
            Named(self._inside(path), target)
            for number, (path, target) in enumerate(zip(given, targets, strict=True))
            if target is not None or number in wanted
        ]

    def _target(self, path: str) -> bytes | None:
        """What a symbolic link points to, as git records it; None for anything else."""
        if self._repository is not None and self._modes and (inside := self._inside(path)) in self._modes:
            return self._repository.read(f":{inside}") if self._modes[inside] == LINK_MODE else None
        return link_target("", path)

    def _is_link(self, path: str, inside: str) -> bool:
        mode = self._modes.get(inside)
        return os.path.islink(path) if mode is None else mode == LINK_MODE

    def _recorded_modes(self, repository: Repository) -> dict[str, bytes]:
        """What git is about to record of the paths, by its mode."""
        inside = [self._inside(path) for path in self._paths if path != STANDARD_INPUT]
        mine = [path for path in inside if not path.startswith("../")]
        entries = repository.index(mine if len(mine) <= FEW else ()) if mine else ()
        return {entry.path: entry.mode for entry in entries}

    def _files(self, path: str) -> Iterable[str]:
        """A path as it is; of a folder, everything in it."""
        if path == STANDARD_INPUT or os.path.islink(path) or not os.path.isdir(path):
            return [path]
        top = top_of(path)
        if top is None:
            return _walk(path)
        if self._repository is not None and top.startswith(f"{self._top}{os.sep}"):
            return [path]
        around = self._repository if self._repository is not None and top == self._top else Repository(top)
        found = (os.path.join(top, one) for one in around.below(_inside(path, top)))
        return [os.path.relpath(one) for one in found if os.path.lexists(one)]

    def _load(self, path: str) -> Source:
        if path == STANDARD_INPUT:
            name = self._inside(self._stdin_name)
            return Source(path=name, data=sys.stdin.buffer.read(), previous=self._before(name))
        inside = self._inside(path)
        if self._is_link(path, inside):
            return Source(path=inside, data=b"", previous=nothing_before, left=Left.LINK)
        recorded = self._recorded(inside)
        if recorded is None and os.path.isdir(path) and not os.path.islink(path):
            return Source(path=inside, data=b"", previous=nothing_before, left=Left.SUBMODULE)
        data = _read(path) if recorded is None else recorded
        if isinstance(data, Left):
            return Source(path=inside, data=b"", previous=nothing_before, left=data)
        return Source(path=inside, data=data, previous=self._before(inside))

    def _recorded(self, inside: str) -> bytes | None:
        """What the index holds, where that is what git records."""
        if self._repository is None or inside.startswith("../"):
            return None
        if self._from_index or inside in self._converted:
            return self._repository.read(f":{inside}")
        return None

    def _before(self, inside: str) -> Callable[[], list[bytes]]:
        known = self._repository is not None and not inside.startswith("../")
        if not known or (self._changed is not None and inside not in self._changed):
            return nothing_before
        assert self._repository is not None
        return versions_before(self._repository, inside)

    def _conversions(self, repository: Repository) -> set[str]:
        inside = [self._inside(path) for path in self._paths if path != STANDARD_INPUT]
        mine = [path for path in inside if not path.startswith("../")]
        folders = {""}
        for path in mine:
            folder = path.rpartition("/")[0]
            while folder and folder not in folders:
                folders.add(folder)
                folder = folder.rpartition("/")[0]
        names = (os.path.join(folder, ".gitattributes") for folder in folders)
        return repository.converted(mine) if may_convert(repository.top, names) else set()

    def _inside(self, path: str) -> str:
        """A path as the repository knows it; outside of any, as it was given."""
        return _inside(path, self._top) if self._repository is not None else path.replace(os.sep, "/")


def _inside(path: str, top: str) -> str:
    return os.path.relpath(os.path.abspath(path), top).replace(os.sep, "/")


def _walk(folder: str) -> Iterator[str]:
    """Everything below a folder that lies in no repository; links are not followed."""
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != ".git")
        links = [name for name in folders if os.path.islink(os.path.join(here, name))]
        yield from (os.path.normpath(os.path.join(here, name)) for name in sorted([*files, *links]))


def _read(path: str) -> bytes | Left:
    try:
        return read_file(path)
    except (FileNotFoundError, NotADirectoryError):
        raise SealwardError(f"{path}: no such file", "name existing files, or use --all") from None
    except OSError as error:
        raise unreadable(path, error) from None
