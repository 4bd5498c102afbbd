"""What became of old values, for people and for programs. No value is ever shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sealward.times import iso

if TYPE_CHECKING:
    from sealward.rotation.retirement.notes import Retirement
    from sealward.rotation.retirement.revoking import Retired

HOW = "`sealward rotate --due` (or --resume) does it"


def as_data(retired: Retired) -> dict[str, Any]:
    """``{"retired": […], "waiting": […], "nothing": […], "warnings": […], "problems": […]}``."""
    return {
        "retired": [_one(one) for one in retired.done],
        "waiting": [
            {**_one(one), "obstacle": why.kind.value, "until": why.text, "due": iso(one.due)}
            for one, why in retired.waiting
        ],
        "nothing": [{**_one(one), "reason": why} for one, why in retired.nothing],
        "warnings": list(retired.warnings),
        "problems": [
            {"error": error.message, "hint": error.hint, **_one(one)} for one, error in retired.failed
        ],
    }


def lines_of(retired: Retired, done: bool) -> list[str]:
    """What became, or would become, of old values, line by line; failures left out."""
    lines = [f"{'retired' if done else 'would retire'} {one.name}" for one in retired.done]
    lines += [f"{one.name} is to be retired {why.text}: {HOW}" for one, why in retired.waiting]
    lines += [f"{one.name}: nothing to revoke, {why}" for one, why in retired.nothing]
    return [*lines, *retired.warnings]


def _one(one: Retirement) -> dict[str, object]:
    return {"secret": f"{one.mount}/{one.path}", "version": one.version, "keys": list(one.keys)}
