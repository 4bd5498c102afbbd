"""Several rotations in one run: all prepared before the first write, each carried out for itself."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from sealward import shell
from sealward.children import at_once
from sealward.errors import SealwardError
from sealward.rotation import unfinished
from sealward.rotation.permissions import Permissions
from sealward.rotation.plan import Plan, make_plan
from sealward.rotation.preconditions import check_programs
from sealward.rotation.renewed import as_done
from sealward.rotation.repinning import repinned
from sealward.rotation.steps import Prepared, checkpoint, rotate
from sealward.terminal import unseen
from sealward.vault.server_clock import by_server
from sealward.vault.transport import VaultError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from sealward.rotation.plan import Target
    from sealward.sealed.files import Sealed
    from sealward.sealed.unopened import Unopened
    from sealward.sops.reading.identities import Identities
    from sealward.terminal import Progress
    from sealward.vault.client import Client


class Outcome(NamedTuple):
    """What became of a batch: the rotations done, and those that could not be, with the reason.

    ``problems`` are those of rotations that are done all the same; ``is_cut_short`` says that the server or
    the token failed, so that every further request would.
    """

    done: tuple[Plan, ...]
    failed: tuple[tuple[Target, SealwardError], ...]
    problems: tuple[SealwardError, ...] = ()
    is_cut_short: bool = False


class Ready(NamedTuple):
    """What a batch can do, and what it cannot, with the reason. Nothing has been changed."""

    prepared: tuple[Prepared, ...]
    failed: tuple[tuple[Target, SealwardError], ...] = ()

    @property
    def plans(self) -> list[Plan]:
        """The plans of what can be done."""
        return [one.plan for one in self.prepared]


class Batch:
    """Rotations over one set of opened files; ``dirty`` are the paths with uncommitted changes, ``now`` is a
    clock in seconds since 1970, ``unopened`` are the files that hold back what they might refer to.
    ``half_staged`` are the paths whose staged content a commit would throw away."""

    def __init__(
        self,
        client: Client,
        identities: Identities,
        sealed: Sequence[Sealed],
        dirty: set[str],
        now: Callable[[], float] = time.time,
        unopened: Sequence[Unopened] = (),
        half_staged: Collection[str] = (),
    ) -> None:
        self.half_staged = half_staged
        self.client = client
        self.unopened = unopened
        self.identities = identities
        self.files = {one.path: one for one in sealed}
        self.dirty = dirty
        self.now = by_server(client, now)
        self.permissions = Permissions(client, ())
        self._before: dict[tuple[str, str], list[Plan]] = {}
        """What is planned of a secret already, while its next rotation is being planned."""

    def prepare(self, targets: Sequence[Target], progress: Progress = unseen) -> Ready:
        """Plan every rotation, what is unfinished of its secret first, and make and verify the copies of its
        files, each on those of the one before; nothing is changed. What cannot be planned is set apart, and
        the rest goes on. Raises SealwardError where the server or the token failed: nothing can be planned
        then.
        """
        self.permissions = Permissions(self.client, [(one.mount, one.path) for one in targets])
        plans: list[Plan] = []
        failed: list[tuple[Target, SealwardError]] = []
        targets = unfinished.first(targets, self.client)
        self._before = {}
        for number, target in enumerate(targets):
            progress(number, len(targets), f"checking {target.name}")
            try:
                self._check_held_back(target)
                plan = self._plan(target)
                self._before.setdefault((target.mount, target.path), []).append(plan)
                plans.append(plan)
            except SealwardError as error:
                if _ends_the_run(error):
                    raise
                failed.append((target, error))
        progress(len(targets), len(targets), "checked")
        ready, torn = self._with_copies(plans, progress)
        checkpoint("prepared")
        return Ready(tuple(ready), (*failed, *torn))

    def run(self, planned: Ready, progress: Progress = unseen) -> Outcome:
        """Carry out prepared rotations; one that fails leaves its old pin, and the others go on, unless
        it is the server or the token that failed."""
        ready = planned.prepared
        self._before = {}
        done: list[Plan] = []
        failed = list(planned.failed)
        problems: list[SealwardError] = []
        cut_short = False
        for number, prepared_first in enumerate(ready):
            prepared, target = prepared_first, prepared_first.plan.target
            progress(number, len(ready), f"rotating {target.name}")
            try:
                changed = any(self.files[one.path].data != one.data for one, _ in prepared.copies)
                if changed or any(one.name == target.name for one, _ in failed):
                    prepared = self._again(target)  # an earlier one failed
                left = rotate(prepared, self.client, target.verify, now=self.now)
            except SealwardError as error:
                failed.append((target, error))
                cut_short = _ends_the_run(error)
            else:
                self.files.update((after.path, after) for _, after in prepared.copies)
                plan, kept = as_done(prepared.plan)
                done.append(plan)
                problems += [kept] if kept else []
                problems += [_not_ended(target, left)] if left else []
                cut_short = left is not None and _ends_the_run(left)
            if cut_short:
                failed += [(one.plan.target, _not_started()) for one in ready[number + 1 :]]
                break
        progress(len(ready), len(ready), "rotated")
        return Outcome(tuple(done), tuple(failed), tuple(problems), cut_short)

    def _plan(self, target: Target) -> Plan:
        before = self._before.get((target.mount, target.path), [])
        finished = [one.target.finishes.identity for one in before if one.target.finishes]
        sealed = [one.pinned_as(before[-1].moves) if before else one for one in self.files.values()]
        plan = make_plan(target, self.client, sealed, self.dirty, self.permissions, finished)
        for one in plan.files:
            if one.path in self.half_staged:
                hint = f"commit it, or take it back (`git restore --staged {shell.pathspec(one.path)}`)"
                raise SealwardError(f"{one.path} has uncommitted changes in the index", hint)
        if plan.files:
            check_programs(plan, str(plan.files[0].top))
        return plan

    def _check_held_back(self, target: Target) -> None:
        for one in self.unopened:
            if one.may_refer(target.mount, target.path, target.files):
                raise SealwardError(
                    f"{one.path} may pin it, and cannot be opened: {one.error.message}", one.error.hint
                )

    def _again(self, target: Target) -> Prepared:
        ready, failed = self._with_copies([self._plan(target)])
        for _, error in failed:
            raise error
        return ready[0]

    def _with_copies(
        self, plans: Sequence[Plan], progress: Progress = unseen
    ) -> tuple[list[Prepared], list[tuple[Target, SealwardError]]]:
        """The plans with their copies, and the targets of those whose copies cannot be made. Files are
        independent of each other, so several are made at once. Where a plan fails in one file, its other
        files are made again without it."""
        made: dict[tuple[str, ...], _Copies] = {}
        failed: list[tuple[Target, SealwardError]] = []
        while True:
            touching: dict[str, list[Plan]] = {}
            for plan in plans:
                for one in plan.files:
                    touching.setdefault(one.path, []).append(plan)
            names = {path: (path, *map(_label, steps)) for path, steps in touching.items()}
            missing = [(path, steps) for path, steps in touching.items() if names[path] not in made]
            for number, ((path, _), copies) in enumerate(
                zip(missing, at_once(self._copies, missing), strict=True), 1
            ):
                made[names[path]] = copies
                progress(number, len(missing), f"prepared {path}")
            wrong = {name: error for path in touching for name, error in made[names[path]].failed.items()}
            if not wrong:
                break
            failed += [(one.target, wrong[one.target.name]) for one in plans if one.target.name in wrong]
            plans = [one for one in plans if one.target.name not in wrong]
        steps_of = {path: made[names[path]].steps for path in touching}
        return [
            Prepared(plan, tuple(steps_of[one.path][_label(plan)] for one in plan.files)) for plan in plans
        ], failed

    def _copies(self, touched: tuple[str, Sequence[Plan]]) -> _Copies:
        """A file before and after each plan, one after the other; a plan that it cannot take is left out."""
        path, plans = touched
        state, steps, failed = self.files[path], {}, {}
        for plan in plans:
            try:
                after = repinned(state, plan, self.identities)
            except SealwardError as error:
                failed[plan.target.name] = error
                continue
            steps[_label(plan)] = (state, after)
            state = after
        return _Copies(steps, failed)


class _Copies(NamedTuple):
    """One file's copies by the secret and its new version, (before, after), and the secrets that it cannot
    take."""

    steps: dict[str, tuple[Sealed, Sealed]]
    failed: dict[str, SealwardError]


def _label(plan: Plan) -> str:
    """One rotation of a run: a secret may have an unfinished one, and another after it."""
    return f"{plan.target.name}#{plan.new}"


def _ends_the_run(error: SealwardError) -> bool:
    """Whether it is the server or the token that failed, and not one secret."""
    return isinstance(error, VaultError) and error.ends_the_run


def _not_ended(target: Target, reason: VaultError) -> SealwardError:
    return SealwardError(
        f"{target.name} is rotated and pinned, but its entry in the journal may be left: {reason.message}",
        f"{reason.hint}; then `sealward rotate --resume`",
    )


def _not_started() -> SealwardError:
    return SealwardError("it was not started", "fix that, `sealward rotate --resume`, and run this again")
