"""What a rotation needs besides Vault and its files, looked at before the first write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward import children, executables
from sealward.children import Child
from sealward.errors import SealwardError
from sealward.rotation.programs import Role

if TYPE_CHECKING:
    from sealward.rotation.plan import Plan


def check_programs(plan: Plan, folder: str) -> None:
    """Whether the programs that the rotation runs would start in ``folder``, the repository's top. Raises
    SealwardError: a new value that nobody can try, or an old one that nobody can revoke, is not made."""
    for program in plan.target.programs:
        if plan.resumes and program.role is Role.GENERATE:
            continue
        environment = children.environment(Child.PROGRAM, passed=program.variables)
        reason = executables.obstacle(program.words[0], folder, environment)
        if reason:
            raise SealwardError(
                f"the command {program.words[0]} ({program.role.value}) {reason}",
                "commands run from the repository's top, without a shell; put it there, or change the policy",
            )
