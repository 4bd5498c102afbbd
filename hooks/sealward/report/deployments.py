"""What a deployment would do, or did: for people, as JSON, as Markdown for a job's summary. Never a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sealward.terminal import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sealward.deploy.apply import Applied
    from sealward.deploy.consumers import Workload
    from sealward.deploy.plan import Change, Plan, Pruned
    from sealward.deploy.rollout import Outcome
    from sealward.deploy.settings import Target

FORMATS = ("text", "json", "github")


class Deployment(NamedTuple):
    """One run: what was planned for which target and commit, and what came of it. ``applied`` is None for a
    plan alone; ``taken`` names versions that stood in for missing pins. ``outcomes`` are the rollouts, and
    ``outcomes_back`` those of going back; ``unknown`` says that the cluster was lost meanwhile."""

    target: Target
    commit: str
    plan: Plan
    taken: dict[str, int]
    applied: Applied | None = None
    pruned: Applied | None = None
    rolled_back: Applied | None = None
    outcomes: Sequence[Outcome] = ()
    outcomes_back: Sequence[Outcome] = ()
    unknown: bool = False

    @property
    def failed(self) -> bool:
        """Whether a rollout did not get ready."""
        return any(one.failed for one in self.outcomes)


def at(workload: Workload) -> str:
    """``deployment/bot in trading``."""
    return f"{workload.id} in {workload.namespace}"


def pins_text(before: str, after: str) -> str:
    """``secret/bot/binance#api_key#6 → #7``; the whole of both where more than the version differs."""
    if not before or before == after:
        return after
    if not after:
        return f"{before} → (literal)"
    stem, _, old = before.rpartition("#")
    other, _, new = after.rpartition("#")
    return f"{before} → #{new}" if stem == other and old != new else f"{before} → {after}"


def changes_text(change: Change) -> Iterator[str]:
    """One line a key: ``~ API_KEY  secret/bot/binance#api_key#6 → #7``."""
    before = change.before.pins if change.before else {}
    for key, mark in change.keys.items():
        old, new = before.get(key, ""), change.resolved.pins.get(key, "")
        shown = old if mark == "-" else pins_text(old, new) if mark in "~=" else new
        same = ", the same value" if mark == "=" else ""
        yield f"{mark} {key}  {shown or '(literal)'}{same}"


def as_text(run: Deployment) -> list[str]:
    """Lines for people."""
    done = run.applied is not None
    commit = f"commit {run.commit[:12]}" if run.commit else "the work tree"
    lines = [f"{run.target.name}: {run.target.cluster.name}, {commit}"]
    lines += [f"  took version {number} of {name}, which has no pin" for name, number in run.taken.items()]
    for change in run.plan.changes:
        if change.state != "unchanged":
            lines.append(f"secret/{_at(change)}: {_state(change, run)}")
            lines += [f"  {line}" for line in changes_text(change)]
        elif change.pending:
            keys = ", ".join(sorted(change.pending))
            lines.append(f"secret/{_at(change)}: a former run ended before the restarts ({keys})")
    restarted = run.applied.restarted if run.applied else ()
    for restart in run.plan.restarts:
        word = "restarts" if not done else "restarted" if restart in restarted else "not restarted"
        lines.append(f"{at(restart.workload)}: {word} ({', '.join(restart.why)})")
    lines += [f"{at(one.workload)}: not restarted; {one.why}" for one in run.plan.left]
    lines += [_pruned(one, run) for one in run.plan.pruned]
    lines += [f"{at(one.workload)}: {_outcome(one)}" for one in run.outcomes]
    lines += [f"{at(one.workload)}: back to the former values; {_outcome(one)}" for one in run.outcomes_back]
    lines += [f"note: {one}" for one in run.plan.notes]
    return [*lines, summary(run)]


def summary(run: Deployment) -> str:
    """The last line: what was done, or would be."""
    changed = [one for one in run.plan.changes if one.state != "unchanged"]
    if run.applied is None:
        if not run.plan.differs:
            return f"{counted(len(run.plan.changes), 'Secret')} as in Git: nothing to do"
        parts = [
            f"{counted(len(changed), 'Secret')} to write",
            f"{counted(len(run.plan.restarts), 'workload')} to restart",
        ]
        return ", ".join([*parts, *([f"{len(run.plan.pruned)} no longer in Git"] if run.plan.pruned else [])])
    if run.applied.stopped or (run.pruned and run.pruned.stopped) or run.unknown:
        return "not all was done"
    if run.rolled_back:
        return "gone back: a rollout did not get ready"
    if run.failed:
        failed = [one for one in run.outcomes if one.failed]
        return f"{counted(len(failed), 'rollout')} did not get ready"
    if not changed and not run.applied.restarted and not (run.pruned and run.pruned.pruned):
        return f"{counted(len(run.plan.changes), 'Secret')} as in Git: nothing was to do"
    waited = "" if run.outcomes or not run.applied.restarted else " (not waited for)"
    parts = [
        f"{counted(len(changed), 'Secret')} written",
        f"{counted(len(run.applied.restarted), 'workload')} restarted{waited}",
    ]
    return ", ".join(
        [*parts, *([f"{len(run.pruned.pruned)} removed"] if run.pruned and run.pruned.pruned else [])]
    )


def as_data(run: Deployment) -> dict[str, object]:
    """The same for machines."""
    applied = run.applied
    return {
        "target": run.target.name,
        "cluster": run.target.cluster.name,
        "commit": run.commit,
        "differs": run.plan.differs,
        "applied": applied is not None,
        "secrets": [_change_data(one) for one in run.plan.changes],
        "restarts": [
            {"workload": one.workload.id, "namespace": one.workload.namespace, "because": list(one.why)}
            for one in run.plan.restarts
        ],
        "not_restarted": [
            {"workload": one.workload.id, "namespace": one.workload.namespace, "because": one.why}
            for one in run.plan.left
        ],
        "no_longer_in_git": [
            {"namespace": one.namespace, "name": one.name, "kept": one.kept} for one in run.plan.pruned
        ],
        "rollouts": [
            {
                "workload": one.workload.id, "namespace": one.workload.namespace,
                "state": one.seen.standing, "text": one.seen.text, "reason": one.reason,
            }
            for one in run.outcomes
        ],
        "done": applied is not None and not _is_partial(run),
        "gone_back": run.rolled_back is not None,
        "removed": list(run.pruned.pruned) if run.pruned else [],
        "problems": [{"message": one.message, "hint": one.hint} for one in run.plan.problems],
        "notes": list(run.plan.notes),
        "summary": summary(run),
    }  # fmt: skip


def as_markdown(run: Deployment) -> list[str]:
    """A table for ``$GITHUB_STEP_SUMMARY``."""
    rows = [
        f"| secret/{cell(one.resolved.wanted.name)} | {one.state} | {cell(line)} |"
        for one in run.plan.changes
        if one.state != "unchanged"
        for line in (list(changes_text(one)) or ["labels or annotations"])
    ]
    word = "restarted" if run.applied else "restarts"
    rows += [
        f"| {cell(one.workload.id)} | {word} | {cell(', '.join(one.why))} |" for one in run.plan.restarts
    ]
    rows += [f"| secret/{cell(one.name)} | no longer in Git | {cell(one.kept)} |" for one in run.plan.pruned]
    rows += [
        f"| {cell(one.workload.id)} | {one.seen.standing} | {cell(_outcome(one))} |" for one in run.outcomes
    ]
    head = [f"### sealward deploy: {cell(run.target.name)}", ""]
    table = ["| object | what | details |", "|---|---|---|", *rows, ""] if rows else []
    return [*head, *table, summary(run)]


def cell(text: str) -> str:
    """Text that stays in its cell."""
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("`", "\\`")


def _change_data(change: Change) -> dict[str, object]:
    wanted = change.resolved.wanted
    before = change.before.pins if change.before else {}
    return {
        "namespace": wanted.namespace,
        "name": wanted.name,
        "state": change.state,
        "keys": [
            {
                "key": key,
                "mark": mark,
                "before": before.get(key, ""),
                "after": change.resolved.pins.get(key, ""),
            }
            for key, mark in change.keys.items()
        ],
        "restart_pending": sorted(change.pending),
    }


def _is_partial(run: Deployment) -> bool:
    stopped = any(one.stopped for one in (run.applied, run.pruned, run.rolled_back) if one)
    return stopped or run.failed or run.unknown


def _at(change: Change) -> str:
    return f"{change.resolved.wanted.name} in {change.resolved.wanted.namespace}"


def _state(change: Change, run: Deployment) -> str:
    same = "re-pinned, the same values" if change.keys else "other labels or annotations, the same values"
    words = {"created": "to create", "changed": "changes", "repinned": same}
    if run.applied is None:
        return words[change.state]
    stopped = run.applied.stopped
    if change.id not in {one.change.id for one in run.applied.written}:
        if stopped and change.id in stopped.standing:
            return "written, or perhaps so, and not taken back"
        return "taken back" if stopped and change.id in stopped.taken_back else "not written"
    return {"created": "created", "changed": "changed", "repinned": same}[change.state]


def _pruned(one: Pruned, run: Deployment) -> str:
    at = f"secret/{one.name} in {one.namespace}: no longer in Git"
    if one.before is None:
        return f"{at}, nor in the cluster"
    if one.kept:
        return f"{at}, and kept: {one.kept}"
    if run.pruned and f"{one.namespace}/{one.name}" in run.pruned.pruned:
        return f"{at}: removed"
    return f"{at}; --prune removes it"


def _outcome(one: Outcome) -> str:
    words = {"done": "ready", "waiting": "not ready", "failed": "failed", "skipped": "not waited for"}
    return "; ".join(filter(None, [f"{words[one.seen.standing]}, {one.seen.text}", one.reason]))


def lines(run: Deployment, form: str) -> Iterable[str]:
    """The lines of a format that is not JSON."""
    return as_markdown(run) if form == "github" else as_text(run)
