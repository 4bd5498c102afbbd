"""Questions before a rotation: the plan, and the programs that it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.errors import SealwardError
from sealward.report.rotations import describe, told_of_engines
from sealward.rotation.programs import Role
from sealward.terminal import ask, can_ask, counted, say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sealward.rotation.credentials import Credential
    from sealward.rotation.plan import Plan
    from sealward.rotation.programs import Program, Review


def confirm(
    plans: Sequence[Plan],
    *,
    named: bool,
    note: Callable[[Program], str] = lambda _: "",
    engines: Sequence[Credential] = (),
) -> None:
    """Ask on a terminal; elsewhere a secret that was ``named`` needs no yes, and others need --yes. What
    ``engines`` renew is asked for in the same question. Raises SealwardError where the answer is not yes."""
    counts = [counted(len(plans), "secret")] if plans or not engines else []
    counts += [counted(len(engines), "engine credential")] if engines else []
    what = " and ".join(counts)
    if can_ask():
        say(describe(plan, done=False, note=note) for plan in plans)
        say(told_of_engines(engines, done=False))
        others = [f"{plan.target.name}#{one.key}" for plan in plans for one in plan.changed]
        also = f", and pin {', '.join(others)} as somebody else changed it" if others else ""
        if not ask(f"Rotate {what}{also}?"):
            raise SealwardError("nothing was changed", "answer y, or use --yes")
    elif not named:
        raise SealwardError(f"{what} to rotate, and no terminal to ask on", "add --yes (or --dry-run)")


def allow_programs(review: Review, plans: Sequence[Plan], *, by_hand: str | None, yes: bool) -> None:
    """Ask once for programs that are not so on the default branch; what stands on the command line was
    named by the user. Without a terminal ``yes`` is the answer. Raises SealwardError where it is not yes."""
    wanted = [one for plan in plans for one in plan.target.programs]
    allow(review, [one for one in wanted if not (by_hand and one.role is Role.GENERATE)], yes=yes)


def allow(review: Review, programs: Sequence[Program], *, yes: bool) -> None:
    """Ask once for those of the programs that are not so on the default branch, as ``allow_programs``
    does."""
    new = review.unallowed(programs)
    if not new:
        return
    if can_ask():
        say(f"{one}  [{review.note(one)}]" for one in new)
        if not ask("Run what nobody has reviewed there?"):
            raise SealwardError("nothing was changed", "look at them, or rotate on the default branch")
        review.allow(new)
    elif not yes:
        hint = "review it, and add --yes; or rotate on the default branch"
        raise SealwardError(f"the policy runs a program that is {review.note(new[0])}: {new[0]}", hint)
