"""What a rotation would do, with everything checked that can be checked before the first write."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward import files, shell
from sealward.errors import SealwardError
from sealward.rotation import journal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sealward.plaintext import Plaintext
    from sealward.rotation.permissions import Permissions
    from sealward.rotation.programs import Program
    from sealward.sealed.files import Sealed, Site
    from sealward.vault.client import Client, Metadata

    Source = Callable[[int], Mapping[str, Plaintext]]


class Target(NamedTuple):
    """One secret to rotate: its keys, and what makes their new values, given the version that they
    replace. ``how`` and ``why`` say that to people; ``verify`` tries a new version before it is pinned;
    ``pins`` wants a pin at every reference, also where there is none yet; ``grace`` is after how many
    seconds the old value is to be retired, None for never; ``adopts`` is a version that is in Vault already,
    and young enough to be pinned in place of a new one; ``programs`` are those of the user's own that run;
    ``files`` are the policy's patterns of files that refer to the secret, ``managed`` all keys that it
    names."""

    mount: str
    path: str
    keys: tuple[str, ...]
    how: str
    make: Source
    why: str = "by hand"
    verify: Callable[[Target, int], None] | None = None
    pins: bool = False
    grace: int | None = None
    adopts: int | None = None
    programs: tuple[Program, ...] = ()
    files: tuple[str, ...] = ()
    managed: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """``mount/path``."""
        return f"{self.mount}/{self.path}"


class Plan(NamedTuple):
    """The rotation of one secret. ``current`` becomes ``new`` in Vault and in ``pinned``, the sites that
    carry a pin or are to; ``unpinned`` follow the newest version by themselves. ``resumes`` says that
    ``new`` is written already, by an earlier run or somebody else (``target.adopts``). ``good`` is the
    last version whose values hold: ``current``, but where that failed its verification; then ``spoilt``
    are the keys that are to be restored from ``good``. ``notes`` are the ids of the journal's entries that
    are void once ``new`` is pinned."""

    target: Target
    current: int
    new: int
    files: tuple[Sealed, ...]
    pinned: tuple[tuple[Sealed, Site], ...]
    unpinned: tuple[tuple[Sealed, Site], ...]
    resumes: bool
    good: int
    spoilt: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def make_plan(
    target: Target, client: Client, sealed: Sequence[Sealed], dirty: set[str], permissions: Permissions
) -> Plan:
    """Check one rotation and say what it does; nothing is changed.

    ``sealed`` are the opened files of the repository, ``dirty`` the paths with uncommitted changes.
    Raises SealwardError: no file refers to the secret, a file is dirty or cannot be replaced, a key or
    a capability is missing, the secret keeps too few versions.
    """
    mount, path = target.mount, target.path
    sites = [(one, site) for one in sealed for site in one.refers_to(mount, path)]
    _check_references(target, sites)
    pinned = tuple((one, site) for one, site in sites if site.reference.version or target.pins)
    unpinned = tuple((one, site) for one, site in sites if not (site.reference.version or target.pins))
    pins = [site.reference.version or 0 for _, site in pinned]
    metadata = client.metadata(mount, path)
    course = _course(target, metadata, pins)
    moving = {one.path for one, site in pinned if site.reference.version != course.new}
    files_to_write = tuple(one for one in sealed if one.path in moving)
    _check_files(files_to_write, set() if course.started else dirty)  # its changes are that rotation's own
    if not course.started:
        _check_keys(target, client, metadata.current)
        permissions.check(mount, path)
    if not course.written:
        _check_versions(target, client, metadata, pins)
    notes = tuple(one.identity for one in journal.noted(metadata) if one.version <= course.new)
    return Plan(
        target=target,
        current=metadata.current,
        new=course.new,
        files=files_to_write,
        pinned=pinned,
        unpinned=unpinned,
        resumes=course.written,
        good=course.good,
        spoilt=course.spoilt,
        notes=notes,
    )


class _Course(NamedTuple):
    """Which version is to be pinned, the last good one before it, whether it is ``written`` already, and
    that by a rotation that was ``started`` here and not ended."""

    new: int
    good: int
    written: bool = False
    started: bool = False
    spoilt: tuple[str, ...] = ()


def _course(target: Target, metadata: Metadata, pins: Sequence[int]) -> _Course:
    current, rejection = metadata.current, journal.rejection(metadata)
    if rejection:
        spoilt = tuple(key for key in rejection.keys if key not in target.keys)
        return _Course(new=current + 1, good=rejection.good, spoilt=spoilt)
    unfinished = journal.unfinished(metadata)
    if unfinished:
        _check_not_behind(target, current, pins)
        return _Course(new=current, good=unfinished.good, written=True, started=True)
    if target.adopts == current:
        return _Course(new=current, good=max((pin for pin in pins if pin < current), default=0), written=True)
    return _Course(new=current + 1, good=current)


def _check_files(files_to_write: Sequence[Sealed], dirty: set[str]) -> None:
    for one in files_to_write:
        files.check_there(one.file, top=one.top)
        files.check_replaceable(one.file, top=one.top)
        if one.path in dirty:
            raise SealwardError(f"{one.path} has uncommitted changes", "commit or stash them first")


def _check_not_behind(target: Target, current: int, pins: Sequence[int]) -> None:
    """A server that lags behind (a standby, a leader that was cut off) may still report a rotation that has
    ended: to finish it would take newer pins back."""
    newest = max(pins, default=0)
    if newest > current:
        raise SealwardError(
            f"{target.name}: a file pins version {newest}, but Vault knows of {current} versions only",
            "ask the active server (`bao status` shows which), or pin a version that exists",
        )


def _check_references(target: Target, sites: Sequence[tuple[Sealed, Site]]) -> None:
    referred = {site.reference.key for _, site in sites}
    missing = [] if "" in referred else [key for key in target.keys if key not in referred]
    by_policy = target.why != "by hand" and len(missing) < len(target.keys)
    if missing and not by_policy:
        raise SealwardError(
            f"no sealed file refers to {target.name}#{missing[0]}",
            "`sealward status` lists the references; is the path right, with its mount?",
        )


def _check_keys(target: Target, client: Client, current: int) -> None:
    held = client.read(target.mount, target.path, current).values
    missing = [key for key in target.keys if key not in held]
    if missing:
        hint = f"it has: {', '.join(sorted(held))}"
        raise SealwardError(f"{target.name} has no key {missing[0]!r} in Vault", hint)


def _check_versions(target: Target, client: Client, metadata: Metadata, pins: Sequence[int]) -> None:
    """The new version must not push out one that Git still pins until the new pin is committed."""
    kept = client.kept(target.mount, metadata)
    hint = f"`bao kv metadata put -max-versions={max(10, kept + 10)} {shell.path(target.name)}`"
    if kept == 1:
        raise SealwardError(f"{target.name} keeps one version only: its old pin would break", hint)
    lost = [pin for pin in pins if metadata.oldest <= pin <= metadata.current + 1 - kept]
    if lost:
        raise SealwardError(
            f"{target.name} keeps {kept} versions: a new one pushes out version {min(lost)}, which is pinned",
            hint,
        )
