"""Rotations for people and for programs, and their progress on a terminal. No value is ever shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sealward import shell
from sealward.document import dotted
from sealward.report import old_values
from sealward.report.beside import data_of_beside, told_of_beside
from sealward.report.old_values import lines_of
from sealward.rotation.credentials import Credentials
from sealward.rotation.retirement.revoking import Retired
from sealward.terminal import counted
from sealward.times import iso

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sealward.errors import SealwardError
    from sealward.rotation.batch import Outcome
    from sealward.rotation.credentials import Credential
    from sealward.rotation.plan import Plan
    from sealward.rotation.programs import Program
    from sealward.rotation.run import Run
    from sealward.rotation.selection import Waiting
    from sealward.sealed.unsealed import Place


def as_data(
    outcome: Outcome,
    done: bool,
    retired: Retired | None = None,
    problems: Sequence[SealwardError] = (),
    left: Sequence[Place] = (),
    engines: Credentials | None = None,
) -> dict[str, Any]:
    """``{"version": 1, "done": …, "rotated": […], "renewed": […], "retired": […], "waiting": […],
    "nothing": […], "failed": […], "mentioned": […], "warnings": […], "problems": […]}``.

    ``renewed`` are credentials that their engines make themselves. ``waiting`` are old values that are not
    revoked yet, with the kind of their obstacle; ``nothing`` those of which there was nothing to revoke.

    ``mentioned`` are lines that name a rotated secret and were not re-pinned.
    ``problems`` are errors that belong to no single secret, such as a commit that was refused.
    """
    rotated = [
        {
            "secret": plan.target.name,
            "keys": list(plan.target.keys),
            "why": plan.target.why,
            "from": plan.good,
            "to": plan.new,
            "resumed": plan.resumes and not _is_adopted(plan),
            "adopted": _is_adopted(plan),
            "files": [one.path for one in plan.files],
            "programs": [_program(one) for one in plan.target.programs],
            **data_of_beside(plan),
        }
        for plan in outcome.done
    ]
    known = retired or Retired()
    failed = [{"secret": target.name, **_error(error)} for target, error in outcome.failed]
    asked = engines or Credentials()
    failed += [{"secret": one.name, **_error(error)} for one, error in asked.failed]
    said = {"version": 1, "done": done, "rotated": rotated, "failed": failed}
    said["renewed"] = [
        {"credential": one.name, "generator": str(one.generator), "policy": one.policy} for one in asked.done
    ]
    said["mentioned"] = [
        {"file": one.path, "line": one.line, "secret": one.secret, "version": one.version} for one in left
    ]
    data = old_values.as_data(known)
    others = [*(_error(error) for error in problems), *data["problems"]]
    return {**said, **data, "problems": others}


def as_report(run: Run, done: bool, *, commits: bool = False) -> dict[str, Any]:
    """All of a run: ``as_data`` and more, as docs/rotate-report.schema.json describes it. ``commits`` says
    that it was to end in a commit."""
    said = as_data(run.outcome, done, run.retired, run.problems, run.left, run.engines)
    for one, plan in zip(said["rotated"], run.outcome.done, strict=True):
        one["later"] = [] if done else _later(plan, commits)
    said["unpinned"] = [
        {
            "secret": plan.target.name,
            "file": one.path,
            "line": site.leaf.line,
            "key_path": dotted(site.leaf.path),
        }
        for plan in run.outcome.done
        for one, site in plan.unpinned
    ]
    said["postponed"] = [
        {
            "secret": one.target.name,
            "keys": list(one.target.keys),
            "until": one.until,
            "person": one.person,
        }
        for one in run.waiting
    ]
    said["remarks"] = list(run.remarks)
    said["commit"] = run.commit or None
    said["began"], said["ended"] = iso(run.began), iso(run.ended)
    return said


def _later(plan: Plan, commits: bool) -> list[dict[str, object]]:
    """The steps after the new value is made, in their order."""
    target = plan.target
    steps: list[dict[str, object]] = [{"step": "verify"}] if target.verify is not None else []
    steps += [] if plan.resumes else [{"step": "write", "version": plan.new}]
    steps += [{"step": "pin", "files": [one.path for one in plan.files]}] if plan.files else []
    steps += [{"step": "commit"}] if commits and plan.pinned else []
    if target.grace is not None:
        steps += [{"step": "retire", "version": one, "grace": target.grace} for one in _replaced(plan)]
    return steps


def _replaced(plan: Plan) -> list[int]:
    """The versions whose values are to be revoked: those that the moved pins held, and the last good one."""
    pins = {site.reference.version or 0 for _, site in plan.pinned}
    return sorted(one for one in {plan.good, *pins} if 0 < one < plan.new)


def told_of_later(plan: Plan) -> list[str]:
    """What follows the write, line by line: when the new value is tried, when the old one is revoked."""
    target, lines = plan.target, []
    if target.verify is not None:
        when = "before it is pinned" if plan.resumes else "before it is written"
        lines.append(f"  then     the new value is tried {when}; where it fails, the old pin stays")
    if target.grace is not None:
        versions = ", ".join(map(str, _replaced(plan)))
        when = f"{target.grace} s after nothing deployed holds it any more"
        lines += [f"  later    version {versions} is revoked, {when}"] if versions else []
    return lines


def told_of_waiting(found: Sequence[Waiting]) -> list[str]:
    """Due secrets that were left alone, line by line."""
    return [f"{one.target.name} is left as it is; it is renewed {one.until}" for one in found]


def _program(program: Program) -> dict[str, object]:
    return {
        "role": program.role.value,
        "command": list(program.words),
        "environment": list(program.variables),
    }


def _is_adopted(plan: Plan) -> bool:
    return plan.resumes and plan.target.adopts == plan.new


def _error(error: SealwardError) -> dict[str, str]:
    return {"error": error.message, "hint": error.hint}


def describe(plan: Plan, done: bool, note: Callable[[Program], str] = lambda _: "") -> str:
    """What a rotation did, or would do, line by line; ``note`` says what people should know of a program."""
    target = plan.target
    keys = ", ".join(target.keys)
    verb = "rotated" if done else "would rotate"
    lines = [f"{verb} {target.name} ({keys})"]
    if plan.resumes:
        how = "is younger than the pin" if _is_adopted(plan) else "was written by an unfinished rotation"
        lines.append(f"  Vault    version {plan.new} {how}; no new secret is made")
    else:
        written = "" if done else "would be "
        lines.append(
            f"  Vault    version {plan.current} → {plan.new}, {written}{target.how}; other keys kept"
        )
    changed = {one.path for one in plan.files}
    for one, site in plan.pinned:
        if one.path in changed and site.reference.version != plan.new:
            old = site.reference.version or "none"
            lines.append(f"  {one.path}  {dotted(site.leaf.path)}  pin {old} → {plan.new}")
    for one, site in plan.unpinned:
        place = f"{one.path}  {dotted(site.leaf.path)}"
        lines.append(f"  {place}  has no pin: follows the newest version, left as it is")
    lines += told_of_beside(plan, done)
    for program in () if done else target.programs:
        known = note(program)
        lines.append(f"  runs     {program}" + (f"  [{known}]" if known else ""))
    lines += [] if done else told_of_later(plan)
    return "\n".join(lines)


def told_of_engines(found: Sequence[Credential], done: bool) -> list[str]:
    """The credentials that engines renewed, or would, line by line."""
    verb = "asked the engine" if done else "would ask the engine"
    said = []
    for one in found:
        age = "; Vault keeps no time of it, so it is always due" if one.ageless and not done else ""
        said.append(f"{verb} to renew {one.name} ({one.generator}){age}")
    return said


def told_of_old(retired: Retired, done: bool) -> list[str]:
    """What became, or would become, of old values, line by line; failures left out."""
    return lines_of(retired, done)


def told_of_left(left: Sequence[Place], done: bool) -> list[str]:
    """Where a rotated secret is named and was not re-pinned, line by line."""
    lines = []
    for one in left:
        pin = f"pins version {one.version} of" if one.version else "names"
        where = f" {one.where}" if one.where else ""
        again = "was not re-pinned" if done else "would not be re-pinned"
        lines.append(f"{one.path}:{one.line} {pin} {one.secret}{where}, and {again}")
    if left:
        lines.append("look at these before an old value is revoked: they may still use it")
    return lines


def next_steps(outcome: Outcome) -> list[str]:
    """What a person does after rotations that were not committed."""
    changed = sorted({one.path for plan in outcome.done for one in plan.files})
    lines = [f"{counted(len(changed), 'file')} re-pinned; the old versions stay in Vault"]
    if changed:
        paths = " ".join(map(shell.path, changed))
        title = f"Rotate {outcome.done[0].target.name}"
        title += f" and {len(outcome.done) - 1} more" if len(outcome.done) > 1 else ""
        lines.append(
            f"next: git diff -- {paths}; git commit -m {shell.command(title)} -- {paths}; then deploy"
        )
        if any(plan.target.grace is None for plan in outcome.done):
            lines.append("      then revoke the old value where it was issued")
    return lines
