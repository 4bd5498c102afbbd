"""``sealward merge-driver``: git calls it for each sealed file that both sides changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sealward import files, worktree
from sealward.commands.options import add_require_keys
from sealward.errors import SealwardError
from sealward.terminal import complain

if TYPE_CHECKING:
    import argparse

    from sealward.merging.in_git import Result

DESCRIPTION = "Merge three versions of a sealed file, as git's merge driver (`sealward git install`)."

EPILOG = """\
git calls it with names of files that hold ciphertext; the result takes the place of OURS.

Exit status: 0 merged, 1 a conflict is marked in OURS, 4 not merged (one line says why; the texts are),
126 and above: could not even try, OURS is untouched (git's settings then merge it as text).
"""

CONFLICT = 1
NOT_MERGED = 4
COULD_NOT_TRY = 126


def main(options: argparse.Namespace) -> int:
    """Run ``sealward merge-driver``; never raises, whatever happens: git would take any error for a conflict
    that OURS already settles."""
    try:
        return _run(options)
    except SealwardError as error:
        complain(f"{options.path}: not merged: {error}")
    except KeyboardInterrupt:
        complain(f"{options.path}: interrupted")
    except BaseException as error:
        complain(f"{options.path}: a fault of Sealward ({type(error).__name__}): merged as text")
    return COULD_NOT_TRY


def _run(options: argparse.Namespace) -> int:
    from sealward.git import Repository
    from sealward.merging.in_git import Versions, result_of
    from sealward.plaintext import forbid_core_dumps
    from sealward.report.merges import lines
    from sealward.sops.reading.identities import find

    forbid_core_dumps()
    base, ours, theirs = (_read(name) for name in (options.base, options.ours, options.theirs))
    with Repository.around() as repository:
        versions = Versions(options.path, base or None, ours, theirs)
        result = result_of(
            repository, versions, find(services=options.require_keys), size=options.marker_size
        )
        target = Path(options.ours)
        files.replace(target, result.data, expected=ours, top=target.parent)
    for line in lines(result):
        complain(line)
    return _status(result)


def _status(result: Result) -> int:
    if result.is_clean:
        return 0
    return CONFLICT if result.is_marked else NOT_MERGED


def _read(name: str) -> bytes:
    try:
        return worktree.regular(name)
    except OSError as error:
        raise worktree.unreadable(name, error) from None


def configure(parser: argparse.ArgumentParser) -> None:
    """The arguments, as git's ``%O %A %B %L %P`` fills them."""
    add_require_keys(parser)
    parser.add_argument("base", metavar="BASE", help="the common ancestor (%%O)")
    parser.add_argument("ours", metavar="OURS", help="this side, and the result (%%A)")
    parser.add_argument("theirs", metavar="THEIRS", help="the other side (%%B)")
    parser.add_argument("marker_size", metavar="SIZE", type=int, help="how long conflict markers are (%%L)")
    parser.add_argument("path", metavar="PATH", help="the file's path in the repository (%%P)")
