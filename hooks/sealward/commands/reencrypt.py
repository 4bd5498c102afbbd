"""``sealward reencrypt``: sealed files brought into line with the creation rules, in place."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sealward.errors import SealwardError
from sealward.report import count, help_formatter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sealward.repository import Repository
    from sealward.rotation.batch import Outcome
    from sealward.rotation.exposure import Committed, Exposure
    from sealward.rotation.follow_up import FollowUp
    from sealward.rotation.resealing import Resealed
    from sealward.rotation.sites import Sealed
    from sealward.rotation.transaction import Transaction

EPILOG = """\
Examples:
  sealward reencrypt --dry-run                 which files differ from their rule, and how
  sealward reencrypt                           bring every tracked sealed file into line
  sealward reencrypt secrets.enc.yaml          just this one
  sealward reencrypt --data-key                and give each file a fresh data key
  sealward reencrypt --then-rotate --yes       and rotate what a recipient who left could read

A file that loses a recipient gets a fresh data key in any case: they know the old one. They also know the
old values, and old commits stay readable to them: the secrets to rotate are named, and --then-rotate renews
those that have a policy in vault/rotation.yaml (it needs the server, as `sealward rotate` does).

All copies are made and verified before the first file is replaced: all files change, or none. A run that
was killed is finished by the next one.
Exit status: 0 done (or nothing to do), 2 could not do it (one line says why, and whether any file changed).
"""


def main(argv: list[str]) -> int:
    """Run ``sealward reencrypt``; returns 0, or 2 where a secret was not rotated. Raises SealwardError."""
    options = _parser().parse_args(argv)

    from sealward.repository import Repository
    from sealward.rotation.transaction import NAME, Transaction
    from sealward.sops.secret import forbid_core_dumps

    forbid_core_dumps()
    with Repository.around() as repository, Transaction(repository.top, repository.private(NAME)) as changes:
        if options.dry_run and changes.pending:
            left = count(len(changes.pending), "file")
            hint = "run it without --dry-run: it begins by finishing that"
            raise SealwardError(f"a killed run was replacing {left}, and may not have done so", hint)
        return _run(options, repository, changes)


def _run(options: argparse.Namespace, repository: Repository, transaction: Transaction) -> int:
    from sealward.report.reencryptions import Reencryption, as_json, as_text
    from sealward.rotation.exposure import Committed, exposures
    from sealward.rotation.sites import sealed_files
    from sealward.rotation.transaction import Change
    from sealward.sops.identities import find

    finished = transaction.finish()
    last = Committed(repository, find())
    sealed = list(sealed_files(repository, last.identities, options.paths))
    done = _resealed(options, last, transaction, sealed)
    changing = [one for one in done if one.changes]
    changes = [Change.of(one.before.path, one.before.data, one.after.data, one.renewed) for one in changing]
    transaction.check(changes)
    exposed = exposures((last.version(one.before), one.after) for one in done)
    run = Reencryption(finished, changing, len(sealed), exposed, done=not options.dry_run)
    follow = _follow_up(options, last, sealed, done, exposed)
    if run.done:
        transaction.commit(changes)
    if options.format == "text":
        print(as_text(run))
    outcome = _rotated(follow, run.done)
    if options.format == "text":
        _print_rotation(outcome, run.done)
    else:
        print(as_json(run, outcome))
    sys.stdout.flush()
    if run.done:
        transaction.end()  # only now: until people are told, a killed run is not over
    return 2 if (outcome.failed or outcome.problems) and run.done else 0


def _resealed(
    options: argparse.Namespace, last: Committed, transaction: Transaction, sealed: Sequence[Sealed]
) -> list[Resealed]:
    """Verified copies of all files under their rule. Raises SealwardError if one cannot be made."""
    from sealward.report.rotations import progress
    from sealward.rotation.resealing import reseal
    from sealward.sops.binary import at_once

    begun = {one.path: one.renewed for one in transaction.changes}
    ours = (begun.keys() & last.dirty) - last.edited(sealed)  # a commit or an edit ends what was begun
    draw, top = progress(), Path(last.repository.top)

    def copied(one: Sealed) -> Resealed | None:
        fresh = options.data_key and not (one.path in ours and begun[one.path])
        return reseal(one, top, last.identities, fresh, named=bool(options.paths))

    done: list[Resealed] = []
    for number, (one, copy) in enumerate(zip(sealed, at_once(copied, sealed), strict=True), 1):
        draw(number, len(sealed), one.path)
        if copy is not None and copy.changes and one.path in last.dirty - ours:
            raise SealwardError(f"{one.path} has uncommitted changes", "commit or stash them first")
        done += [copy] if copy is not None else []
    return done


def _follow_up(
    options: argparse.Namespace,
    last: Committed,
    sealed: Sequence[Sealed],
    done: Sequence[Resealed],
    exposed: Sequence[Exposure],
) -> FollowUp | None:
    """The rotation that --then-rotate asks for, prepared and agreed to; None where there is none."""
    if not options.then_rotate or not exposed:
        return None
    from sealward.commands.rotate import confirm
    from sealward.rotation.batch import Batch
    from sealward.rotation.follow_up import prepare
    from sealward.rotation.policy import find as find_policies
    from sealward.rotation.sites import sealed_files
    from sealward.rotation.targets import Chooser
    from sealward.vault.connection import connect

    client, top = connect(), last.repository.top
    everything = sealed_files(last.repository, last.identities) if options.paths else sealed
    state = {one.path: one for one in everything}
    edited = last.edited(state.values())
    state.update((one.after.path, one.after) for one in done)
    batch = Batch(client, last.identities, list(state.values()), edited)
    follow = prepare(Chooser(client, find_policies(top), top), batch, exposed)
    if follow.ready and not (options.yes or options.dry_run):
        confirm([one.plan for one in follow.ready], named=False)
    return follow


def _rotated(follow: FollowUp | None, done: bool) -> Outcome:
    from sealward.report.rotations import progress
    from sealward.rotation.batch import Outcome

    if follow is None:
        return Outcome((), ())
    return follow.run(progress()) if done else follow.planned


def _print_rotation(outcome: Outcome, done: bool) -> None:
    from sealward.report.rotations import describe

    for plan in outcome.done:
        print(describe(plan, done))
    for target, error in outcome.failed:
        verb = "was not" if done else "would not be"
        print(f"sealward: {target.name} {verb} rotated: {error}", file=sys.stderr)
    for problem in outcome.problems:
        print(f"sealward: {problem}", file=sys.stderr)
    if not done:
        print("nothing was changed (--dry-run)")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sealward reencrypt",
        description="Bring recipients, threshold and selector of sealed files into line with their rule.",
        epilog=EPILOG,
        formatter_class=help_formatter,
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="sealed files (default: every tracked one)")
    parser.add_argument("--data-key", action="store_true", help="also make a fresh data key for each file")
    parser.add_argument(
        "--then-rotate", action="store_true", help="then rotate what recipients who left could read"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would change, change nothing")
    parser.add_argument("--yes", action="store_true", help="do not ask before --then-rotate")
    parser.add_argument(
        "--format", choices=("text", "json"), default="text", help="how it is told (default: text)"
    )
    return parser
