"""The actions of ``sealward deploy`` that plan and write: from a commit to a plan, to what is printed."""

from __future__ import annotations

import contextlib
import re
import secrets
import sys
from typing import TYPE_CHECKING, NamedTuple

from sealward.deploy import digests, plan, rollout
from sealward.deploy.api import Api
from sealward.deploy.apply import Run
from sealward.deploy.proxy import serve
from sealward.deploy.resolution import Resolver
from sealward.deploy.source import Source
from sealward.errors import SealwardError
from sealward.git import Repository
from sealward.report.deployments import Deployment, as_data, at, lines
from sealward.sops.reading.identities import find as find_identities
from sealward.terminal import ask, can_ask, complain, is_terminal, progress, say, say_json
from sealward.vault.connection import connect

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from sealward.deploy.consumers import Workload
    from sealward.deploy.rollout import Outcome, Seen

_DURATION = re.compile(r"([1-9][0-9]{0,4})(s|m|h)")
_SECONDS = {"s": 1, "m": 60, "h": 3600}


class TargetOptions(NamedTuple):
    """What a plan is made by: the target and how it is read."""

    target: str
    worktree: bool
    allow_unpinned: bool
    take_over: frozenset[str] = frozenset()
    restart: bool = True

    @classmethod
    def of(cls, options: argparse.Namespace, target: str | None = None) -> TargetOptions:
        """Those of the command line."""
        return cls(
            target=options.target if target is None else target,
            worktree=options.worktree,
            allow_unpinned=options.allow_unpinned,
            take_over=frozenset(getattr(options, "take_over", ())),
            restart=not getattr(options, "no_restart", False),
        )


class Looked(NamedTuple):
    """A plan, and what it was made with."""

    api: Api
    asked: plan.Asked
    made: plan.Plan
    taken: dict[str, int]


def diff(options: argparse.Namespace) -> int:
    """What an apply would change."""
    with looked(TargetOptions.of(options)) as found:
        _print(options, _deployment(found))
        if found.made.problems:
            return _refused(found.made.problems)
        return int(found.made.differs)


def apply(options: argparse.Namespace) -> int:
    """Do it."""
    seconds = duration(options.timeout)
    with looked(TargetOptions.of(options), writing=True) as found:
        if found.made.problems:
            _print(options, _deployment(found))
            return _refused(found.made.problems)
        _confirm(options, found)
        return _carried_out(options, found, seconds)


@contextlib.contextmanager
def looked(options: TargetOptions, *, writing: bool = False, dry_runs: bool = True) -> Iterator[Looked]:
    """Everything read, resolved, and tried by dry runs. Raises SealwardError."""
    with Repository.around() as repository:
        source = Source(repository, find_identities(), worktree=options.worktree)
        target = source.target(options.target)
        commit = source.commit(target, unpinned=options.allow_unpinned)
        if writing:
            source.check_writable(commit)
        resolver = Resolver(connect)
        resolved = resolver.resolve(commit.wanted)
        with serve(target.cluster) as socket:
            api = Api(socket, target.cluster.name)
            asked = plan.Asked(target, commit.name, options.take_over, options.restart)
            _check_taken_over(asked, [one.wanted.name for one in resolved])
            salt = lambda: secrets.token_hex(digests.SIZE)  # noqa: E731
            made = plan.make(api, asked, resolved, salt, dry_runs=dry_runs)
            yield Looked(api, asked, made, resolver.taken)


def duration(text: str) -> int:
    """``90s``, ``5m``, ``1h`` → seconds. Raises SealwardError."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise SealwardError(f"--timeout {text!r} is not a duration", "such as 90s, 5m or 1h")
    return int(match[1]) * _SECONDS[match[2]]


def _check_taken_over(asked: plan.Asked, names: Sequence[str]) -> None:
    unknown = sorted(asked.take_over - {"*", *names})
    if unknown:
        hint = f"there are: {', '.join(names)}"
        raise SealwardError(f"--take-over {unknown[0]}: the target has no such Secret", hint)


def _carried_out(options: argparse.Namespace, found: Looked, seconds: int) -> int:
    run = Run(found.api, found.asked, found.made)
    applied = run.secrets_and_restarts()
    report = _deployment(found)._replace(applied=applied)
    try:
        report = _followed_up(options, found, run, report, seconds)
    except SealwardError as error:
        complain(f"the Secrets are written; whether what was restarted runs is not known: {error}")
        report = report._replace(unknown=True)
    _print(options, report)
    return _status(report)


def _followed_up(
    options: argparse.Namespace, found: Looked, run: Run, report: Deployment, seconds: int
) -> Deployment:
    """Waiting, going back, pruning: whatever is due after the writes."""
    if report.applied is None or report.applied.stopped is not None:
        return report
    if not options.no_wait:
        report = report._replace(outcomes=_waited(found, _due(found), seconds))
    if report.failed and options.rollback:
        undone = run.undo()
        again = _waited(found, [one.workload for one in undone.restarted], seconds)
        return report._replace(rolled_back=undone, outcomes_back=again)
    if options.prune and not report.failed:
        return report._replace(pruned=run.prune())
    return report


def _status(report: Deployment) -> int:
    stops = [
        one.stopped for one in (report.applied, report.pruned, report.rolled_back) if one and one.stopped
    ]
    for stopped in stops:
        complain(str(stopped.error))
        if stopped.during == "secrets":
            left = (
                f"not taken back: {', '.join(stopped.standing)}"
                if stopped.standing
                else "nothing stays changed"
            )
            complain(f"stopped while Secrets were written; {left}")
        elif stopped.during == "restarts":
            complain("the Secrets are written, not all workloads restarted; run it again: it finishes")
    if report.failed:
        complain(f"a rollout did not get ready; {_after_failure(report)}")
    return 2 if stops or report.failed or report.unknown else 0


def _after_failure(report: Deployment) -> str:
    if report.rolled_back is None:
        return "the new values stay; fix the workload, or go back with --rollback"
    if report.rolled_back.stopped:
        return "going back did not succeed"
    if any(one.failed for one in report.outcomes_back):
        return "the former values are back, and it does not get ready with them either"
    return "the former values are back: the cluster is not as Git says now"


def _due(found: Looked) -> list[Workload]:
    """What is waited for: what was restarted, and what a former run restarted and is still under way."""
    restarted = [one.workload for one in found.made.restarts]
    known = {(one.namespace, one.id) for one in restarted}
    under_way = (one for one in found.made.unsettled if (one.namespace, one.id) not in known)
    others = [one for one in under_way if rollout.look(one, one.body).standing in ("waiting", "failed")]
    return [*restarted, *others]


def _waited(found: Looked, workloads: Sequence[Workload], seconds: int) -> list[Outcome]:
    if not workloads:
        return []
    draw, seen = progress(), dict[tuple[str, str], "Seen"]()
    if not is_terminal(sys.stderr):
        for one in workloads:
            say(f"waiting for {at(one)}, up to {seconds} s", file=sys.stderr)

    def shown(one: Workload, now: Seen) -> None:
        seen[one.namespace, one.id] = now
        ready, total = sum(each.ready for each in seen.values()), sum(each.total for each in seen.values())
        draw(min(ready, max(total - 1, 0)), max(total, 2), f"{one.id}: {now.text}")

    try:
        return rollout.wait(found.api, workloads, seconds, shown)
    finally:
        draw(2, 2, "")


def _deployment(found: Looked) -> Deployment:
    return Deployment(
        target=found.asked.target, commit=found.asked.commit, plan=found.made, taken=found.taken
    )


def _print(options: argparse.Namespace, report: Deployment) -> None:
    if options.format == "json":
        say_json(as_data(report))
    else:
        say(lines(report, options.format))


def _refused(problems: Sequence[SealwardError]) -> int:
    for one in problems:
        complain(str(one))
    complain("nothing was changed")
    return 2


def _confirm(options: argparse.Namespace, found: Looked) -> None:
    """Ask on a terminal. Raises SealwardError where the answer is not yes, or nobody is there to ask."""
    if options.yes or not (found.made.writes or (options.prune and found.made.pruned)):
        return
    if not can_ask():
        raise SealwardError(
            "there is something to change, and no terminal to ask on", "add --yes (or use diff)"
        )
    say(lines(_deployment(found), "text"))
    if not ask(f"Apply to {found.asked.target.cluster.name}?"):
        raise SealwardError("nothing was changed", "answer y, or use --yes")
