"""``sealward rotate``: a new secret in Vault, and its pin in the sealed files."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from sealward import files
from sealward.commands import emergency
from sealward.commands.consent import allow, allow_programs, confirm
from sealward.commands.options import about_closed, add_format, add_plan, add_require_keys
from sealward.config import FILE_NAME
from sealward.errors import SealwardError
from sealward.plaintext import Plaintext, forbid_core_dumps
from sealward.references.syntax import secret_path
from sealward.report.rotations import (
    as_report,
    describe,
    next_steps,
    told_of_engines,
    told_of_left,
    told_of_old,
    told_of_waiting,
)
from sealward.rotation import journal
from sealward.rotation.batch import Outcome
from sealward.rotation.notifying import notify
from sealward.rotation.policy import policy
from sealward.rotation.programs import Review, Role
from sealward.rotation.retirement.revoking import How
from sealward.rotation.retirement.run import OldValues
from sealward.rotation.run import Run
from sealward.rotation.selection import Selected, select
from sealward.rotation.targets import as_referred, nothing_due
from sealward.rotation.values import generators
from sealward.sealed.committed import Committed
from sealward.sealed.unsealed import mentioned
from sealward.terminal import can_ask, complain, counted, progress, say, say_json

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from sealward.git import Repository
    from sealward.rotation.batch import Batch, Ready
    from sealward.rotation.credentials import Credentials
    from sealward.rotation.plan import Acceptance, Target
    from sealward.rotation.programs import Program
    from sealward.rotation.retirement.revoking import Retired
    from sealward.rotation.targets import Chooser
    from sealward.sealed.files import Sealed
    from sealward.sealed.unsealed import Place

DESCRIPTION = "Make a new version of a secret in Vault and re-pin every reference to it."

EPILOG = """\
Examples:
  sealward rotate secret/bot/binance api_key --dry-run       say what would happen
  sealward rotate secret/bot/binance api_key api_secret      both keys, one new version
  sealward rotate secret/alerts/slack webhook --value-stdin < new-webhook
  sealward rotate secret/bot/kraken api_key --generator password:40
  sealward rotate --due --commit --yes                       what is due, in one commit (a scheduled job)
  sealward rotate secret/bot/kraken --compromised --reason "in a public log" --commit
  sealward rotate --resume                                   finish what a killed run left

The sealed files that pin the secret are re-pinned in place; the old version stays in Vault.
Server and token come from VAULT_ADDR, VAULT_TOKEN (or ~/.vault-token), VAULT_NAMESPACE, VAULT_CACERT,
or their BAO_ twins. The path may be given with or without `data/`.
Exit status: 0 done, 2 could not do it (one line says why; the old pin is still valid).
"""


def main(options: argparse.Namespace) -> int:
    """Run ``sealward rotate``; returns 0, or 2 where some rotation failed. Raises SealwardError, after it is
    reported as JSON where that is wanted."""
    options.began = options.now()
    try:
        return _main(options)
    except SealwardError as error:
        if options.format == "json":
            ended = Run(outcome=Outcome((), ()), problems=(error,), began=options.began, ended=options.now())
            say_json(as_report(ended, not options.dry_run))
        raise


def _main(options: argparse.Namespace) -> int:
    _check_options(options)
    forbid_core_dumps()

    from sealward.git import Repository
    from sealward.rotation import credentials
    from sealward.rotation.batch import Batch
    from sealward.rotation.policy.policy import find as find_policies
    from sealward.rotation.targets import Chooser
    from sealward.rotation.values.child import errors_kept
    from sealward.sealed.unopened import opened
    from sealward.sops import program
    from sealward.sops.reading.identities import find
    from sealward.vault.connection import connect
    from sealward.vault.server_clock import by_server

    with Repository.around() as repository, _alone(repository, options), errors_kept(options.log_stderr):
        program.find()
        files.check_names(repository.temporary())
        client, identities = connect(), find(services=options.require_keys or not options.dry_run)
        found, unopened = opened(repository, identities, options.file, progress())
        closed = [one.path for one in unopened if identities.alone and one.is_for_others]
        if closed:
            complain(about_closed(closed))
        sealed = [one.settled(client.mounts.settled, client.mounts.home) for one in found]
        chooser = Chooser(client, find_policies(repository.top), repository.top)
        if not options.path:
            client.remember(chooser.asked_about(sealed, everything=options.resume), progress())
        held_back = [one for one in unopened if one.path not in closed]
        options.now = by_server(client, options.now)
        batch = Batch(
            client, identities, sealed, repository.uncommitted(), options.now,
            unopened=held_back, half_staged=repository.half_staged(),
        )  # fmt: skip
        review = Review(repository)
        selected = _selected(options, chooser, sealed)
        planned = _planned(options, chooser, batch, selected)
        asked = _engines(options, chooser, sealed)
        remarks = () if options.path or options.resume else _remarks(chooser, sealed)
        if options.commit and (planned.prepared or options.resume):
            repository.check_committable(probe=not options.dry_run)
        if options.dry_run:
            notes = _at_once(options, repository, chooser, batch, planned)
            run = Run(
                outcome=Outcome(tuple(planned.plans), planned.failed), engines=asked, notes=tuple(notes),
                waiting=selected.waiting, remarks=remarks, began=options.began,
            )  # fmt: skip
            run = run._replace(retired=_retire(options, repository, chooser, batch, run.outcome))
            run = run._replace(left=tuple(_left_alone(repository, batch, run.outcome)))
            _print(options, run, note=review.note)
            return 2 if closed or not run.is_whole else 0
        if (planned.prepared or asked.done) and not (options.yes or options.resume):
            confirm(planned.plans, named=bool(options.path), note=review.note, engines=asked.done)
        if options.revoke_now:
            emergency.ask_to_revoke(_at_once(options, repository, chooser, batch, planned), yes=options.yes)
        allow_programs(review, planned.plans, by_hand=options.generator, yes=options.yes)
        outcome = batch.run(planned, progress())
        stopped = outcome.is_cut_short
        asked = credentials.untouched(asked) if stopped else credentials.renew(asked, client, progress())
        run = Run(
            outcome=outcome, engines=asked, waiting=selected.waiting, remarks=remarks, began=options.began
        )
        return _aftermath(options, repository, chooser, batch, run)


def _alone(repository: Repository, options: argparse.Namespace) -> AbstractContextManager[None]:
    """Keeps other runs out of this work tree; a dry run changes nothing, and need not."""
    from contextlib import nullcontext

    from sealward.lock import alone

    return nullcontext() if options.dry_run else alone(repository.private(""))


def _selected(options: argparse.Namespace, chooser: Chooser, sealed: list[Sealed]) -> Selected:
    """What the run is to rotate, and what is due and left alone."""
    targets = _targets(options, chooser, sealed)
    if options.path or options.resume:
        return Selected(tuple(targets))
    return select(
        targets, chooser.policies, chooser.client, options.now(), due=options.due,
        unattended=options.unattended,
    )  # fmt: skip


def _remarks(chooser: Chooser, sealed: Sequence[Sealed]) -> tuple[str, ...]:
    """What the policy file says in vain."""
    from sealward.rotation.policy.review import defects

    sites = (site.reference for one in sealed for site in one.sites if not site.reference.is_elsewhere)
    return tuple(defects(chooser.policies, [(one.mount, one.path) for one in sites]))


def _planned(options: argparse.Namespace, chooser: Chooser, batch: Batch, selected: Selected) -> Ready:
    """Everything that the run is to rotate, prepared. Raises SealwardError where the one secret that was
    named cannot be."""
    accepts = _accepts(options)
    targets = [one._replace(accepts=accepts) for one in selected.targets]
    planned = batch.prepare(targets, progress())
    if options.path:
        for _, error in planned.failed:
            raise error
    return planned._replace(failed=(*chooser.failed.values(), *selected.failed, *planned.failed))


def _accepts(options: argparse.Namespace) -> Acceptance:
    """What to do where a key that nobody named would change with the pins: a person is asked, a job that
    nobody watches leaves the secret as it is."""
    if options.accept_changed_keys:
        return "yes"
    asks = options.dry_run or (can_ask() and not options.resume)
    return "ask" if asks and not options.yes else "no"


def _aftermath(
    options: argparse.Namespace, repository: Repository, chooser: Chooser, batch: Batch, run: Run
) -> int:
    """The commit, and old values; whatever fails there, what was done is reported."""
    run = run._replace(problems=run.outcome.problems)
    known = set(chooser.failed)
    try:
        if options.commit and (run.outcome.done or options.resume):
            run = _commit(options, repository, batch, run)
        if not (run.outcome.is_cut_short or run.engines.is_cut_short):
            left = emergency.left_to_do(run.outcome.done) if options.compromised else ()
            run = run._replace(notes=(*run.notes, *_tidy(options, chooser, batch), *left))
            run = run._replace(retired=_retire(options, repository, chooser, batch, run.outcome))
    except SealwardError as error:
        run = run._replace(problems=(*run.problems, error))
    late = [error for secret, (_, error) in chooser.failed.items() if secret not in known]
    places = tuple(_left_alone(repository, batch, run.outcome))
    run = run._replace(problems=(*run.problems, *late), left=places, ended=options.now())
    unheard = notify(run, chooser.policies, chooser.top, options.now())
    run = run._replace(problems=(*run.problems, *unheard))
    _print(options, run)
    return 0 if run.is_whole else 2


def _left_alone(repository: Repository, batch: Batch, outcome: Outcome) -> list[Place]:
    """What speaks of the rotated secrets and keeps its old version: nobody re-pins it."""
    secrets = [(plan.target.mount, plan.target.path) for plan in outcome.done]
    return mentioned(repository, batch.files.values(), secrets, but=(FILE_NAME, policy.FILE))


def _tidy(options: argparse.Namespace, chooser: Chooser, batch: Batch) -> list[str]:
    """What a killed run noted and never did is undone, where somebody asks to --resume."""
    lines = []
    for (mount, path), identity, why in chooser.abandoned(batch.files.values()) if options.resume else ():
        journal.end(chooser.client, mount, path, [identity])
        lines.append(f"{mount}/{path}: {why}")
    return lines


def _retire(
    options: argparse.Namespace, repository: Repository, chooser: Chooser, batch: Batch, outcome: Outcome
) -> Retired:
    """Old values that are due to be revoked; and what is deployed is registered for other repositories."""
    rotated = [(plan.target.mount, plan.target.path) for plan in outcome.done]
    sealed = list(batch.files.values())
    only = as_referred(secret_path(options.path), sealed) if options.path else None
    old = _old_values(repository, chooser, batch)
    how = How(now=options.now(), act=not options.dry_run)
    how = how._replace(allowed=lambda one: _allow(repository, options, one))
    return old.settle(only, emergency.how(how, options, outcome.done), rotated=rotated)


def _at_once(
    options: argparse.Namespace, repository: Repository, chooser: Chooser, batch: Batch, planned: Ready
) -> list[str]:
    """Who will break where old values are revoked at once; nothing where they are not."""
    old = _old_values(repository, chooser, batch)
    return emergency.at_once(planned.plans, old) if options.revoke_now else []


def _old_values(repository: Repository, chooser: Chooser, batch: Batch) -> OldValues:
    files = list(batch.files.values())
    return OldValues(repository, batch.identities, chooser.client, chooser.policies, files)


def _allow(repository: Repository, options: argparse.Namespace, program: Program) -> None:
    """Ask for a program that revokes old values, as for those that a rotation runs itself."""
    allow(Review(repository), [program], yes=options.yes)


def _targets(options: argparse.Namespace, chooser: Chooser, sealed: list[Sealed]) -> list[Target]:
    if options.resume:
        return chooser.unfinished(sealed)
    if options.policy:
        return chooser.of_policy(options.policy, sealed)
    if options.due or options.all:
        if not any(policy.every for policy in chooser.policies.policies):
            raise nothing_due(chooser.policies)
        return chooser.due(sealed, options.now()) if options.due else chooser.all(sealed)
    try:
        secret = as_referred(secret_path(options.path), sealed)
    except ValueError as error:
        raise SealwardError(str(error), "give MOUNT/PATH, such as secret/bot/binance") from None
    keys = tuple(dict.fromkeys(options.key)) or emergency.keys_of(secret, chooser, sealed)
    target = chooser.named(secret, keys, options.generator)
    if options.compromised:
        target = emergency.marked(target, options.reason)
    if options.value_stdin:
        value = _stdin()
        programs = tuple(one for one in target.programs if one.role is not Role.GENERATE)
        how = "value from standard input"
        made = target._replace(how=how, make=lambda _: {keys[0]: value}, programs=programs)
        return [made._replace(given=value)]
    return [target]


def _engines(options: argparse.Namespace, chooser: Chooser, sealed: list[Sealed]) -> Credentials:
    """The engines' own credentials that the run is to have renewed, where policies say so."""
    from sealward.rotation import credentials

    if options.path or options.resume:
        return credentials.Credentials()
    now = options.now() if options.due else None
    return credentials.choose(chooser.client, chooser.policies, sealed, options.policy, now)


def _check_options(options: argparse.Namespace) -> None:
    chosen = [bool(options.path), options.due, options.all, options.resume, bool(options.policy)]
    if sum(chosen) != 1:
        hint = "name PATH KEY, or use one of --due, --policy, --all and --resume (`sealward rotate --help`)"
        raise SealwardError("nothing says what to rotate", hint)
    emergency.check(options)
    if options.path and not options.key and not options.compromised:
        raise SealwardError(f"no key of {options.path} is named", "say which: sealward rotate PATH KEY…")
    if options.value_stdin and len(set(options.key)) != 1:
        raise SealwardError("--value-stdin gives one value", "rotate one KEY at a time with it")
    if options.generator:
        if not options.path:
            raise SealwardError("--generator goes with PATH KEY", "policies say their own generators")
        generators.check(options.generator)


def _commit(options: argparse.Namespace, repository: Repository, batch: Batch, run: Run) -> Run:
    """One commit of the new pins, and of those that an earlier run could not commit. Raises SealwardError
    where git refuses it."""
    from sealward.rotation.committing import commit, kept_out

    sealed = list(batch.files.values())
    last = Committed(repository, batch.identities)
    made = commit(last, run.outcome.done, sealed, left_over=options.resume)
    if made is None:
        nothing = ["no file pins what was rotated: nothing to commit"] if run.outcome.done else []
        return run._replace(notes=(*run.notes, *nothing))
    if made.kept:
        run = run._replace(problems=(*run.problems, kept_out(made)))
    if not made.name:
        return run
    note = f"committed {counted(len(made.files), 'file')}: {made.title}"
    return run._replace(notes=(*run.notes, note), commit=made.name)


def _print(
    options: argparse.Namespace,
    run: Run,
    note: Callable[[Program], str] = lambda _: "",
) -> None:
    done = not options.dry_run
    outcome, engines, old, problems = run.outcome, run.engines, run.retired, run.problems
    if options.format == "json":
        say_json(as_report(run, done, commits=options.commit))
        return
    lines = [describe(plan, done, note) for plan in outcome.done]
    lines += [*told_of_engines(engines.done, done), *run.notes, *told_of_old(old, done)]
    lines += [*told_of_left(run.left, done), *told_of_waiting(run.waiting)]
    if not lines and run.is_whole:
        lines.append("nothing is unfinished" if options.resume else "nothing is due")
    elif options.dry_run:
        changed = {one.path for plan in outcome.done for one in plan.files}
        lines += [f"would commit {counted(len(changed), 'file')}"] if options.commit and changed else []
        lines.append("nothing was changed (--dry-run)")
    elif outcome.done and not options.commit:
        lines += next_steps(outcome)
    say(lines)
    verb = "was not" if done else "would not be"
    for target, error in outcome.failed:
        complain(f"{target.name} {verb} rotated: {error}")
    for credential, error in engines.failed:
        complain(f"{credential.name} {verb} renewed: {error}")
    for one, error in old.failed:
        complain(f"{one.name} was not retired: {error}")
    for error in problems:
        complain(str(error))
    for remark in run.remarks:
        complain(remark)


def _stdin() -> Plaintext:
    """One value: the whole of standard input, without the line end behind it (or the mark before it that
    some shells of Windows write)."""
    data = sys.stdin.buffer.read(1 << 20).removeprefix(b"\xef\xbb\xbf")
    end = next((end for end in (b"\r\n", b"\n") if data.endswith(end)), b"")
    value = data.removesuffix(end)
    try:
        text = value.decode()
    except UnicodeDecodeError:
        text = ""
    if not text.strip():
        raise SealwardError("no value on standard input", "pipe the new value in, as UTF-8 text")
    return Plaintext(value)


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.set_defaults(now=time.time)
    parser.add_argument(
        "path", nargs="?", metavar="PATH", help="the secret: MOUNT/PATH, with or without data/"
    )
    parser.add_argument("key", nargs="*", metavar="KEY", help="the keys of the secret to renew")
    parser.add_argument("--due", action="store_true", help="every secret that vault/rotation.yaml calls due")
    parser.add_argument("--policy", metavar="NAME", help="every secret of one policy, due or not")
    parser.add_argument("--all", action="store_true", help="every secret with a policy, due or not")
    parser.add_argument(
        "--resume", action="store_true", help="finish what a killed run left; make nothing new"
    )
    parser.add_argument(
        "--unattended", action="store_true", help="leave what a person types (generator: prompt) to people"
    )
    parser.add_argument("--file", action="append", default=[], metavar="F", help="only this sealed file")
    parser.add_argument("--generator", metavar="G", help="hex:32 (default), base64:32, password:40, …")
    parser.add_argument("--value-stdin", action="store_true", help="read the new value from standard input")
    parser.add_argument(
        "--accept-changed-keys",
        action="store_true",
        help="pin keys that somebody else changed, too, where the pins move there",
    )
    parser.add_argument(
        "--compromised", action="store_true", help="it leaked: new values of all keys, old ones revoked early"
    )
    parser.add_argument(
        "--reason", default="", metavar="TEXT", help="with --compromised: what the commit says"
    )
    parser.add_argument(
        "--revoke-now", action="store_true", help="with --compromised: at once, also what is still deployed"
    )
    add_plan(parser)
    add_require_keys(parser, "with --dry-run: ")
    parser.add_argument("--commit", action="store_true", help="commit the new pins, and nothing else")
    parser.add_argument(
        "--log-stderr",
        metavar="F",
        default="",
        help="add what programs of the policy write to standard error to this file (it may hold secrets)",
    )
    add_format(parser)
