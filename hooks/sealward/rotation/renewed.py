"""What a rotation renewed: that a value is a new one, and what the server is to remember of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.errors import SealwardError
from sealward.rotation import ages
from sealward.rotation.ages import Span

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sealward.plaintext import Plaintext
    from sealward.rotation.plan import Plan


def check_new(plan: Plan, made: Mapping[str, Plaintext]) -> None:
    """At least one of the values that were made is another one than before. Raises SealwardError where none
    is: to write it again would make the old value look young, and renew nothing."""
    if made and not any(is_new(plan, key, value) for key, value in made.items()):
        keys = ", ".join(made)
        raise SealwardError(
            f"{plan.target.name}: the new value of {keys} is the old one; nothing was written",
            "give another one: a rotation renews the value",
        )


def is_new(plan: Plan, key: str, value: Plaintext | None) -> bool:
    """Whether a value is neither that of the newest version before, nor of the last good one, nor of one that
    was pinned."""
    history = plan.history
    if history is None:
        return True
    before = {plan.good, *plan.replaced, *(() if plan.resumes else (plan.current,))}
    return all(history.value(key, version) != value for version in before)


def unchanged(plan: Plan) -> tuple[str, ...]:
    """The keys that were to be renewed, and whose value in the new version is an old one all the same: a
    program that makes several may answer so."""
    history = plan.history
    if history is None or plan.resumes:
        return ()
    return tuple(key for key in plan.target.keys if not is_new(plan, key, history.value(key, plan.new)))


def as_done(plan: Plan) -> tuple[Plan, SealwardError | None]:
    """A plan that was carried out, with the keys that it really renewed, and what to say of the others."""
    same = unchanged(plan)
    if not same:
        return plan, None
    target = plan.target
    left = tuple(key for key in target.keys if key not in same)
    keys = ", ".join(same)
    error = SealwardError(
        f"{target.name}: {keys} was not renewed: the new value is the old one",
        "leave it out of the policy's `keys`, or make another value",
    )
    return plan._replace(target=target._replace(keys=left)), error


def entries(plan: Plan, now: float) -> dict[str, str | None]:
    """The entries that say since when each key that a moved pin names has its value."""
    history, spans = plan.history, dict[str, Span]()
    if history is None:
        return {}
    for key in dict.fromkeys((*plan.target.moved, *_referred(plan))):
        if history.value(key, plan.new) is None:
            continue
        if not plan.resumes and key in plan.target.keys and is_new(plan, key, history.value(key, plan.new)):
            spans[key] = Span(plan.new, plan.new, now)
            continue
        found = history.span(key, plan.new)
        if found is not None:
            spans[key] = found
    return ages.entries(spans, history.metadata)


def _referred(plan: Plan) -> list[str]:
    return [site.reference.key for _, site in plan.pinned if site.reference.key]
