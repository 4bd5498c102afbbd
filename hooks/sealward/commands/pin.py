"""``sealward pin``: move the pins of a secret to a version that Vault has already."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sealward.commands.opened import opened
from sealward.commands.options import add_format, number
from sealward.document import dotted
from sealward.terminal import counted, say, say_json

if TYPE_CHECKING:
    import argparse

    from sealward.commands.opened import Opened
    from sealward.rotation.plan import Plan

DESCRIPTION = "Move every pin of a secret to a version that Vault has already; the secret stays as it is."

EPILOG = """\
Examples:
  sealward pin secret/bot/binance 7            back to version 7: the new key does not work
  sealward pin secret/bot/binance newest       what Vault has, now and not when it is due
  sealward pin secret/bot/binance 7 --commit   and commit just these files
  sealward pin secret/bot/binance 7 --dry-run  say what would change

After a rollback, `sealward reject secret/bot/binance 8` keeps `rotate --due` from pinning version 8 again.
A version that was revoked or rejected, or that lacks a key which a file refers to, is not pinned.
Exit status: 0 done (or nothing to do), 2 could not do it (one line says why; the pins are as they were).
"""


def main(options: argparse.Namespace) -> int:
    """Run ``sealward pin``; returns the exit status. Raises SealwardError."""
    from sealward.rotation import pinning

    with opened(options.secret, changes=not options.dry_run) as found:
        version = options.version or found.client.metadata(*found.secret).current
        plan = pinning.planned(
            found.client, found.secret, version, found.sealed, found.policy, found.unopened
        )
        repository = found.repository
        copies = pinning.prepared(plan, found.identities, repository.uncommitted() | repository.half_staged())
        if options.commit and copies:
            repository.check_committable(probe=not options.dry_run)
        commit = ""
        if not options.dry_run:
            pinning.put(copies)
            if options.commit and copies:
                title = f"Pin {found.name} to version {version}"
                commit = repository.commit([one.path for one in plan.files], f"{title}\n")
            pinning.left_behind(plan, found.policy, found.client, options.now())
        _print(options, found, plan, commit)
    return 0


def _print(options: argparse.Namespace, found: Opened, plan: Plan, commit: str) -> None:
    sites = [(one, site) for one, site in plan.pinned if site.reference.version != plan.new]
    moved = [
        {
            "file": one.path,
            "line": site.leaf.line,
            "key": site.reference.key,
            "from": site.reference.version,
            "to": plan.new,
        }
        for one, site in sites
    ]
    if options.format == "json":
        data = {"version": 1, "done": not options.dry_run, "secret": found.name, "pinned": moved}
        say_json({**data, "commit": commit, "problems": []})
        return
    verb = "would be " if options.dry_run else ""
    lines = [
        f"{one.path}  {dotted(site.leaf.path)}  pin {site.reference.version} → {plan.new}"
        for one, site in sites
    ]
    files = counted(len(plan.files), "file")
    lines.append(
        f"{files} {verb}re-pinned to version {plan.new} of {found.name}" if sites else _nothing(found, plan)
    )
    if options.dry_run:
        lines.append("nothing was changed (--dry-run)")
    elif sites:
        lines.append("committed" if commit else "next: commit them, then deploy")
    say(lines)


def _nothing(found: Opened, plan: Plan) -> str:
    return f"everything pins version {plan.new} of {found.name} already"


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.set_defaults(now=time.time)
    parser.add_argument("secret", metavar="SECRET", help="MOUNT/PATH, with or without data/")
    parser.add_argument("version", type=_version, metavar="VERSION", help="its number, or `newest`")
    parser.add_argument("--commit", action="store_true", help="commit the new pins, and nothing else")
    parser.add_argument("--dry-run", action="store_true", help="check everything, change nothing")
    add_format(parser)


def _version(text: str) -> int:
    """A version's number; 0 for the newest. Raises ValueError."""
    return 0 if text == "newest" else number(text)
