"""``sealward history``: what the history of a repository has given away, and what of it is still in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sealward.commands.options import add_format
from sealward.terminal import progress, say, say_json

if TYPE_CHECKING:
    import argparse

    from sealward.git import Repository
    from sealward.report.history import Found

DESCRIPTION = (
    "Find secrets that once stood in clear, and say which of them still live; who can read old versions."
)

EPILOG = """\
Examples:
  sealward history                     all branches and tags
  sealward history main                just what main can reach
  sealward history --format json       for a job that compares with the last run

It follows each file that was ever sealed through all its versions, under this name and names like it, and
compares what stood in clear with what is sealed today: with a key it says what is live, and what was
replaced.
It also names recipients who left, and private age keys that were committed. No value is shown.

Exit status: 0 nothing is still in use that stood in clear, 1 something is, or may be; 2 could not.
"""


def main(options: argparse.Namespace) -> int:
    """Run ``sealward history``; returns 0 or 1. Raises SealwardError."""
    from sealward.git import Repository
    from sealward.history.exposed import State
    from sealward.plaintext import forbid_core_dumps
    from sealward.report.history import as_data, as_text

    forbid_core_dumps()
    with Repository.around(bare=True) as repository:
        found = _found(options, repository)
    if options.format == "json":
        say_json(as_data(found))
    else:
        say(as_text(found))
    open_ = any(one.state is not State.REPLACED for one in found.exposed)
    return 1 if open_ or any(one.committed for one in found.readers) else 0


def _found(options: argparse.Namespace, repository: Repository) -> Found:
    from sealward.history.exposed import exposed
    from sealward.history.lineage import classify, lineages
    from sealward.history.readers import readers
    from sealward.report.history import Found
    from sealward.sops.reading.identities import find

    revisions = [repository.commit_name(one) for one in options.commits] or ["--all"]
    versions = repository.versions(revisions)
    places = {name: path for path, found in versions.items() for _, name in found}
    draw = progress()
    kinds = classify(list(places), repository.blob, lambda number, total: draw(number, total, "objects"))
    draw(len(places), len(places), "")
    found = list(lineages(versions, kinds, repository.blob))
    identities = find(services=options.require_keys)
    values = [one for lineage in found for one in exposed(lineage, repository.blob, identities)]
    commits = {commit for one in values for commit in (one.first, one.last)}
    return Found(
        len(found),
        values,
        readers(found, kinds, places, repository.blob),
        repository.moments(sorted(commits)),
    )


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    from sealward.commands.options import add_require_keys

    parser.add_argument(
        "commits", nargs="*", metavar="COMMIT", help="look at what these reach (default: everything)"
    )
    add_require_keys(parser)
    add_format(parser)
