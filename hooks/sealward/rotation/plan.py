"""What a rotation would do, with everything checked that can be checked before the first write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from sealward import files, shell
from sealward.errors import SealwardError
from sealward.rotation import copies, journal, siblings, unfinished
from sealward.rotation.history import History

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from sealward.plaintext import Plaintext
    from sealward.references.syntax import Reference
    from sealward.rotation.copies import Copy
    from sealward.rotation.journal import Rotation
    from sealward.rotation.permissions import Permissions
    from sealward.rotation.programs import Program
    from sealward.rotation.siblings import Sibling
    from sealward.sealed.files import Sealed, Site
    from sealward.vault.client import Client, Metadata

    Source = Callable[[int], Mapping[str, Plaintext]]
    Revoke = Callable[[int, Mapping[str, Plaintext]], None]

Acceptance = Literal["no", "ask", "yes"]
"""Whether a key that nobody asked to renew may change with the pins: where not, its secret is left alone."""


class Target(NamedTuple):
    """One secret to rotate: its keys, and what makes their new values, given the version that they
    replace. ``how`` and ``why`` say that to people; ``verify`` tries a new version before it is pinned;
    ``pins`` wants a pin at every reference, also where there is none yet; ``grace`` is after how many
    seconds the old value is to be retired, None for never; ``adopts`` is a version that is in Vault already,
    and young enough to be pinned in place of a new one; ``programs`` are those of the user's own that run;
    ``files`` are the policy's patterns of files that refer to the secret, ``managed`` all keys that it
    names.

    ``adopting`` are keys that Vault holds young values of already, beside those that are to be made;
    ``given`` is the value that the user gave; ``finishes`` is the unfinished rotation that is to be ended,
    and makes nothing; ``maker`` gives what makes the values of other keys of the secret in the same way;
    ``accepts`` is what to do where a key that nobody asked for would change with the pins. ``tried`` are new
    values at hand, for ``verify``, which else reads the version; ``revoke`` revokes what was rejected."""

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
    adopting: tuple[str, ...] = ()
    given: Plaintext | None = None
    finishes: Rotation | None = None
    maker: Callable[[tuple[str, ...]], Source] | None = None
    accepts: Acceptance = "no"
    tried: Mapping[str, Plaintext] | None = None
    revoke: Revoke | None = None

    @property
    def name(self) -> str:
        """``mount/path``."""
        return f"{self.mount}/{self.path}"

    @property
    def moved(self) -> tuple[str, ...]:
        """All keys whose new values are meant: made now, or in Vault already."""
        return (*self.keys, *self.adopting)

    def with_keys(self, keys: tuple[str, ...]) -> Target:
        """The same for some of its keys."""
        if keys == self.keys:
            return self
        return self._replace(keys=keys, make=self.maker(keys) if self.maker else self.make)


class Plan(NamedTuple):
    """The rotation of one secret. ``current`` becomes ``new`` in Vault and in ``pinned``, the sites that
    carry a pin or are to; ``unpinned`` follow the newest version by themselves. ``resumes`` says that
    ``new`` is written already, by an earlier run or somebody else (``target.adopts``). ``good`` is the
    last version whose values hold: ``current``, but where that failed its verification; then ``spoilt``
    are the keys that are to be restored from ``good``. ``notes`` are the ids of the journal's entries that
    are void once ``new`` is pinned.

    ``changed`` are keys that nobody asked to renew, and whose pins move to another value all the same;
    ``replaced`` are the versions that the moved pins held, and ``between`` those after them that hold
    values which no file here pins; ``literal`` are the keys whose new value is to be text and was none;
    ``copies`` are places where a sealed file holds the old value itself."""

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
    history: History | None = None
    changed: tuple[Sibling, ...] = ()
    replaced: tuple[int, ...] = ()
    between: tuple[int, ...] = ()
    literal: tuple[str, ...] = ()
    copies: tuple[Copy, ...] = ()

    def moves(self, reference: Reference) -> Reference:
        """A reference as this rotation leaves it."""
        one = self.target
        here = reference.secret == one.name and not reference.is_elsewhere and reference.is_versioned
        return reference._replace(version=self.new) if here and (reference.version or one.pins) else reference


def make_plan(
    target: Target, client: Client, sealed: Sequence[Sealed], dirty: set[str], permissions: Permissions,
    finished: Collection[str] = (),
) -> Plan:  # fmt: skip
    """Check one rotation and say what it does; nothing is changed.

    ``sealed`` are the opened files of the repository, ``dirty`` the paths with uncommitted changes,
    ``finished`` the ids of the secret's unfinished rotations that are ended before this one.
    Raises SealwardError: no file refers to the secret, a file is dirty or cannot be replaced, a key or
    a capability is missing, the secret keeps too few versions, a pin would move to a version that lacks its
    key, or to a value that nobody asked for.
    """
    mount, path = target.mount, target.path
    sites = [(one, site) for one in sealed for site in one.refers_to(mount, path)]
    _check_references(target, sites)
    history = History(client, mount, path, client.metadata(mount, path))
    target = _taken_up(target, history, finished)
    pinned = tuple((one, site) for one, site in sites if site.reference.version or target.pins)
    unpinned = tuple((one, site) for one, site in sites if not (site.reference.version or target.pins))
    pins = [site.reference.version or 0 for _, site in pinned]
    metadata = history.metadata
    course = _course(target, history, pins)
    moving = [(one, site) for one, site in pinned if site.reference.version != course.new]
    moved = {one.path for one, _ in moving}
    files_to_write = tuple(one for one in sealed if one.path in moved)
    own = course.started or finished  # changes of a rotation that was killed: they are its own
    _check_files(files_to_write, set() if own else dirty)
    if not course.started:
        _check_keys(target, history, metadata.current)
        permissions.check(mount, path)
    if not course.written:
        _check_versions(target, client, metadata, pins)
    plan = Plan(
        target=target,
        current=metadata.current,
        new=course.new,
        files=files_to_write,
        pinned=pinned,
        unpinned=unpinned,
        resumes=course.written,
        good=course.good,
        spoilt=course.spoilt,
        notes=tuple(one.identity for one in journal.noted(metadata) if one.version <= course.new),
        history=history,
    )
    return _compared(plan, [site.reference for _, site in moving], sealed)


def _taken_up(target: Target, history: History, finished: Collection[str]) -> Target:
    """The target, as what ends an unfinished rotation that does all that it asks for. Raises SealwardError
    where one stands in the way."""
    if target.finishes is not None:
        return target
    open_ = [one for one in unfinished.left(history).to_finish if one.identity not in finished]
    if not open_:
        return target
    if target.given is None and set(target.keys) <= set(open_[0].keys):
        return unfinished.finishing(target, open_[0])
    raise SealwardError(
        f"{target.name}: a rotation of {', '.join(open_[0].keys)} is unfinished, and comes first",
        "`sealward rotate --resume`, then run this again",
    )


class _Course(NamedTuple):
    """Which version is to be pinned, the last good one before it, whether it is ``written`` already, and
    that by a rotation that was ``started`` here and not ended."""

    new: int
    good: int
    written: bool = False
    started: bool = False
    spoilt: tuple[str, ...] = ()


def _course(target: Target, history: History, pins: Sequence[int]) -> _Course:
    current = history.metadata.current
    if target.finishes is not None:
        _check_not_behind(target, current, pins)
        new = max(target.finishes.version, *pins, 0)
        return _Course(new=new, good=target.finishes.good, written=True, started=True)
    rejected = history.rejections(current)
    if rejected:
        keys = (key for one in rejected for key in one.keys if key not in target.keys)
        good = min(one.good for one in rejected)
        return _Course(new=current + 1, good=good, spoilt=tuple(dict.fromkeys(keys)))
    if target.adopts == current:
        return _Course(new=current, good=max((pin for pin in pins if pin < current), default=0), written=True)
    return _Course(new=current + 1, good=current)


def _compared(plan: Plan, moving: Sequence[Reference], sealed: Sequence[Sealed]) -> Plan:
    """The plan with what its versions hold, compared: see ``siblings``. Raises SealwardError."""
    history, target = plan.history, plan.target
    assert history is not None
    source = plan.new if plan.resumes else plan.current
    held = dict(history.values(source) or {})
    good = history.values(plan.good) or {}
    held.update({key: good[key] for key in plan.spoilt if key in good})
    siblings.check_present(target.name, moving, held, plan.new, source)
    asked = (*target.moved, *plan.spoilt)
    changed = siblings.changed(history, moving, held, asked, source)
    if target.finishes is not None:  # what that rotation found when it began has been asked for
        changed = tuple(one for one in changed if history.differs(one.key, plan.good, plan.new))
    if changed and target.accepts == "no":
        raise siblings.refused(target.name, changed, plan.new)
    replaced = _replaced(plan, moving)
    return plan._replace(
        changed=changed,
        replaced=replaced,
        between=_between(plan, history, replaced),
        literal=_literal(plan, history),
        copies=tuple(copies.of_old_values(history, replaced, target.moved, sealed)),
    )


def _replaced(plan: Plan, moving: Sequence[Reference]) -> tuple[int, ...]:
    """The versions that were in use here until now: those that the moved pins held, and the newest before
    where a reference has no pin, or where nothing says what was pinned."""
    found = {one.version for one in moving if one.version}
    if plan.target.finishes is not None:
        found |= {one for one in plan.target.finishes.pins if one < plan.new}
    if not found or plan.unpinned or any(one.version is None for one in moving):
        found.add(plan.good)
    return tuple(sorted(found - {0, plan.new}))


def _between(plan: Plan, history: History, replaced: Sequence[int]) -> tuple[int, ...]:
    """The versions that hold a value of a renewed key which is neither pinned nor new: somebody wrote it,
    and nobody here will revoke it."""
    found: list[int] = []
    if plan.target.grace is not None:
        return ()  # they are noted, and revoked with the others
    for version in range(min(replaced, default=plan.new) + 1, plan.new):
        noted = {f"sealward-retire-{version}", f"sealward-retired-{version}"} & history.metadata.custom.keys()
        if version in replaced or noted or version not in history.metadata.versions:
            continue
        known = [*replaced, *found, *([plan.new] if plan.resumes else [])]
        if any(_is_new(history, key, version, known) for key in plan.target.moved):
            found.append(version)
    return tuple(found)


def _is_new(history: History, key: str, version: int, known: Sequence[int]) -> bool:
    held = history.value(key, version) is not None
    return held and all(history.differs(key, version, one) for one in known)


def _literal(plan: Plan, history: History) -> tuple[str, ...]:
    """The keys whose values are no text now, and whose new ones will be. Raises SealwardError where nobody
    chose the new value: random bytes in the place of an object break what reads it."""
    before = None if plan.resumes else history.secret(plan.current)
    found = tuple(key for key in plan.target.keys if before is not None and key in before.other)
    if found and plan.target.given is None:
        raise SealwardError(
            f"{plan.target.name}: {', '.join(found)} holds no text (a number, a list, an object), and a new"
            " value would be text",
            "give the value with --value-stdin, or store it as text first",
        )
    return found


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
    if target.finishes is not None:
        return  # whatever files refer to now, it is to be ended
    if not target.moved:
        raise SealwardError(
            f"nothing says which keys of {target.name} to renew: files refer to it as a whole",
            "name them in the policy's `keys`",
        )
    referred = {site.reference.key for _, site in sites}
    missing = [] if "" in referred else [key for key in target.keys if key not in referred]
    by_policy = target.why != "by hand" and len(missing) < len(target.keys)
    if missing and not by_policy:
        raise SealwardError(
            f"no sealed file refers to {target.name}#{missing[0]}",
            "`sealward status` lists the references; is the path right, with its mount?",
        )


def _check_keys(target: Target, history: History, current: int) -> None:
    held = history.values(current)
    if held is None:  # the server says why
        held = history.client.read(target.mount, target.path, current).values
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
