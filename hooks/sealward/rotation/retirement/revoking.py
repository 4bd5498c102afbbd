"""Old values revoked where they were issued: once nothing deployed holds them, and some grace.

What counts is the value: a version that is pinned nowhere may share it with one that is. A rotation whose
policy says ``retire`` leaves notes (see ``notes``); whichever run finds one due runs the policy's program,
and notes on the server that the version was revoked. Vault's old version itself stays.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from sealward import shell
from sealward.errors import SealwardError
from sealward.rotation import entries
from sealward.rotation.programs import Program, Role
from sealward.rotation.retirement import notes
from sealward.rotation.retirement.claims import Claim
from sealward.rotation.retirement.registry import registered
from sealward.rotation.values import protocol
from sealward.rotation.values.protocol import Request
from sealward.times import iso, seconds_of
from sealward.vault.transport import VaultError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sealward.plaintext import Plaintext
    from sealward.rotation.policy.policy import Policy
    from sealward.rotation.retirement.holdings import Holder
    from sealward.rotation.retirement.notes import Retirement
    from sealward.rotation.retirement.registry import Registered
    from sealward.vault.client import Client

Values = dict[str, "Plaintext"]


class Kind(str, Enum):
    """What an old value waits for."""

    PINNED = "pinned"
    CLOSED = "closed"
    PROPOSED = "proposed"
    UNKNOWN = "unknown"
    REGISTERED = "registered"
    SAME_VALUE = "same-value"
    GRACE = "grace"
    CLAIMED = "claimed"
    POLICY = "policy"
    NEWEST = "newest"


_ALWAYS = (Kind.POLICY, Kind.NEWEST)
"""What not even a person can pass over."""


class Obstacle(NamedTuple):
    """Why a value must not be retired yet: as a kind for programs, as a clause for people."""

    kind: Kind
    text: str


class Retired(NamedTuple):
    """What became of old values: revoked by the policy's program; still waiting, with what for; not revoked,
    with the reason; and, as there is ``nothing`` to revoke of them, forgotten, with the reason. ``warnings``
    are what people should know besides."""

    done: tuple[Retirement, ...] = ()
    waiting: tuple[tuple[Retirement, Obstacle], ...] = ()
    failed: tuple[tuple[Retirement, SealwardError], ...] = ()
    nothing: tuple[tuple[Retirement, str], ...] = ()
    warnings: tuple[str, ...] = ()


class Users(NamedTuple):
    """Who uses a secret: ``held`` says who pins which version here; ``own`` is this repository's name in the
    registry of the others. ``closed`` are places that could not be opened, ``unknown`` says why not all are
    known; empty where they are. ``free_since`` is from when on the deployed branches are as they are, where
    anybody has seen that. ``reached`` is the newest version that ``main`` pins, the branch that proposals are
    merged into."""

    held: Mapping[int, Holder] = {}
    closed: Sequence[Holder] = ()
    unknown: str = ""
    own: str = ""
    free_since: float | None = None
    reached: int | None = None
    main: str = ""


class How(NamedTuple):
    """How a run goes about it: ``now`` is in seconds since 1970. Without ``act`` nothing is changed, and what
    would be is said. ``at_once`` revokes what is still in use, too, and names its users; ``version`` is the
    only one that is meant (None: all). ``allowed`` is asked before a program runs, and raises SealwardError
    where it must not."""

    now: float
    act: bool = True
    at_once: bool = False
    version: int | None = None
    allowed: Callable[[Program], None] | None = None


class Secret:
    """The old values of one secret, one after the other; programs run in ``folder``."""

    def __init__(
        self,
        client: Client,
        secret: tuple[str, str],
        policy: Policy | None,
        users: Users,
        folder: str,
        how: How,
    ) -> None:
        self._client = client
        self.mount, self.path = secret
        self._policy = policy
        self._users = users
        self._folder = folder
        self._how = how
        self._now = how.now
        self._values: dict[int, Values | None] = {}
        self.metadata = client.metadata_now(*secret)

    @property
    def name(self) -> str:
        """``mount/path``."""
        return f"{self.mount}/{self.path}"

    def settle(self) -> Retired:
        """Revoke what is due (of one version, or of all). Raises VaultError where the server or the token as
        such fails."""
        result = Retired()
        for one in notes.pending(self.mount, self.path, self.metadata):
            if self._how.version in (None, one.version):
                result = joined(result, self._one(one))
        return result

    def _one(self, one: Retirement) -> Retired:
        try:
            return self._judged(one)
        except VaultError as error:
            if error.ends_the_run:
                raise
            return Retired(failed=((one, error),))
        except SealwardError as error:
            return Retired(failed=((one, error),))

    def _judged(self, one: Retirement) -> Retired:
        if all(one.version != left.version for left in notes.pending(self.mount, self.path, self.metadata)):
            return Retired(nothing=((one, "its values were revoked with those of another version"),))
        obstacle = self._obstacle(one)
        if obstacle is not None and not (self._how.at_once and obstacle.kind not in _ALWAYS):
            self._restart(one)
            return Retired(waiting=((one, obstacle),))
        free, shared = self._sorted(one)
        if self._how.at_once and (free or shared):
            held = self._held(one)
            used = {**free, **{key: held[key] for key in shared}}
            result = self._revoked(one._replace(due=self._now), used, ())
            return result._replace(warnings=(*result.warnings, *self._broken(one)))
        if not free and not shared:
            self._annotate(one.forgotten())
            return Retired(nothing=((one, "the newest version has the same values"),))
        if not free:
            self._restart(one)
            version = min(shared.values())
            holder = self._users.held.get(version)
            others = (other.repository for other in self._others() if other.pins(version))
            who = holder.path if holder else next(others, "nobody")
            keys = ", ".join(sorted(shared))
            text = f"once {who} no longer pins version {version}, which has the same {keys}"
            return Retired(waiting=((one, Obstacle(Kind.SAME_VALUE, text)),))
        reached = self._users.reached
        if reached is not None and one.version > reached:
            self._restart(one)
            why = (
                f"once {self._users.main} pins a newer version: a branch that pins this one may yet be merged"
            )
            return Retired(waiting=((one, Obstacle(Kind.PROPOSED, why)),))
        due = self._due(one)
        if self._now < due:
            return Retired(waiting=((one._replace(due=due), Obstacle(Kind.GRACE, f"from {iso(due)} on")),))
        return self._revoked(one._replace(due=due), free, tuple(shared))

    def _obstacle(self, one: Retirement) -> Obstacle | None:
        users = self._users
        if self._policy is None or not self._policy.retire:
            why = "once a policy says how (`retire`), or `sealward retire --done` that it was done by hand"
            return Obstacle(Kind.POLICY, why)
        if one.version == self.metadata.current:
            return Obstacle(Kind.NEWEST, "once there is a newer version: rotate it first")
        if one.version in users.held:
            return Obstacle(Kind.PINNED, users.held[one.version].until)
        if users.unknown:
            return Obstacle(Kind.UNKNOWN, users.unknown)
        for place in users.closed[:1]:
            where = f" of {place.branch}" if place.branch else ""
            why = (
                f"once {place.path}{where}, which might pin it, can be opened here"
                " (or `files` of the policy says where its references stand)"
            )
            return Obstacle(Kind.CLOSED, why)
        for other in self._others():
            if other.pins(one.version):
                return Obstacle(Kind.REGISTERED, _until(other))
        return None

    def _broken(self, one: Retirement) -> list[str]:
        """Who uses a version, as lines for people."""
        holder = self._users.held.get(one.version)
        where = f" of {holder.branch}" if holder is not None and holder.branch else ""
        users = [f"{holder.path}{where}"] if holder is not None else []
        users += [f"repository {other.repository}" for other in self._others() if other.pins(one.version)]
        users += [f"perhaps {place.path}, which could not be opened" for place in self._users.closed]
        verb = "is" if self._how.act else "would be"
        return [f"{user} still pins {one.name}, which {verb} revoked: re-pin and deploy it" for user in users]

    def _others(self) -> list[Registered]:
        """The other repositories whose pins are waited for."""
        found = registered(self.metadata)
        return [one for one in found if one.repository != self._users.own and not one.is_stale(self._now)]

    def _passed_over(self, one: Retirement) -> tuple[str, ...]:
        """Lines about repositories that pinned the version, and have not been seen for long."""
        return tuple(
            f"{other.repository} pinned {one.name} on {iso(other.seen)}, and has not registered since:"
            " it was not waited for"
            for other in registered(self.metadata)
            if other.repository != self._users.own and other.is_stale(self._now) and other.pins(one.version)
        )

    def _sorted(self, one: Retirement) -> tuple[Values, dict[str, int]]:
        """The values that nobody uses any more; and the keys whose value a version in use has as well, with
        that version. What the newest version has is neither: it was not replaced."""
        held = self._held(one)
        newest = self._read(self.metadata.current) or {}
        free: Values = {}
        shared: dict[str, int] = {}
        for key in entries.resolved(one.keys, held):
            if key not in held or newest.get(key) == held[key]:
                continue
            users = (
                version for version in self._in_use() if (self._read(version) or {}).get(key) == held[key]
            )
            version = next(users, None)
            if version is None:
                free[key] = held[key]
            else:
                shared[key] = version
        return free, shared

    def _in_use(self) -> list[int]:
        """The versions that are pinned, here or elsewhere."""
        others = self._others()
        elsewhere = {one for one in self.metadata.versions if any(other.pins(one) for other in others)}
        return sorted(elsewhere.union(self._users.held))

    def _held(self, one: Retirement) -> Values:
        """The values of a version. Raises SealwardError where Vault has them no more."""
        found = self._read(one.version)
        if found is None:
            raise SealwardError(
                f"{one.name} is no longer in Vault",
                "revoke its value by hand where it was issued, then"
                f" `sealward retire {shell.path(self.name)} --version {one.version} --done`",
            )
        return found

    def _read(self, version: int) -> Values | None:
        if version not in self._values:
            try:
                self._values[version] = self._client.read(self.mount, self.path, version).values
            except VaultError as error:
                if error.status != 404:
                    raise
                self._values[version] = None
        return self._values[version]

    def _restart(self, one: Retirement) -> None:
        """Something holds it (again): the grace starts when nothing does."""
        if one.due is not None and self._policy is not None and self._policy.retire:
            self._annotate(one._replace(due=None, grace=self._policy.grace).written())

    def _due(self, one: Retirement) -> float:
        """When the grace is over; the first run that sees the version free notes it."""
        if one.due is not None:
            return one.due
        assert self._policy is not None
        seen = None if self._others() else self._users.free_since
        since = min(self._now, seen or self._now)
        replaced = self.metadata.versions.get(one.version + 1)
        since = max(since, (seconds_of(replaced.created) or self._now) if replaced else since)
        due = min(since, self._now) + (self._policy.grace if one.grace else 0)
        if self._now < due:
            self._annotate(one._replace(due=due).written())
        return due

    def _revoked(self, one: Retirement, free: Values, left: tuple[str, ...]) -> Retired:
        """Run the policy's program, by one run at a time, and note it. A run that is killed in between leaves
        the note: the program is run again by the next one."""
        assert self._policy is not None
        policy = self._policy
        if not self._how.act:
            return Retired(done=(one._replace(keys=tuple(free)),))
        if self._how.allowed is not None:
            self._how.allowed(Program(Role.RETIRE, policy.retire, policy.environment))
        claim = Claim(self._client, self.mount, self.path, policy.seconds)
        try:
            if not claim.taken(self._now):
                busy = Obstacle(Kind.CLAIMED, "as soon as another run is done with it")
                return Retired(waiting=((one, busy),))
            self.metadata = self._client.metadata_now(self.mount, self.path)
            still = [left.version for left in notes.pending(self.mount, self.path, self.metadata)]
            if one.version not in still:
                return Retired(nothing=((one, "another run has revoked it"),))
            late = next((other for other in self._others() if other.pins(one.version)), None)
            if late is not None and not self._how.at_once:
                return Retired(waiting=((one, Obstacle(Kind.REGISTERED, _until(late))),))
            request = Request(
                mount=self.mount, path=self.path, keys=tuple(free), version=one.version, folder=self._folder
            )
            protocol.retire(policy.retire, policy.seconds, request, free, policy.environment)
            self._annotate({**self._over(one, free, left), claim.name: None})
            claim.is_there = False
        finally:
            claim.give_back()
        return Retired(done=(one._replace(keys=tuple(free)),), warnings=self._passed_over(one))

    def _over(self, one: Retirement, revoked: Values, left: tuple[str, ...]) -> dict[str, str | None]:
        """What is noted of revoked values, in whichever versions they stand: nobody revokes them twice."""
        changes: dict[str, str | None] = {}
        gone = {one.version}
        for version, known in sorted(self.metadata.versions.items()):
            if version == one.version or not known.is_readable(self._now):
                continue
            values = self._read(version) or {}
            if any(values.get(key) == value for key, value in revoked.items()):
                gone.add(version)
        for other in notes.pending(self.mount, self.path, self.metadata):
            if other.version not in gone:
                continue
            values = self._read(other.version) or {}
            keys = entries.resolved(other.keys, values)
            kept = tuple(key for key in keys if values.get(key) != revoked.get(key, ...))
            kept = tuple(key for key in kept if other.version != one.version or key in left)
            changes.update(other._replace(keys=kept).written() if kept else other.forgotten())
        return {**changes, **notes.marked(gone, self.metadata, self._now)}

    def _annotate(self, changes: Mapping[str, str | None]) -> None:
        if not self._how.act:
            return
        self._client.annotate(self.mount, self.path, changes)
        custom = {**self.metadata.custom, **changes}
        kept = {name: text for name, text in custom.items() if text is not None}
        self.metadata = self.metadata._replace(custom=kept)


def _until(other: Registered) -> str:
    return (
        f"once {other.repository} no longer pins it (seen {iso(other.seen)};"
        " `sealward status --register` there says so)"
    )


def joined(first: Retired, second: Retired) -> Retired:
    """Both results in one."""
    return Retired(
        done=first.done + second.done,
        waiting=first.waiting + second.waiting,
        failed=first.failed + second.failed,
        nothing=first.nothing + second.nothing,
        warnings=first.warnings + second.warnings,
    )


def settled(results: Iterable[Retired]) -> Retired:
    """What became of the old values of several secrets."""
    whole = Retired()
    for one in results:
        whole = joined(whole, one)
    return whole
