"""Programs of a plan are looked for; from end to end in tests/commands/test_rotate_preconditions.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sealward.errors import SealwardError
from sealward.rotation.preconditions import check_programs
from sealward.rotation.programs import Program, Role
from tests.report.records import PLAN, TARGET

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("role", "resumes", "refused"),
    [
        (Role.GENERATE, False, True),
        (Role.GENERATE, True, False),
        (Role.VERIFY, True, True),
        (Role.RETIRE, True, True),
    ],
)
def test_a_program_that_is_not_there(tmp_path: Path, role: Role, resumes: bool, refused: bool) -> None:
    """A rotation that is finished makes no new value, and needs no generator."""
    plan = PLAN._replace(target=TARGET._replace(programs=(Program(role, ("./none",)),)), resumes=resumes)
    if refused:
        with pytest.raises(SealwardError, match="is not there"):
            check_programs(plan, str(tmp_path))
    else:
        check_programs(plan, str(tmp_path))
