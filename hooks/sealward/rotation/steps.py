"""One rotation, step by step; after each of them a crash leaves something that the next run finishes.

copies prepared and verified → value made and tried → noted on the server → written with check-and-set →
files renamed → note removed. Until the rename the old pin holds, and the old version stays in Vault.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, NamedTuple

from sealward import files
from sealward.errors import SealwardError
from sealward.rotation import journal, record, renewed, trying
from sealward.rotation.retirement import replaced
from sealward.vault.refusals import CheckAndSetMismatch
from sealward.vault.transport import VaultError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sealward.plaintext import Plaintext
    from sealward.rotation.plan import Plan, Target
    from sealward.sealed.files import Sealed
    from sealward.vault.client import Client


class Prepared(NamedTuple):
    """A plan and the verified copies of its files: (as it is, as it will be)."""

    plan: Plan
    copies: tuple[tuple[Sealed, Sealed], ...]


def checkpoint(step: str) -> None:
    """Called after every step with its name; does nothing. The tests put a fault here."""


def rotate(
    prepared: Prepared,
    client: Client,
    verify: Callable[[Target, int], None] | None = None,
    *,
    now: Callable[[], float],
) -> VaultError | None:
    """Carry out a prepared rotation; ``now`` is a clock in seconds since 1970. Raises SealwardError.

    ``verify`` tries new values before they are written, or a version that is written before it is pinned;
    where it raises, the old pin stays, and nobody reads what was rejected (``trying``). Raises
    CheckAndSetMismatch where another rotator was faster. Returns None, or why the journal's entry could not
    be removed after all else was done.
    """
    plan = prepared.plan
    target = plan.target
    paths = tuple(one.path for one in plan.files)
    rotation = journal.Rotation(
        identity=uuid.uuid4().hex[:12],
        version=plan.new,
        keys=target.keys,
        good=plan.good,
        files=paths,
        pins=plan.replaced,
    )
    if not plan.resumes:
        _write(plan, client, rotation, verify, now)
    notes = (rotation.identity, *plan.notes)
    if verify is not None and plan.resumes:
        _verify(plan, client, verify, rotation, notes, now)
    for before, after in prepared.copies:
        files.sweep(before.file)
        files.replace(before.file, after.data, expected=before.data, top=before.top)
        checkpoint(f"replaced {before.path}")
    return _end(plan, client, notes, now())


def _end(plan: Plan, client: Client, notes: Sequence[str], now: float) -> VaultError | None:
    """Take the journal's entry away; note what is to be retired, and since when which key has its value."""
    target = plan.target
    try:
        old = {} if target.grace is None else replaced.noted(plan, target.grace, client, now)
        remembered = {**trying.FORGOTTEN, **record.entry(plan, client.actor(), now)}
        ages = renewed.entries(plan, now)
        try:
            journal.end(client, target.mount, target.path, notes, {**remembered, **old, **ages})
        except VaultError as error:
            if error.ends_the_run:
                raise
            journal.end(client, target.mount, target.path, notes, old)  # ages can be found out again
    except VaultError as error:
        return error
    checkpoint("ended")
    return None


def _write(
    plan: Plan,
    client: Client,
    rotation: journal.Rotation,
    verify: Callable[[Target, int], None] | None,
    now: Callable[[], float],
) -> None:
    target = plan.target
    made = target.make(plan.current)
    renewed.check_new(plan, made)
    values = {**_restored(plan, client), **made}
    checkpoint("generated")
    if verify is not None:
        try:
            young = client.read(target.mount, target.path, plan.current).values if target.adopting else {}
            verify(target._replace(keys=target.moved, tried={**young, **made}), plan.new)
        except SealwardError as error:
            raise trying.before_the_write(plan, client, made, error, now()) from None
        checkpoint("verified")
    journal.begin(client, target.mount, target.path, rotation)
    checkpoint("noted")
    try:
        version = client.write(target.mount, target.path, values, cas=plan.current)
    except CheckAndSetMismatch:
        journal.end(client, target.mount, target.path, [rotation.identity])
        raise
    checkpoint("written")
    if version != plan.new:
        raise SealwardError(
            f"Vault wrote {target.name} as version {version}, not {plan.new}", "run the command again"
        )
    if plan.history is not None:
        plan.history.wrote(plan.new, plan.current, values)


def _restored(plan: Plan, client: Client) -> dict[str, Plaintext]:
    """The last good values of keys that the current version holds rejected ones of: they are not ours to
    make, but the new version must not carry the rejected ones on."""
    if not plan.spoilt:
        return {}
    good = client.read(plan.target.mount, plan.target.path, plan.good).values
    return {key: good[key] for key in plan.spoilt if key in good}


def _verify(
    plan: Plan, client: Client, verify: Callable[[Target, int], None],
    rotation: journal.Rotation, notes: Sequence[str], now: Callable[[], float],
) -> None:  # fmt: skip
    try:
        verify(plan.target._replace(keys=plan.target.moved), plan.new)
    except SealwardError as error:
        known = plan.history.metadata if plan.history else None
        journal.reject(client, plan.target.mount, plan.target.path, rotation, notes, known)
        raise trying.after_the_write(plan, client, error, now()) from None
    checkpoint("verified")
