"""Policies that govern nothing: a slip in `paths`, or an earlier policy that takes all of their secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sealward.rotation.policy.policy import Policies, Policy


class Idle(NamedTuple):
    """A policy that governs no secret, where it stands, and why, as a clause."""

    policy: str
    line: int
    reason: str


def idle(policies: Policies, secrets: Collection[tuple[str, str]]) -> Iterator[Idle]:
    """Every policy that governs none of the secrets (mount, path) that files refer to.

    One whose engine renews its credentials by itself needs no reference, and is left out.
    """
    for policy in policies.policies:
        covered = [one for one in secrets if policy.covers(*one)]
        if any(policies.for_secret(*one) is policy for one in covered):
            continue
        if policy.generator is None or not policy.generator.by_engine:
            yield Idle(policy.name, policy.line, _reason(policies, covered))


def _reason(policies: Policies, covered: list[tuple[str, str]]) -> str:
    if not covered:
        return "no sealed file refers to a secret of its `paths`"
    before: dict[str, None] = {}
    for one in covered:
        first: Policy | None = policies.for_secret(*one)
        before.setdefault(first.name if first else "")
    names = ", ".join(before)
    return f"each of its secrets is taken by an earlier policy ({names}): the first one that names it holds"
