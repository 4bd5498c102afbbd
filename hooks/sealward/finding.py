"""What a check says: findings, and nothing else."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Severity(str, Enum):
    """How much a finding weighs: an error fails the run, a warning only with ``--strict``."""

    ERROR = "error"
    WARNING = "warning"


class Place(NamedTuple):
    """Where something stands.

    ``path`` is the file as people know it; ``line`` and ``column`` count from 1; ``key_path`` is the
    human form of a leaf's place (``db.hosts[0]``), empty where the whole file is meant.
    """

    path: str
    line: int = 1
    column: int = 1
    key_path: str = ""


class Finding:
    """One defect at one place: the id of its rule, what is wrong, and the way out.

    ``suppressed`` says why it is not reported: an exemption's reason, a comment in the file, a baseline.
    No field ever holds a secret value. Two findings are equal if all of their fields are.
    """

    __slots__ = ("hint", "message", "place", "rule", "severity", "suppressed")

    def __init__(
        self,
        *,
        rule: str,
        place: Place,
        message: str,
        hint: str,
        severity: Severity = Severity.ERROR,
        suppressed: str = "",
    ) -> None:
        self.rule = rule
        self.place = place
        self.message = message
        self.hint = hint
        self.severity = severity
        self.suppressed = suppressed

    @property
    def path(self) -> str:
        """The file that it is about."""
        return self.place.path

    def but(
        self, *, message: str | None = None, severity: Severity | None = None, suppressed: str | None = None
    ) -> Finding:
        """The same finding with another message or severity, or suppressed."""
        return Finding(
            rule=self.rule,
            place=self.place,
            message=self.message if message is None else message,
            hint=self.hint,
            severity=self.severity if severity is None else severity,
            suppressed=self.suppressed if suppressed is None else suppressed,
        )

    def fields(self) -> tuple[str, Place, str, str, Severity, str]:
        """Everything that it says, in a fixed order."""
        return self.rule, self.place, self.message, self.hint, self.severity, self.suppressed

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Finding) and self.fields() == other.fields()

    def __hash__(self) -> int:
        return hash(self.fields())

    def __repr__(self) -> str:
        return f"Finding{self.fields()}"
