"""One JSON object for each outcome, to the program that the secret's policy names: a chat, a pager.

It is started as the policy's other programs are, and shown before like them. No object holds a value.
docs/notifications.md has the fields, and programs for Slack and PagerDuty to start from.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from sealward.errors import SealwardError
from sealward.rotation.values.child import ask
from sealward.times import iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sealward.rotation.policy.policy import Policies, Policy
    from sealward.rotation.run import Run

PROTOCOL = 1


class Message(NamedTuple):
    """What became of one secret or credential: ``rotated``, ``renewed``, ``retired``, ``failed``, ``waiting``
    or ``reminder``, with more fields for the JSON object."""

    mount: str
    path: str
    outcome: str
    more: dict[str, object]


def messages(run: Run) -> Iterator[Message]:
    """The outcomes of a run, one after the other."""
    for plan in run.outcome.done:
        more: dict[str, object] = {
            "keys": list(plan.target.keys),
            "from": plan.good,
            "to": plan.new,
            "why": plan.target.why,
            "files": sorted({one.path for one, _ in plan.pinned}),
            "commit": run.commit or None,
        }
        yield Message(plan.target.mount, plan.target.path, "rotated", more)
    for target, error in run.outcome.failed:
        yield Message(target.mount, target.path, "failed", {"keys": list(target.keys), **_said(error)})
    for credential in run.engines.done:
        yield Message(credential.mount, credential.path, "renewed", {"generator": str(credential.generator)})
    for credential, error in run.engines.failed:
        yield Message(credential.mount, credential.path, "failed", _said(error))
    for one in run.retired.done:
        yield Message(one.mount, one.path, "retired", {"version": one.version})
    for one, error in run.retired.failed:
        yield Message(one.mount, one.path, "failed", {"version": one.version, **_said(error)})
    for late in run.waiting:
        target, kind = late.target, "reminder" if late.person else "waiting"
        yield Message(target.mount, target.path, kind, {"keys": list(target.keys), "until": late.until})


def notify(run: Run, policies: Policies, folder: str, now: float) -> list[SealwardError]:
    """Start the programs in ``folder``, the repository's top; returns what went wrong. One that fails ends
    nobody else; after three failures of the same one it is not tried again in this run."""
    problems: list[SealwardError] = []
    failures: dict[tuple[str, ...], int] = {}
    for one, policy in _addressed(messages(run), policies):
        if failures.get(policy.notify, 0) >= 3:
            continue
        body = {
            "protocol": PROTOCOL,
            "action": "notify",
            "outcome": one.outcome,
            "secret": f"{one.mount}/{one.path}",
            "policy": policy.name,
            "time": iso(now),
            **one.more,
        }
        try:
            data = json.dumps(body).encode() + b"\n"
            ask(policy.notify, data, policy.seconds, folder, policy.environment)
        except SealwardError as error:
            failures[policy.notify] = failures.get(policy.notify, 0) + 1
            message = f"nobody was notified that {one.mount}/{one.path} is {one.outcome}: {error.message}"
            problems.append(SealwardError(message, error.hint))
    return problems


def _addressed(found: Iterable[Message], policies: Policies) -> Iterator[tuple[Message, Policy]]:
    for one in found:
        policy = policies.for_secret(one.mount, one.path)
        if policy is not None and policy.notify:
            yield one, policy


def _said(error: SealwardError) -> dict[str, object]:
    return {"error": error.message, "hint": error.hint}
