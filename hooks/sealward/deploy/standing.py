"""How a cluster stands to Git and to Vault: what an apply would change, and which pins are not the newest."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.vault.transport import VaultError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sealward.deploy.plan import Plan
    from sealward.references.syntax import Reference
    from sealward.vault.client import Client


class Newer(NamedTuple):
    """A pinned secret of which Vault has a newer version."""

    secret: str
    pinned: int
    current: int


class Standing(NamedTuple):
    """One target: the plan says what an apply would do; ``newer`` is what Vault has moved past."""

    target: str
    cluster: str
    commit: str
    plan: Plan
    newer: tuple[Newer, ...]

    @property
    def differs(self) -> bool:
        """Whether the cluster is not as Git says, or something still runs with a former value."""
        return self.plan.differs


def newer(references: Iterable[Reference], connect: Callable[[], Client]) -> tuple[Newer, ...]:
    """The pinned secrets of which Vault has a newer version; those that may not be looked at are left out.

    Raises VaultError where the server or the token fails.
    """
    wanted = {(one.mount, one.path, one.version) for one in references if one.is_versioned and one.version}
    if not wanted:
        return ()
    client = connect()
    found: list[Newer] = []
    for mount, path, version in sorted(wanted, key=str):
        try:
            current = client.metadata(mount, path).current
        except VaultError as error:
            if error.ends_the_run:
                raise
            continue
        if version is not None and current > version:
            found.append(Newer(f"{mount}/{path}", version, current))
    return tuple(found)
