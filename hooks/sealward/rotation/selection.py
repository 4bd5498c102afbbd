"""What a run takes of all that it could: not what waits for its window, for a person, or after rejections."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.rotation import trying, unfinished
from sealward.rotation.history import History
from sealward.rotation.policy import windows
from sealward.vault.transport import VaultError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sealward.errors import SealwardError
    from sealward.rotation.plan import Target
    from sealward.rotation.policy.policy import Policies, Policy
    from sealward.vault.client import Client, Metadata


class Waiting(NamedTuple):
    """A due secret that this run leaves alone; ``until`` is a clause that says when it is taken.
    ``person`` says that somebody has to type its new value."""

    target: Target
    until: str
    person: bool = False


class Selected(NamedTuple):
    """What is taken, what waits, and what has been rejected too often, with the reason."""

    targets: tuple[Target, ...]
    waiting: tuple[Waiting, ...] = ()
    failed: tuple[tuple[Target, SealwardError], ...] = ()


def select(
    targets: Iterable[Target], policies: Policies, client: Client, now: float, *, due: bool, unattended: bool
) -> Selected:
    """Sort what policies name. Windows and waits are for what is ``due`` alone: who names a policy means now.
    With ``unattended`` nobody is there to type a value. What a killed run left is always finished.

    Raises VaultError where the server or the token as such fails.
    """
    taken: list[Target] = []
    waiting: list[Waiting] = []
    failed: list[tuple[Target, SealwardError]] = []
    for one in targets:
        policy = policies.for_secret(one.mount, one.path)
        if one.finishes is not None:
            taken.append(one)
            continue
        reason = _waits(one, policy, client, now) if due and policy else None
        asks = unattended and _asks(one, policy)
        if reason or asks:
            taken += _left_over(one, client)
        if isinstance(reason, str) and reason:
            waiting.append(Waiting(one, reason))
        elif asks:
            command = f"sealward rotate {one.name} {' '.join(one.keys)}"
            waiting.append(Waiting(one, f"once somebody types its new value: `{command}`", person=True))
        elif reason:
            failed.append((one, reason))
        else:
            taken.append(one)
    return Selected(tuple(taken), tuple(waiting), tuple(failed))


def _waits(one: Target, policy: Policy, client: Client, now: float) -> str | SealwardError | None:
    closed = windows.closed(policy.not_before, policy.between, now)
    if closed or not policy.verify or one.adopts is not None:
        return closed
    metadata = _metadata(one, client)
    return trying.waits(metadata, now) if metadata else None


def _asks(one: Target, policy: Policy | None) -> bool:
    """Whether a person has to type its new value."""
    generator = policy.generator if policy is not None else None
    return generator is not None and generator.kind == "prompt" and one.adopts is None


def _left_over(one: Target, client: Client) -> list[Target]:
    """What a killed run left of a secret that waits: that is finished, and nothing new is made."""
    metadata = _metadata(one, client)
    if metadata is None:
        return []
    left = unfinished.left(History(client, one.mount, one.path, metadata))
    return [unfinished.finishing(one, rotation) for rotation in left.to_finish]


def _metadata(one: Target, client: Client) -> Metadata | None:
    """None where its plan will say why not. Raises VaultError where the server or the token fails."""
    try:
        return client.metadata(one.mount, one.path)
    except VaultError as error:
        if error.ends_the_run:
            raise
        return None
