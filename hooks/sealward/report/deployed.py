"""How clusters stand to Git and to Vault, for people and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.report.deployments import changes_text
from sealward.terminal import counted

if TYPE_CHECKING:
    from sealward.deploy.plan import Change
    from sealward.deploy.standing import Standing

_STATES = {
    "created": "is not in the cluster",
    "changed": "differs from Git",
    "repinned": "differs from Git in pins, labels or annotations alone",
    "unchanged": "as in Git",
}


def as_text(one: Standing) -> list[str]:
    """Lines for people."""
    commit = f"commit {one.commit[:12]}" if one.commit else "the work tree"
    lines = [f"{one.target}: {one.cluster}, against {commit}"]
    for change in one.plan.changes:
        lines += _secret(change)
    for restart in one.plan.restarts:
        at = f"{restart.workload.id} in {restart.workload.namespace}"
        lines.append(f"{at}: runs with values that are not Git's ({', '.join(restart.why)})")
    for left in one.plan.left:
        lines.append(f"{left.workload.id} in {left.workload.namespace}: uses what changes; {left.why}")
    for pruned in one.plan.pruned:
        why = f" ({pruned.kept})" if pruned.kept else ""
        lines.append(f"secret/{pruned.name} in {pruned.namespace}: no longer in Git{why}")
    lines += [f"vault {new.secret}: pinned to #{new.pinned}, there is #{new.current}" for new in one.newer]
    lines += [f"note: {text}" for text in one.plan.notes]
    secrets = counted(len(one.plan.changes), "Secret")
    return [*lines, f"{secrets}: {'not all as in Git' if one.differs else 'as in Git'}"]


def _secret(change: Change) -> list[str]:
    wanted = change.resolved.wanted
    deployed = f", from commit {change.commit[:12]}" if change.commit else ""
    lines = [f"secret/{wanted.name} in {wanted.namespace}: {_STATES[change.state]}{deployed}"]
    lines += [f"  {line}" for line in changes_text(change)]
    if change.pending:
        lines.append(f"  a run ended before the restarts that {', '.join(sorted(change.pending))} need")
    return lines


def as_data(one: Standing) -> dict[str, object]:
    """The same for machines."""
    return {
        "target": one.target,
        "cluster": one.cluster,
        "commit": one.commit,
        "differs": one.differs,
        "secrets": [
            {
                "namespace": change.resolved.wanted.namespace,
                "name": change.resolved.wanted.name,
                "state": change.state,
                "commit": change.commit,
                "pins": change.before.pins if change.before else {},
                "wanted": dict(change.resolved.pins),
                "keys": dict(change.keys),
                "restart_pending": sorted(change.pending),
            }
            for change in one.plan.changes
        ],
        "other_values": [
            {
                "workload": restart.workload.id, "namespace": restart.workload.namespace,
                "keys": list(restart.why),
            }
            for restart in one.plan.restarts
        ],
        "no_longer_in_git": [f"{pruned.namespace}/{pruned.name}" for pruned in one.plan.pruned],
        "newer_in_vault": [
            {"secret": new.secret, "pinned": new.pinned, "current": new.current} for new in one.newer
        ],
        "notes": list(one.plan.notes),
    }  # fmt: skip
