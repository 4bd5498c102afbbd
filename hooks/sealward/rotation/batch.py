"""Several rotations in one run: all prepared before the first write, each carried out for itself."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from sealward.children import at_once
from sealward.errors import SealwardError
from sealward.rotation.permissions import Permissions
from sealward.rotation.plan import Plan, make_plan
from sealward.rotation.repinning import repinned
from sealward.rotation.steps import Prepared, checkpoint, rotate
from sealward.terminal import unseen
from sealward.vault.transport import VaultError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sealward.rotation.plan import Target
    from sealward.sealed.files import Sealed
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


class Batch:
    """Rotations over one set of opened files; ``dirty`` are the paths with uncommitted changes, ``now`` is a
    clock in seconds since 1970."""

    def __init__(
        self,
        client: Client,
        identities: Identities,
        sealed: Sequence[Sealed],
        dirty: set[str],
        now: Callable[[], float] = time.time,
    ) -> None:
        self.client = client
        self.identities = identities
        self.files = {one.path: one for one in sealed}
        self.dirty = dirty
        self.now = now
        self.permissions = Permissions(client, ())

    def prepare(self, targets: Sequence[Target], progress: Progress = unseen) -> list[Prepared]:
        """Plan every rotation, and make and verify the copies of its files, each on those of the one
        before; nothing is changed. Raises SealwardError for the first one that cannot be done.
        """
        self.permissions = Permissions(self.client, [(one.mount, one.path) for one in targets])
        plans = []
        for number, target in enumerate(targets):
            progress(number, len(targets), f"checking {target.name}")
            plans.append(self._plan(target))
        progress(len(targets), len(targets), "checked")
        ready = self._with_copies(plans, progress)
        checkpoint("prepared")
        return ready

    def run(self, ready: Sequence[Prepared], progress: Progress = unseen) -> Outcome:
        """Carry out prepared rotations; one that fails leaves its old pin, and the others go on, unless
        it is the server or the token that failed."""
        done: list[Plan] = []
        failed: list[tuple[Target, SealwardError]] = []
        problems: list[SealwardError] = []
        cut_short = False
        for number, prepared_first in enumerate(ready):
            prepared, target = prepared_first, prepared_first.plan.target
            progress(number, len(ready), f"rotating {target.name}")
            try:
                if any(self.files[before.path].data != before.data for before, _ in prepared.copies):
                    [prepared] = self._with_copies([self._plan(target)])  # an earlier one failed
                left = rotate(prepared, self.client, target.verify, now=self.now)
            except SealwardError as error:
                failed.append((target, error))
                cut_short = _ends_the_run(error)
            else:
                self.files.update((after.path, after) for _, after in prepared.copies)
                done.append(prepared.plan)
                problems += [_not_ended(target, left)] if left else []
                cut_short = left is not None and _ends_the_run(left)
            if cut_short:
                failed += [(one.plan.target, _not_started()) for one in ready[number + 1 :]]
                break
        progress(len(ready), len(ready), "rotated")
        return Outcome(tuple(done), tuple(failed), tuple(problems), cut_short)

    def _plan(self, target: Target) -> Plan:
        return make_plan(target, self.client, list(self.files.values()), self.dirty, self.permissions)

    def _with_copies(self, plans: Sequence[Plan], progress: Progress = unseen) -> list[Prepared]:
        """The plans with their copies. Files are independent of each other, so several are made at once."""
        touching: dict[str, list[Plan]] = {}
        for plan in plans:
            for one in plan.files:
                touching.setdefault(one.path, []).append(plan)
        copies: dict[str, Iterator[tuple[Sealed, Sealed]]] = {}
        made = at_once(self._copies, list(touching.items()))
        for number, (path, steps) in enumerate(zip(touching, made, strict=True), 1):
            copies[path] = steps
            progress(number, len(touching), f"prepared {path}")
        return [Prepared(plan, tuple(next(copies[one.path]) for one in plan.files)) for plan in plans]

    def _copies(self, touched: tuple[str, Sequence[Plan]]) -> Iterator[tuple[Sealed, Sealed]]:
        """A file before and after each plan, one after the other."""
        path, plans = touched
        states = [self.files[path]]
        for plan in plans:
            states.append(repinned(states[-1], plan, self.identities))
        return pairwise(states)


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
