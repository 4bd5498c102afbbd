"""What a rotation touches beside the keys that it renews, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sealward.rotation.plan import Plan


def told_of_beside(plan: Plan, done: bool) -> Iterator[str]:
    """Line by line: keys that change with the pins, that are put back, that get another type; versions and
    copies of old values that nobody takes care of."""
    for key in plan.target.adopting:
        pinned = "is pinned" if done else "would be pinned"
        yield f"  also     {key}: version {plan.current} holds a newer value already, which {pinned}"
    for one in plan.changed:
        yield (
            f"  changes  {one.key}, too: version {one.since} holds another value than version {one.pinned},"
            " and nobody asked for that"
        )
    for key in plan.spoilt:
        yield f"  restores {key} from version {plan.good}: its value since then failed its verification"
    for key in plan.literal:
        yield f"  replaces {key}, which holds no text (a number, a list, an object), by text"
    for copy in plan.copies:
        yield f"  {copy.path}  {copy.where}  holds the old value of {copy.key} itself: nothing renews it"
    for version in plan.between:
        keys = ", ".join(plan.target.moved)
        yield (
            f"  version {version} holds a further value of {keys} that no file here pins:"
            " revoke it by hand, unless something else uses it"
        )


def data_of_beside(plan: Plan) -> dict[str, object]:
    """The same for programs: fields of a rotation's JSON."""
    return {
        "adopted_keys": list(plan.target.adopting),
        "changed_keys": [{"key": one.key, "from": one.pinned, "since": one.since} for one in plan.changed],
        "restored_keys": list(plan.spoilt),
        "replaced_versions": list(plan.replaced),
        "unpinned_versions": list(plan.between),
        "copies": [{"file": one.path, "key_path": one.where, "key": one.key} for one in plan.copies],
    }
