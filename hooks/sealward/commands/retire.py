"""``sealward retire``: revoke old values where they were issued, or see what is to be revoked."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sealward.commands.consent import allow
from sealward.commands.opened import opened
from sealward.commands.options import add_format, add_plan, number
from sealward.errors import SealwardError
from sealward.report.old_values import as_data, lines_of
from sealward.terminal import ask, can_ask, complain, say, say_json

if TYPE_CHECKING:
    import argparse

    from sealward.commands.opened import Opened
    from sealward.rotation.retirement.revoking import Retired
    from sealward.rotation.retirement.run import OldValues

DESCRIPTION = "Revoke old values of a secret where they were issued, by the `retire` command of its policy."

EPILOG = """\
Examples:
  sealward retire secret/bot/binance --list             what waits, what was revoked, who pins what
  sealward retire secret/bot/binance                    what is due: nothing deployed holds it
  sealward retire secret/bot/binance --version 7        the same for one version, noted or not
  sealward retire secret/bot/binance --version 7 --now  at once, as it leaked: says who uses it, and asks
  sealward retire secret/bot/binance --version 7 --done it was revoked by hand: note that

In use means deployed: branches of the remote (`deployed` in vault/rotation.yaml names them), and what
other repositories have registered. docs/rotation-explained.md has all conditions. The newest version is
never retired: rotate first. `sealward status` of every repository that pins a revoked version says so.
Exit status: 0 done (or nothing to do yet), 2 could not do it (one line says why).
"""


def main(options: argparse.Namespace) -> int:
    """Run ``sealward retire``; returns the exit status. Raises SealwardError."""
    _check_options(options)

    from sealward.rotation.retirement.run import OldValues

    changes = not (options.dry_run or options.list)
    with opened(options.secret, changes=changes) as found:
        old = OldValues(found.repository, found.identities, found.client, found.policies, found.sealed)
        if options.list:
            return _list(options, found, old)
        if options.done:
            return _done(options, found, old)
        return _revoke(options, found, old)


def _revoke(options: argparse.Namespace, found: Opened, old: OldValues) -> int:
    """What is due, or with --now all that is noted."""
    from sealward.rotation.programs import Review
    from sealward.rotation.retirement.revoking import How
    from sealward.vault.server_clock import by_server

    act = not options.dry_run
    options.now = by_server(found.client, options.now)
    if options.version:
        old.wanted(found.secret, options.version, act=act)
    how = How(now=options.now(), act=act, at_once=options.at_once, version=options.version)
    if options.at_once and act and not options.yes:
        _ask(found, old.settle(found.secret, how._replace(act=False)))
    review = Review(found.repository)
    how = how._replace(allowed=lambda program: allow(review, [program], yes=options.yes))
    result = old.settle(found.secret, how)
    said = lines_of(result, act) or [f"nothing of {found.name} is to be retired"]
    _print(options, {"version": 1, "done": act, **as_data(result)}, said)
    for one, error in result.failed:
        complain(f"{one.name} was not retired: {error}")
    return 2 if result.failed else 0


def _ask(found: Opened, planned: Retired) -> None:
    """Say what will break, and ask. Raises SealwardError where the answer is not yes."""
    say(lines_of(planned, done=False))
    if not can_ask():
        raise SealwardError(
            f"old values of {found.name} are to be revoked at once", "add --yes (or --dry-run)"
        )
    if planned.done and not ask("Revoke at once?"):
        raise SealwardError("nothing was changed", "answer y, or use --yes")


def _done(options: argparse.Namespace, found: Opened, old: OldValues) -> int:
    """Note that a person did it."""
    act = not options.dry_run
    old.by_hand(found.secret, options.version, now=options.now(), act=act)
    verb = "is" if act else "would be"
    line = f"version {options.version} of {found.name} {verb} noted as revoked by hand"
    data = {"secret": found.name, "version": options.version, "by_hand": True}
    _print(options, {"version": 1, "done": act, "retired": [data]}, [line])
    return 0


def _list(options: argparse.Namespace, found: Opened, old: OldValues) -> int:
    """What waits, what was revoked, who pins what."""
    from sealward.rotation.retirement import notes, registry
    from sealward.rotation.retirement.revoking import How
    from sealward.times import iso

    result = old.settle(found.secret, How(now=options.now(), act=False))
    metadata = found.client.metadata(*found.secret)
    gone = {one: metadata.custom.get(f"{notes.RETIRED}{one}") for one in sorted(notes.retired(metadata))}
    pins = registry.registered(metadata)
    lines = [f"{found.name}: the newest version is {metadata.current}", *lines_of(result, done=False)]
    lines += [f"version {one} was revoked{f', {when}' if when else ''}" for one, when in gone.items()]
    lines += [f"{one.repository} pins {one.text} (seen {iso(one.seen)})" for one in pins]
    data = {"version": 1, "secret": found.name, "newest": metadata.current, **as_data(result)}
    data["revoked"] = [{"version": one, "when": when} for one, when in gone.items()]
    data["registered"] = [
        {"repository": one.repository, "pins": one.text, "seen": iso(one.seen), "commit": one.commit}
        for one in pins
    ]
    _print(options, data, lines)
    return 0


def _print(options: argparse.Namespace, data: dict[str, object], lines: list[str]) -> None:
    if options.format == "json":
        say_json(data)
    else:
        say([*lines, "nothing was changed (--dry-run)"] if options.dry_run else lines)


def _check_options(options: argparse.Namespace) -> None:
    if options.done and not options.version:
        raise SealwardError("--done goes with --version", "say which version was revoked by hand")
    if sum([options.done, options.at_once, options.list]) > 1:
        raise SealwardError("--list, --now and --done are three different things", "use one of them")


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.set_defaults(now=time.time)
    parser.add_argument("secret", metavar="SECRET", help="MOUNT/PATH, with or without data/")
    parser.add_argument("--version", type=number, metavar="N", help="only this version, noted or not")
    parser.add_argument(
        "--now", dest="at_once", action="store_true", help="wait neither for the grace nor for who uses it"
    )
    parser.add_argument("--done", action="store_true", help="it was revoked by hand: note that, run nothing")
    parser.add_argument(
        "--list", action="store_true", help="what waits, what was revoked, who pins what; change nothing"
    )
    add_plan(parser)
    add_format(parser)
