"""The rotation that follows a re-encryption: of what recipients who left could read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.errors import SealwardError
from sealward.rotation.batch import Batch, Outcome, Ready

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sealward.reencryption.exposure import Exposure
    from sealward.rotation.plan import Target
    from sealward.rotation.steps import Prepared
    from sealward.rotation.targets import Chooser
    from sealward.terminal import Progress


class FollowUp(NamedTuple):
    """Rotations prepared on the files as they are about to be, and what a person has to rotate."""

    batch: Batch
    prepared: Ready
    left: tuple[tuple[Target, SealwardError], ...]

    @property
    def ready(self) -> Sequence[Prepared]:
        """What can be rotated."""
        return self.prepared.prepared

    @property
    def planned(self) -> Outcome:
        """What it would do."""
        return Outcome(tuple(self.prepared.plans), (*self.prepared.failed, *self.left))

    def run(self, progress: Progress) -> Outcome:
        """Do it, once the files are replaced."""
        outcome = self.batch.run(self.prepared, progress)
        return outcome._replace(failed=(*outcome.failed, *self.left))


def prepare(chooser: Chooser, batch: Batch, exposed: Iterable[Exposure]) -> FollowUp:
    """Plan and prepare; nothing is changed. Only a policy knows how a secret is made: to put random bytes in
    the place of an exchange's key would break what uses it. Raises SealwardError."""
    keys: dict[tuple[str, str], dict[str, None]] = {}
    for reference in (reference for one in exposed for reference in one.references):
        if reference.is_versioned and not reference.is_elsewhere:
            keys.setdefault((reference.mount, reference.path), {})[reference.key] = None
    targets, left = [], []
    for secret, names in sorted(keys.items()):
        target = chooser.by_policy(secret, tuple(names), "a recipient left")
        targets += [target] if target else []
        by_hand = tuple(key for key in names if target is None or key not in target.keys)
        if by_hand:
            left.append((chooser.named(secret, by_hand, None), _by_hand(chooser, secret, by_hand)))
    started = {(one.mount, one.path) for one in targets}
    unfinished = chooser.unfinished(batch.files.values())  # a killed run may have re-pinned their files alone
    targets += [one for one in unfinished if (one.mount, one.path) not in started]
    prepared = batch.prepare(targets)
    for _, error in (*chooser.failed.values(), *prepared.failed):
        raise error  # before any file is replaced: who runs this means all of it
    return FollowUp(batch, prepared, tuple(left))


def _by_hand(chooser: Chooser, secret: tuple[str, str], keys: tuple[str, ...]) -> SealwardError:
    command = f"sealward rotate {'/'.join(secret)} {' '.join(keys)}"
    return SealwardError(
        f"no policy in {chooser.policies.path} says how {', '.join(keys)} is made",
        f"renew it by hand: `{command}`, with --generator or --value-stdin",
    )
