"""What tracked files say of secrets where nobody re-pins them: manifests that are not sealed, and values of
sealed files that name a secret in no form that is read."""

from __future__ import annotations

import os
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from sealward import worktree
from sealward.references.mentions import MARKS, mentions, pins
from sealward.references.reference import where
from sealward.sealed.marks import are_sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from sealward.git import Repository
    from sealward.references.mentions import Mention
    from sealward.sealed.files import Sealed

PROSE = frozenset((".md", ".rst", ".adoc", ".txt", ".py", ".go", ".rs", ".js", ".ts", ".java", ".rb"))
"""Files that speak of references as an example, or make them."""

MAX_BYTES = 4 << 20
"""Nobody deploys a larger manifest."""


class Place(NamedTuple):
    """A line of a tracked file that names a secret, and the version that it pins there (None: none).

    ``where`` is the server or namespace that the text names itself, for people.
    """

    path: str
    line: int
    secret: str
    version: int | None
    where: str = ""


def pinned(repository: Repository) -> list[Place]:
    """Every pin in tracked files that are not sealed; prose and source code are left out."""
    return [
        Place(path=path, line=one.line, secret=one.secret, version=one.version)
        for path, text in _texts(repository, lambda data: MARKS.search(data) is not None)
        if PurePosixPath(path).suffix not in PROSE
        for one in pins(text)
    ]


def mentioned(
    repository: Repository,
    sealed: Iterable[Sealed],
    secrets: Iterable[tuple[str, str]],
    but: Iterable[str],
    dirty: Collection[str] = (),
) -> list[Place]:
    """Every line that names one of the secrets (mount, path), in files that are not sealed (``but`` some),
    and in values and comments of sealed files that refer to it on another server, or in no form that is
    read: a comment may be a setting that is put aside, or may say what was, so it is left as it is. Of
    ``dirty`` paths the last commit is looked at as well."""
    wanted = list(dict.fromkeys(secrets))
    if not wanted:
        return []
    skipped = frozenset(but)
    paths = [path.encode() for _, path in wanted]
    found = [
        _place(path, one)
        for path, text in _texts(repository, lambda data: any(one in data for one in paths), dirty)
        if path not in skipped
        for secret in wanted
        for one in mentions(text, *secret)
    ]
    return found + [place for one in sealed for place in _inside(one, wanted)]


def users(places: Iterable[Place]) -> list[Place]:
    """Those of the places that a deployment may read: pins, neither in prose nor on another server."""
    return [
        one
        for one in places
        if one.version is not None and not one.where and PurePosixPath(one.path).suffix not in PROSE
    ]


def _inside(sealed: Sealed, secrets: list[tuple[str, str]]) -> Iterator[Place]:
    for secret in secrets:
        elsewhere = sealed.refers_elsewhere(*secret)
        for site in elsewhere:
            one = site.reference
            yield Place(
                path=sealed.path,
                line=site.leaf.line,
                secret=one.secret,
                version=one.version,
                where=where(one),
            )
        read = {site.leaf for site in sealed.refers_to(*secret) + elsewhere}
        for value in sealed.opened.values:
            if value.plaintext is None or value.leaf in read:
                continue
            if mentions(value.plaintext.text(), *secret):
                yield Place(path=sealed.path, line=value.leaf.line, secret="/".join(secret), version=None)
        for comment, text in sealed.opened.comments:
            if mentions(text.text(), *secret):
                yield Place(path=sealed.path, line=comment.line, secret="/".join(secret), version=None)


def _place(path: str, one: Mention) -> Place:
    return Place(path=path, line=one.line, secret=one.secret, version=one.version)


def _texts(
    repository: Repository, wanted: Callable[[bytes], bool], dirty: Collection[str] = ()
) -> Iterator[tuple[str, str]]:
    """The tracked files that are not sealed and hold what is ``wanted``; of ``dirty`` ones what the last
    commit has of them, too."""
    for path in repository.tracked():
        held = [_content(repository, path)]
        if path in dirty:
            held.append(repository.read(f"HEAD:{path}"))
        for data in held:
            if data and len(data) <= MAX_BYTES and wanted(data) and not are_sealed(path, data):
                yield path, data.decode("utf-8", "surrogateescape")


def _content(repository: Repository, path: str) -> bytes | None:
    """A tracked file as it lies there; as the index has it where it does not (a sparse checkout)."""
    file = os.path.join(repository.top, path)
    if os.path.isfile(file) and os.path.getsize(file) > MAX_BYTES:
        return None
    lying = worktree.reader(repository.top)(path)
    return repository.read(f":{path}") if lying is None else lying
