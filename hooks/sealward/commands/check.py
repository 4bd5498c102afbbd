"""``sealward check``: judge files, print findings."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

from sealward.checks import CHECKS
from sealward.commands.options import add_colour, add_format
from sealward.engine.paths import STANDARD_INPUT, from_paths
from sealward.engine.sources import all_tracked, introduced, staged
from sealward.errors import SealwardError
from sealward.finding import Severity
from sealward.git import is_nothing
from sealward.report import FORMATS, Summary, render
from sealward.terminal import complain, progress, wants_colour

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from sealward.engine.run import Judged, Run
    from sealward.engine.sources import Sources
    from sealward.sealed.contents import Found

MANY = 100
PLENTY = 1_000
"""So many sealed files, or files at all, are judged in this process before the others are spread over its
cores."""

_NOTHING = "0" * 40

DESCRIPTION = "Judge files: sealed as they must be, whole, untampered."

EPILOG = """\
What is read (PATHs, or one of --staged, --all, --from-ref):
  sealward check secrets.enc.yaml             these files, as pre-commit passes them
  sealward check secrets/ -                   folders (ignored files left out); - is standard input
  sealward check --staged                     the index: what `git commit` is about to record
  sealward check --all                        every tracked file
  sealward check --from-ref main --to-ref HEAD  every version that these commits brought,
                                              so a secret added and removed again is found

No key is needed. Where an age identity is at hand (found as sops finds it), files are also opened in
memory: the MAC is verified, and what is inside must be references to Vault and harmless literals.
`sealward explain RULE` explains a rule.
Exit status: 0 clean (warnings allowed, but for --strict), 1 findings, 2 could not do it.
"""


def main(options: argparse.Namespace) -> int:
    """Run ``sealward check``; returns 0 without findings and 1 with. Raises SealwardError."""
    gc.set_threshold(100_000)  # documents hold no cycles: looking for some cost a fifth of the time
    sources = _sources(options)
    if sources is None:
        return 0

    from sealward.engine.run import Judged, Run

    run = Run(
        sources.tree,
        options.only or CHECKS,
        rules_path=options.config,
        require_keys=options.require_keys,
        asked=bool(options.only),
    )
    judged = Judged([], [], [])
    for one in _one_by_one(run, sources) if options.verbose else _judged(run, sources):
        judged.add(one)
    judged.add(_named(run, sources))
    listed = list(sources.paths())
    judged.add(run.finish(judged.references, sources.every() if sources.every else None, listed))
    if options.online:
        judged.add(_ask(run, judged.references, options.quiet))
        judged.add(_compare(run, listed, options.quiet))
    findings = judged.findings
    counts = run.counts
    summary = Summary(
        read=counts.read,
        sealed=counts.sealed,
        outside=counts.outside,
        left_out=counts.left_out(),
        suppressed=tuple(judged.suppressed),
        quiet=options.quiet,
    )
    sys.stdout.write(render(options.format, findings, summary, wants_colour(sys.stdout, options.color)))
    worst = {Severity.ERROR, Severity.WARNING} if options.strict else {Severity.ERROR}
    return int(any(finding.severity in worst for finding in findings))


def _judged(run: Run, sources: Sources) -> Iterator[Judged]:
    """All sources, in their order; once there are many the rest is spread over the cores."""
    draw, total = progress(), len(sources.items)
    for number, item in enumerate(sources.items):
        draw(number, total, "")
        if run.counts.sealed >= MANY or number >= PLENTY:
            from sealward.engine.workers import judge_all, processes

            if processes() > 1:
                yield judge_all(run, sources, number, lambda done: draw(done, total, ""))
                break
        yield run.judge(sources.load(item))
    draw(total, total, "")


def _named(run: Run, sources: Sources) -> Judged:
    """What is said of the names of files, and of what links point to."""
    from sealward.checks import names
    from sealward.engine.run import Judged

    judged = Judged([], [], [])
    if "plaintext-secrets" in {check.id for check in run.checks}:
        for finding, commit in names.judge(sources.names()):
            if not run.settings.skips(finding.path):
                judged.add(run.kept([finding], commit))
    return judged


def _one_by_one(run: Run, sources: Sources) -> Iterator[Judged]:
    """All sources, in their order and in this process, each named on standard error with what it was."""
    for item in sources.items:
        source, counts = sources.load(item), run.counts
        run.counts = type(counts)()
        judged = run.judge(source)
        where = f" (in commit {source.commit[:10]})" if source.commit else ""
        complain(f"{source.path}{where}: {run.counts.in_words()}")
        counts.add(run.counts)
        run.counts = counts
        yield judged


def _compare(run: Run, listed: list[str], quiet: bool) -> Judged:
    """How the server's policies differ from those among the paths; those that the token may not read are
    named on standard error. Raises SealwardError, also where they are all that was asked for."""
    from sealward.engine.run import Judged

    known = "vault-policies" in {check.id for check in run.checks}
    if not known or not any(run.settings.may_be_policy(path, run.asked) for path in listed):
        return Judged([], [], [])
    from sealward.engine.policies import drift
    from sealward.vault.connection import connect

    differing, unseen = drift(run, listed, connect())
    if unseen:
        reason = f"not compared with the server: {', '.join(unseen)}"
        hint = f"the token may not read sys/policies/acl/{unseen[0]}"
        if len(run.checks) == 1:
            raise SealwardError(reason, hint)
        if not quiet:
            complain(f"{reason}; {hint}")
    return run.kept(differing)


def _ask(run: Run, references: list[Found], quiet: bool) -> Judged:
    """What the server says of the references that the run saw; those to another server are named on standard
    error. Raises SealwardError."""
    from sealward.checks import online
    from sealward.references.reference import where
    from sealward.vault.connection import connect

    client = connect()
    judged = run.kept(online.judge(references, client))
    for one in () if quiet else online.not_asked(references, client):
        place, reference = one.place, one.reference
        complain(f"{place.path}:{place.line}: {reference.secret} {where(reference)} was not asked for")
    return judged


def _sources(options: argparse.Namespace) -> Sources | None:
    """What is to be judged; None where a hook has nothing for us, or a push takes a branch away.

    Raises SealwardError.
    """
    if options.to_ref and not options.from_ref:
        raise SealwardError("--to-ref without --from-ref", "give both ends of the range")
    if options.stdin_name and STANDARD_INPUT not in options.paths:
        raise SealwardError("--stdin-name without -", "name - (standard input) as a PATH")
    chosen = [bool(options.paths), options.staged, options.all, bool(options.from_ref)]
    if sum(chosen) > 1:
        raise SealwardError("more than one of PATHs, --staged, --all and --from-ref", "choose one")
    if options.staged:
        return staged()
    if options.all:
        return all_tracked()
    pushed = (options.from_ref, options.to_ref or "HEAD") if options.from_ref else _pushed()
    if pushed:
        return None if is_nothing(pushed[1]) else introduced(*pushed)
    if options.paths:
        return from_paths(options.paths, options.stdin_name or "standard input")
    if "PRE_COMMIT" in os.environ:
        return None
    raise SealwardError("nothing to check", "name files, or use --staged or --all (`sealward check --help`)")


def _pushed() -> tuple[str, str] | None:
    """The range that a hook manager says is about to be pushed, or was asked to look at.

    It names no start for a branch whose very first commit is pushed.
    """
    given = os.environ.get("PRE_COMMIT_FROM_REF"), os.environ.get("PRE_COMMIT_TO_REF")
    if given[0] and given[1]:
        return given[0], given[1]
    branch = os.environ.get("PRE_COMMIT_LOCAL_BRANCH")
    return (given[0] or _NOTHING, given[1] or branch or "HEAD") if branch or given[1] else None


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files, folders, or - to check")
    parser.add_argument("--stdin-name", metavar="NAME", help="the name of what stands on standard input")
    parser.add_argument("--staged", action="store_true", help="check what is staged in the index")
    parser.add_argument("--all", action="store_true", help="check every tracked file")
    parser.add_argument("--from-ref", metavar="A", help="check every blob that the commits A..B introduced")
    parser.add_argument("--to-ref", metavar="B", help="the end of that range (default: HEAD)")
    parser.add_argument(
        "--only",
        metavar="CHECK",
        action="append",
        choices=list(CHECKS),
        help="run only this check (repeatable): " + ", ".join(CHECKS),
    )
    parser.add_argument(
        "--config",
        metavar="FILE",
        help="creation rules (default: the nearest .sops.yaml or sops.yaml upwards of each file)",
    )
    parser.add_argument(
        "--require-keys", action="store_true", help="a sealed file that cannot be opened fails the run"
    )
    parser.add_argument(
        "--online",
        action="store_true",
        help="also ask Vault whether what is referred to is there (reads only)",
    )
    parser.add_argument("--strict", action="store_true", help="warnings fail the run, too")
    wordy = parser.add_mutually_exclusive_group()
    wordy.add_argument("-q", "--quiet", action="store_true", help="print findings alone, nothing without any")
    wordy.add_argument("-v", "--verbose", action="store_true", help="name every file, and what it is")
    add_format(parser, FORMATS)
    add_colour(parser)
