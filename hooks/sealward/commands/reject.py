"""``sealward reject``: mark a version as bad, so that no run pins it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward import shell
from sealward.commands.opened import opened
from sealward.commands.options import add_format, number
from sealward.terminal import say, say_json

if TYPE_CHECKING:
    import argparse

    from sealward.commands.opened import Opened
    from sealward.rotation.journal import Rotation

DESCRIPTION = "Mark a version of a secret as bad: no run adopts it, and none of its new values is carried on."

EPILOG = """\
Examples:
  sealward reject secret/bot/binance 8            the new key does not work; `git revert` stays reverted
  sealward reject secret/bot/binance 8 --dry-run  say what would be marked

What is pinned stays so: `sealward pin secret/bot/binance 7` takes the files back. The next rotation that is
due makes a new value, and restores those of other keys that version 8 changed. Where the policy says
`retire`, the rejected values are revoked like any others: once nothing deployed holds them.
Exit status: 0 done, 2 could not do it (one line says why).
"""


def main(options: argparse.Namespace) -> int:
    """Run ``sealward reject``; returns the exit status. Raises SealwardError."""
    from sealward.rotation import rejecting

    with opened(options.secret, changes=not options.dry_run) as found:
        wrong = rejecting.judged(found.client, found.secret, options.version)
        if not options.dry_run:
            rejecting.reject(found.client, found.secret, wrong, found.policy)
        _print(options, found, wrong)
    return 0


def _print(options: argparse.Namespace, found: Opened, wrong: Rotation) -> None:
    files = sorted(
        {
            one.path
            for one in found.sealed
            for site in one.refers_to(*found.secret)
            if site.reference.version == wrong.version
        }
    )
    if options.format == "json":
        data = {"version": 1, "done": not options.dry_run, "secret": found.name, "rejected": wrong.version}
        say_json({**data, "good": wrong.good, "keys": list(wrong.keys), "pinned_by": files, "problems": []})
        return
    verb = "would be rejected" if options.dry_run else "is rejected"
    keys = f" ({', '.join(wrong.keys)})" if wrong.keys else ""
    lines = [f"version {wrong.version} of {found.name} {verb}{keys}: no run pins it"]
    if files:
        back = f"`sealward pin {shell.path(found.name)} {wrong.good}`" if wrong.good else "`sealward rotate`"
        lines.append(f"still pinned by {', '.join(files)}: {back} takes them back")
    if options.dry_run:
        lines.append("nothing was changed (--dry-run)")
    say(lines)


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("secret", metavar="SECRET", help="MOUNT/PATH, with or without data/")
    parser.add_argument("version", type=number, metavar="VERSION", help="its number")
    parser.add_argument("--dry-run", action="store_true", help="check everything, change nothing")
    add_format(parser)
