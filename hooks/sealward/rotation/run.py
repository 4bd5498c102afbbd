"""Everything that one run of ``sealward rotate`` did, or would do: what its report is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.rotation.credentials import Credentials
from sealward.rotation.retirement.revoking import Retired

if TYPE_CHECKING:
    from sealward.errors import SealwardError
    from sealward.rotation.batch import Outcome
    from sealward.rotation.selection import Waiting
    from sealward.sealed.unsealed import Place


class Run(NamedTuple):
    """Rotations, credentials of engines, old values; ``notes`` are lines for people, ``problems`` errors that
    belong to no single secret, such as a commit that was refused. ``commit`` is the name of the commit.
    ``waiting`` are due secrets that the run left alone; ``remarks`` are lines on the policy file; ``left``
    are places that name what was rotated and were not re-pinned. ``began`` and ``ended`` are seconds since
    1970."""

    outcome: Outcome
    engines: Credentials = Credentials()
    retired: Retired = Retired()
    notes: tuple[str, ...] = ()
    problems: tuple[SealwardError, ...] = ()
    commit: str = ""
    waiting: tuple[Waiting, ...] = ()
    remarks: tuple[str, ...] = ()
    left: tuple[Place, ...] = ()
    began: float | None = None
    ended: float | None = None

    @property
    def is_whole(self) -> bool:
        """Whether all that was meant to be done was done."""
        left = (self.outcome.failed, self.engines.failed, self.retired.failed, self.problems)
        return not any(left)
