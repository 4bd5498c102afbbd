"""``sealward git``: git's settings for merges and diffs of sealed files."""

from __future__ import annotations

import shutil
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sealward import files, shell, worktree
from sealward.commands.options import add_require_keys
from sealward.errors import SealwardError
from sealward.terminal import say

if TYPE_CHECKING:
    import argparse

    from sealward.git import Repository

DESCRIPTION = "Have git merge and show sealed files by key path, through Sealward."

EPILOG = """\
Examples:
  sealward git install                settings of this clone: merge driver, and diffs
  sealward git install --global       of all clones on this machine
  sealward git install --attributes   and which files: a block in .gitattributes, to be committed
  sealward git status                 what is set, and what is wrong with it
  sealward git uninstall              take the settings out again

Where sealward is missing, or fails, git merges the texts, as it did before.
A diff shows references whole and of other texts no more than their length: docs/merging.md.

Exit status: 0 done, or all is well; 1 `status` found something wrong; 2 could not.
"""

_FILE = ".gitattributes"


def main(options: argparse.Namespace) -> int:
    """Run ``sealward git``; returns 0, or 1 where ``status`` finds something wrong. Raises SealwardError."""
    from sealward.git import Repository

    with Repository.around() as repository:
        if options.action == "status":
            return _status(repository)
        scope = "--global" if options.everywhere else "--local"
        if options.action == "uninstall":
            _uninstall(options, repository, scope)
        else:
            _install(options, repository, scope)
    return 0


def _install(options: argparse.Namespace, repository: Repository, scope: str) -> None:
    from sealward.merging.installation import diff_settings, merge_settings

    program = _program()
    settings = [] if options.no_merge else merge_settings(program, services=options.require_keys)
    settings += [] if options.no_diff else diff_settings(program)
    for name, value in settings:
        repository.set_setting(name, value, scope)
        say(f"git config {scope} {name}")
    if not options.no_diff:
        from sealward.differences.mask_key import make

        make()
    if options.attributes:
        from sealward.merging.attributes import with_block

        lines = _lines(repository)
        _rewrite(repository, partial(with_block, lines=lines))


def _uninstall(options: argparse.Namespace, repository: Repository, scope: str) -> None:
    from sealward.merging.installation import DIFF, MERGE

    for section in (MERGE, DIFF):
        if repository.remove_section(section, scope):
            say(f"removed {section}")
    if options.attributes:
        from sealward.merging.attributes import without_block

        _rewrite(repository, without_block)


def _status(repository: Repository) -> int:
    from sealward.merging.installation import state

    found = state(repository, repository.has_attribute("merge", "sealward"))
    for name, is_set in (("merge driver", found.merge), ("diff", found.diff), (_FILE, found.attributes)):
        say(f"{name}: {'set' if is_set else 'not set'}")
    for problem in found.problems:
        say(f"problem: {problem}")
    return 1 if found.problems else 0


def _program() -> str:
    """How git's shell starts this program."""
    return "sealward" if shutil.which("sealward") else shell.command(sys.executable, "-m", "sealward")


def _lines(repository: Repository) -> list[str]:
    from sealward.merging.attributes import lines_for
    from sealward.sealed.files import walk
    from sealward.sealed.rules import RuleBook

    rules = RuleBook(partial(worktree.configuration, repository.top)).of_folder("")
    regexes = [rule.path_regex for rule in rules.rules] if rules is not None else []
    return lines_for(regexes, [one.path for one in walk(repository)])


def _rewrite(repository: Repository, change: partial[str] | object) -> None:
    target = Path(repository.top, _FILE)
    data = worktree.configuration(repository.top, _FILE)
    try:
        text = (data or b"").decode("utf-8", "surrogateescape")
        new = change(text).encode("utf-8", "surrogateescape")  # type: ignore[operator]
        if data is None:
            files.write(target, new, 0o644, "attributes", top=Path(repository.top))
        elif new != data:
            files.replace(target, new, expected=data, top=Path(repository.top))
    except OSError as error:
        raise SealwardError(f"{_FILE}: cannot be written ({error.strerror})", "make it writable") from None
    say(f"{_FILE}: commit it, so that all clones have it")


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("action", choices=("install", "uninstall", "status"), help="what to do")
    parser.add_argument(
        "--global", dest="everywhere", action="store_true", help="for all clones of this user"
    )
    parser.add_argument("--attributes", action="store_true", help="also our block in .gitattributes")
    add_require_keys(parser, "in merges: ")
    parser.add_argument("--no-merge", action="store_true", help="leave merges alone")
    parser.add_argument("--no-diff", action="store_true", help="leave diffs alone")
