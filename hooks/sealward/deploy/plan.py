"""What would change, all of it known before the first write: Secrets key by key, and who is restarted why."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Literal, NamedTuple

from sealward.deploy import consumers, digests, inventory, live
from sealward.deploy.api import ApiError
from sealward.deploy.kinds import CRON_JOB, OLD_CRON_JOB, OTHER, ROLLING, SECRET
from sealward.deploy.live import COMMIT, PENDING, SALT, Live, Meta
from sealward.errors import SealwardError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sealward.deploy import settings
    from sealward.deploy.api import Api
    from sealward.deploy.consumers import Use, Workload
    from sealward.deploy.inventory import Inventory
    from sealward.deploy.kinds import Kind
    from sealward.deploy.resolution import Resolved

AT_ONCE = 8
"""Requests under way at a time."""

State = Literal["created", "changed", "repinned", "unchanged"]
"""``repinned``: other pins, labels or annotations, and the same values."""

Mark = Literal["+", "~", "-", "="]
"""What becomes of a key: added, another value, removed; ``=`` is another pin to the same value."""


class Change(NamedTuple):
    """One Secret: as it should be, as it is, and what is between. ``pending`` are keys whose consumers a
    killed run has not restarted."""

    resolved: Resolved
    before: Live | None
    state: State
    keys: Mapping[str, Mark]
    salt: str
    about: Meta
    pending: frozenset[str] = frozenset()

    @property
    def id(self) -> str:
        """``namespace/name``."""
        return self.resolved.wanted.id

    @property
    def moved(self) -> frozenset[str]:
        """The keys whose values this run changes, or a killed one has changed."""
        return frozenset(key for key, mark in self.keys.items() if mark != "=") | self.pending

    @property
    def commit(self) -> str:
        """The commit that the cluster has it from; empty where nobody says."""
        return self.before.annotations.get(COMMIT, "") if self.before else ""

    @property
    def digests(self) -> dict[str, str]:
        """The digest of each key as it should be."""
        return digests.of_keys(self.salt, self.resolved.data)


class Restart(NamedTuple):
    """A workload that is to be restarted: why (``secret:key``), and the annotations of its pod template, new
    and former (None: there was none)."""

    workload: Workload
    why: tuple[str, ...]
    annotations: Mapping[str, str]
    former: Mapping[str, str | None]


class Left(NamedTuple):
    """A workload that uses what changes and is not restarted, and why not."""

    workload: Workload
    why: str


class Pruned(NamedTuple):
    """A Secret that Git no longer has. ``kept`` says why it is not removed, where it is not."""

    namespace: str
    name: str
    before: Live | None
    kept: str = ""


class Plan(NamedTuple):
    """All of it. ``problems`` are what the cluster would refuse; with any, nothing is to be written."""

    changes: tuple[Change, ...]
    restarts: tuple[Restart, ...]
    left: tuple[Left, ...]
    pruned: tuple[Pruned, ...]
    inventory: Inventory
    problems: tuple[SealwardError, ...]
    notes: tuple[str, ...]
    unsettled: tuple[Workload, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether an apply would write anything, a prune apart."""
        secrets = any(one.state != "unchanged" or one.pending for one in self.changes)
        return bool(self.restarts or secrets)

    @property
    def differs(self) -> bool:
        """Whether the cluster is not as Git says."""
        return self.writes or bool(self.pruned)


class Asked(NamedTuple):
    """What a plan is made for. ``take_over`` are Secrets (``*``: all) whose conflicts are decided for us."""

    target: settings.Target
    commit: str
    take_over: frozenset[str] = frozenset()
    restart: bool = True

    def takes(self, name: str) -> bool:
        """Whether conflicts of a Secret are decided for us."""
        return bool({"*", name} & self.take_over)


def make(
    api: Api, asked: Asked, wanted: Sequence[Resolved], new_salt: Callable[[], str], *, dry_runs: bool = True
) -> Plan:
    """Look at the cluster. Nothing is written; ``dry_runs`` asks the server to try every write.

    Raises ApiError where the cluster cannot be asked.
    """
    target = asked.target
    held = inventory.read(api, target)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        changes = tuple(pool.map(lambda one: _change(api, asked, one, new_salt), wanted))
        problems = [one for one in pool.map(lambda one: _tried(api, asked, one, dry_runs), changes) if one]
        workloads, hidden = _workloads(api, target, pool)
        restarts, left = _restarts(asked, changes, workloads)
        if dry_runs:
            problems += [one for one in pool.map(lambda one: _tried_restart(api, one), restarts) if one]
    return Plan(
        changes=changes,
        restarts=tuple(restarts),
        left=tuple(left),
        pruned=tuple(_pruned(api, target, held, wanted, workloads, {space for _, space in hidden})),
        inventory=held,
        problems=tuple(problems),
        notes=(*map(_hidden, hidden), *_copies(changes)),
        unsettled=tuple(_carrying(changes, workloads)),
    )


def _change(api: Api, asked: Asked, one: Resolved, new_salt: Callable[[], str]) -> Change:
    wanted = one.wanted
    found = api.get(SECRET, wanted.namespace, wanted.name)
    before = None if found is None else live.read(found)
    salt = before.annotations.get(SALT, "") if before else ""
    salt = salt if digests.is_salt(salt) else new_salt()
    about = live.meta(one, asked.target.name, salt, asked.commit, annotate=asked.target.annotate)
    if before is None:
        marks: dict[str, Mark] = dict.fromkeys(sorted(one.data), "+")
        return Change(resolved=one, before=None, state="created", keys=marks, salt=salt, about=about)
    marks = _marks(one, before)
    same = _is_same(one, before, about, marks)
    moved = any(mark != "=" for mark in marks.values())
    return Change(
        resolved=one,
        before=before,
        state="unchanged" if same else "changed" if moved else "repinned",
        keys=marks,
        salt=salt,
        about=about,
        pending=before.pending,
    )


def _marks(one: Resolved, before: Live) -> dict[str, Mark]:
    """What becomes of each key. A key that another manager brought is left alone."""
    marks: dict[str, Mark] = {}
    pins = before.pins
    for key, value in one.data.items():
        if key not in before.data:
            marks[key] = "+"
        elif before.data[key] != value:
            marks[key] = "~"
        elif pins and pins.get(key, "") != one.pins.get(key, ""):
            marks[key] = "="
    for key in before.ours - one.data.keys():
        if key in before.data:
            marks[key] = "-"
    return dict(sorted(marks.items()))


def _is_same(one: Resolved, before: Live, about: Meta, marks: Mapping[str, Mark]) -> bool:
    """Whether an apply would change nothing but the name of the commit."""
    held = {name: before.annotations.get(name) for name in about.annotations if name != COMMIT}
    return (
        not marks
        and before.ours == one.data.keys()
        and before.names - {PENDING, COMMIT} == {*about.labels, *about.annotations} - {COMMIT}
        and before.type == one.wanted.type
        and before.immutable == one.wanted.immutable
        and {name: before.labels.get(name) for name in about.labels} == dict(about.labels)
        and held == {name: text for name, text in about.annotations.items() if name != COMMIT}
    )


def body(change: Change, *, version: str = "", pending: Iterable[str] = ()) -> dict[str, object]:
    """The Secret that we send."""
    wanted = change.resolved.wanted
    about = change.about._replace(annotations={**change.about.annotations, **live.marker(pending)})
    return live.body(
        wanted.name, wanted.type, change.resolved.data, about, version=version, immutable=wanted.immutable
    )


def _tried(api: Api, asked: Asked, change: Change, dry_runs: bool) -> SealwardError | None:
    """What the server says to a dry run: rights, quota, type, immutability, conflicts, admission."""
    wanted = change.resolved.wanted
    other = change.before.target if change.before else ""
    if other not in ("", asked.target.name) and not asked.takes(wanted.name):
        hint = f"remove it there, or move it here with --take-over {wanted.name}"
        message = f"secret/{wanted.name} in {wanted.namespace} belongs to the target {other}"
        return SealwardError(message, hint)
    if not dry_runs or (change.state == "unchanged" and not change.pending):
        return None
    try:
        version = change.before.version if change.before else ""
        sent = body(change, version=version, pending=change.moved)
        api.apply(SECRET, wanted.namespace, sent, dry=True, force=asked.takes(wanted.name))
    except ApiError as error:
        if error.reason in ("away", "login"):
            raise
        return conflict(error, wanted.namespace, wanted.name) if error.reason == "conflict" else error
    return None


def conflict(error: ApiError, namespace: str, name: str) -> ApiError:
    """A conflict with other managers, by key and owner."""
    fields = (f"{one.field.removeprefix('.')} is held by {one.owner or 'somebody'}" for one in error.causes)
    hint = f"remove it there, or decide for Git with --take-over {name}"
    return ApiError(f"secret/{name} in {namespace}: {'; '.join(fields)}", hint, "conflict", error.causes)


def _tried_restart(api: Api, one: Restart) -> SealwardError | None:
    at = one.workload
    try:
        api.merge(at.kind, at.namespace, at.name, template(one.annotations), dry=True)
    except ApiError as error:
        if error.reason in ("away", "login"):
            raise
        return error
    return None


def template(annotations: Mapping[str, str | None]) -> dict[str, object]:
    """The merge patch that sets annotations of a pod template; None removes one."""
    return {"spec": {"template": {"metadata": {"annotations": dict(annotations)}}}}


def _workloads(
    api: Api, target: settings.Target, pool: ThreadPoolExecutor
) -> tuple[list[Workload], list[tuple[Kind, str]]]:
    """Everything with pods in the target's namespaces; and what may not be looked at."""
    kinds = (*ROLLING, *target.kinds, *OTHER)
    wanted = [(kind, space) for space in target.all_namespaces for kind in kinds]
    found: list[Workload] = []
    hidden: list[tuple[Kind, str]] = []
    for (kind, space), listed in zip(wanted, pool.map(lambda one: _listed(api, *one), wanted), strict=True):
        if isinstance(listed, ApiError):
            if kind not in OTHER or listed.reason != "forbidden":
                raise listed
            hidden.append((kind, space))
        else:
            found += listed
    return found, hidden


def _hidden(one: tuple[Kind, str]) -> str:
    kind, space = one
    return f"{kind.plural} in {space} may not be listed: which of them use these Secrets is not known"


def _listed(api: Api, kind: Kind, namespace: str) -> list[Workload] | ApiError:
    try:
        try:
            bodies = list(api.all(kind, namespace))
        except ApiError as error:
            if kind != CRON_JOB or error.reason != "missing":
                raise
            bodies = list(api.all(OLD_CRON_JOB, namespace))
    except ApiError as error:
        return error
    return [
        consumers.workload(kind, one) for one in bodies if kind not in OTHER or not consumers.is_owned(one)
    ]


def _restarts(
    asked: Asked, changes: Sequence[Change], workloads: Sequence[Workload]
) -> tuple[list[Restart], list[Left]]:
    by_space: dict[str, list[Change]] = {}
    for one in changes:
        by_space.setdefault(one.resolved.wanted.namespace, []).append(one)
    restarts: list[Restart] = []
    left: list[Left] = []
    for workload in workloads:
        found = _restart(asked, workload, by_space.get(workload.namespace, []))
        if isinstance(found, Restart):
            restarts.append(found)
        elif found is not None:
            left.append(found)
    return restarts, left


def _restart(asked: Asked, workload: Workload, changes: Sequence[Change]) -> Restart | Left | None:
    """Whether a workload is restarted. It is if, and only if, the digest of a key that it uses differs from
    the one that its pods were started with."""
    how = asked.target.restart
    uses = _uses(workload, changes, how)
    why = [
        text for one in changes if one.resolved.wanted.name in uses for text in _reasons(workload, one, uses)
    ]
    if not why:
        return None
    if workload.kind in OTHER:
        when = (
            "its next run gets the new values"
            if workload.kind == CRON_JOB
            else "it cannot be rolled: start it again by hand"
        )
        return Left(workload, when)
    if workload.annotation(PENDING) == "false":
        return Left(workload, f"its annotation {PENDING} says so")
    if how.only and workload.id not in how.only:
        return Left(workload, "it is not among `restart` of the target")
    if not how.consumers or not asked.restart:
        return Left(workload, "--no-restart" if how.consumers else "`restart: none` of the target")
    now = {
        digests.annotation(one.resolved.wanted.name): digests.record(
            one.salt, one.digests, _used(uses[one.resolved.wanted.name], one)
        )
        for one in changes
        if one.resolved.wanted.name in uses
    }
    return Restart(workload, tuple(why), now, {name: workload.annotations.get(name) for name in now})


def _uses(workload: Workload, changes: Sequence[Change], how: settings.Restart) -> dict[str, Use]:
    """What a workload uses that a restart is for. One that the target names by itself uses all."""
    found = {
        name: use
        for name, use in workload.uses.items()
        if not use.pulling and (how.volumes or not use.mounted)
    }
    names = {one.resolved.wanted.name for one in changes}
    if workload.id in how.only and not names & found.keys():
        return {name: consumers.Use(all=True) for name in names}
    return {name: use for name, use in found.items() if name in names}


def _used(use: Use, change: Change) -> set[str]:
    """The keys that a workload uses: what is in the Secret, another manager's keys left out."""
    return set(change.resolved.data) if use.all else set(use.keys)


def _reasons(workload: Workload, change: Change, uses: Mapping[str, Use]) -> Iterator[str]:
    """The keys for which the pods run with another value than they should, as ``secret:key``."""
    name = change.resolved.wanted.name
    use, now = uses[name], change.digests
    said = digests.recorded(workload.annotations.get(digests.annotation(name), ""))
    known = said.keys if said is not None and said.salt == digests.mark_of(change.salt) else {}
    candidates = set(now) | set(change.keys) | set(known) if use.all else set(use.keys)
    for key in sorted(candidates):
        differs = known[key] != now.get(key, "") if key in known else key in change.moved
        if differs:
            yield f"{name}:{key}"


def _carrying(changes: Sequence[Change], workloads: Sequence[Workload]) -> Iterator[Workload]:
    """The workloads that carry a digest of ours: if their rollout is not over, it is waited for."""
    names = {(one.resolved.wanted.namespace, digests.annotation(one.resolved.wanted.name)) for one in changes}
    for one in workloads:
        if one.kind not in OTHER and any((one.namespace, name) in names for name in one.annotations):
            yield one


def _pruned(
    api: Api,
    target: settings.Target,
    held: Inventory,
    wanted: Sequence[Resolved],
    workloads: Sequence[Workload],
    unseen: set[str],
) -> Iterator[Pruned]:
    """Names of the inventory that Git no longer has. No Secret is ever listed."""
    used = {(one.namespace, name): one.id for one in workloads for name in one.uses}
    spaces = set(target.all_namespaces) - unseen
    for name in sorted(set(held.secrets) - {one.wanted.id for one in wanted}):
        space, _, short = name.partition("/")
        if space not in spaces:
            why = (
                "who uses it may not be looked at"
                if space in unseen
                else f"{space} is not the target's any more"
            )
            yield Pruned(space, short, None, why)
            continue
        found = api.get(SECRET, space, short)
        before = None if found is None else live.read(found)
        kept = ""
        if before is not None and not before.belongs_to(target.name):
            kept = "it is no longer ours: somebody took our label away"
        elif before is not None and (space, short) in used:
            kept = f"{used[space, short]} uses it"
        yield Pruned(space, short, before, kept)


def _copies(changes: Iterable[Change]) -> Iterator[str]:
    for one in changes:
        if one.before is not None and one.before.has_copy:
            name = one.resolved.wanted.name
            yield (
                f"secret/{name}: `kubectl apply` left a copy of the values in an annotation"
                f" (--take-over {name} removes it)"
            )
