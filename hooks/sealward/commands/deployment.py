"""The actions of ``sealward deploy``: from a commit to a plan, to writes, to what is printed."""

from __future__ import annotations

import contextlib
import re
import secrets
from typing import TYPE_CHECKING, NamedTuple

from sealward.deploy import digests, plan, rollout
from sealward.deploy.api import Api
from sealward.deploy.apply import Run
from sealward.deploy.proxy import serve
from sealward.deploy.resolution import Resolver
from sealward.deploy.source import Source
from sealward.errors import SealwardError
from sealward.git import Repository
from sealward.report.deployments import Deployment, as_data, lines
from sealward.sops.reading.identities import find as find_identities
from sealward.terminal import ask, can_ask, complain, say, say_json
from sealward.vault.connection import connect

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from sealward.deploy.consumers import Workload
    from sealward.deploy.rollout import Outcome, Seen


_DURATION = re.compile(r"([1-9][0-9]{0,4})(s|m|h)")
_SECONDS = {"s": 1, "m": 60, "h": 3600}


class Looked(NamedTuple):
    """A plan, and what it was made with."""

    api: Api
    asked: plan.Asked
    made: plan.Plan
    taken: dict[str, int]


def diff(options: argparse.Namespace) -> int:
    """What an apply would change."""
    with _looked(options) as found:
        _print(options, _deployment(found))
        if found.made.problems:
            return _refused(found.made.problems)
        return int(found.made.differs)


def apply(options: argparse.Namespace) -> int:
    """Do it."""
    seconds = duration(options.timeout)
    with _looked(options, writing=True) as found:
        if found.made.problems:
            _print(options, _deployment(found))
            return _refused(found.made.problems)
        _confirm(options, found)
        return _carried_out(options, found, seconds)


def _carried_out(options: argparse.Namespace, found: Looked, seconds: int) -> int:
    run = Run(found.api, found.asked, found.made)
    applied = run.secrets_and_restarts()
    report = _deployment(found)._replace(applied=applied, prune=options.prune)
    outcomes: Sequence[Outcome] = ()
    if applied.stopped is None and not options.no_wait:
        outcomes = _waited(found, seconds)
    failed = any(one.failed for one in outcomes)
    report = report._replace(outcomes=outcomes)
    if failed and options.rollback:
        report = report._replace(rolled_back=run.undo())
    elif applied.stopped is None and not failed and options.prune:
        report = report._replace(pruned=run.prune())
    _print(options, report)
    return _status(report, failed)


def _status(report: Deployment, failed: bool) -> int:
    stops = [
        one.stopped for one in (report.applied, report.pruned, report.rolled_back) if one and one.stopped
    ]
    for stopped in stops:
        complain(str(stopped.error))
        if stopped.during == "secrets":
            back = (
                "nothing stays changed"
                if not stopped.standing
                else f"still changed: {', '.join(stopped.standing)}"
            )
            complain(f"stopped while Secrets were written; {back}")
        elif stopped.during == "restarts":
            complain("the Secrets are written, not all workloads restarted; run it again: it finishes")
    if failed:
        how = (
            "the former values are back"
            if report.rolled_back and not report.rolled_back.stopped
            else ("the new values stay; fix the workload, or go back with --rollback")
        )
        complain(f"a rollout did not get ready; {how}")
    return 2 if stops or failed else 0


def _waited(found: Looked, seconds: int) -> list[Outcome]:
    restarted = [one.workload for one in found.made.restarts]
    known = {(one.namespace, one.id) for one in restarted}
    under_way = (one for one in found.made.unsettled if (one.namespace, one.id) not in known)
    others = [one for one in under_way if rollout.look(one, one.body).standing in ("waiting", "failed")]
    return rollout.wait(found.api, [*restarted, *others], seconds, _unseen)


def _unseen(workload: Workload, seen: Seen) -> None:
    """Progress that nobody sees."""


@contextlib.contextmanager
def _looked(options: argparse.Namespace, *, writing: bool = False) -> Iterator[Looked]:
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
            restart = not getattr(options, "no_restart", False)
            asked = plan.Asked(target, commit.name, frozenset(options.take_over), restart)
            made = plan.make(api, asked, resolved, lambda: secrets.token_hex(digests.SIZE))
            yield Looked(api, asked, made, resolver.taken)


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
    if options.yes or not found.made.differs:
        return
    if not can_ask():
        raise SealwardError(
            "there is something to change, and no terminal to ask on", "add --yes (or use diff)"
        )
    say(lines(_deployment(found), "text"))
    if not ask(f"Apply to {found.asked.target.cluster.name}?"):
        raise SealwardError("nothing was changed", "answer y, or use --yes")


def duration(text: str) -> int:
    """``90s``, ``5m``, ``1h`` → seconds. Raises SealwardError."""
    match = _DURATION.fullmatch(text)
    if match is None:
        raise SealwardError(f"--timeout {text!r} is not a duration", "such as 90s, 5m or 1h")
    return int(match[1]) * _SECONDS[match[2]]
