"""Everything that one run of ``sealward rotate`` did, or would do: what its report is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.rotation.credentials import Credentials
from sealward.rotation.retirement.revoking import Retired

if TYPE_CHECKING:
    from sealward.errors import SealwardError
    from sealward.rotation.batch import Outcome


class Run(NamedTuple):
    """Rotations, credentials of engines, old values; ``notes`` are lines for people, ``problems`` errors that
    belong to no single secret, such as a commit that was refused. ``commit`` is the name of the commit."""

    outcome: Outcome
    engines: Credentials = Credentials()
    retired: Retired = Retired()
    notes: tuple[str, ...] = ()
    problems: tuple[SealwardError, ...] = ()
    commit: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether all that was meant to be done was done."""
        left = (self.outcome.failed, self.engines.failed, self.retired.failed, self.problems)
        return not any(left)
