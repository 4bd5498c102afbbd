"""``sealward merge``: sealed files in conflict, merged by key path from the versions in git's index."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sealward import files, worktree
from sealward.commands.options import add_format, add_require_keys
from sealward.errors import SealwardError
from sealward.terminal import complain, counted, say, say_json

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from sealward.git import Repository
    from sealward.git.merging import Unmerged
    from sealward.merging.in_git import Result, Versions

DESCRIPTION = (
    "Merge sealed files that are in conflict: by key path, ciphertexts as they are, the MAC renewed."
)

EPILOG = """\
Examples:
  sealward merge                               every sealed file in conflict, from git's index
  sealward merge --dry-run                     what would be merged, and what is left to decide
  sealward merge --theirs db.host --ours '*'   settle one key for theirs, all others for ours
  sealward merge --continue                    after the markers were settled by hand: MAC, verify, git add

It works after any conflict (merge, rebase, cherry-pick, revert, stash pop), with nothing installed;
`sealward git install` has git do the same by itself. What is merged whole is added to the index.

A recipient that theirs adds, and whatever else theirs changes of how the file is sealed, counts only where
the creation rule of HEAD says the same; else it is refused, until --trust-theirs, or left out by
--ours recipients.

Exit status: 0 all merged, 1 conflicts are left, 2 could not (one line says why).
"""


def main(options: argparse.Namespace) -> int:
    """Run ``sealward merge``; returns 0, or 1 where conflicts are left. Raises SealwardError."""
    from sealward.git import Repository
    from sealward.plaintext import forbid_core_dumps

    forbid_core_dumps()
    with Repository.around() as repository:
        named = [f"{repository.prefix}{path}" for path in options.paths]
        pending = repository.in_conflict(named)
        _check_named(named, pending)
        results = list(_results(options, repository, pending))
        left = [one for one in results if not one.is_clean]
        halves = [one.path for one in pending if _is_half(repository, one)]
    if options.format == "json":
        say_json(_as_data(results))
    else:
        _print(options, results, len(left), len(halves))
    unknown = _unknown(options, results)
    for key in unknown:
        complain(f"nothing is in conflict at {key}; `sealward merge --dry-run` shows what is")
    for path in halves:
        complain(f"{path}: one side deleted it: `git add` keeps it, `git rm` takes it away")
    return 1 if left or halves or unknown else 0


def _results(
    options: argparse.Namespace, repository: Repository, pending: list[Unmerged]
) -> Iterator[Result]:
    from sealward.merging.in_git import Asked, is_sealed_conflict, result_of
    from sealward.sops.reading.identities import find

    choices = [(key, side) for side in ("ours", "theirs") for key in getattr(options, side)]
    asked = Asked(tuple(choices), options.trust_theirs)
    identities = find(services=options.require_keys)
    for one in pending:
        versions = _versions(repository, one)
        if versions is None or not is_sealed_conflict(versions):
            continue
        if options.resume:
            from sealward.merging.continuing import continued

            result = continued(repository, versions, _lying(repository, one.path), identities, asked)
        else:
            result = result_of(repository, versions, identities, asked)
        if not options.dry_run:
            _write(repository, result)
        yield result


def _versions(repository: Repository, one: Unmerged) -> Versions | None:
    """The three versions; None where a side has deleted the file: that is for a person, and git, to
    decide."""
    from sealward.git import REGULAR_MODES
    from sealward.merging.in_git import Versions

    if not one.ours or not one.theirs or one.mode not in REGULAR_MODES:
        return None
    base = repository.blob(one.base) if one.base else None
    return Versions(one.path, base, repository.blob(one.ours), repository.blob(one.theirs))


def _is_half(repository: Repository, one: Unmerged) -> bool:
    """Whether one side has deleted a sealed file: that is not for us to decide."""
    from sealward.sealed.marks import are_sealed

    present = [repository.blob(name) for name in (one.base, one.ours, one.theirs) if name]
    return not (one.ours and one.theirs) and any(are_sealed(one.path, data) for data in present)


def _unknown(options: argparse.Namespace, results: list[Result]) -> list[str]:
    """The keys that a choice names and no conflict has."""
    settled = {key for one in results if one.merged is not None for key in one.merged.settled}
    return sorted({*options.ours, *options.theirs} - {"*", "recipients"} - settled)


def _lying(repository: Repository, path: str) -> bytes:
    data = worktree.tracked(repository.top, path)
    if data is None:
        raise SealwardError(f"{path}: is not in the work tree", "`sealward merge` makes it again")
    return data


def _write(repository: Repository, result: Result) -> None:
    target = Path(repository.top, result.path)
    held = _lying(repository, result.path) if files.is_there(target) else None
    if held is None:
        raise SealwardError(
            f"{result.path}: is not in the work tree", "`git checkout --merge` brings it back"
        )
    if held != result.data:
        files.replace(target, result.data, expected=held, top=Path(repository.top))
    if result.is_clean:
        repository.add(result.path)


def _check_named(named: list[str], pending: list[Unmerged]) -> None:
    known = {one.path for one in pending}
    for path in named:
        if path not in known:
            raise SealwardError(f"{path} is not in conflict", "`git status` says what is")


def _print(options: argparse.Namespace, results: list[Result], left: int, halves: int) -> None:
    from sealward.report.merges import lines

    for result in results:
        for line in lines(result):
            complain(line)
    done = len(results) - left
    verb = "would be merged" if options.dry_run else "merged"
    if not results and not halves:
        say("no sealed file is in conflict")
    elif results:
        say(f"{counted(done, 'file')} {verb}" + (f", {left} left in conflict" if left else ""))


def _as_data(results: list[Result]) -> dict[str, object]:
    from sealward.report.merges import as_data

    return as_data(results)


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="files in conflict (default: every sealed one)"
    )
    parser.add_argument(
        "--continue",
        dest="resume",
        action="store_true",
        help="finish files whose markers were settled by hand",
    )
    for side in ("ours", "theirs"):
        parser.add_argument(
            f"--{side}",
            action="append",
            default=[],
            metavar="KEY",
            help=f"take this key from {side}; * for the rest",
        )
    parser.add_argument(
        "--trust-theirs", action="store_true", help="agree to recipients and selectors that theirs changes"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would come of it, change nothing")
    add_require_keys(parser)
    add_format(parser)
