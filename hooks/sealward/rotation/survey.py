"""Every reference of a repository and how it stands: from Vault where it is at hand, else from git's history.

A file that no key at hand opens shows no references; there the ``files`` of the policies say which of its
values are secrets, and how old they may become.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sealward.config import glob
from sealward.document import dotted, parse
from sealward.errors import SealwardError
from sealward.rotation.sites import open_sealed
from sealward.rotation.standing import Standing
from sealward.sops.data_key import NoDataKey

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sealward.document import Document, Leaf
    from sealward.repository import Repository
    from sealward.rotation.ledger import Ledger
    from sealward.rotation.policy import Policies, Policy
    from sealward.sops.identities import Identities
    from sealward.vault.reference import Reference


class Survey(NamedTuple):
    """All standings, file by file; ``closed`` are the files that no key opened, ``unseen`` the policies that
    could say nothing of those, because they have no ``files``."""

    standings: tuple[Standing, ...]
    closed: tuple[str, ...]
    unseen: tuple[str, ...]


class Surroundings(NamedTuple):
    """What a survey looks with. ``ledger`` is None without a server; ``now`` is seconds since 1970."""

    repository: Repository
    policies: Policies
    identities: Identities
    ledger: Ledger | None
    now: float


def survey(around: Surroundings, only: Iterable[str] = ()) -> Survey:
    """Look at every tracked sealed file, or at those named (paths from the current folder).

    Raises SealwardError for a file that is damaged, a server that fails, and a shallow clone where
    history is needed.
    """
    standings: list[Standing] = []
    closed: list[str] = []
    for path, document, data in _sealed(around.repository, only):
        try:
            sealed = open_sealed(path, Path(around.repository.top, path), data, around.identities)
        except NoDataKey:
            closed.append(path)
            standings += _closed(around, path, document)
            continue
        ages = _Ages(around, path)
        standings += [_open(around, ages, path, site.leaf, site.reference) for site in sealed.sites]
    silent = [one.name for one in around.policies.policies if one.every is not None and not one.files]
    return Survey(tuple(standings), tuple(closed), tuple(silent) if closed else ())


def _sealed(repository: Repository, only: Iterable[str]) -> Iterator[tuple[str, Document, bytes]]:
    named = [f"{repository.prefix}{path}" for path in only]
    for path in named or repository.tracked():
        try:
            data = Path(repository.top, path).read_bytes()
        except OSError as error:
            if named:
                raise SealwardError(f"{path}: {error.strerror}", "name a sealed file") from None
            continue
        marked = b"ENC[AES256_GCM," in data and b"sops" in data
        document = parse(path, data) if marked else None
        if document is not None and document.metadata is not None:
            yield path, document, data
        elif named:
            raise SealwardError(f"{path} is not sealed", f"seal it: `sops encrypt --in-place {path}`")


class _Ages:
    """When the lines of one file were last changed; git is asked once, and only if somebody wants to know."""

    def __init__(self, around: Surroundings, path: str) -> None:
        self._around = around
        self._path = path
        self._times: list[int] | None = None

    def changed(self, line: int) -> float:
        """A line that no commit holds yet was changed now."""
        if self._times is None:
            self._times = self._around.repository.line_times(self._path)
        return float(self._times[line - 1]) if line <= len(self._times) else self._around.now


def _open(around: Surroundings, ages: _Ages, path: str, leaf: Leaf, reference: Reference) -> Standing:
    policy = around.policies.for_secret(reference.mount, reference.path)
    standing = Standing(
        path, leaf.line, dotted(leaf.path), around.now,
        secret=reference.secret, key=reference.key, pinned=reference.version, dynamic=reference.is_dynamic,
        policy=policy.name if policy else "",
        every=policy.every if policy else None,
        limit=policy.max_ttl if policy else None,
    )  # fmt: skip
    if around.ledger is not None:
        standing = around.ledger.enter(standing, reference)
    if standing.created is None and not standing.gone and not reference.is_dynamic:
        standing = standing._replace(created=ages.changed(leaf.line), source="git")
    if policy and policy.pins and reference.version is None and not reference.is_dynamic:
        standing = standing._replace(note="; ".join(filter(None, [standing.note, "has no pin"])))
    return standing


def _closed(around: Surroundings, path: str, document: Document) -> Iterator[Standing]:
    """The encrypted values of a file that the policies' ``files`` name; the first policy holds."""
    ages = _Ages(around, path)
    patterns = [
        (place, policy)
        for policy in around.policies.policies
        for place in map(_place, policy.files)
        if place.file.fullmatch(path)
    ]
    for leaf in document.leaves:
        name = dotted(leaf.path)
        policy = next((policy for place, policy in patterns if place.key_path.fullmatch(name)), None)
        if policy is not None and leaf.text.startswith("ENC[AES256_GCM,"):
            changed = ages.changed(leaf.line)
            yield _by_line(path, leaf, policy, around.now, changed)


def _by_line(path: str, leaf: Leaf, policy: Policy, now: float, changed: float) -> Standing:
    return Standing(
        path, leaf.line, dotted(leaf.path), now,
        created=changed, source="git", policy=policy.name, every=policy.every,
    )  # fmt: skip


class _Place(NamedTuple):
    file: re.Pattern[str]
    key_path: re.Pattern[str]


def _place(text: str) -> _Place:
    """``FILE`` or ``FILE#KEY.PATH``: in the key path ``*`` stays within a step and ``**`` crosses steps."""
    file, _, key_path = text.partition("#")
    pieces = re.split(r"(\*\*|\*)", key_path or "**")
    pattern = "".join({"**": ".*", "*": "[^.]*"}.get(piece) or re.escape(piece) for piece in pieces)
    return _Place(glob(file), re.compile(pattern, re.DOTALL))
