"""What became of a merge, for people and as data."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sealward.merging.in_git import Result
    from sealward.merging.outcome import Clash


def lines(result: Result) -> list[str]:
    """One line a decision, a conflict, or a reason; none of a file that merged without a question."""
    path, merged = result.path, result.merged
    if merged is None:
        return [f"not merged: {result.refusal}"]
    found = [f"{path}: {note}" for note in merged.notes]
    found += [_clash(path, one) for one in merged.clashes]
    if merged.clashes and merged.resealed:
        found.append(
            f"{path}: its data key was changed, so the markers cannot be settled by hand:"
            " `sealward merge --ours KEY`, `--theirs KEY`"
        )
    elif merged.clashes:
        found.append(f"{path}: settle it with `sealward merge --ours KEY` or `--theirs KEY`, or by hand")
    if merged.closed and not merged.clashes:
        found.append(
            f"{path}: merged but for the MAC, as no key is at hand: `sealward merge --continue` where one is"
        )
    return found


def _clash(path: str, clash: Clash) -> str:
    base, ours, theirs = clash.shown
    return f"{path}: conflict at {clash.path}: {clash.reason} (base {base}, ours {ours}, theirs {theirs})"


def as_data(results: list[Result]) -> dict[str, object]:
    """The same as data: one record a file."""
    return {"version": 1, "files": [_record(one) for one in results]}


def _record(result: Result) -> dict[str, object]:
    merged = result.merged
    names = ("base", "ours", "theirs")
    return {
        "path": result.path,
        "state": "refused" if merged is None else "merged" if merged.is_clean else "conflict",
        "reason": str(result.refusal) if result.refusal is not None else "",
        "notes": list(merged.notes) if merged is not None else [],
        "conflicts": [
            {"key": one.path, "reason": one.reason, **dict(zip(names, one.shown, strict=True))}
            for one in (merged.clashes if merged is not None else ())
        ],
        "mac_missing": merged.closed if merged is not None else False,
        "resealed": merged.resealed if merged is not None else False,
    }
