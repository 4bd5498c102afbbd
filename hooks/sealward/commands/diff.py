"""``sealward diff``: what changed in sealed files, by key path, without a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward import worktree
from sealward.commands.options import add_format
from sealward.terminal import say, say_json

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from sealward.differences.compare import Difference
    from sealward.git import Repository

DESCRIPTION = "Show what changed in sealed files, by key path: references, pins, recipients; never a secret."

EPILOG = """\
Examples:
  sealward diff                                  the work tree against the last commit
  sealward diff main                             against main
  sealward diff main...HEAD --format markdown    what a branch brings, for a pull request or a job summary
  sealward diff HEAD~1 HEAD -- secrets.enc.yaml  just this file

Without a key it says which values changed. With one it shows references whole, and of other texts no more
than type, length and a tag. Nothing is started but git, and nobody is asked.

Exit status: 0, whether anything differs or not; 2 could not (one line says why).
"""


def main(options: argparse.Namespace) -> int:
    """Run ``sealward diff``; returns 0. Raises SealwardError."""
    from sealward.git import Repository
    from sealward.plaintext import forbid_core_dumps
    from sealward.report.differences import as_data, as_markdown, as_text

    forbid_core_dumps()
    with Repository.around() as repository:
        found = list(_differences(options, repository))
    if options.format == "json":
        say_json(as_data(found))
    else:
        say((as_text if options.format == "text" else as_markdown)(found))
    return 0


def _differences(options: argparse.Namespace, repository: Repository) -> Iterator[Difference]:
    from sealward.differences import mask_key
    from sealward.differences.compare import compare
    from sealward.differences.settings import view_of
    from sealward.sops.reading.identities import find

    start, end = repository.two_commits(options.commits)
    identities, view, key = find(services=False), view_of(repository), mask_key.read()
    paths = [f"{repository.prefix}{path}" for path in options.paths]
    read = worktree.reader(repository.top)
    for path in repository.differing(start, end, paths):
        before = repository.read(f"{start}:{path}")
        after = repository.read(f"{end}:{path}") if end else read(path)
        found = compare(path, before, after, identities, view, key)
        if found is not None:
            yield found


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument(
        "commits", nargs="*", metavar="COMMIT", help="one or two commits, A..B, or A...B (default: HEAD)"
    )
    parser.add_argument(
        "--path", dest="paths", action="append", default=[], metavar="PATH", help="only this file or folder"
    )
    add_format(parser, ("text", "json", "markdown"))
