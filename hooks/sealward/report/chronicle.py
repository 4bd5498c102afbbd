"""Rotations of the past, for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sealward.times import iso

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sealward.errors import SealwardError
    from sealward.rotation.chronicle import Event


def as_text(found: Sequence[Event]) -> list[str]:
    """A line for each key that was renewed, oldest first."""
    lines = []
    for one in found:
        who = one.by or one.committer
        said = [f"{iso(one.at)}  {one.secret}#{one.key}  {one.old} → {one.new}"]
        said += [f"by {who}"] if who else []
        said += [one.why] if one.why else []
        said.append(f"commit {one.commit[:12]}" if one.commit else "in no commit of this branch")
        lines.append("  ".join(said))
    return lines or ["no rotation is known"]


def as_data(found: Sequence[Event], problems: Sequence[SealwardError] = ()) -> dict[str, Any]:
    """``{"version": 1, "rotations": […], "problems": […]}``."""
    return {
        "version": 1,
        "rotations": [
            {
                "time": iso(one.at),
                "secret": one.secret,
                "key": one.key,
                "from": one.old,
                "to": one.new,
                "by": one.by or None,
                "why": one.why or None,
                "commit": one.commit or None,
                "committer": one.committer or None,
            }
            for one in found
        ],
        "problems": [{"error": one.message, "hint": one.hint} for one in problems],
    }
