"""``sealward rotate PATH --compromised``: a new value now, and what leaked revoked as soon as it may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward import shell
from sealward.errors import SealwardError
from sealward.terminal import ask, can_ask, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from sealward.rotation.plan import Plan, Target
    from sealward.rotation.retirement.revoking import How
    from sealward.rotation.retirement.run import OldValues
    from sealward.rotation.targets import Chooser
    from sealward.sealed.files import Sealed

LONGEST_REASON = 200


def check(options: argparse.Namespace) -> None:
    """Raises SealwardError for options that do not go together."""
    if not options.compromised:
        if options.reason or options.revoke_now:
            raise SealwardError("--reason and --revoke-now go with --compromised", "say what has leaked")
        return
    if not options.path:
        hint = "`sealward rotate MOUNT/PATH --compromised --reason TEXT`"
        raise SealwardError("--compromised is about one secret", hint)
    if not " ".join(options.reason.split()):
        raise SealwardError(
            "--compromised needs a --reason", "the commit says it: --reason 'in a public log'"
        )


def keys_of(secret: tuple[str, str], chooser: Chooser, sealed: Sequence[Sealed]) -> tuple[str, ...]:
    """The keys of a secret that nobody named: those of its policy, else all that files refer to."""
    policy = chooser.policies.for_secret(*secret)
    if policy is not None and policy.keys:
        return policy.keys
    sites = (site.reference.key for one in sealed for site in one.refers_to(*secret))
    return tuple(dict.fromkeys(key for key in sites if key))


def marked(target: Target, reason: str) -> Target:
    """The target of an emergency: it says why, and what it replaces waits for no grace."""
    text = "".join(char for char in " ".join(reason.split()) if char.isprintable())[:LONGEST_REASON]
    grace = None if target.grace is None else 0
    return target._replace(why=f"compromised: {text}", grace=grace)


def at_once(plans: Sequence[Plan], old: OldValues) -> list[str]:
    """Lines about who will break where what leaked is revoked at once."""
    lines = []
    for plan in plans:
        lines.append(f"at once revoked, whoever still uses it: the old values of {plan.target.name}")
        users = old.users_of((plan.target.mount, plan.target.path))
        lines += [f"  still used by {one}" for one in users]
    return lines


def ask_to_revoke(lines: Sequence[str], *, yes: bool) -> None:
    """Say who will break, and ask. Raises SealwardError where the answer is not yes."""
    if yes:
        return
    say(lines)
    if not can_ask():
        raise SealwardError("--revoke-now breaks what still uses the old value", "add --yes (or --dry-run)")
    if not ask("Revoke at once?"):
        raise SealwardError("nothing was changed", "leave --revoke-now out: it waits for the deployment")


def how(plain: How, options: argparse.Namespace, done: Sequence[Plan]) -> How:
    """How old values are settled after an emergency: at once, where that was asked for and a new value is
    there."""
    return plain._replace(at_once=bool(options.revoke_now and done))


def left_to_do(done: Sequence[Plan]) -> list[str]:
    """Lines about old values that no program revokes."""
    return [
        f"{plan.target.name}: its policy has no `retire`; revoke the old value by hand where it was issued,"
        f" then `sealward retire {shell.path(plan.target.name)} --version {plan.good} --done`"
        for plan in done
        if plan.target.grace is None and plan.good
    ]
