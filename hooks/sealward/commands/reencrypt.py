"""``sealward reencrypt``: sealed files brought into line with the creation rules, in place."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from sealward import files, worktree
from sealward.commands.options import about_closed, add_format, add_require_keys
from sealward.errors import SealwardError
from sealward.terminal import ask, can_ask, complain, counted, progress, say, say_json

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from sealward.git import Repository
    from sealward.reencryption.exposure import Exposure
    from sealward.reencryption.follow_up import FollowUp
    from sealward.reencryption.newcomers import Newcomer
    from sealward.reencryption.resealing import Intent, Resealed
    from sealward.reencryption.transaction import Transaction
    from sealward.rotation.batch import Outcome
    from sealward.sealed.committed import Committed
    from sealward.sealed.files import Sealed

DESCRIPTION = "Bring recipients, threshold and selector of sealed files into line with their rule."

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

A recipient that neither the last commit's file nor its rule has is named and asked for first; without a
terminal that needs --trust-new-recipients. The same goes for an age plugin that no identity of yours uses.
Identities of plugins, gpg and key services (KMS, Vault transit) are used with --require-keys alone: what a
repository says starts no program by itself.

All copies are made and verified before the first file is replaced: all files change, or none. A run that
was killed is finished by the next one.
Exit status: 0 done (or nothing to do), 2 could not do it (one line says why, and whether any file changed).
"""

_PROGRAMS = "add --require-keys if plugins, gpg and key services may be used for it"


def main(options: argparse.Namespace) -> int:
    """Run ``sealward reencrypt``; returns 0, or 2 where a secret was not rotated. Raises SealwardError."""
    from sealward.git import Repository
    from sealward.plaintext import forbid_core_dumps
    from sealward.reencryption.transaction import NAME, Transaction

    forbid_core_dumps()
    with Repository.around() as repository, Transaction(repository.top, repository.private(NAME)) as changes:
        if options.dry_run and changes.pending:
            left = counted(len(changes.pending), "file")
            hint = "run it without --dry-run: it begins by finishing that"
            raise SealwardError(f"a killed run was replacing {left}, and may not have done so", hint)
        return _run(options, repository, changes)


def _run(options: argparse.Namespace, repository: Repository, transaction: Transaction) -> int:
    from sealward.reencryption.exposure import exposures
    from sealward.reencryption.transaction import Change
    from sealward.report.reencryptions import Reencryption, as_data, as_text
    from sealward.sealed.committed import Committed
    from sealward.sops.reading.identities import find

    files.check_names(repository.temporary())
    finished = transaction.finish()
    last = Committed(repository, find(services=options.require_keys))
    sealed, closed = _opened(options, last)
    intents = _intents(options, last, transaction, sealed)
    untried = _untried(options, last, intents)
    newcomers = _asked_for(options, last, intents)
    done = _resealed(last, intents, untried.union(*(one.paths for one in newcomers)))
    changing = [one for one in done if one.changes]
    absent = _absent(options, changing)
    changes = [Change.of(one.before.path, one.before.data, one.after.data, one.renewed) for one in changing]
    transaction.check(change for change in changes if change.path not in absent)
    exposed = exposures((last.version(one.before), one.after, one.intent.holders) for one in done)
    run = Reencryption(
        finished=finished,
        changing=changing,
        total=len(sealed),
        exposed=exposed,
        done=not options.dry_run,
        newcomers=newcomers,
        untried=sorted(untried),
        closed=closed,
    )
    follow = _follow_up(options, last, sealed, done, exposed)
    if run.done:
        transaction.commit(changes)
    if options.format == "text":
        say(as_text(run))
    outcome = _rotated(follow, run.done)
    if options.format == "text":
        _print_rotation(outcome, run.done)
    else:
        say_json(as_data(run, outcome))
    for path in absent:
        complain(f"{path}: not in the work tree; a run needs it there (`git sparse-checkout add` its folder)")
    sys.stdout.flush()
    if run.done:
        transaction.end()  # only now: until people know, a killed run is not over
    return 2 if closed or ((outcome.failed or outcome.problems) and run.done) else 0


def _opened(options: argparse.Namespace, last: Committed) -> tuple[list[Sealed], list[str]]:
    """The sealed files, and the paths of those that nothing in this process opens: a dry run names them,
    a run raises SealwardError, with the way out."""
    from sealward.sealed.files import openable, sealed_files
    from sealward.sops.reading.data_key import NoDataKey

    if options.dry_run:
        sealed, closed = openable(last.repository, last.identities, options.paths, progress())
        if closed:
            complain(about_closed(closed))
        return sealed, closed
    try:
        return list(sealed_files(last.repository, last.identities, options.paths, progress())), []
    except NoDataKey as error:
        if not options.require_keys:
            raise SealwardError(error.message, f"{error.hint}; or {_PROGRAMS}") from None
        raise


def _untried(options: argparse.Namespace, last: Committed, intents: Sequence[Intent]) -> set[str]:
    """The files of which a dry run makes no copy, as that starts a program. A run raises SealwardError."""
    identities, asked = last.identities, not options.dry_run
    paths = {one.sealed.path for one in intents if one.said and not one.is_possible(identities, asked)}
    for path in sorted(paths) if asked else ():
        reason = "wrapping its data key starts a plugin or gpg, or asks a key service"
        raise SealwardError(f"{path}: {reason}", _PROGRAMS)
    return paths


def _absent(options: argparse.Namespace, changing: Sequence[Resealed]) -> list[str]:
    """What a dry run names although the work tree does not have it. A run itself raises SealwardError."""
    for one in changing if not options.dry_run else ():
        files.check_there(one.before.file, top=one.before.top)
    return [one.before.path for one in changing if not files.is_there(one.before.file)]


def _intents(
    options: argparse.Namespace, last: Committed, transaction: Transaction, sealed: Sequence[Sealed]
) -> list[Intent]:
    """What becomes of each file that a rule claims, or that was named. Raises SealwardError."""
    from sealward.reencryption.resealing import intend
    from sealward.sealed.rules import RuleBook

    started = {one.path: one.renewed for one in transaction.changes}
    ours = (started.keys() & last.dirty) - last.edited(sealed)  # a commit or an edit ends what was started
    rules = RuleBook(partial(worktree.configuration, last.repository.top))
    found: list[Intent] = []
    for one in sealed:
        fresh = options.data_key and not (one.path in ours and started[one.path])
        intent = intend(one, rules, data_key=fresh, named=bool(options.paths))
        if intent is not None and intent.said and one.path in last.dirty - ours:
            raise SealwardError(f"{one.path} has uncommitted changes", "commit or stash them first")
        found += [intent] if intent is not None else []
    return found


def _asked_for(options: argparse.Namespace, last: Committed, intents: Sequence[Intent]) -> list[Newcomer]:
    """The recipients that the last commit does not have: a person says yes to them, on a terminal once, else
    with --trust-new-recipients; a dry run only names them. Raises SealwardError where it is not yes."""
    from sealward.reencryption.newcomers import Trust

    trust = Trust(last.repository, last.dirty, last.identities)
    newcomers = [] if options.trust_new_recipients else trust.newcomers(intents)
    if not newcomers or options.dry_run:
        return newcomers
    if not can_ask():
        hint = "if you know them, run it on a terminal, or with --trust-new-recipients"
        shown = f"{newcomers[0]}" + (f", and {len(newcomers) - 1} more" if newcomers[1:] else "")
        raise SealwardError(f"the last commit does not have this recipient: {shown}", hint)
    say(str(one) for one in newcomers)
    if not ask("The last commit does not have them. Wrap the data key for them?"):
        raise SealwardError("nothing was changed", "take them out of the rule, or of the files")
    trust.allow(newcomers)
    return []


def _resealed(last: Committed, intents: Sequence[Intent], held: set[str]) -> list[Resealed]:
    """Verified copies of all files under their rule; no copy of those ``held`` back in a dry run. Raises
    SealwardError if one cannot be made."""
    from sealward.children import at_once
    from sealward.reencryption.resealing import Resealed, reseal

    def copied(one: Intent) -> Resealed:
        kept = one.sealed.path in held
        return Resealed(one.sealed, one.sealed, one) if kept else reseal(one, last.identities)

    done: list[Resealed] = []
    draw = progress()
    for number, (one, copy) in enumerate(zip(intents, at_once(copied, intents), strict=True), 1):
        draw(number, len(intents), one.sealed.path)
        done.append(copy)
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
    from sealward.commands.consent import allow_programs, confirm
    from sealward.reencryption.follow_up import prepare
    from sealward.rotation.batch import Batch
    from sealward.rotation.policy.policy import find as find_policies
    from sealward.rotation.programs import Review
    from sealward.rotation.targets import Chooser
    from sealward.sealed.files import openable
    from sealward.vault.connection import connect

    client, top = connect(), last.repository.top
    everything = openable(last.repository, last.identities)[0] if options.paths else sealed
    settled, home = client.mounts.settled, client.mounts.home
    state = {one.path: one.settled(settled, home) for one in everything}
    exposed = [one._replace(references=tuple(map(settled, one.references))) for one in exposed]
    edited = last.edited(state.values())
    state.update((one.after.path, one.after.settled(settled, home)) for one in done)
    review = Review(last.repository)
    batch = Batch(client, last.identities, list(state.values()), edited)
    follow = prepare(Chooser(client, find_policies(top), top), batch, exposed)
    if follow.ready and not (options.yes or options.dry_run):
        confirm([one.plan for one in follow.ready], named=False, note=review.note)
    if follow.ready and not options.dry_run:
        plans = [one.plan for one in follow.ready]
        allow_programs(review, plans, by_hand=None, yes=options.yes)
    return follow


def _rotated(follow: FollowUp | None, done: bool) -> Outcome:
    from sealward.rotation.batch import Outcome

    if follow is None:
        return Outcome((), ())
    return follow.run(progress()) if done else follow.planned


def _print_rotation(outcome: Outcome, done: bool) -> None:
    from sealward.report.rotations import describe

    for plan in outcome.done:
        say(describe(plan, done))
    for target, error in outcome.failed:
        verb = "was not" if done else "would not be"
        complain(f"{target.name} {verb} rotated: {error}")
    for problem in outcome.problems:
        complain(str(problem))
    if not done:
        say("nothing was changed (--dry-run)")


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="sealed files (default: every tracked one)")
    parser.add_argument("--data-key", action="store_true", help="also make a fresh data key for each file")
    parser.add_argument(
        "--then-rotate", action="store_true", help="then rotate what recipients who left could read"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would change, change nothing")
    add_require_keys(parser)
    parser.add_argument("--yes", action="store_true", help="do not ask before --then-rotate")
    parser.add_argument(
        "--trust-new-recipients",
        action="store_true",
        help="do not ask for recipients, and age plugins, that the last commit does not have",
    )
    add_format(parser)
