"""What a check says: findings, and nothing else."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple


class Severity(str, Enum):
    """How much a finding weighs: an error fails the run, a warning only with ``--strict``."""

    ERROR = "error"
    WARNING = "warning"


class Finding(NamedTuple):
    """One defect at one place.

    ``line`` and ``column`` count from 1; ``key_path`` is the human form of a leaf's place
    (``db.hosts[0]``), empty where the whole file is meant. No field ever holds a secret value.
    """

    rule: str
    path: str
    line: int
    column: int
    key_path: str
    message: str
    hint: str
    severity: Severity = Severity.ERROR
