"""What a policy file says in vain: policies that name nothing, or just what an earlier one names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sealward.rotation.policy.policy import Policies


def defects(policies: Policies, secrets: Iterable[tuple[str, str]]) -> list[str]:
    """One line for each policy that holds for none of the ``secrets`` (mount, path) that are referred to."""
    known = list(dict.fromkeys(secrets))
    found = []
    for policy in policies.policies:
        if policy.generator is not None and policy.generator.by_engine:
            continue  # paths alone name what an engine renews
        covered = [one for one in known if policy.covers(*one)]
        where = f"{policies.path}:{policy.line}: the policy {policy.name}"
        if not covered:
            found.append(f"{where} names no secret that a sealed file refers to; are its `paths` right?")
            continue
        earlier = {policies.for_secret(*one) for one in covered}
        if policy not in earlier:
            names = ", ".join(sorted(one.name for one in earlier if one))
            found.append(f"{where} never holds: {names}, which stands before it, names all of its secrets")
    return found
