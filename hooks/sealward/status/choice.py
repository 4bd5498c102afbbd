"""Which of all standings somebody wants to see, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from sealward.status.standing import Standing, State
    from sealward.status.survey import Survey

Order = Literal["file", "urgency"]
"""As the files have them, or what is most urgent first."""

URGENCY: tuple[State, ...] = (
    "gone", "revoked", "fleeting", "due", "ttl", "soon", "unknown", "ok", "unmanaged",
)  # fmt: skip
"""Every state, the most urgent one first."""


class Choice(NamedTuple):
    """``due`` keeps what is overdue, ``policy`` what one policy governs (empty: any)."""

    due: bool = False
    policy: str = ""
    order: Order = "file"

    @property
    def is_narrow(self) -> bool:
        """Whether something is left out."""
        return self.due or bool(self.policy)

    def of(self, survey: Survey) -> Survey:
        """The survey with the standings that are wanted, in the order that is."""
        kept = [
            one
            for one in survey.standings
            if (one.overdue or not self.due) and self.policy in ("", one.policy)
        ]
        if self.order == "urgency":
            kept.sort(key=urgency)
        return survey._replace(standings=tuple(kept))


def urgency(one: Standing) -> tuple[int, float, str, int]:
    """A key to sort by: the state, then how much of the interval is used, then where it stands."""
    return URGENCY.index(one.state), -(one.used or 0.0), one.file, one.line
