"""A new value that failed its verification: it is never left where somebody would read it, it is revoked
where it was issued, and after some of them in a row a scheduled run waits before another one is made.

A value that was just made is tried before it is written, so Vault never has it. One that a killed run wrote
is tried when that run is finished; if it fails, the last good value is written over it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sealward.errors import SealwardError
from sealward.times import iso, seconds_of
from sealward.vault.transport import VaultError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sealward.plaintext import Plaintext
    from sealward.rotation.plan import Plan
    from sealward.vault.client import Client, Metadata

_NOTE = "sealward-rejections"
_ENTRY = re.compile(r"(\d{1,6}), last at (\S+)", re.ASCII)
PATIENCE = 3
"""So many rejections in a row are tried again by the next scheduled run; then it waits."""

_LONGEST = 7 * 86400
FORGOTTEN: dict[str, str | None] = {_NOTE: None}
"""What a rotation that is done changes in ``custom_metadata``: the count begins again."""


def waits(metadata: Metadata, now: float) -> SealwardError | None:
    """Why a scheduled run should not have another value made yet: too many were rejected in a row. The wait
    is a day, and twice as long with each further one, up to a week. ``now`` is in seconds since 1970."""
    count, last = _counted(metadata)
    if count < PATIENCE:
        return None
    until = last + min(86400 * 2 ** min(count - PATIENCE, 8), _LONGEST)
    if now >= until:
        return None
    return SealwardError(
        f"its new values were rejected {count} times in a row, the last time at {iso(last)};"
        f" it waits until {iso(until)}",
        "find out why `verify` fails; to try it now, name the secret: sealward rotate PATH KEY…",
    )


def before_the_write(
    plan: Plan, client: Client, values: Mapping[str, Plaintext], error: SealwardError, now: float
) -> SealwardError:
    """The error for values that were made and never written: revoked, where the policy says how, and
    counted."""
    said = ["nothing was written to Vault", *_revoked(plan, client, values), *_noted(plan, client, now)]
    return _with(error, said)


def after_the_write(plan: Plan, client: Client, error: SealwardError, now: float) -> SealwardError:
    """The error for a version that Vault has already, and that is marked as rejected. Where a run of ours
    wrote it, the last good values are written over it; what a person wrote is left, and only said."""
    if plan.target.adopts == plan.new:
        name = f"version {plan.new}"
        return _with(error, [f"{name} was not written by Sealward and is still the newest: look at it"])
    try:
        rejected = client.read(plan.target.mount, plan.target.path, plan.new).values
        said = [_put_back(plan, client)]
    except SealwardError as failed:
        return _with(error, [f"version {plan.new} is still the newest ({failed.message})"])
    wrong = {key: rejected[key] for key in plan.target.keys if key in rejected}
    return _with(error, [*said, *_revoked(plan, client, wrong), *_noted(plan, client, now)])


def _put_back(plan: Plan, client: Client) -> str:
    target = plan.target
    good = client.read(target.mount, target.path, plan.good).values
    values = {key: good[key] for key in target.keys if key in good}
    version = client.write(target.mount, target.path, values, cas=plan.new)
    return f"the last good value is the newest again, as version {version}"


def _revoked(plan: Plan, client: Client, values: Mapping[str, Plaintext]) -> list[str]:
    """Let the policy's command revoke values that nobody is to use; never one that a version in use holds, as
    a generator may have answered with an old one."""
    target = plan.target
    if target.revoke is None:
        return []
    try:
        known = [held for held in (_held(plan, client, number) for number in _in_use(plan)) if held]
        wrong = {
            key: value
            for key, value in values.items()
            if key in target.keys and all(value not in held.values() for held in known)
        }
        if not wrong:
            return []
        target.revoke(plan.new, wrong)
    except SealwardError as error:
        return [f"it could not be revoked: {error.message}"]
    return [f"the rejected value of {', '.join(wrong)} was revoked"]


def _in_use(plan: Plan) -> set[int]:
    pins = {site.reference.version or 0 for _, site in plan.pinned}
    current = {plan.current} - ({plan.new} if plan.resumes else set())
    return ({plan.good} | current | pins) - {0, plan.new}


def _held(plan: Plan, client: Client, version: int) -> dict[str, Plaintext] | None:
    """The values of a version; None where it is gone. Raises VaultError where nobody can say."""
    try:
        return client.read(plan.target.mount, plan.target.path, version).values
    except VaultError as error:
        if error.status == 404:
            return None
        raise


def _noted(plan: Plan, client: Client, now: float) -> list[str]:
    target = plan.target
    try:
        count, _ = _counted(client.metadata(target.mount, target.path))
        client.annotate(target.mount, target.path, {_NOTE: f"{min(count + 1, 999999)}, last at {iso(now)}"})
    except VaultError as error:
        return [f"it could not be counted ({error.message})"]
    return []


def _counted(metadata: Metadata) -> tuple[int, float]:
    match = _ENTRY.fullmatch(metadata.custom.get(_NOTE, ""))
    return (int(match[1]), seconds_of(match[2]) or 0.0) if match else (0, 0.0)


def _with(error: SealwardError, said: list[str]) -> SealwardError:
    return SealwardError("; ".join([error.message, *said]), error.hint)
