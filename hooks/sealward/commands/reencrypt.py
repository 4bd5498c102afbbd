"""``sealward reencrypt``: sealed files brought into line with the creation rules, in place."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from sealward import files
from sealward.errors import SealwardError
from sealward.report import count

if TYPE_CHECKING:
    from sealward.rotation.resealing import Resealed

EPILOG = """\
Examples:
  sealward reencrypt --dry-run                 which files differ from their rule, and how
  sealward reencrypt                           bring every tracked sealed file into line
  sealward reencrypt secrets.enc.yaml          just this one
  sealward reencrypt --data-key                and give each a fresh data key: do this after someone left

All copies are made and verified before the first file is replaced; each file is replaced whole.
Who once could read a file still knows what was in it: rotate the secrets that it held in clear.
Exit status: 0 done (or nothing to do), 2 could not do it (one line says why; no file was changed).
"""


def main(argv: list[str]) -> int:
    """Run ``sealward reencrypt``; returns 0. Raises SealwardError."""
    options = _parser().parse_args(argv)

    from sealward.repository import Repository
    from sealward.rotation.resealing import reseal
    from sealward.rotation.sites import sealed_files
    from sealward.sops.identities import find
    from sealward.sops.secret import forbid_core_dumps

    forbid_core_dumps()
    with Repository.around() as repository:
        identities, dirty = find(), repository.uncommitted()
        sealed = list(sealed_files(repository, identities, options.paths))
        done = [
            reseal(one, Path(repository.top), identities, options.data_key, named=bool(options.paths))
            for one in sealed
        ]
        changing = [one for one in done if one is not None and one.changes]
        for one in changing:
            files.check_replaceable(one.before.file)
            if one.before.path in dirty:
                raise SealwardError(
                    f"{one.before.path} has uncommitted changes", "commit or stash them first"
                )
        if not options.dry_run:
            for one in changing:
                files.sweep(one.before.file)
                files.replace(one.before.file, one.after, expected=one.before.data)
        print(_describe(changing, len(sealed), options.dry_run))
    return 0


def _describe(changing: list[Resealed], total: int, dry_run: bool) -> str:
    lines: list[str] = []
    for one in changing:
        lines.append(f"{'would reencrypt' if dry_run else 'reencrypted'} {one.before.path}")
        lines += [f"  {change}" for change in one.changes]
    if not changing:
        lines.append(f"{count(total, 'sealed file')}: all in line with the creation rules")
    elif dry_run:
        lines.append("nothing was changed (--dry-run)")
    else:
        lines.append(f"{count(len(changing), 'file')} replaced; next: git diff, git commit")
        if any(one.removed for one in changing):
            lines.append(
                "a former recipient still knows the old values, and old commits stay readable to them:"
            )
            lines.append("rotate what they could read (`sealward rotate`)")
    return "\n".join(lines)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sealward reencrypt",
        description="Bring recipients, threshold and selector of sealed files into line with their rule.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("paths", nargs="*", metavar="PATH", help="sealed files (default: every tracked one)")
    parser.add_argument("--data-key", action="store_true", help="also make a fresh data key for each file")
    parser.add_argument("--dry-run", action="store_true", help="say what would change, change nothing")
    return parser
