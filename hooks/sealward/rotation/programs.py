"""Which programs a rotation runs, shown whole before any of them does, and which of them nobody reviewed.

A policy is a file of the branch that is checked out: whoever wrote it chose the programs, and which
credentials they get. What stands so on the default branch has been reviewed there. What does not is asked
for once, and remembered in the git directory by a hash of all that makes it: the words, the variables, and
the contents of the files of the repository that the words name.
"""

from __future__ import annotations

import hashlib
import os
import shlex
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sealward.allowed import Allowed
from sealward.errors import SealwardError
from sealward.rotation.policy import policy as policies_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sealward.git import Repository
    from sealward.rotation.policy.policy import Policy
    from sealward.rotation.values.generators import Generator

ALLOWED = "sealward-allowed-programs"
"""The file in the git directory with the hashes of what somebody said yes to."""


class Role(str, Enum):
    """When a program runs: to make a value, to try it, to revoke the old one, to notify people."""

    GENERATE = "generate"
    VERIFY = "verify"
    RETIRE = "retire"
    NOTIFY = "notify"


class Program(NamedTuple):
    """A program, whole: its words, and the withheld environment variables that it gets by name."""

    role: Role
    words: tuple[str, ...]
    variables: tuple[str, ...] = ()

    def __str__(self) -> str:
        """One line for people, as a shell would take it."""
        passed = f", with {', '.join(self.variables)}" if self.variables else ""
        return f"{self.role.value}: {shlex.join(self.words)}{passed}"


def of_rotation(generator: Generator | None, policy: Policy | None) -> tuple[Program, ...]:
    """The programs that a rotation by this generator, under this policy, runs."""
    found = []
    if generator is not None and generator.kind == "exec":
        found.append(Program(Role.GENERATE, generator.command, generator.environment))
    if policy is not None and policy.verify:
        found.append(Program(Role.VERIFY, policy.verify, policy.environment))
    if policy is not None and policy.retire:
        found.append(Program(Role.RETIRE, policy.retire, policy.environment))
    if policy is not None and policy.notify:
        found.append(Program(Role.NOTIFY, policy.notify, policy.environment))
    return tuple(found)


class Review:
    """Compares programs with those of the default branch, and knows which ones a person allowed."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._top = Path(repository.top)
        self._base = repository.default_branch()
        self._known = set(self._of_base())
        self._allowed = Allowed(repository.private(ALLOWED))

    def note(self, program: Program) -> str:
        """What people should know of a program: that it is not as it stands on the default branch."""
        return f"not so on {self._base}" if self.differs(program) else ""

    def differs(self, program: Program) -> bool:
        """Whether the default branch does not have it: other words, other variables, another file."""
        if program not in self._known:
            return True
        return any(self._held(path) != self._at_base(path) for path in self._paths(program))

    def unallowed(self, programs: Iterable[Program]) -> list[Program]:
        """Those that differ from the default branch, and that nobody allowed yet; each once."""
        allowed = self._allowed.hashes()
        unique = dict.fromkeys(programs)
        return [one for one in unique if self.differs(one) and self._digest(one) not in allowed]

    def allow(self, programs: Iterable[Program]) -> None:
        """Remember that a person allowed them, as they are now. Raises SealwardError."""
        self._allowed.add(self._digest(one) for one in programs)

    def _of_base(self) -> Iterator[Program]:
        data = self._at_base(policies_of.FILE)
        try:
            found = policies_of.load(policies_of.FILE, data).policies if data else ()
        except SealwardError:
            return  # a policy that cannot be read has been reviewed by nobody
        for policy in found:
            yield from of_rotation(policy.generator, policy)

    def _paths(self, program: Program) -> Iterator[str]:
        """The files of the repository that a program's words name, from the top."""
        for word in program.words:
            path = os.path.normpath(word)
            inside = not os.path.isabs(path) and path.split(os.sep)[0] not in ("..", "")
            if inside and (self._top / path).is_file():
                yield Path(path).as_posix()

    def _held(self, path: str) -> bytes:
        try:
            return (self._top / path).read_bytes()
        except OSError:
            return b""

    def _at_base(self, path: str) -> bytes | None:
        return self._repository.read(f"{self._base}:{path}")

    def _digest(self, program: Program) -> str:
        parts = [program.role.value, *program.words, "", *program.variables, ""]
        digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape"))
        for path in self._paths(program):
            held = self._held(path)
            digest.update(f"\0{len(held)}\0".encode() + held)
        return digest.hexdigest()
