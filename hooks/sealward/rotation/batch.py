"""Several rotations in one run: all prepared before the first write, each carried out for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.errors import SealwardError
from sealward.rotation.permissions import Permissions
from sealward.rotation.plan import Plan, make_plan
from sealward.rotation.steps import Prepared, prepare, rotate
from sealward.vault.transport import VaultError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sealward.rotation.plan import Target
    from sealward.rotation.sites import Sealed
    from sealward.sops.identities import Identities
    from sealward.vault.client import Client


class Outcome(NamedTuple):
    """What became of a batch: the rotations done, and those that could not be, with the reason."""

    done: tuple[Plan, ...]
    failed: tuple[tuple[Target, SealwardError], ...]


class Batch:
    """Rotations over one set of opened files; ``dirty`` are the paths with uncommitted changes."""

    def __init__(
        self, client: Client, identities: Identities, sealed: Sequence[Sealed], dirty: set[str]
    ) -> None:
        self.client = client
        self.identities = identities
        self.files = {one.path: one for one in sealed}
        self.dirty = dirty
        self.permissions = Permissions(client, ())

    def prepare(self, targets: Sequence[Target]) -> list[Prepared]:
        """Plan and prepare every rotation, each on the copies of the one before; nothing is changed.

        Raises SealwardError for the first one that cannot be done.
        """
        state, self.permissions = dict(self.files), Permissions(self.client, targets)
        ready = []
        for target in targets:
            prepared = self._prepare(target, state)
            state.update((after.path, after) for _, after in prepared.copies)
            ready.append(prepared)
        return ready

    def run(self, ready: Sequence[Prepared], progress: Callable[[int, str], None]) -> Outcome:
        """Carry out prepared rotations; one that fails leaves its old pin, and the others go on, unless
        it is the server or the token that failed."""
        done: list[Plan] = []
        failed: list[tuple[Target, SealwardError]] = []
        for number, prepared in enumerate(ready):
            target = prepared.plan.target
            progress(number, target.name)
            try:
                if any(self.files[before.path].data != before.data for before, _ in prepared.copies):
                    prepared = self._prepare(target, self.files)  # an earlier one failed: prepare anew
                rotate(prepared, self.client, target.verify)
            except SealwardError as error:
                failed.append((target, error))
                if isinstance(error, VaultError) and error.ends_the_run:
                    failed += [(one.plan.target, _not_begun()) for one in ready[number + 1 :]]
                    break
            else:
                self.files.update((after.path, after) for _, after in prepared.copies)
                done.append(prepared.plan)
        progress(len(ready), "")
        return Outcome(tuple(done), tuple(failed))

    def _prepare(self, target: Target, state: dict[str, Sealed]) -> Prepared:
        plan = make_plan(target, self.client, list(state.values()), self.dirty, self.permissions)
        return prepare(plan, self.identities)


def _not_begun() -> SealwardError:
    return SealwardError("it was not begun", "mend that, `sealward rotate --resume`, and run this again")
