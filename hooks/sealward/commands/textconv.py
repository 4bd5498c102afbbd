"""``sealward textconv``: a sealed file as ``git diff`` shows it; git calls it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sealward import worktree

if TYPE_CHECKING:
    import argparse

DESCRIPTION = "Print a sealed file as a diff may show it, as git's textconv (`sealward git install`)."

EPILOG = """\
References stand whole, and what can be no secret; of other values their type, length and a tag that is
equal for equal values. `git config sealward.diff masked` hides all, `values` shows all: then git keeps
secrets in .git/COMMIT_EDITMSG, and a patch or a log has them.

It never fails: what it does not understand it prints as it is. A program that fails here ends `git log -p`.
"""


def main(options: argparse.Namespace) -> int:
    """Run ``sealward textconv``; returns 0, always."""
    try:
        data = worktree.regular(options.file)
    except OSError:
        return 0
    try:
        shown = _converted(options.file, data)
    except Exception:
        shown = data
    sys.stdout.flush()
    sys.stdout.buffer.write(shown)
    sys.stdout.buffer.flush()
    return 0


def _converted(name: str, data: bytes) -> bytes:
    from sealward.differences import mask_key
    from sealward.differences.settings import view_of
    from sealward.differences.textconv import converted
    from sealward.git import Repository
    from sealward.plaintext import forbid_core_dumps
    from sealward.sops.reading.identities import find

    forbid_core_dumps()
    repository = Repository.find()
    view = view_of(repository)
    return converted(name, data, find(services=False), view, mask_key.read())


def configure(parser: argparse.ArgumentParser) -> None:
    """The argument."""
    parser.add_argument("file", metavar="FILE", help="a file, or a temporary copy of one")
