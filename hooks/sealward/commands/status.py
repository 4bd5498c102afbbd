"""``sealward status``: every reference to Vault, and how it stands."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

from sealward.commands.options import add_colour, add_format, add_require_keys
from sealward.errors import SealwardError
from sealward.terminal import complain, counted, is_terminal, progress, say, say_json, wants_colour

if TYPE_CHECKING:
    import argparse

    from sealward.status.choice import Choice, Order
    from sealward.status.ledger import Ledger
    from sealward.status.survey import Surroundings, Survey

DESCRIPTION = "List every Vault reference of the sealed files: pin, age, policy, due date."

EPILOG = """\
Examples:
  sealward status                    every reference: pin, age, what is due
  sealward status --check            exit status 1 if anything is overdue: a CI stage, or a scheduled job
  sealward status --register         note in Vault what is deployed: a CI stage of the main branch
  sealward status --check --offline  the same without a server, from the history of git (needs all of it)
  sealward status --due              what is overdue, most urgent first
  sealward status --format openmetrics > sealward.prom   for a dashboard

Ages come from Vault where VAULT_ADDR (or BAO_ADDR) is set, else from git: when the line was last changed.
Only age identities of this machine are used, unless keys are required: then plugins, gpg, SOPS_AGE_KEY_CMD
and key services, too. Where no key opens a file, the `files` of the policies in vault/rotation.yaml say what
is in it.
Overdue is: older than `every`, a TTL above `max_ttl`, a pin to a version that cannot be read any more, or
that Vault deletes before it is due.
Exit status: 0 done, 1 overdue (with --check), 2 could not do it (one line says why).
"""


def main(options: argparse.Namespace) -> int:
    """Run ``sealward status``; returns the exit status. Raises SealwardError."""
    if options.offline and options.require_keys:
        hint = "leave one of them out: plugins, agents and key services may ask a server"
        raise SealwardError("--offline asks nobody, --require-keys does", hint)
    if options.register and (options.offline or options.paths):
        hint = "leave out --offline and the paths"
        raise SealwardError("--register notes on the server what all deployed files pin", hint)

    from sealward.git import Repository
    from sealward.plaintext import forbid_core_dumps
    from sealward.rotation.policy.policy import find as find_policies
    from sealward.sops.reading.identities import find as find_identities
    from sealward.status.choice import Choice
    from sealward.status.survey import Surroundings, survey
    from sealward.vault.connection import home

    forbid_core_dumps()
    ledger = None if options.offline else _ledger()
    with Repository.around() as repository:
        policies = find_policies(repository.top)
        around = Surroundings(
            repository=repository,
            policies=policies,
            identities=find_identities(services=options.require_keys),
            ledger=ledger,
            now=(ledger.clock(options.now) if ledger else options.now)(),
            home=home(),
        )
        found = survey(around, [*options.paths, *options.file], progress())
        registered = _register(around) if options.register else None
    if options.policy:
        policies.named(options.policy)
    order: Order = options.sort or ("urgency" if options.due else "file")
    choice = Choice(due=options.due, policy=options.policy, order=order)
    whole, found = found, choice.of(found)
    _print(options, found, choice, ledger is not None, registered)
    for one in whole.standings if options.require_policy and options.format == "text" else ():
        if one.is_ungoverned:
            complain(f"{one.file}:{one.line}: no policy governs {one.secret}#{one.key}")
    if registered is not None and registered[1]:
        for line in registered[1]:
            complain(line)
        return 2
    fails = any(one.overdue for one in found.standings)
    fails |= options.require_policy and any(one.is_ungoverned for one in whole.standings)
    return int(options.check and fails)


def _print(
    options: argparse.Namespace, found: Survey, choice: Choice, server: bool,
    registered: tuple[int, list[str]] | None,
) -> None:  # fmt: skip
    from sealward.report.openmetrics import as_openmetrics
    from sealward.report.standings import as_data, as_text

    if options.format == "json":
        more = {} if registered is None else {"registered": registered[0], "warnings": registered[1]}
        say_json({**as_data(found, server), **more})
    elif options.format == "openmetrics":
        sys.stdout.write(as_openmetrics(found, server))
    else:
        shown, seen = wants_colour(sys.stdout, options.color), is_terminal(sys.stdout)
        by_file = choice.order == "file"
        sys.stdout.write(as_text(found, server, shown, seen, by_file=by_file, chosen=choice.is_narrow))
        if registered is not None:
            say(f"registered the pins of {counted(registered[0], 'secret')}")


def _register(around: Surroundings) -> tuple[int, list[str]]:
    """Note on the server what the deployed branches pin: of how many secrets, and what could not be noted."""
    from sealward.rotation.retirement.run import OldValues
    from sealward.vault.connection import connect

    old = OldValues(around.repository, around.identities, connect(), around.policies, ())
    return old.register(around.now)


def _ledger() -> Ledger | None:
    """Vault, where an address says that there is one."""
    if not (os.environ.get("BAO_ADDR") or os.environ.get("VAULT_ADDR")):
        return None
    from sealward.status.ledger import Ledger
    from sealward.vault.connection import connect

    return Ledger(connect())


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.set_defaults(now=time.time)
    parser.add_argument("paths", nargs="*", metavar="PATH", help="sealed files (default: every tracked one)")
    parser.add_argument("--check", action="store_true", help="exit status 1 if anything is overdue")
    add_require_keys(parser)
    parser.add_argument(
        "--register",
        action="store_true",
        help="note in Vault what the deployed branches pin, so that no other repository revokes it",
    )
    parser.add_argument("--offline", action="store_true", help="ask no server: ages from the history of git")
    parser.add_argument("--due", action="store_true", help="show what is overdue alone, most urgent first")
    parser.add_argument("--policy", metavar="NAME", default="", help="show what one policy governs alone")
    parser.add_argument("--file", action="append", default=[], metavar="F", help="look at this sealed file")
    parser.add_argument("--sort", choices=("file", "urgency"), help="order (file; with --due: urgency)")
    parser.add_argument(
        "--require-policy", action="store_true", help="with --check: fail also for what no policy governs"
    )
    add_format(parser, ("text", "json", "openmetrics"))
    add_colour(parser)
