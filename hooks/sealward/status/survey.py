"""Every reference of a repository and how it stands: from Vault where it is at hand, else from git's history.

A file that no key at hand opens shows no references; there the ``files`` of the policies say which of its
values are secrets, and how old they may become.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.document import dotted
from sealward.globs import key_pattern, path_pattern
from sealward.references.malformed import nearly
from sealward.references.reference import HERE, Home, where
from sealward.sealed.files import walk
from sealward.sealed.unsealed import pinned
from sealward.sops.reading.data_key import NoDataKey
from sealward.status.idle import Idle, idle
from sealward.status.standing import Standing
from sealward.terminal import unseen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sealward.document import Document, Leaf
    from sealward.git import Repository
    from sealward.patterns import Pattern
    from sealward.references.syntax import Reference
    from sealward.rotation.policy.policy import Policies, Policy
    from sealward.rotation.retirement.notes import Retirement
    from sealward.sealed.files import Closed, Sealed, Site
    from sealward.sealed.unsealed import Place
    from sealward.sops.reading.identities import Identities
    from sealward.status.ledger import Ledger
    from sealward.terminal import Progress


class Survey(NamedTuple):
    """All standings, file by file; ``closed`` are the files that no key opened, ``unseen`` the policies that
    could say nothing of those, because they have no ``files``. ``mentioned`` are pins in files that are not
    sealed, which nobody re-pins; ``idle`` the policies that govern nothing, and ``malformed`` the values that
    were meant as references and that nobody reads as such; ``retirements`` the old values that wait to be
    revoked."""

    standings: tuple[Standing, ...]
    closed: tuple[str, ...]
    unseen: tuple[str, ...]
    mentioned: tuple[Place, ...] = ()
    idle: tuple[Idle, ...] = ()
    malformed: tuple[Misread, ...] = ()
    retirements: tuple[Retirement, ...] = ()


class Misread(NamedTuple):
    """A value of a sealed file that was meant as a reference: its place, and what is wrong, as a clause."""

    file: str
    line: int
    key_path: str
    problem: str


class Surroundings(NamedTuple):
    """What a survey looks with. ``ledger`` is None without a server; ``now`` is seconds since 1970; ``home``
    is the server and the namespace that references without a word of their own are of."""

    repository: Repository
    policies: Policies
    identities: Identities
    ledger: Ledger | None
    now: float
    home: Home = HERE


def survey(around: Surroundings, only: Iterable[str] = (), progress: Progress = unseen) -> Survey:
    """Look at every tracked sealed file, or at those named (paths from the current folder).

    Raises SealwardError for a file that is damaged, a server that fails, and a shallow clone where
    history is needed.
    """
    opened: list[tuple[Closed, tuple[Site, ...] | None]] = []
    malformed: list[Misread] = []
    for one in walk(around.repository, only, progress):
        try:
            sealed = one.opened(around.identities)
            opened.append((one, _settled(around, sealed.sites)))
            malformed += _misread(sealed)
        except NoDataKey:
            opened.append((one, None))
    if around.ledger is not None:
        around.ledger.prepare((site.reference for _, sites in opened for site in sites or ()), progress)
    standings: list[Standing] = []
    for one, sites in opened:
        ages = _Ages(around, one.path)
        if sites is None:
            standings += _closed(around, one.path, one.document)
        else:
            standings += [_open(around, ages, one.path, site.leaf, site.reference) for site in sites]
    closed = [one.path for one, sites in opened if sites is None]
    silent = [one.name for one in around.policies.policies if one.every is not None and not one.files]
    mentioned = () if only else tuple(pinned(around.repository))
    secrets = {
        (site.reference.mount, site.reference.path)
        for _, sites in opened
        for site in sites or ()
        if not site.reference.is_elsewhere
    }
    return Survey(
        standings=tuple(standings),
        closed=tuple(closed),
        unseen=tuple(silent) if closed else (),
        mentioned=mentioned,
        idle=() if closed or only else tuple(idle(around.policies, secrets)),
        malformed=tuple(malformed),
        retirements=tuple(around.ledger.retirements()) if around.ledger else (),
    )


def _misread(sealed: Sealed) -> Iterator[Misread]:
    """Values that look like references and are not: no pin of theirs is moved."""
    read = {site.leaf for site in sealed.sites}
    for value in sealed.opened.values:
        if value.plaintext is None or value.leaf in read or value.kind != "str":
            continue
        wrong = nearly(value.plaintext.text())
        if wrong is not None:
            leaf = value.leaf
            yield Misread(sealed.path, leaf.line, dotted(leaf.path), wrong.problem)


def _settled(around: Surroundings, sites: Iterable[Site]) -> tuple[Site, ...]:
    """References as the server knows them; without one just what they name that is this run's own."""
    settle = around.ledger.settled if around.ledger else lambda one: one.seen_from(around.home)
    return tuple(site._replace(reference=settle(site.reference)) for site in sites)


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
    elsewhere = reference.is_elsewhere
    policy = None if elsewhere else around.policies.for_secret(reference.mount, reference.path)
    standing = Standing(
        file=path, line=leaf.line, key_path=dotted(leaf.path), now=around.now,
        secret=reference.secret, key=reference.key, pinned=reference.version, dynamic=reference.is_dynamic,
        policy=policy.name if policy else "",
        every=policy.every if policy else None,
        limit=policy.max_ttl if policy else None,
    )  # fmt: skip
    if elsewhere:
        standing = standing._replace(
            note=f"{where(reference)}: not asked there, and never re-pinned", where=where(reference)
        )
    elif around.ledger is not None:
        standing = around.ledger.enter(standing, reference)
    if standing.created is None and not standing.gone and not reference.is_dynamic:
        standing = standing._replace(created=ages.changed(leaf.line), source="git")
    if policy and policy.pins and reference.version is None and reference.is_versioned:
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
        file=path, line=leaf.line, key_path=dotted(leaf.path), now=now,
        created=changed, source="git", policy=policy.name, every=policy.every,
    )  # fmt: skip


class _Place(NamedTuple):
    file: Pattern
    key_path: Pattern


def _place(text: str) -> _Place:
    """``FILE`` or ``FILE#KEY.PATH``: in the key path ``*`` stays within a step and ``**`` crosses steps."""
    file, _, key_path = text.partition("#")
    return _Place(path_pattern(file), key_pattern(key_path or "**"))
