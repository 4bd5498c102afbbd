"""A plan carried out: Secrets, restarts, then what is no longer wanted; stopped at the first failure.

Kubernetes has no transaction over several objects. So everything was tried before (the plan's dry runs), each
write goes only over what the plan has read, and what a failure leaves half done is taken back, or named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.deploy import inventory, live, plan
from sealward.deploy.api import ApiError
from sealward.deploy.kinds import SECRET
from sealward.deploy.live import Live, Meta
from sealward.deploy.manifests import KEPT_BY_KUBECTL
from sealward.deploy.shape import mapping, text
from sealward.errors import SealwardError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sealward.deploy.api import Api
    from sealward.deploy.plan import Asked, Change, Plan, Restart
    from sealward.deploy.shape import Json

    Checkpoint = Callable[[str], None]
    """Called with the name of each step that was just done, so that tests can end the run there."""


class Written(NamedTuple):
    """A Secret that was written: its change, and the object as the server then had it."""

    change: Change
    metadata: Json


class Stopped(NamedTuple):
    """Why a run did not get to its end: the error, what was taken back, and what could not be."""

    error: SealwardError
    taken_back: tuple[str, ...] = ()
    standing: tuple[str, ...] = ()
    during: str = "secrets"


class Applied(NamedTuple):
    """What was done. ``stopped`` says why not all of it."""

    written: tuple[Written, ...] = ()
    restarted: tuple[Restart, ...] = ()
    pruned: tuple[str, ...] = ()
    stopped: Stopped | None = None


def nothing(step: str) -> None:
    """No test ends the run here."""


class Run:
    """One apply of a plan. ``checkpoint`` is called after each write."""

    def __init__(self, api: Api, asked: Asked, made: Plan, checkpoint: Checkpoint = nothing) -> None:
        self.api = api
        self.asked = asked
        self.plan = made
        self.checkpoint = checkpoint
        self.written: list[Written] = []
        self.restarted: list[Restart] = []
        self._unclear: Change | None = None

    def secrets_and_restarts(self) -> Applied:
        """Write the Secrets, then restart: one patch a workload. Never raises for a refusal."""
        try:
            self._announce()
            for change in self.plan.changes:
                if change.state != "unchanged":
                    self._write(change)
        except ApiError as error:
            back, standing = self._take_back()
            return Applied(stopped=Stopped(error, back, standing))
        try:
            for restart in self.plan.restarts:
                self._restart(restart)
            self._settle()
            self._note()
        except ApiError as error:
            return self._so_far(Stopped(error, during="restarts"))
        return self._so_far(None)

    def prune(self) -> Applied:
        """Remove what Git no longer has, once every rollout is over. Never raises for a refusal."""
        removed: list[str] = []
        try:
            for one in self.plan.pruned:
                if one.kept:
                    continue
                if one.before is not None:
                    self._delete(one.namespace, one.name, one.before)
                removed.append(f"{one.namespace}/{one.name}")
            self._note(removed)
        except ApiError as error:
            return Applied(pruned=tuple(removed), stopped=Stopped(error, during="prune"))
        return Applied(pruned=tuple(removed))

    def undo(self) -> Applied:
        """Every Secret and pod template as it was read before the first write (``--rollback``)."""
        back, standing = self._take_back(created=False)
        try:
            new = {one.change.id: dict[str, str]() for one in self.written if one.change.before is None}
            inventory.write(self.api, self.asked.target, {**self.plan.inventory.secrets, **new})
            for one in self.restarted:
                at = one.workload
                self.api.merge(at.kind, at.namespace, at.name, plan.template(one.former))
                self.checkpoint(f"undone {at.id}")
        except ApiError as error:
            return Applied(stopped=Stopped(error, back, standing, "rollback"))
        if standing:
            lost = SealwardError(
                f"still changed: {', '.join(standing)}", "apply a commit with the former pins"
            )
            return Applied(stopped=Stopped(lost, back, standing, "rollback"))
        return Applied(restarted=tuple(self.restarted))

    def _so_far(self, stopped: Stopped | None) -> Applied:
        return Applied(tuple(self.written), tuple(self.restarted), (), stopped)

    def _announce(self) -> None:
        """Note the names of new Secrets before they are made: none is ever forgotten."""
        held = self.plan.inventory.secrets
        new = {one.id: dict[str, str]() for one in self.plan.changes if one.id not in held}
        if new:
            inventory.write(self.api, self.asked.target, {**held, **new})
            self.checkpoint("announced")

    def _note(self, removed: list[str] | None = None) -> None:
        """Note what is there now, with its pins; what is not pruned stays noted."""
        held = self.plan.inventory.secrets
        kept = self.asked.target.annotate
        now = {one.id: dict(one.resolved.pins) if kept else {} for one in self.plan.changes}
        gone = set(removed or ())
        after: Mapping[str, Mapping[str, str]] = {
            name: pins for name, pins in {**held, **now}.items() if name not in gone
        }
        if after != held:
            inventory.write(self.api, self.asked.target, after)
            self.checkpoint("noted")

    def _write(self, change: Change) -> None:
        wanted = change.resolved.wanted
        version = change.before.version if change.before else ""
        pending = change.moved if self._has_consumers(change) else ()
        sent = plan.body(change, version=version, pending=pending)
        force = self.asked.takes(wanted.name)
        try:
            found = self.api.apply(SECRET, wanted.namespace, sent, force=force)
        except ApiError as error:
            self._unclear = change if error.reason == "away" else None
            if error.reason == "conflict":
                raise plan.conflict(error, wanted.namespace, wanted.name) from None
            raise
        if force and change.before is not None and change.before.has_copy:
            patch: Json = {"metadata": {"annotations": {KEPT_BY_KUBECTL: None}}}
            found = self.api.merge(SECRET, wanted.namespace, wanted.name, patch)
        self.written.append(Written(change, mapping(found, "metadata")))
        self.checkpoint(f"wrote {change.id}")

    def _has_consumers(self, change: Change) -> bool:
        """Whether a restart is due for this Secret, now or (``--no-restart``) later."""
        name, space = change.resolved.wanted.name, change.resolved.wanted.namespace
        if not self.asked.target.restart.consumers:
            return False
        due = [(one.workload, one.why) for one in self.plan.restarts]
        if not self.asked.restart:
            due += [(one.workload, (f"{name}:",)) for one in self.plan.left if name in one.workload.uses]
        return any(
            workload.namespace == space and any(text.startswith(f"{name}:") for text in why)
            for workload, why in due
        )

    def _restart(self, one: Restart) -> None:
        at = one.workload
        self.api.merge(at.kind, at.namespace, at.name, plan.template(one.annotations))
        self.restarted.append(one)
        self.checkpoint(f"restarted {at.id}")

    def _settle(self) -> None:
        """Take the marks of pending restarts away."""
        if not self.asked.restart:
            return
        written = {one.change.id: one for one in self.written}
        for change in self.plan.changes:
            mark = written.get(change.id)
            had = mark is not None and self._has_consumers(change)
            if not had and not (mark is None and change.pending):
                continue
            wanted = change.resolved.wanted
            version = (
                text(mark.metadata, "resourceVersion")
                if mark
                else change.before.version
                if change.before
                else ""
            )
            found = self.api.apply(SECRET, wanted.namespace, plan.body(change, version=version))
            if mark is not None:
                self.written[self.written.index(mark)] = Written(change, mapping(found, "metadata"))
            self.checkpoint(f"settled {change.id}")

    def _delete(self, namespace: str, name: str, before: Live) -> None:
        try:
            self.api.delete(SECRET, namespace, name, {"metadata": before.metadata})
        except ApiError as error:
            if error.reason != "missing":
                raise
        self.checkpoint(f"pruned {namespace}/{name}")

    def _take_back(self, *, created: bool = True) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What was written, as it was read before; only where nobody wrote it since."""
        back: list[str] = []
        standing = self._settled()
        for one in reversed(self.written):
            before = one.change.before
            if before is None and not created:
                continue
            try:
                self._restore(one, before)
                back.append(one.change.id)
            except ApiError:
                standing.append(one.change.id)
        return tuple(back), tuple(standing)

    def _settled(self) -> list[str]:
        """Find out whether a write that got no answer was made; its name, where nobody can say."""
        change, self._unclear = self._unclear, None
        if change is None:
            return []
        wanted = change.resolved.wanted
        try:
            found = self.api.get(SECRET, wanted.namespace, wanted.name)
        except ApiError:
            return [change.id]
        now = None if found is None else live.read(found)
        if now is None or (change.before is not None and now.version == change.before.version):
            return []
        if all(now.data.get(key) == value for key, value in change.resolved.data.items()):
            self.written.append(Written(change, now.metadata))
            return []
        return [change.id]

    def _restore(self, one: Written, before: Live | None) -> None:
        wanted = one.change.resolved.wanted
        if before is None:
            self.api.delete(SECRET, wanted.namespace, wanted.name, {"metadata": one.metadata})
            return
        names = {*before.names, *one.change.about.labels, *one.change.about.annotations}
        about = Meta(
            {name: value for name, value in before.labels.items() if name in names},
            {name: value for name, value in before.annotations.items() if name in names},
        )
        keys = before.ours | one.change.resolved.data.keys()
        data = {key: value for key, value in before.data.items() if key in keys}
        version = text(one.metadata, "resourceVersion")
        sent = live.body(wanted.name, before.type, data, about, version=version, immutable=before.immutable)
        self.api.apply(SECRET, wanted.namespace, sent, force=True)
        self.checkpoint(f"took back {one.change.id}")
